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
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import QuotedString
from hydra.types import RunMode
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
    "header.yaml": "# @package top\na: 1\n",
    "header_defaults.yaml": "# @package top\ndefaults:\n  - db: mysql\n  - _self_\na: 1\n",
    "recipe/nested_header.yaml": "# @package x.y\ndefaults:\n  - /db: mysql\n  - _self_\nv: 1\n",
    "recipe/here.yaml": "# @package _global_\ndefaults:\n  - /db@_here_: mysql\n  - _self_\nv: 1\n",
    "recipe/pkg.yaml": "# @package _global_\ndefaults:\n  - /db@copies.one: mysql\n  - /db@copies.two: sqlite\nv: 1\n",
    "recipe/global_item.yaml": "defaults:\n  - /db@_global_: mysql\n  - _self_\nv: 1\n",
    "recipe/global_sub.yaml": "defaults:\n  - /db@_global_.up: mysql\n  - _self_\nv: 1\n",
    "recipe/group_word.yaml": "defaults:\n  - /server/ssl@_group_: full\n  - _self_\nv: 1\n",
    "recipe/first.yaml": "# @package _global_\ndefaults:\n  - override /db: sqlite\nfrom: first\n",
    "recipe/second.yaml": "# @package _global_\ndefaults:\n  - override /db: nested\nfrom: second\n",
    "recipe/unused.yaml": "# @package _global_\ndefaults:\n  - override /nothing: x\nv: 1\n",
    "recipe/early.yaml": "# @package _global_\ndefaults:\n  - override /db: sqlite\n  - /server: apache\nv: 1\n",
    "recipe/selfish.yaml": "# @package _global_\ndefaults:\n  - _self_\n  - override /db: sqlite\ndb:\n  port: 99\n",
    "recipe/comment.yaml": "# a comment\n# @package _global_\n# another\nv: 1\n",
    "recipe/late_header.yaml": "v: 1\n# @package _global_\n",
    "server/deep.yaml": "defaults:\n  - /server/ssl: full\n  - ssl@tls: full\n  - _self_\nhost: d\n",
    "server/option.yaml": "defaults:\n  - optional ssl: nope\n  - optional nope\nhost: o\n",
    "server/headed.yaml": "defaults:\n  - /recipe/abs\n  - /recipe@low: abs\n  - _self_\nhost: h\n",
    "server/broken.yaml": "defaults:\n  - ssl: nope\nhost: o\n",
    "overridden.yaml": "defaults:\n  - recipe: other\n  - db: mysql\n",
    "overridden_after.yaml": "defaults:\n  - db: mysql\n  - recipe: other\n",
    "two_recipes.yaml": "defaults:\n  - db: mysql\n  - recipe: [first, second]\n  - _self_\n",
    "twice.yaml": "defaults:\n  - db: mysql\n  - db: mysql\n",
    "twice_other.yaml": "defaults:\n  - db: mysql\n  - db: sqlite\n",
    "twice_self.yaml": "defaults:\n  - _self_\n  - db: mysql\n  - _self_\n",
    "nullgroup.yaml": "defaults:\n  - db: null\n  - _self_\na: 1\n",
    "badlist.yaml": "defaults:\n  db: mysql\n",
    "baditem.yaml": "defaults:\n  - {db: mysql, cache: x}\n",
    "noself.yaml": "defaults:\n  - extra\nextra_key: own\n",
    "choice_after.yaml": "defaults:\n  - tuned: ${db}\n  - db: mysql\n  - _self_\n",
    "choice_bad.yaml": "defaults:\n  - tuned: ${nope}\n  - _self_\n",
    "choice_joined.yaml": "defaults:\n  - db: mysql\n  - optional cache: ${db}_small\n  - _self_\n",
    "cycle.yaml": "defaults:\n  - cycle_b\n",
    "cycle_b.yaml": "defaults:\n  - cycle\nb: 1\n",
    "sub/main.yaml": "defaults:\n  - part\n  - inner: x\n  - /db: mysql\nm: 1\n",
    "sub/part.yaml": "p: 1\n",
    "sub/inner/x.yaml": "q: 1\n",
    "emptyfile.yaml": "",
    "onlydefaults.yaml": "defaults:\n  - db: sqlite\n",
    "listroot.yaml": "- 1\n- 2\n",
    "types.yaml": "a: 1\nb: {c: [1, {d: 2}]}\ne: null\nf: text\ng: ???\n",
    "mlist.yaml": "items:\n  - name: x\n    v: 1\n  - name: y\n",
    "syntax.yaml": "a: [1\n",
    "tabs.yaml": "a:\n\tb: 1\n",
}

# one document each: the value of every reference, or a refusal
REFERENCES = [
    "a: ${b}\nb: 1", "a: ${b.c}\nb: {c: x}", "a: ${b[0]}\nb: [7]", "a: ${b.0}\nb: [7]", "a: ${b[-1]}\nb: [7, 8]", "a: ${b[1]}\nb: [7]", "a: ${[b]}\nb: 1", "a: ${b[c]}\nb: {c: 2}",
    "a: ${b[c].d}\nb: {c: {d: 3}}", "a: ${b[c][d]}\nb: {c: {d: 3}}", "a: ${b}\nb: {c: 1, d: [2]}", "a: ${b}\nb: ${c}\nc: 5", "a: ${b.c}\nb: ${d}\nd: {c: 9}", "a: x${b}\nb: 1", "a: x${b}\nb: 1.0",
    "a: x${b}\nb: 1e-5", "a: x${b}\nb: true", "a: x${b}\nb: null", "a: x${b}\nb: [1, a, 2.5, null]", "a: x${b}\nb: {k: v}", "a: ${b}${b}\nb: 1", "a: ${b} ${c}\nb: 1\nc: y", "a: ' ${b} '\nb: 1",
    "a: \\${b}\nb: 1", "a: x\\${b}y\nb: 1", "a: '\\\\${b}'\nb: 1", "a: '\\\\\\${b}'\nb: 1", "a: C:\\dir", "a: 'x\\y${b}'\nb: 1", "a: $b\nb: 1", "a: $", "a: '{b}'", "a: ${b", "a: '${}'", "a: '${ b }'\nb: 1",
    "a: '${b }'\nb: 1", "a: '${b.}'\nb: 1", "a: '${..b}'\nb: 1", "a: '${.b}'\nb: 1", "x: {a: '${.b}', b: 2}", "x: {a: '${..b}'}\nb: 3", "x: {y: {a: '${...b}'}}\nb: 4", "x: {a: '${....b}'}\nb: 4", "x: {a: ['${.[1]}', 5]}",
    "x: ['${.[1]}', 6]", "x: ['${..b}']\nb: 6", "a: ${b.${c}}\nb: {k: 1}\nc: k", "a: ${b[${c}]}\nb: {k: 1}\nc: k", "a: ${${c}}\nb: 8\nc: b", "a: ${b_${c}}\nb_x: 8\nc: x", "a: ${b${c}}\nb1: 8\nc: 1", "a: ${nope}", "a: ${b.nope}\nb: {c: 1}",
    "a: ${b.c.d}\nb: {c: 1}", "a: ${b}\nb: ???", "a: ???", "a: x${b}\nb: ???", "a: ${a}", "a: ${b}\nb: ${a}", "a: {b: '${a}'}", "a: {b: '${a.c}', c: 1}", "a: ${b-c}\nb-c: 1", "a: ${b c}", "a: '${b:}'", "a: '${nope:1}'", "a: '${oc.nope:1}'",
    "a: ${oc.env:ATELIER_GOLDEN}", "a: ${oc.env:ATELIER_UNSET}", "a: ${oc.env:ATELIER_UNSET,x}", "a: ${oc.env:ATELIER_UNSET,1}", "a: ${oc.env:ATELIER_UNSET,1.50}", "a: ${oc.env:ATELIER_UNSET,true}", "a: ${oc.env:ATELIER_UNSET,null}", "a: '${oc.env:ATELIER_UNSET,\"\"}'", "a: '${oc.env:ATELIER_UNSET,}'",
    "a: '${oc.env:ATELIER_UNSET,a b}'", "a: '${oc.env:ATELIER_UNSET,  a  }'", "a: '${oc.env:ATELIER_UNSET,/tmp/x-1.y}'", "a: '${oc.env:ATELIER_UNSET,http://h:80/p}'", "a: \"${oc.env:ATELIER_UNSET,'a,b'}\"", "a: \"${oc.env:ATELIER_UNSET,'it\\\\'s'}\"", "a: '${oc.env:ATELIER_UNSET,${b}}'\nb: 3", "a: '${oc.env:ATELIER_UNSET,x${b}y}'\nb: 3", "a: '${oc.env:${b}}'\nb: ATELIER_GOLDEN",
    "a: '${oc.env:ATELIER_GOLDEN,1,2}'", "a: '${oc.env:}'", "a: '${oc.env:1}'", "a: p${oc.env:ATELIER_GOLDEN}s", "a: ${oc.decode:${oc.env:ATELIER_GOLDEN}}", "a: '${oc.env:ATELIER_UNSET,[1, 2]}'", "a: '${oc.env:ATELIER_UNSET,{a: 1}}'",
    "a: ${oc.decode:5}", "a: \"${oc.decode:'5'}\"", "a: \"${oc.decode:'1e-3'}\"", "a: \"${oc.decode:'[1, x, 2.5]'}\"", "a: \"${oc.decode:'{k: 1, l: [a]}'}\"", "a: \"${oc.decode:'a b'}\"", "a: \"${oc.decode:'true'}\"", "a: \"${oc.decode:'null'}\"", "a: ${oc.decode:null}", "a: \"${oc.decode:'${b}'}\"\nb: 5", "a: \"${oc.decode:'yes'}\"", "a: \"${oc.decode:'010'}\"", "a: \"${oc.decode:'a,b'}\"", "a: \"${oc.decode:'[1'}\"", "a: \"${oc.decode:''}\"",
    "a: '${oc.select:b}'\nb: 1", "a: '${oc.select:b,2}'", "a: '${oc.select:b}'", "a: '${oc.select:b,2}'\nb: ???", "a: '${oc.select:b.c,x}'\nb: {d: 1}", "a: '${oc.select:b,${c}}'\nc: 4", "x: {a: '${oc.select:.b,1}', b: 2}", "a: '${oc.select:b,2}'\nb: null", "a: '${oc.select:b[0],2}'\nb: [3]", "a: '${oc.select:b,[1,{x: y}]}'",
    "a: '${oc.create:{b: 1, c: [2, x]}}'", "a: '${oc.create:[1, 2]}'", "a: \"${oc.create:'{b: 1e-3, c: yes}'}\"", "a: '${oc.create:{b: ${c}}}'\nc: 7", "a: '${oc.create:${c}}'\nc: {d: 1}",
    "a: '${oc.deprecated:b}'\nb: 1", "a: \"${oc.deprecated:b,'use $NEW_KEY'}\"\nb: {c: 1}", "a: '${oc.deprecated:nope}'", "a: '${oc.deprecated:b,1}'\nb: 1",
    "a: '${oc.dict.keys:b}'\nb: {x: 1, y: 2}", "a: '${oc.dict.values:b}'\nb: {x: 1, y: z}", "a: '${oc.dict.keys:b}'\nb: [1]", "a: '${oc.dict.keys:nope}'", "a: '${oc.dict.values:b}'\nb: {x: '${c}'}\nc: 3", "x: {a: '${oc.dict.keys:.b}', b: {k: 1}}", "a: '${oc.dict.values:b.c}'\nb: {c: {d: 1}}",
    "a: '${oc.env: ATELIER_GOLDEN}'", "a: '${oc.env :ATELIER_GOLDEN}'", "a: '${ oc.env:ATELIER_GOLDEN}'", "a: '${oc.env:ATELIER_GOLDEN }'", "a: '${oc.env:ATELIER_UNSET, x }'", "a: '${oc.env:ATELIER_UNSET,a:b}'", "a: '${oc.env:ATELIER_UNSET,a\\,b}'", "a: '${oc.env:ATELIER_UNSET,a=b}'", "a: '${oc.env:ATELIER_UNSET,(a)}'", "a: '${oc.env:ATELIER_UNSET,a#b}'",
    "a: ${b}\nb: ${c.d}\nc: {d: '${e}'}\ne: end", "a: '${b.c}'\nb: {c: '${.d}', d: 1}", "a: ['${b}', '${c}']\nb: 1\nc: [2]", "a: {x: '${b}'}\nb: {y: '${c}'}\nc: 1", "a: ${b}\nb: 2020-01-01", "a: ${b}\nb: 0x1F", "a: '${b}'\n'b': yes", "1: x\na: ${1}", "true: x\na: ${true}", "a: ${null}\n'null': 3", "a: ${b.1}\nb: {'1': x}", "a: ${b.1}\nb: {1: x}",
]

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
    ["header"], ["header", "top.a=2"], ["header", "a=2"], ["header_defaults"], ["config", "+recipe=nested_header"], ["config", "+recipe=here"], ["config", "+recipe=pkg"],
    ["config", "+recipe=pkg", "db@copies.one=sqlite"], ["config", "+recipe=pkg", "db@copies.three=sqlite"], ["config", "+recipe=global_item"], ["config", "+recipe=global_sub"], ["config", "+recipe=group_word"],
    ["config", "+recipe=[first,second]"], ["config", "+recipe=[second,first]"], ["config", "+recipe=first", "db=mysql"], ["config", "+recipe=unused"], ["config", "+recipe=early"], ["config", "+recipe=selfish"],
    ["config", "+recipe=comment"], ["config", "+recipe=late_header"], ["config", "+server=deep"], ["config", "+server=option"], ["config", "+server=headed"], ["config", "+server=broken"], ["config", "+server=apache", "server/ssl=full"],
    ["config", "+server=apache", "db@server.db=mysql"], ["config", "+server=apache", "server/db=mysql"], ["overridden"], ["overridden_after"], ["overridden_after", "db=nested"], ["two_recipes"], ["two_recipes", "recipe=first"],
    ["two_recipes", "recipe=[second,first]"], ["twice"], ["twice_other"], ["twice_self"], ["nullgroup"], ["nullgroup", "db=mysql"], ["nullgroup", "+db=mysql"], ["nullgroup", "~db"], ["badlist"], ["baditem"], ["noself"], ["choice_after"],
    ["choice_after", "db=sqlite"], ["choice_bad"], ["choice_joined"], ["choice", "tuned=sqlite"], ["choice", "~tuned"], ["choice", "+recipe=other"], ["cycle"], ["sub/main"], ["sub/main", "sub/inner=x"], ["sub/main", "db=sqlite"],
    ["emptyfile"], ["emptyfile", "+a=1"], ["emptyfile", "a=1"], ["onlydefaults"], ["onlydefaults", "db=mysql"], ["listroot"], ["syntax"], ["tabs"],
    ["config", "+db=sqlite"], ["config", "+db=mysql"], ["config", "~db=mysql"], ["config", "~db=sqlite"], ["config", "~nope=1"], ["config", "~db", "~db.port"], ["config", "db=mysql", "db=sqlite"], ["config", "db=[]"], ["config", "db="], ["config", "db=1"],
    ["config", "db@db=sqlite"], ["config", "db@x=sqlite"], ["config", "+db@x.y=sqlite"], ["config", "+db@_global_=sqlite"], ["config", "+db@x=sqlite", "x.file=z"], ["config", "+db@x=sqlite", "~db@x"], ["config", "cache=none_such"], ["config", "~cache"],
    ["config", "+db/pool=small"], ["config", "+db/pool@p=big"], ["config", "db/pool=big"], ["config", "+extra=1"], ["config", "+nogroup=x"], ["config", "+nogroup/x=y"], ["config", "nogroup/x=y"], ["config", "db.driver=x", "db.nope=1"], ["config", "db.driver.x=1"],
    ["config", "+db.driver.x=1"], ["config", "++db.driver.x=1"], ["config", "seed.x=1"], ["config", "+seed.x=1"], ["config", "tags.0=[1]"], ["config", "tags.-1=z"], ["config", "+tags.2=z"], ["config", "++tags.0=z"], ["config", "~tags.0"], ["config", "~tags.9"], ["config", "~opt.name=sgd"],
    ["config", "~opt.name=adam"], ["config", "~opt"], ["config", "~opt.steps=[1,2]"], ["config", "~opt.steps=[1]"], ["config", "~opt.steps.0"], ["config", "~lr=1e-3"], ["config", "~seed=1.0"], ["config", "~seed='1'"], ["config", "+tags=[c]"], ["config", "++tags=[c]"], ["config", "+opt={name: z}"],
    ["config", "++opt={z: {y: 1}}"], ["config", "opt={z: 1}"], ["config", "opt=null"], ["config", "opt=[]"], ["config", "opt=text"], ["config", "tags=text"], ["config", "tags={a: 1}"], ["config", "seed=[1]"], ["config", "seed={a: 1}"], ["config", "seed=null"], ["config", "seed=???"],
    ["config", "+a.b.c=1"], ["config", "+a={b: 1}", "a.b=2"], ["config", "+a={b: 1}", "a.c=2"], ["config", "+a=1", "+a=2"], ["config", "+a=null", "+a=2"], ["config", "++a=1", "++a=2"], ["config", "seed=${lr}"], ["config", "+x=${db.port}"], ["config", "+x=${nope}"], ["config", "name='${db.driver}-${seed}'"],
    ["config", "name=${db.driver}-${seed}"], ["config", "+x=${oc.env:ATELIER_GOLDEN}"], ["config", "+x=${oc.env:ATELIER_UNSET,7}"], ["config", "+x={a: ${seed}}"], ["config", "+x=[${seed},${lr}]"], ["config", "name=\\${seed}"], ["config", "seed=int(3.7)"], ["config", "seed=str(3)"], ["config", "tags=sort([3,1,2])"],
    ["config", "seed=choice(1,2)"], ["config", "seed=range(3)"], ["config", "db=mysql,sqlite"], ["config", "db=glob(*)"], ["config", "seed=interval(0,1)"], ["config", "tags=[choice(a,b)]"], ["config", "name=\"a b\""], ["config", "name='a,b'"], ["config", "name=a\\,b"], ["config", "name=[a"], ["config", "name='a"],
    ["config", "@x=1"], ["config", "+@x=1"], ["config", "seed@x=1"], ["config", "+seed@x=1"], ["config", "seed/x=1"], ["config", "a[0]=1"], ["config", "tags[0]=1"], ["config", "+ seed=1"], ["config", "seed = 3"], ["config", "seed= 3"], ["config", "+db={port: 5}"], ["config", "db={driver: x, port: 1}"],
    ["types"], ["types", "g=1"], ["types", "~g"], ["types", "+g=1"], ["types", "e=1"], ["types", "+e=1"], ["types", "b.c.1.d=5"], ["types", "b.c.1.e=5"], ["types", "+b.c.1.e=5"], ["types", "b.c=[]"], ["types", "f.x=1"], ["types", "e.x=1"], ["types", "+e.x=1"], ["types", "~e"],
    ["types", "~b.c.1.d"], ["types", "a=x"], ["types", "b=1"], ["mlist"], ["mlist", "items.0.v=2"], ["mlist", "items.1.v=2"], ["mlist", "+items.1.v=2"], ["mlist", "items.2.v=2"], ["mlist", "items=[{name: z}]"], ["mlist", "~items.0"], ["mlist", "items.0={v: 9}"],
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
    """The result, and the files in merge order as --info defaults shows them."""
    result = {"primary": primary, "overrides": overrides, "result": None, "defaults": None}
    try:
        with initialize_config_dir(str(folder), version_base="1.3"):
            loader = GlobalHydra.instance().config_loader()
            config = compose(primary, overrides)
            rows = loader.compute_defaults_list(primary, overrides, RunMode.RUN).defaults
        result["result"] = typed(OmegaConf.to_container(config, resolve=True))
        result["defaults"] = [
            [row.config_path, row.package, row.is_self, None if row.parent == "<root>" else row.parent]
            for row in rows
            if row.package is None or row.package.split(".")[0] != "hydra"
        ]
    except Exception:
        pass
    return result


def reference(text):
    """A document with every reference in it replaced."""
    try:
        config = OmegaConf.create(text)
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
            composition(folder, primary, overrides)
            for primary, *overrides in COMPOSITIONS
        ]
    golden = {
        "made_by": {"hydra-core": hydra.__version__, "omegaconf": omegaconf.__version__},
        "yaml_scalars": [[text, yaml_scalar(text)] for text in YAML_SCALARS],
        "override_values": [[text, override_value(text)] for text in OVERRIDE_VALUES],
        "yaml_dumps": [[typed(value), OmegaConf.to_yaml(OmegaConf.create({"v": value}))] for value in YAML_DUMPS],
        "references": [[text, reference(text)] for text in REFERENCES],
        "files": FILES,
        "compositions": compositions,
    }
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
