"""Golden values for src/versioning/pipeline: how DVC reads `dvc.yaml`, orders stages and writes `dvc.lock`.

    python3 -m pip install dvc && python3 test/golden/dvc-pipeline.py

Writes test/golden/dvc-pipeline.json. A `dvc.yaml` that DVC refuses is stored with null for its stages.
"""

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from dvc.dependency import ParamsDependency
from dvc.repo import Repo
from dvc.utils import relpath

PARAMS = "lr: 0.01\nepochs: 3\nname: 'two words'\nflag: true\nnothing:\ntrain:\n  layers: [64, 32]\n  opt: {name: adam, beta: 1.0e-3}\nmodels: [cnn, mlp]\n"

READ = [
    "stages:\n  a:\n    cmd: echo a\n",
    "stages:\n  a:\n    cmd:\n    - echo a\n    - echo ${lr}\n    deps: [x, ./y, sub/z]\n    outs: [b, {c: {cache: false, persist: true, desc: text}}]\n    metrics:\n    - m.json:\n        cache: false\n    - n.json\n    plots:\n    - p.csv:\n        x: epoch\n        y: loss\n        cache: false\n    frozen: true\n    desc: d\n    meta: {any: [1]}\n",
    "stages:\n  a:\n    wdir: sub\n    cmd: run --lr ${lr} --n ${train.opt.name} ${train.layers[1]} ${flag} ${nothing} ${train.opt.beta} \\${kept}\n    deps: [x]\n    params: [lr, train.opt, {other.yaml: [a.b, c]}, {whole.yaml: }, {conf.json: [k]}]\n    outs: ['${name}']\n",
    "vars: [{x: 1, d: {y: [2, z]}}, extra.yaml, 'part.yaml:one,two']\nstages:\n  a:\n    vars: [{own: 5}]\n    cmd: echo ${x} ${d.y[1]} ${extra.k} ${one} ${own}\n",
    "stages:\n  each:\n    foreach: [a, b, 1, 2.5, true]\n    do:\n      cmd: echo ${item}\n      outs: ['out-${item}']\n",
    "stages:\n  each:\n    foreach: ${models}\n    do:\n      cmd: train ${item}\n      outs: ['m/${item}']\n      params: ['lr']\n",
    "stages:\n  each:\n    foreach: {x: {lr: 1}, y: {lr: 2}}\n    do:\n      cmd: train ${key} ${item.lr}\n      wdir: sub\n",
    "stages:\n  each:\n    foreach: [{lr: 1}, {lr: 2}]\n    do:\n      cmd: train ${item.lr}\n",
    "stages:\n  grid:\n    matrix:\n      model: [cnn, mlp]\n      size: [1, 2]\n      opt: [{name: adam}]\n    cmd: train ${item.model} ${item.size} ${item.opt.name} ${key}\n    outs: ['${key}']\n",
    "stages:\n  grid:\n    matrix:\n      model: ${models}\n    cmd: train ${item.model}\n    outs: ['${item.model}.bin']\n",
    "stages:\n  a:\n    cmd: run ${train}\n",
    "stages:\n  a:\n    cmd: run ${item}\n",
    "stages:\n  a:\n    cmd: run\n    deps: ['${models}']\n",
    "stages:\n  a:\n    cmd: run\n    dep: [x]\n",
    "stages:\n  a:\n    deps: [x]\n",
    "stages:\n  a:\n    cmd: run\n    frozen: 'yes'\n",
    "stages:\n  a:\n    cmd: run ${}\n",
    "stages:\n  a:\n    cmd: run\n    outs: [x]\n    deps: [x]\n",
    "vars: [{lr: 1}]\nstages:\n  a:\n    cmd: run\n",
    "vars: [none.yaml]\nstages:\n  a:\n    cmd: run\n",
    "vars: ['${x}']\nstages:\n  a:\n    cmd: run\n",
    "stages:\n  a:\n    cmd: run\n    params: [lr, {params.yaml: }]\n    outs: [{o: {push: false, remote: r}}]\n",
    "artifacts:\n  m: {path: a.bin, type: model, labels: [x], desc: d}\nplots:\n- p.csv: {x: a, y: [b, c], title: t}\nmetrics: [m.json]\nparams: [p.yaml]\nstages:\n  a:\n    cmd: run\n",
    "artifacts:\n  m: {pth: a.bin}\nstages:\n  a:\n    cmd: run\n",
    "stages:\n  each:\n    foreach: ${lr}\n    do:\n      cmd: echo ${item}\n",
    "stages:\n  a:\n    cmd: run\n  b:\n    cmd: run\n    always_changed: true\n    deps: [q]\n",
]
FILES = {
    "params.yaml": PARAMS, "extra.yaml": "extra: {k: v}\n", "part.yaml": "one: 1\ntwo: 2\nthree: 3\n", "sub/keep": "",
}

# stages of these write what they say; runs are of DVC itself
RUNS = [
    {
        "files": {"params.yaml": PARAMS, "in.txt": "data\n", "conf.yaml": "z: 1\na: {size: 3, k: [1, {nfiles: 2}]}\nf: 1e-05\nt: yes\n"},
        "dvc.yaml": "stages:\n  last:\n    cmd: cp mid/two.txt end.txt\n    deps: [mid]\n    outs: [end.txt]\n"
        "  first:\n    cmd: mkdir mid && cp in.txt mid/one.txt && cp in.txt mid/two.txt\n    deps: [in.txt]\n    params: [train, lr, {conf.yaml: }]\n    outs: [mid]\n"
        "  score:\n    cmd:\n    - echo '{\"accuracy\":' 0.5 > m.json\n    - echo '}' >> m.json\n    - \"printf 'epoch,loss\\\\n0,1.5\\\\n' > p.csv\"\n    deps: [end.txt]\n    params: [epochs]\n    metrics: [{m.json: {cache: false}}]\n    plots: [p.csv]\n",
    },
    {
        "files": {"sub/in.sh": "#!/bin/sh\necho \"it's\" > \"$1\"\n"},
        "modes": {"sub/in.sh": 0o755},
        "dvc.yaml": "stages:\n  each:\n    foreach: [b, a]\n    do:\n      wdir: sub\n      cmd: ./in.sh 'out ${item}.txt' && echo a command that is long enough to be folded when it is written to the lock > /dev/null\n      deps: [in.sh]\n      outs: ['out ${item}.txt']\n"
        "  keep:\n    cmd: echo now > now.txt\n    outs: [{now.txt: {cache: false}}]\n  both:\n    cmd: |\n      cat 'sub/out a.txt' > all.txt\n      cat 'sub/out b.txt' >> all.txt\n    deps: [sub]\n    outs: [{all.txt: {persist: true}}]\n",
    },
]


def write_files(files, modes=None):
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    for name, mode in (modes or {}).items():
        Path(name).chmod(mode)


def describe(stage):
    return {
        "name": stage.name, "cmd": stage.cmd, "wdir": relpath(stage.wdir), "frozen": stage.frozen, "always_changed": stage.always_changed,
        "deps": [dep.def_path for dep in stage.deps if not isinstance(dep, ParamsDependency)],
        "params": [[dep.def_path, dep.params] for dep in stage.deps if isinstance(dep, ParamsDependency)],
        "outs": [[out.def_path, "metric" if out.metric else "plot" if out.plot else "out", out.use_cache, out.persist] for out in stage.outs],
    }


def read_case(text):
    write_files({**FILES, "dvc.yaml": text})
    with Repo.init(no_scm=True, force=True) as repo:
        try:
            stages = [describe(stage) for stage in repo.stage.collect("dvc.yaml")]
            repo.artifacts.read()
        except Exception as error:  # noqa: BLE001 of many kinds
            return {"dvc.yaml": text, "stages": None, "why": str(error).splitlines()[0].replace(os.getcwd(), ".")}
    return {"dvc.yaml": text, "stages": stages}


def run_case(case):
    write_files({**case["files"], "dvc.yaml": case["dvc.yaml"]}, case.get("modes"))
    with Repo.init(no_scm=True, force=True) as repo:
        repo.reproduce()
    runs = {str(path.relative_to(".dvc/cache/runs")): path.read_text() for path in sorted(Path(".dvc/cache/runs").rglob("*")) if path.is_file()}
    objects = sorted(str(path.relative_to(".dvc/cache")) for path in Path(".dvc/cache/files").rglob("*") if path.is_file())
    return {**case, "dvc.lock": Path("dvc.lock").read_text(), "runs": runs, "objects": objects}


def in_empty_folder(function, argument):
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return function(argument)
        finally:
            os.chdir(home)


os.environ["DVC_NO_ANALYTICS"] = "1"
tools = {"dvc": version("dvc"), "python": sys.version.split()[0]}
golden = {"tools": tools, "files": FILES, "read": [in_empty_folder(read_case, text) for text in READ], "runs": [in_empty_folder(run_case, case) for case in RUNS]}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
