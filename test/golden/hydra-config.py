"""Golden values for src/config, made by hydra-core and OmegaConf themselves.

    python3 -m pip install hydra-core && python3 test/golden/hydra-config.py

Writes test/golden/hydra-config.json. Values are stored with their type ("int", "float", …), because JSON
cannot tell 1 from 1.0; a refused input is stored as null.
"""

import json
import math
import os
import tempfile
from pathlib import Path

import hydra
import omegaconf
from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import QuotedString
from omegaconf import OmegaConf

YAML_SCALARS = """
0 1 -1 +1 1_000 0x1F 0X1F 0b101 010 0o10 09 1:30 190:20:30 1:30.5 1. 1.0 -1.5 .5 -.5 +.5 .5e3 .5e+3
1e3 1e-3 1E5 -1e3 1.5e3 1.5e-3 1_0.5 1__0 .inf -.inf +.inf .Inf .INF .nan .NaN nan inf -.nan 1e 1e+ e1
true True TRUE tRue false yes Yes no NO on Off ON y n Y N null Null NULL nULL ~ none None 2020-01-01
2020-01-01T10:00:00 1.2.3 v1 a-b a_b a.b 'x' "1" '1' 12:30:45 0.1e1 00 0 -0 -0.0 007 1,5 1,000 ??? abc
""".split()

OVERRIDE_VALUES = [
    "", "1", "-1", "+1", "1_000", "007", "0x10", "1__0", "1.", ".5", "-.5", "+.5", "1.5", "0.01", "1e3", "1e-3", "1.5e-3",
    ".5e3", "1e", "1.2.3", "inf", "-inf", "nan", "NaN", "INF", "infx", "true", "True", "TRUE", "tRuE", "false", "trueish",
    "yes", "on", "no", "null", "Null", "NULL", "none", "None", "~", "abc", "a b", "a  b", " a ", "a-b", "a_b", "a/b", "/a/b",
    "a.b", "a:b", "a: b", "a : b", "10:30", "http://x/y?z", "a+b", "a%b", "a$b", "a*b", "a@b", "a?b", "a|b", "a\\b",
    "C:\\dir", "'a'", '"a"', "'a b'", "'a''b'", "'it\\'s'", '"say \\"x\\""', "'a\\\\'", "'a\\nb'", "'1'", "'true'", "'a=b'", "a=b",
    "'a,b'", "a\\,b", "a\\=b", "a\\ b", "\\[a\\]", "\\(a\\)", "a\\:b", "[]", "[1]", "[1,2]", "[1, 2]", "[ 1 , 2 ]", "[a,b]",
    "['a','b']", "[[1],[2]]", "[1,]", "[,1]", "[1", "1]", "{}", "{a:1}", "{a: 1}", "{a:1,b:2}", "{ a : 1 , b : [2,3] }",
    "{a:{b:c}}", "{a}", "{a:}", "{1:2}", "{'a':1}", "{true:1}", "[{a:1},{b:2}]", "[true,null,1.5,x]", "[a b,c]", "a,b", "1,2,3",
    "${a.b}", "${oc.env:HOME}", "x${a}y", "${a.${b}}", "'${a.${b}}'", "a{b", "a(b", "a)b", "a]b", "a;b", "a#b", "a!b", "a&b", "é", "a~b",
    "a'b", "5 apples", "1 2", "- 1", "--x", "a=", "'", "\"", "???", "1e5x", "x1", "_x", "-x", "x-", "x.y-z", "./a", "../a", "a b c",
    "int(3.5)", "choice(a,b)", "range(1,3)", "0", "00", "-0", "-0.0", "1:2", "true false", "nullx", "null x",
]

FILES = {
    "config.yaml": "defaults:\n  - _self_\n  - db: mysql\n  - optional cache: none_such\n  - extra\n\nseed: 1\nname: run\ntags: [a, b]\nlr: 1e-3\nopt:\n  name: sgd\n  steps: [1, 2]\n",
    "selfless.yaml": "defaults:\n  - db: mysql\ndb:\n  port: 1\n",
    "selffirst.yaml": "defaults:\n  - _self_\n  - db: mysql\ndb:\n  port: 1\n",
    "extra.yaml": "extra_key: yes\n",
    "db/mysql.yaml": "driver: mysql\nport: 3306\nuser: root\n",
    "db/sqlite.yaml": "driver: sqlite\nfile: x.db\n",
    "db/nested.yaml": "defaults:\n  - mysql\n  - pool: small\ndriver: nested\n",
    "db/pool/small.yaml": "size: 2\n",
    "db/pool/big.yaml": "size: 20\n",
    "recipe/fast.yaml": "# @package _global_\nseed: 2\nopt:\n  name: adam\n  steps: [9]\n",
    "recipe/other.yaml": "# @package _global_\ndefaults:\n  - override /db: sqlite\nopt:\n  extra: 1\n",
    "recipe/abs.yaml": "# @package a.b\nv: 1\n",
    "recipe/group.yaml": "# @package _group_\nv: 1\n",
    "server/apache.yaml": "defaults:\n  - /db: sqlite\n  - ssl: full\nhost: x\n",
    "server/ssl/full.yaml": "cert: y\n",
    "experiments/empty.yaml": "",
    "multi.yaml": "defaults:\n  - db: [mysql, sqlite]\n  - db@backup: sqlite\n  - _self_\n",
    "inter.yaml": "a: 1\nb: ${a}\nc: x${a}y\nd: ${e.f}\ne:\n  f: 2.5\n  g: ${.f}\n  h: ${..a}\n  i: ${e.l[1]}\n  l: [7, 8]\nj: \\${a}\nk: ${oc.env:ATELIER_GOLDEN,none}\nm: ${oc.env:ATELIER_UNSET,1}\nn: ${oc.env:ATELIER_UNSET,null}\no: ${oc.select:nope,3}\np: ${oc.decode:'[1, x]'}\nq: ${e}\nr: t${s}\ns: true\nt: ${l.${w}}\nw: \"1\"\nl: [5, 6]\nu: n${v}\nv: null\n",
    "inter_bad.yaml": "a: ${nope}\n",
    "inter_int_key.yaml": "a: 1\nl: [5, 6]\nt: ${l.${a}}\n",
    "inter_loop.yaml": "a: ${b}\nb: ${a}\n",
    "inter_env.yaml": "a: ${oc.env:ATELIER_UNSET}\n",
    "choice.yaml": "defaults:\n  - db: mysql\n  - tuned: ${db}\n  - _self_\n",
    "tuned/mysql.yaml": "for: mysql\n",
    "tuned/sqlite.yaml": "for: sqlite\n",
    "must.yaml": "defaults:\n  - db: ???\n  - _self_\n",
    "merge.yaml": "base: &b {x: 1, y: 2}\nover:\n  <<: *b\n  y: 3\n",
    "dup.yaml": "a: 1\na: 2\n",
    "abs.yaml": "defaults:\n  - server: apache\n  - _self_\n",
}

COMPOSITIONS = [
    ["config"], ["config", "db=sqlite"], ["config", "db=nested"], ["config", "db=none_such"], ["config", "seed=7"],
    ["config", "nope=7"], ["config", "+new=7"], ["config", "+seed=7"], ["config", "++seed=7"], ["config", "++new.deep=7"],
    ["config", "~seed"], ["config", "~seed=1"], ["config", "~seed=2"], ["config", "~nope"], ["config", "~db"],
    ["config", "~db.port"], ["config", "tags=[x]"], ["config", "tags=[]"], ["config", "tags.0=z"], ["config", "tags.5=z"],
    ["config", "opt={name: x}"], ["config", "opt.name=null"], ["config", "+opt={z: 1}"], ["config", "+opt.z=1"],
    ["config", "opt=3"], ["config", "db={port: 5}"], ["config", "+recipe=fast"], ["config", "recipe=fast"],
    ["config", "+recipe=other"], ["config", "+recipe=other", "db=mysql"], ["config", "+recipe=abs"], ["config", "+recipe=group"],
    ["config", "+experiments=empty"], ["config", "+server=apache"], ["config", "+db@second=sqlite"], ["config", "db.port=1", "db=sqlite"],
    ["config", "seed=1", "seed=2"], ["config", "lr=0.5"], ["config", "name="], ["config", "seed=a,b"], ["config", "++db=sqlite"],
    ["config", "db=[mysql,sqlite]"], ["config", "+recipe=[fast,other]"], ["config", "db=null"], ["config", "name='${seed}'"],
    ["config", "name=a=b"], ["config", "+db/pool=big"], ["config", "db=nested", "db/pool=big"], ["config", "=1"], ["config", "seed"],
    ["selfless"], ["selffirst"], ["multi"], ["multi", "db@backup=mysql"], ["inter"], ["inter_bad"], ["inter_int_key"], ["inter_loop"], ["inter_env"],
    ["choice"], ["choice", "db=sqlite"], ["must"], ["must", "db=mysql"], ["merge"], ["dup"], ["abs"], ["no_such_primary"],
]

YAML_DUMPS = [1, 1.0, 0.1, 1e-5, 1e-4, 1e16, 1e15, 1.5e300, -2.5e-10, 123456789.5, True, None, "abc", "1", "1.0", "true", "yes", "null", "",
              "a: b", "a #b", "- a", "it's", "é", " a", "a ", "1e3", "0x1", "???", "${a}", "[a]", "2020-01-01", "@a", "~", "=", "a:", "1:30", "010",
              {"a": {}}, {"a": []}, {"a": [1, [2, 3], {"b": 1}]}, {"yes": 1, "1": 2}, [], {}]


def key_text(key):
    """Our keys are text: `true` stays `true`."""
    return str(key).lower() if isinstance(key, bool) else str(key)


def typed(value):
    """Values with their types, so that 1, 1.0, "1" and True stay apart."""
    if value is None:
        return {"null": None}
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": value}
    if isinstance(value, float):
        return {"float": value if math.isfinite(value) else str(value)}
    if isinstance(value, list):
        return {"list": [typed(item) for item in value]}
    if isinstance(value, dict):
        return {"map": [[key_text(key), typed(item)] for key, item in value.items()]}
    if isinstance(value, QuotedString):
        return {"string": value.text}
    return {"string": str(value)}


def yaml_scalar(text):
    try:
        raw = OmegaConf.to_container(OmegaConf.create("v: " + text))
        return typed(raw["v"])
    except Exception:
        return None


def override_value(text):
    try:
        override = OverridesParser.create().parse_override("k=" + text)
        if override.is_sweep_override():
            return {"sweep": True}
        return typed(override.value())
    except Exception:
        return None


def composition(folder, primary, overrides):
    try:
        with initialize_config_dir(str(folder), version_base="1.3"):
            config = compose(primary, overrides)
        return typed(OmegaConf.to_container(config, resolve=True))
    except Exception:
        return None


def main():
    os.environ["ATELIER_GOLDEN"] = "42"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        compositions = [
            {"primary": primary, "overrides": overrides, "result": composition(folder, primary, overrides)}
            for primary, *overrides in COMPOSITIONS
        ]
    golden = {
        "made_by": {"hydra-core": hydra.__version__, "omegaconf": omegaconf.__version__},
        "yaml_scalars": [[text, yaml_scalar(text)] for text in YAML_SCALARS],
        "override_values": [[text, override_value(text)] for text in OVERRIDE_VALUES],
        "yaml_dumps": [[typed(value), OmegaConf.to_yaml(OmegaConf.create({"v": value}))] for value in YAML_DUMPS],
        "files": FILES,
        "compositions": compositions,
    }
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
