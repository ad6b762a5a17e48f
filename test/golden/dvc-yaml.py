"""Golden values for src/versioning/pipeline: how DVC reads and writes YAML, and the JSON that it hashes.

    python3 -m pip install dvc && python3 test/golden/dvc-yaml.py

Writes test/golden/dvc-yaml.json.
"""

import json
import random
import sys
from importlib.metadata import version
from pathlib import Path

from dvc.utils.serialize import dumps_yaml, parse_yaml

PLAIN = """
a b | yes | on | true | True | null | ~ | 1 | 01 | 010 | 0o10 | 0x1F | 0b11 | 1_000 | -3 | +4 | 1.0 | 1. | .5 | -.5
1e3 | 1e-3 | 1.5e-07 | 1e16 | 1e22 | 123456789012345680.0 | 0.1 | 1e5 | .5e3 | .5e-3 | .inf | -.inf | .nan | 1:30
2020-01-01x | a#b | a:b | -a | ?a | 12e4a | _1 | 1__0 | a, b | ./x | ../y | 100% | =a | v1.2 | 1.2.3 | 0.0 | -0.0
""".replace("\n", "|")

TEXTS = [
    "", " ", " a", "a ", "a: b", "a #b", "a:", "- a", "-", "?", ":", "? a", "!x", "&x", "*x", "|", ">", "%a", "@a",
    "`a", "'a'", "it's", 'say "x"', "{a}", "[a]", ",a", "#a", "---", "--- a", "...", "1", "1.0", "true", "null", "~",
    "yes", "=", "<<", "2020-01-01", "2020-1-1 10:00:00", "1e5", "0x1", "12345678901234567890123456789012",
    "12345678901234567890123456789e12", "a\nb", "a\n", "\na", "a \nb", "a\n b", "a\tb", "a\\b", "é", "日本語", "😀 a", "\x07", "\x7f",
    "\ufeffa", "\xa0a", "+", "-_", "+1", "1_", "_", "python train.py --lr 0.1 && echo 'done'",
    "x" * 100, " ".join(["word"] * 40), "w " * 60 + "end", "a" * 79 + " b", "a" * 80 + " b c", "x" * 70 + "  " + "y" * 30,
    "echo one\necho two\n", "#!/bin/sh\nset -e\n" + "python train.py --a long --list of --options that --go on for --more than --eighty columns\n" * 2,
    "it's " * 30, "a: " * 40, "'" * 100, '"' * 100, "a\n" * 60, "é" * 90 + " b", "\\" * 100,
]
TREES = [
    "a: []", "a: {}", "a: [[], {}]", "a: [1, [2, [3, 4], 5], {b: [6], c: {d: 7}}]", "a:\nb:\n- \n- x", "a: [null, [null]]",
    "- a\n- b: 1\n  c: [2]\n- [3]", "'1': 2\n'a b': 3\n'': 4\n'a: b': 5", "z: 1\na: 2\né: 3\n日: 4\n😀: 5\n\ufffd: 6",
]
WORDS = ["a", "--lr", "0.1", "it's", '"q"', "path/to/some/file.csv", "x" * 30, "&&", "\n", "  ", "\\", "é", "日本", "😀", ":", "#", "\t", "=1"]


def random_texts(count):
    draw = random.Random(7)
    for _ in range(count):
        parts = [draw.choice(WORDS) for _ in range(draw.randint(1, 45))]
        yield draw.choice([" ", " ", " ", "", "\n"]).join(parts)


def quoted(text):
    inside = "".join(f"\\x{ord(c):02x}" if ord(c) < 32 or 126 < ord(c) < 160 else {"\\": "\\\\", '"': '\\"'}.get(c, c) for c in text)
    return '"' + inside.replace("\ufeff", "\\uFEFF").replace("\u2028", "\\u2028") + '"'


def inputs():
    yield from (f"value: {text.strip()}" for text in PLAIN.split("|") if text.strip())
    for text in [*TEXTS, *random_texts(160)]:
        yield f"stages: {{train: {{cmd: {quoted(text)}, list: [{quoted(text)}]}}}}"
    yield from TREES


def case(source):
    value = parse_yaml(source, "x.yaml")
    text = dumps_yaml(value)
    # some long texts come back changed: a fold eats blanks
    lossy = json.dumps(parse_yaml(text, "x.yaml"), sort_keys=True) != json.dumps(value, sort_keys=True)
    return {"input": source, "yaml": text, "json": json.dumps(value, sort_keys=True), "lossy": lossy}


tools = {"dvc": version("dvc"), "ruamel.yaml": version("ruamel.yaml"), "python": sys.version.split()[0]}
Path(__file__).with_suffix(".json").write_text(json.dumps({"tools": tools, "cases": [case(source) for source in inputs()]}, indent=0) + "\n")
