"""Runs commands of DVC one after the other in one process, which saves starting one for each.

Reads lines `{"cwd": …, "args": […], "env": {…}}` and answers each with `{"code": …, "stdout": …, "stderr": …}`.
"""

import json
import os
import sys
import tempfile

from dvc.cli import main

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    job = json.loads(line)
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        kept = os.dup(1), os.dup(2)
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        try:
            code = main(job["args"])
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in zip((1, 2), kept):
            os.dup2(copy, number)
            os.close(copy)
        texts = [stream.seek(0) or stream.read().decode() for stream in (stdout, stderr)]
    answers.write(json.dumps({"code": code, "stdout": texts[0], "stderr": texts[1]}) + "\n")
    answers.flush()
