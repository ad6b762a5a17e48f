"""Golden values for src/versioning/pipeline/edit-stages.ts: what DVC makes of a `dvc.yaml` when stages are added and frozen.

    python3 -m pip install dvc && python3 test/golden/dvc-stages.py

Writes test/golden/dvc-stages.json: the file after each command, and the list of stages at the end.
"""

import contextlib
import io
import json
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ["DVC_NO_ANALYTICS"] = "1"

from dvc.cli import main  # noqa: E402
from dvc.commands.stage import prepare_stages_data  # noqa: E402
from dvc.repo import Repo  # noqa: E402

COMMENTED = """\
# the whole way

vars:
- size: 3  # of what

stages:
  # first of all
  prepare:
    cmd: python prepare.py  # quick
    deps:
    - raw
    # made anew each time
    outs:
    - clean

  # then
  train:
    desc: Learn
    cmd: python train.py
    deps:
    - clean
    params:
    - lr
    outs:
    - model:
        cache: false

# what is shown
plots:
- loss.csv:
    x: epoch
"""
LONG = "python train.py --data clean --model model.onnx --rate 0.001 --epochs 30 --batch 64 --seed 42 --out 'a b'"

CASES = [
    {"file": None, "commands": [
        ["stage", "add", "-n", "one", "echo hello"],
        ["stage", "add", "-n", "two", "-d", "b.txt", "-d", "a.txt", "-o", "z", "-o", "y", "cp", "a b.txt", "z"],
        ["freeze", "one"],
        ["freeze", "two"],
        ["unfreeze", "one"],
    ]},
    {"file": None, "commands": [
        ["stage", "add", "-n", "all", "-d", "in", "-p", "lr,epochs", "-p", "conf.yaml:b,a", "-p", "whole.yaml:", "-p", "alpha.json:k", "-o", "o2", "-O", "o1",
         "--outs-persist", "p1", "--outs-persist-no-cache", "p2", "-m", "m1.json", "-M", "m2.json", "--plots", "c.csv", "--plots-no-cache", "b.csv",
         "-w", "sub", "--always-changed", "--desc", "what it is: a 'test'", LONG],
        ["stage", "add", "-n", "odd", "-d", "ü.txt", "-d", "with: colon", "-d", "#hash", "-o", "- dash", "-o", "123", "echo", "", "a b", "--flag", "x=\"1 2\""],
        ["stage", "add", "-n", "params", "-p", "params.yaml:", "echo 1"],
    ]},
    {"file": COMMENTED, "commands": [
        ["stage", "add", "-n", "score", "-d", "model", "-M", "score.json", "python score.py"],
        ["freeze", "prepare"],
        ["freeze", "train"],
        ["unfreeze", "prepare"],
        ["stage", "add", "-f", "-n", "score", "-d", "model", "-M", "score.json", "-o", "more", "python score.py --all"],
        ["stage", "add", "-f", "-n", "score", "-M", "other.json", "-o", "more", "python score.py"],
    ]},
    {"file": "stages:\n  a:\n    cmd: echo a\n# the end\n", "commands": [["stage", "add", "-n", "b", "echo b"], ["freeze", "a"], ["freeze", "b"]]},
    {"file": "vars:\n- x: 1\n", "commands": [["stage", "add", "-n", "b", "-o", "out", "echo b"]]},
]


def run(case):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        main(["init", "--no-scm", "-q"])
        os.mkdir("sub")
        if case["file"] is not None:
            Path("dvc.yaml").write_text(case["file"])
        texts = []
        for command in case["commands"]:
            with contextlib.redirect_stdout(io.StringIO()):
                code = main([*command[:2], "-q", *command[2:]] if command[0] == "stage" else [command[0], "-q", *command[1:]])
            assert code == 0, command
            texts.append(Path("dvc.yaml").read_text())
        with Repo() as repo:
            stages = prepare_stages_data(repo.index.stages)
        os.chdir("/")
    return {**case, "texts": texts, "list": stages}


if __name__ == "__main__":
    path = Path(__file__).with_suffix(".json").resolve()
    result = {"versions": {"dvc": version("dvc")}, "cases": [run(case) for case in CASES]}
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
