"""What DVC and its libraries write: .dvc files for awkward names, listings, hashes of DVC 2, settings.

Writes dvc-files.json. Needs dvc.
Run: python3 test/golden/dvc-files.py
"""
import hashlib
import io
import json
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from configobj import ConfigObj
from dvc.fs import localfs
from dvc.utils.serialize import dumps_yaml
from dvc_data.hashfile.hash import file_md5
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.meta import Meta
from dvc_data.hashfile.tree import Tree

HERE = Path(__file__).parent

NAMES = [
    "data", "a b", "null", "true", "yes", "1", "1.5", "1e3", "0x1f", "~", "-", "- a", "a: b", "a:b", "a #b", "#a",
    "'q'", '"q"', "it's", "[a]", "{a}", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "?", "? a", "ü", "日本", "😀",
    "a\tb", "a\nb", " a", "a ", "2020-01-01", "12:30", "=", "<<", "---", "...", "a,b", "x" * 100,
    " ".join(["word"] * 30), "it's " * 20 + "x", "null ", "\u00a0", "\ufeffa", "\x07", ".5", "1_000", "0o7", "012",
    "+1", "-1", ".inf", ".nan", "No", "on", "~a", "a" * 75 + " b c d e", "..a", "--- a", ":", "::", "a:", ",a", "]a", "}a",
]
MD5 = ["14ef650e08a55ccd88a80e6dd53a9eab.dir", "12345678901234567890123456789012", "1234567890123456789012345678901e",
       "123456789012345678901234567890e1", "0123456789abcdef0123456789abcdef", "00000000000000000000000000000000",
       "12345678901234567e01234567890123"]
TEXTS = {
    "crlf": b"a\r\nb\r\n", "lf": b"a\nb\n", "cr": b"a\rb", "nul": b"\x00a\r\n", "empty": b"",
    "latin": bytes(range(128, 256)) * 2 + b"\r\n" * 10, "mixed": b"a" * 400 + bytes([200] * 112) + b"\r\n" * 50,
    "long": (b"line\r\n" * 200000), "split": b"a" * (2**20 - 1) + b"\r\nend\r\n",
}
VALUES = ["plain", "a,b", "a b", " a", "a ", "", "#a", "a#b", "it's", "'a'", '"a"', "a=b", "gs://bucket/x", "a, b", "[a]"]


def out(md5, path, nfiles=None, isexec=False):
    entry = {"md5": md5, "size": 7}
    if nfiles is not None:
        entry["nfiles"] = nfiles
    if isexec:
        entry["isexec"] = True
    entry.update({"hash": "md5", "path": path})
    return {"md5": md5, "path": path, "nfiles": nfiles, "isexec": isexec, "text": dumps_yaml({"outs": [entry]})}


def tree(names):
    made = Tree()
    for name in names:
        made.add(tuple(name.split("/")), Meta(), HashInfo("md5", hashlib.md5(name.encode()).hexdigest()))
    made.digest()
    return {"names": names, "md5": made.hash_info.value, "bytes": made.as_bytes().decode("ascii")}


def dos2unix(data):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return file_md5(file.name, localfs, name="md5-dos2unix")


def setting(value):
    config = ConfigObj({"cache": {"key": value}})
    raw = io.BytesIO()
    config.write(raw)
    text = raw.getvalue().decode()
    return {"value": value, "text": text, "read": ConfigObj(text.splitlines())["cache"]["key"]}


def main():
    names = [n for n in NAMES if "/" not in n]
    record = {
        "made_by": {n: version(n) for n in ("dvc", "dvc-data", "ruamel.yaml", "configobj")} | {"python": platform.python_version()},
        "files": [out("0123456789abcdef0123456789abcdef", n) for n in names]
        + [out(m, "data", 5 if m.endswith(".dir") else None) for m in MD5]
        + [out(MD5[4], "run.sh", isexec=True)],
        "listings": [
            tree([]), tree(["a"]), tree(["b", "a/b", "a", "a.b", "a/a"]),
            tree(["\ufb01", "😀", "ü", "z", 'q"uote', "back\\slash", "tab\t", "\x7f", "nl\n"]),
        ],
        "dos2unix": {k: dos2unix(v) for k, v in TEXTS.items()},
        "settings": [setting(v) for v in VALUES],
    }
    (HERE / "dvc-files.json").write_text(json.dumps(record, indent=1) + "\n")


main()
