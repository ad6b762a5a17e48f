"""Drift scores and whole reports made up anew at every run, by Evidently and by us. Called by
scripts/conformance.mjs as

    python3 drift.py NODE ATELIER_JS

Needs evidently==0.4.22 with numpy<2 and pandas<3. Ends with a message and status 1 where something differs;
the message names the seed, and SEED repeats it.
"""

import json
import math
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import numpy
import pandas
from evidently.calculations.stattests import registry
from evidently.core import ColumnType
from evidently.metric_preset import DataDriftPreset
from evidently.report import Report
from scipy.stats import cramervonmises_2samp

NODE, ATELIER = sys.argv[1:3]
SEED = int(os.environ.get("SEED") or time.time())
CHANCE = numpy.random.RandomState(SEED % 2**32)
NUMBERS, CATEGORIES, REPORTS = 150, 80, 25
RELATIVE, ABSOLUTE = 1e-9, 1e-12
NUM_TESTS = ["ks", "wasserstein", "jensenshannon", "psi", "kl_div", "hellinger", "anderson", "cramer_von_mises", "ed", "t_test", "mannw", "es"]
CAT_TESTS = ["chisquare", "z", "jensenshannon", "psi", "kl_div", "hellinger", "g_test", "fisher_exact", "TVD"]

ANSWER = """
const [tests, samples, reports] = await Promise.all(process.argv.slice(1).map((file) => import(file)))
let text = ''
for await (const chunk of process.stdin) text += chunk
const column = ({ kind, values }) =>
  kind === 'float' ? Float64Array.from(values, (value) => value ?? NaN) : kind === 'int' ? Int32Array.from(values) : values
const table = (columns) => Object.fromEntries(Object.entries(columns).map(([name, each]) => [name, column(each)]))
const attempt = (run) => {
  try {
    return run()
  } catch (error) {
    return { error: error.code ?? String(error.stack) }
  }
}
console.log(JSON.stringify(JSON.parse(text).map(({ type, reference, current, names, options }) => {
  if (type === 'table') return attempt(() => reports.evidentlyReport(table(reference), table(current), options).report)
  const [a, b] = type === 'num'
    ? [reference, current].map((side) => samples.numericSample(Float64Array.from(side)))
    : samples.categoricalSamples(reference, current)
  return names.map((name) => attempt(() => tests.driftTests[name].compute(a, b)))
})))
"""


def size():
    return int(10 ** CHANCE.uniform(0, 3.7))


def numbers(rows, shift):
    shape = CHANCE.randint(5)
    values = [CHANCE.normal, CHANCE.uniform, CHANCE.exponential, CHANCE.standard_cauchy, CHANCE.normal][shape](size=rows)
    values = values * 10 ** CHANCE.uniform(-0.1, 0.1) + shift
    step = CHANCE.choice([0, 0, 0.1, 0.5, 1])
    return (numpy.floor(values / step) * step if step else values).astype(float)


def numeric_case():
    return {"type": "num", "reference": numbers(size(), 0), "current": numbers(size(), CHANCE.choice([0, 0.05, 1])), "names": NUM_TESTS}


def categorical_case():
    kinds, rows = CHANCE.randint(1, 8), size() // 5 + 1
    others = rows if CHANCE.randint(2) else size() // 5 + 1
    shares = CHANCE.dirichlet(numpy.ones(kinds))
    return {"type": "cat", "names": CAT_TESTS, "reference": CHANCE.choice(kinds, rows, p=shares),
            "current": CHANCE.choice(kinds, others, p=CHANCE.dirichlet(10 * shares + 0.1))}


def table_column(rows):
    kind = CHANCE.choice(["float", "float", "int", "text"])
    if kind == "int":
        return kind, CHANCE.randint(0, CHANCE.randint(1, 12), rows).astype(numpy.int32)
    if kind == "text":
        return kind, CHANCE.choice(list("abcdef")[: CHANCE.randint(1, 7)], rows).astype(object)
    values = numbers(rows, 0)
    values[CHANCE.uniform(size=rows) < CHANCE.choice([0, 0.1])] = math.nan
    return kind, values


def report_case():
    rows, others = size() + 10, size() + 10
    columns = {name: table_column(rows + others) for name in ["avg_brightness", "contrast", "x", "target", "prediction"][: CHANCE.randint(1, 6)]}
    kinds = {name: kind for name, (kind, _) in columns.items()}
    whole = pandas.DataFrame({name: values for name, (_, values) in columns.items()})
    options = {} if CHANCE.randint(2) else {"driftShare": 0.3, "threshold": 0.2, "numTest": str(CHANCE.choice(["psi", "ks", "wasserstein"]))}
    side = lambda frame: {name: {"kind": kinds[name], "values": frame[name].tolist()} for name in frame}
    reference, current = whole[:rows].reset_index(drop=True), whole[rows:].reset_index(drop=True)
    return {"type": "table", "frames": (reference, current), "reference": side(reference), "current": side(current), "options": options}


def score(name, case):
    column_type = ColumnType.Numerical if case["type"] == "num" else ColumnType.Categorical
    test = registry._registered_stat_tests[name][column_type]
    a, b = case["reference"], case["current"]
    # SciPy refuses less from version to version, and Evidently's copy of its count runs in half precision
    if name == "es" and min(len(a), len(b)) < 5:
        return "error"
    try:
        if name == "cramer_von_mises" and max(len(a), len(b)) <= 20 and min(len(a), len(b)) > 1:
            return float(cramervonmises_2samp(a, b).pvalue)
        return float(test.func(pandas.Series(a), pandas.Series(b), column_type, 0.05)[0])
    except (ValueError, ZeroDivisionError, IndexError):
        return "error"


def report(case):
    options = case["options"]
    preset = {"drift_share": options["driftShare"], "stattest_threshold": options["threshold"], "num_stattest": options["numTest"]} if options else {}
    try:
        made = Report([DataDriftPreset(**preset)])
        made.run(reference_data=case["frames"][0], current_data=case["frames"][1])
        return json.loads(json.dumps(made.as_dict(), default=lambda value: value.item()))
    except (ValueError, TypeError, KeyError):
        return "error"


def close(ours, theirs):
    if isinstance(ours, dict) and "error" in ours:
        return theirs == "error" and str(ours["error"]).startswith("DRIFT_")
    if isinstance(theirs, dict):
        return isinstance(ours, dict) and list(ours) == list(theirs) and all(close(ours[key], theirs[key]) for key in theirs)
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(ours) == len(theirs) and all(map(close, ours, theirs))
    if isinstance(theirs, (int, float)) and not isinstance(theirs, bool):
        if math.isnan(theirs):
            return ours is None
        return isinstance(ours, (int, float)) and abs(ours - theirs) <= RELATIVE * abs(theirs) + ABSOLUTE
    return ours == theirs


def left_out(name, case, theirs):
    """What hangs on the version of SciPy, or on more digits than there are."""
    distinct = len(numpy.unique(numpy.concatenate([case["reference"], case["current"]])))
    if name == "es":
        return distinct < 30 or theirs == "error"
    # a constant column: whether it drifted hangs on whether 71 * (14 / 71) is 14
    if name == "chisquare":
        return distinct == 1
    # Evidently tells a third category only within a side, and then counts it as neither
    if name == "fisher_exact":
        return distinct > 2
    return name == "cramer_von_mises" and theirs != "error" and 0 < theirs < 1e-9


def plain(value):
    return value.tolist() if isinstance(value, numpy.ndarray) else None if isinstance(value, float) and math.isnan(value) else value.item()


cases = [numeric_case() for _ in range(NUMBERS)] + [categorical_case() for _ in range(CATEGORIES)] + [report_case() for _ in range(REPORTS)]
dist = Path(ATELIER).resolve().parent.parent / "monitoring"
files = [(dist / file).as_uri() for file in ["statistics/drift-tests.js", "statistics/sample.js", "evidently/evidently-report.js"]]
question = json.dumps([{key: value for key, value in case.items() if key != "frames"} for case in cases], default=plain)
done = subprocess.run([NODE, "--input-type=module", "-e", ANSWER, *files], input=question.replace("NaN", "null"), capture_output=True, text=True)
if done.returncode != 0:
    sys.exit(f"seed {SEED}: {done.stderr}")
wrong, compared = [], 0
for place, (case, ours) in enumerate(zip(cases, json.loads(done.stdout))):
    if case["type"] == "table":
        compared += 1
        theirs = report(case)
        if not close(ours, theirs):
            wrong.append(f"report {place}: ours {json.dumps(ours)[:300]}, theirs {json.dumps(theirs)[:300]}")
        continue
    for name, value in zip(case["names"], ours):
        theirs = score(name, case)
        if left_out(name, case, theirs):
            continue
        compared += 1
        if not close(value, theirs):
            sizes = f"{len(case['reference'])} and {len(case['current'])} rows"
            wrong.append(f"{name} of case {place} ({sizes}): ours {value}, theirs {theirs}")
if wrong:
    sys.exit(f"seed {SEED}: {len(wrong)} of {compared} differ; {'; '.join(wrong[:3])}")
print(compared, "compared")
