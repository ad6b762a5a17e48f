"""Golden values for the override grammar and multirun of src/config, made by hydra-core itself.

    python3 -m pip install hydra-core && python3 test/golden/hydra-overrides.py

Writes test/golden/hydra-overrides.json: how override keys are read, what functions give, and which jobs
hydra's basic sweeper makes of a command line. A refused input is stored as null. `shuffle` is made to
reverse instead, on both sides, so that its results can be compared.
"""

import json
import math
import random
import tempfile
from pathlib import Path

import hydra
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.utils import create_config_search_path
from hydra.core.override_parser import types
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import (
    ChoiceSweep,
    Glob,
    IntervalSweep,
    QuotedString,
    RangeSweep,
)

KEYS = [
    "a=1", "a.b=1", "a.b.c=1", "+a=1", "++a=1", "+a.b=1", "~a", "~a=1", "~a.b", "a/b=c", "a/b/c=d", "+a/b=c", "a@b=c",
    "a@b.c=d", "a/b@c.d=e", "+a@b=c", "~a@b", "a@=b", "a@b@c=d", "a@b/c=d", "=1", "+=1", "a=", "a", "+a", "++a", "+++a=1", "~",
    "~~a", "a b=1", " a=1", "a =1", "a= 1", "a = 1", "a-b=1", "a_b=1", "_a=1", "-a=1", "$a=1", "a$b=1", "a.$b=1", "a/$b=1", "0=1",
    "0.a=1", "a.0=1", "a.01=1", "a.1_0=1", "1a=1", "a.1a=1", "a..b=1", ".a=1", "a.=1", "a/=1", "/a=1", "a//b=1", "a.b/c=1",
    "a/b.c=1", "a[0]=1", "a[b]=1", "a:b=1", "a,b=1", "é=1", "a.é=1", "a!=1", "a==1", "a=b=c", "a\\=b=1", "'a'=1", "a@_global_=1",
    "a@a.0=1", "+a@a-b=1", "~a=b,c", "hydra.x=1", "hydra/x=y", "a*=1", "*=1", "a.*=1",
]

FUNCTIONS = [
    "int(3.5)", "int(-3.9)", "int(3)", "int('12')", "int(' 12 ')", "int('1_000')", "int(abc)", "int('3.5')", "int(true)", "int(null)",
    "int(inf)", "int(1e3)", "int([1.5,2.5])", "int([1.5,[2.5]])", "int({a:1.5,b:2})", "int(1.5,2.5)", "int(choice(1.5,2.5))",
    "int(range(0.5,3.5))", "int(interval(0.5,3.5))", "int()", "int(value=1.5)", "int(1,value=2)", "int(x=1)", "int( 3.5 )",
    "int (3.5)", "int(1,)", "int(", "int)", "int(1", "int(1)x", "int(1) ", " int(1)", "x int(1)", "INT(1)", "nope(1)", "chioce(a,b)",
    "float(1)", "float('1e3')", "float('.5')", "float('inf')", "float('-infinity')", "float('nan')", "float('1_0.5')", "float(x)",
    "float(true)", "float(null)", "float([1,2])", "float(1,2)", "float(range(1,3))", "float('0x1')", "float('')",
    "str(1)", "str(1.0)", "str(1e-5)", "str(1e16)", "str(true)", "str(null)", "str('a b')", "str([1,2.5])", "str({a:1})", "str(1,2)",
    "str(range(1,3))", "str(interval(1,2))", "str(inf)", "str(-0.0)", "str(x=1)",
    "bool(1)", "bool(0)", "bool(0.0)", "bool('true')", "bool(FALSE)", "bool('False')", "bool(yes)", "bool(null)", "bool(nan)", "bool([1,0])",
    "bool(1,0)", "bool('')", "bool(range(0,1))",
    "choice(a,b)", "choice(a)", "choice()", "choice('a,b',c)", "choice('1',2)", "choice([1,2],[3])", "choice({a:1},{b:2})", "choice(null,1)",
    "choice(a, b , c)", "choice(choice(a,b))", "choice(int(1,2))", "choice(range(1,3))", "choice(int(1.5),2)", "choice(true,1.5,x)", "choice(a b,c)",
    "choice(x=1)", "choice(a=b,c)", "choice(${a},b)", "choice((a))", "choice(a\\,b,c)", "[choice(a,b)]", "{a:choice(1,2)}", "choice(a,b),c",
    "range(3)", "range(1,3)", "range(1,10,3)", "range(10,1,-3)", "range(3,1)", "range(0,1,0.25)", "range(0,1,0.1)", "range(1.0,3)",
    "range(start=1,stop=3)", "range(start=0,stop=10,step=4)", "range(1,stop=5)", "range(stop=5)", "range(1,2,3,4)", "range(a,b)", "range()",
    "range(1,null)", "range(1,3,0)", "range(0.3,0.1,-0.1)", "range(0,0.5,0.1)", "range(1e-3,3e-3,1e-3)", "range(-2,2)", "range('1',3)", "range(0.1,1,0.3)",
    "interval(0,1)", "interval(1.5,2.5)", "interval(start=0,end=1)", "interval(0)", "interval(a,b)", "interval(0,1,2)", "interval(1e-5,1)",
    "glob(*)", "glob(a*)", "glob([a*,b*])", "glob(*,exclude=a*)", "glob(include=[a*],exclude=[b])", "glob()", "glob(1)", "glob(*,x=1)", "glob(?)",
    "sort(3,1,2)", "sort(c,a,b)", "sort(3,1,2,reverse=true)", "sort([3,1,2])", "sort([c,a,b])", "sort(['c','a'])", "sort(list=[3,1,2],reverse=true)",
    "sort(choice(3,1,2))", "sort(sweep=choice(b,a))", "sort(range(1,4))", "sort(range(1,4),reverse=true)", "sort(range(4,1,-1))",
    "sort(range(10,1,-3))", "sort(range(2,2))", "sort(range(2,2),reverse=true)", "sort(range(2,2,-1))", "sort(range(0,1,0.25),reverse=true)", "sort(a,1)", "sort(1,2.5,true)", "sort()", "sort(1)", "sort(a)", "sort(null)", "sort(A,b,a,B)",
    "sort([])", "sort([1])", "sort([1,a])", "sort(interval(0,1))", "sort('b','a')", "sort(1,2,reverse=1)", "sort({a:1})", "sort(null,1)",
    "shuffle(a,b,c)", "shuffle([1,2,3])", "shuffle(list=[1,2])", "shuffle(choice(a,b))", "shuffle(range(1,4))", "shuffle(sweep=range(3))", "shuffle(1)",
    "shuffle(interval(0,1))", "shuffle(1,2,reverse=true)", "choice(shuffle(a,b,c))", "sort(shuffle(c,a,b))",
    "tag(t,choice(a,b))", "tag(t,u,range(3))", "tag(choice(a,b))", "tag(t,interval(0,1))", "tag(t,a)", "tag()", "tag(1,choice(a,b))", "tag(t,sweep=choice(a,b))",
    "tag(choice(a),choice(b))", "tag(t,glob(*))", "tag(t,int(1,2))",
    "a,b", "1,2.5,true,null", "a, b", "[1,2],[3]", "{a:1},{b:2}", "'a,b',c", "a,", ",a", "a,,b", "${x},b", "a\\,b,c", "int(1.5),2", "int(1,2),3",
    "'a','b'", "\"a\",'b'", "a b,c d", "[],{}", "1e-3,1e-5", "inf,nan", "a=b,c", "x,[y", "range(1,3),4",
]

QUOTING = [
    "'a\\\\','b'", "['a\\\\','b']", "'a\\\\\\'b'", "'\\\\'", "'\\'", "'\\''", "\"it's\"", "'a\"b'", "\"a\\\"b\"", "'a\nb'", "'a' 'b'", "'a'b", "a'b'", "''", "\"\"",
    "' a '", "'[1,2]'", "'${a}'", "'a\\,b'", "\\,", "\\ a", "a\\ ", "a\\\tb", "\\\\", "\\\\a", "\\a", "a\\:b", "\\'", "a\\{b\\}", "{a\\:b:1}", "{a b:1}", "{ a:1 }",
    "{a:1,a:2}", "{a:'x'}", "{a:}", "{a:1,}", "{,}", "{null:1}", "{1.5:1}", "{a/b:1}", "{$a:1}", "{a.b:1}", "{${a}:1}", "{a:b:c}", "[a:b]", "[ ]", "{ }", "[[]]", "[{}]",
    "[a,[b,{c:d}]]", "[a]b", "[a] ", " [a]", "[a][b]", "{a:1}{b:2}", "a[0]", "a{}", "$", "$a", "${a", "${}", "${a}}", "${a}${b}", "a${b}c", "${a b}", "${a:b,c}", "${a:'x,y'}",
    "%", "@", "@a", "*", "?", "|", "a|b", "a&b", "<a>", "a>b", "#a", "a#", "a;b", "`a`", "^a", "a~b", "~", "!", "\t", "a\tb", "a\nb", "１", "日本", "a.b.c", "1.2.3", "1..2", "1e", "e1",
    "+", "-", "+-1", "--1", "1-", "1+1", "1/2", "1_", "_1", "1__0", "1_0.5_0", "0.5e+3", "1E-5", ".", "..", "./", "/", "//", "-.5e-3", "+inf", "-nan", "Infinity", "TRUE,False",
]

SWEEPS = [
    ["a=1,2"], ["a=1,2", "b=x,y"], ["a=1", "b=x,y"], ["a=1,2", "b=3", "c=x,y"], ["+a=1,2"], ["++a=1,2"], ["~a"], ["~a", "b=1,2"], ["~a=1"],
    ["db=mysql,sqlite"], ["db=glob(*)"], ["db=glob(*sql*)"], ["db=glob(*,exclude=my*)"], ["db=glob([m*,p*])"], ["db=glob(?ysql)"], ["db=glob([!m]*)"], ["db=glob('[!m]*')"], ["db=glob('[mp]*')"], ["db=glob('[!mp]?l*')"],
    ["db@x=mysql,sqlite"], ["+db=mysql,sqlite", "a=1"], ["a=range(1,4)"], ["a=range(0,1,0.1)"], ["a=range(0,1,0.25)", "b=1,2"], ["a=range(3,0,-1)"],
    ["a=range(3,1)"], ["a=interval(0,1)"], ["a=choice(x,y)"], ["a='1','2'"], ["a=choice('1','2')"], ["a=\"x,y\",z"], ["a=[1,2],[3,4]"], ["a={x:1},{x:2}"],
    ["a=[x y,z]"], ["a=x y,z"], ["a=x\\,y,z"], ["a=a\\=b,c"], ["a=1.0,1e-5,1e16,0.1"], ["a=true,null"], ["a=", "b=1,2"], ["a=1,2", "a=3"], ["a=3", "b=1,2", "a=4,5"],
    ["a=1,2", "+a=3"], ["a=str(1)", "b=1,2"], ["a='it\\'s',b"], ["a='a\\\\',b"], ["a=\"say 'x'\",b"], ["a=${x},${y}"], ["a=C:\\dir,x"], ["a='C:\\dir',x"], ["a={k:'v w',l:[1,null]},x"],
    ["a=sort(3,1,2)"], ["a=sort(c,a,b,reverse=true)"], ["a=shuffle(1,2,3)"], ["a=shuffle(range(1,4))"], ["a=tag(t,choice(x,y))"], ["a=int(1.7,2.2)"], ["a=float(range(1,3))"],
    ["a=1,2", "b=1,2", "c=1,2"], ["a=x"], [], ["a.b=1,2", "c/d=x,y"], ["a=inf,nan,-inf"], ["a=int(1.5)"], ["a=yes,no"], ["a=' x ',y"], ["a=a:b,c"], ["a=(x),y"], ["a=1,", "b=2"],
    ["a=range(1e-3,4e-3,1e-3)"], ["a=range(0.3,-0.1,-0.1)"], ["a=range(1,2,0.3)"], ["a=range(0,2e-5,7e-6)"], ["a=sort(range(0,1,0.25),reverse=true)"], ["a=range(100,103.5)"],
    ["a=\\[x\\],y"], ["a=x\\\\y,z"], ["a='x\\\\\\'y',z"], ["a=1_000,2"], ["a=007,1"], ["a=+1,-1"], ["a=-0.0,0.0"], ["a=True,FALSE"], ["a=NULL,x"],
]

GROUPS = {"db/mysql.yaml": "x: 1\n", "db/sqlite.yaml": "x: 2\n", "db/postgres.yaml": "x: 3\n", "db/notes.txt": "", "db/pool/small.yaml": ""}


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
    if isinstance(value, (ChoiceSweep, RangeSweep, IntervalSweep, Glob)):
        return sweep(value)
    if isinstance(value, list):
        return {"list": [typed(item) for item in value]}
    if isinstance(value, dict):
        return {"map": [[key_text(key), typed(item)] for key, item in value.items()]}
    if isinstance(value, QuotedString):
        return {"string": value.text}
    return {"string": str(value)}


def key_text(key):
    """Our keys are text: `true` stays `true`, null `null`."""
    return "null" if key is None else str(key).lower() if isinstance(key, bool) else str(key)


def sweep(value):
    if isinstance(value, ChoiceSweep):
        nested = any(isinstance(item, (ChoiceSweep, RangeSweep, IntervalSweep)) for item in value.list)
        if nested:
            raise ValueError("a sweep in a sweep, which no sweeper can run")
        return {"choice": [typed(item) for item in value.list], "simple": value.simple_form, "shuffle": value.shuffle}
    if isinstance(value, RangeSweep):
        return {"range": [typed(value.start), typed(value.stop), typed(value.step)], "shuffle": value.shuffle}
    if isinstance(value, IntervalSweep):
        return {"interval": [typed(value.start), typed(value.end)]}
    return {"glob": pattern_texts(value.include), "exclude": pattern_texts(value.exclude)}


def pattern_texts(items):
    return [item.text if isinstance(item, QuotedString) else item for item in items]


def attempt(make):
    try:
        return make()
    except Exception:
        return None


def key_of(text):
    override = OverridesParser.create().parse_override(text)
    return {"type": override.type.name, "key": override.key_or_group, "package": override.package}


def contains_sweep(value):
    if isinstance(value, list):
        return any(contains_sweep(item) for item in value)
    if isinstance(value, dict):
        return any(contains_sweep(item) for item in value.values())
    return isinstance(value, (ChoiceSweep, RangeSweep, IntervalSweep, Glob))


def value_of(text):
    value = OverridesParser.create().parse_override("k=" + text).value()
    if isinstance(value, (list, dict)) and contains_sweep(value):
        raise ValueError("hydra parses it, and OmegaConf refuses it when it is used")
    return typed(value)


def jobs_of(loader, overrides):
    parsed = OverridesParser.create(config_loader=loader).parse_overrides(overrides)
    return BasicSweeper.split_arguments(parsed, None)[0]


def main():
    random.shuffle = types.shuffle = lambda items: items.reverse()
    with tempfile.TemporaryDirectory() as temporary:
        for name, text in GROUPS.items():
            path = Path(temporary) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        loader = ConfigLoaderImpl(config_search_path=create_config_search_path(temporary))
        sweeps = [[overrides, attempt(lambda: jobs_of(loader, overrides))] for overrides in SWEEPS]
    golden = {
        "made_by": {"hydra-core": hydra.__version__},
        "keys": [[text, attempt(lambda: key_of(text))] for text in KEYS],
        "values": [[text, attempt(lambda: value_of(text))] for text in FUNCTIONS + QUOTING],
        "groups": GROUPS,
        "sweeps": sweeps,
    }
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
