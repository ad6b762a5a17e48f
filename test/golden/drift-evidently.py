"""Whole reports of Evidently's data drift preset on tables that both sides can draw.

Writes drift-evidently.json. Needs evidently==0.4.22 with numpy<2, pandas<3 and scipy.
Run: python3 test/golden/drift-evidently.py
"""
import json
import math
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")

import numpy as np
import pandas as pd
from evidently import ColumnMapping
from evidently.metric_preset import DataDriftPreset
from evidently.report import Report

# ours: the preset's and the mapping's
PRESET = {"columns": "columns", "driftShare": "drift_share", "test": "stattest", "catTest": "cat_stattest", "numTest": "num_stattest",
          "columnTests": "per_column_stattest", "threshold": "stattest_threshold", "catThreshold": "cat_stattest_threshold",
          "numThreshold": "num_stattest_threshold", "columnThresholds": "per_column_stattest_threshold"}
MAPPING = {"target": "target", "prediction": "prediction", "task": "task", "numericalFeatures": "numerical_features",
           "categoricalFeatures": "categorical_features", "id": "id", "datetime": "datetime"}


def uniforms(seed, count):
    """The 32-bit generator of Park and Miller, the same in any language."""
    state, values = seed, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        values.append(state)
    return np.array(values, dtype=np.float64) / 2147483647


def draw(recipe, n):
    """Sums, products and quotients only: the same bits everywhere. Every so many rows may hold a gap or an infinity."""
    kind = recipe["kind"]
    u = uniforms(recipe["seed"], 3 * n).reshape(3, n)
    if kind == "number":
        values = (u[0] + u[1] + u[2]) * recipe.get("scale", 1) + recipe.get("at", 0)
        if "step" in recipe:
            values = np.floor(values / recipe["step"]) * recipe["step"]
        values[recipe.get("infinite", n + 1) - 1 :: recipe.get("infinite", n + 1)] = -math.inf
        values[recipe.get("gaps", n + 1) - 1 :: recipe.get("gaps", n + 1)] = math.nan
        return values
    place = np.floor(u[0] * u[1] * recipe["of"]).astype(int)
    if kind == "whole":
        return place.astype(np.int32) + recipe.get("at", 0)
    if kind == "flag":
        return [bool(k) for k in place]
    values = np.array([f"{k}{'abcdefghijklm'[k]}" for k in place], dtype=object)
    values[recipe.get("gaps", n + 1) - 1 :: recipe.get("gaps", n + 1)] = None
    return values


def table(columns, n, side):
    return pd.DataFrame({name: draw({**recipe, **recipe.get(side, {})}, n) for name, recipe in columns.items()
                         if side not in recipe.get("absent", [])})


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def case(rows, columns, /, **options):
    reference, current = table(columns, rows[0], "reference"), table(columns, rows[1], "current")
    preset = {PRESET[key]: value for key, value in options.items() if key in PRESET}
    mapping = {MAPPING[key]: value for key, value in options.items() if key in MAPPING}
    try:
        report = Report([DataDriftPreset(**preset)])
        report.run(reference_data=reference, current_data=current, column_mapping=ColumnMapping(**mapping))
        answer = {"report": plain(report.as_dict())}
    except (ValueError, KeyError, TypeError) as error:
        answer = {"error": f"{type(error).__name__}: {error}".split("\n")[0][:120]}
    return {"rows": rows, "columns": columns, "options": options, **answer}


def number(seed, current=None, **more):
    return {"kind": "number", "seed": seed, **more, "current": {"seed": seed + 1, **(current or {})}}


def other(kind, seed, current=None, **more):
    return {"kind": kind, "seed": seed, **more, "current": {"seed": seed + 1, **(current or {})}}


def cases():
    # the columns of the Python original
    original = {"contrast": number(11, {"at": 0.1}, scale=0.3), "avg_brightness": number(21, {"at": 0.3}, scale=0.5, at=-1)}
    for rows in [(1000, 15), (1001, 15), (4000, 200), (300, 300), (15, 4000)]:
        yield case(rows, original)
    yield case((4000, 60), original, driftShare=0.6)
    yield case((500, 60), {**original, "predicted_class": other("text", 31, of=10), "confidence": number(41, scale=0.3)})
    yield case((1500, 60), {**original, "predicted_class": other("text", 31, of=10), "confidence": number(41, scale=0.3)})
    mixed = {
        "few": number(51, step=1), "two": number(61, step=2), "many": number(71, {"scale": 1.2}),
        "text": other("text", 81, {"of": 5}, of=6), "flag": other("flag", 91, of=2), "one": other("text", 101, of=1),
        "whole": other("whole", 111, of=12), "pair": other("text", 121, {"of": 1}, of=2),
    }
    for rows in [(400, 100), (1200, 1300)]:
        yield case(rows, mixed)
    yield case((400, 100), mixed, columns=["text", "many"])
    yield case((400, 100), mixed, test="psi")
    yield case((400, 100), mixed, catTest="jensenshannon", numTest="wasserstein", threshold=0.3)
    yield case((400, 100), mixed, columnTests={"many": "anderson", "text": "hellinger"}, columnThresholds={"many": 0.2}, numThreshold=0.01,
               catThreshold=0.02)
    yield case((400, 100), mixed, categoricalFeatures=["whole", "few"])
    yield case((400, 100), mixed, numericalFeatures=["many"], categoricalFeatures=["text"])
    yield case((400, 100), mixed, id="whole")
    gaps = {"a": number(131, gaps=7), "b": number(141, {"gaps": 3}), "c": other("text", 151, gaps=4, of=4), "d": number(161, gaps=5, infinite=3)}
    yield case((300, 80), gaps)
    yield case((2000, 80), gaps)
    features = {"x": number(171), "y": other("text", 181, of=3)}
    for target in [other("whole", 191, of=4), other("whole", 191, of=9), number(191), other("text", 191, of=3), number(191, step=1)]:
        for prediction in [other("whole", 201, of=4), number(201, scale=0.3), number(201), other("text", 201, of=3)]:
            yield case((200, 90), {**features, "target": target, "prediction": prediction})
    yield case((200, 90), {"target": other("whole", 197, of=5)})
    for prediction in [other("whole", 201, of=2), number(201, scale=0.3), number(201), other("whole", 201, of=9)]:
        yield case((200, 90), {**features, "prediction": prediction})
    yield case((200, 90), {**features, "label": number(211), "said": number(221)}, target="label", prediction="said", task="classification")
    yield case((200, 90), {**features, "label": other("whole", 211, of=3), "said": number(221)}, target="label", prediction="said",
               task="regression")
    # what cannot be compared
    yield case((200, 90), {**features, "gone": {**number(231), "absent": ["current"]}})
    yield case((200, 90), {**features, "new": {**number(241), "absent": ["reference"]}})
    yield case((200, 90), {**features, "empty": number(251, gaps=1)})
    yield case((200, 90), {**features, "empty": number(251, {"gaps": 1})})
    yield case((200, 90), {**features, "empty": other("text", 261, {"gaps": 1}, of=3)})
    yield case((200, 90), features, test="ks")
    yield case((200, 90), features, numTest="chisquare")
    yield case((200, 90), features, test="kolmogorov")
    yield case((200, 90), features, columnTests={"y": "g_test"})
    yield case((200, 90), features, columns=["x", "z"])


def main():
    answers = list(cases())
    versions = {name: version(name) for name in ["evidently", "scipy", "numpy", "pandas"]}
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps({"made_by": {"python": platform.python_version(), **versions}, "cases": answers},
                                 separators=(",", ":"), allow_nan=False) + "\n")
    print(len(answers), "cases,", sum("error" in answer for answer in answers), "refused,", target.stat().st_size, "bytes")
    for answer in answers:
        if "error" in answer:
            print(answer["error"])


if __name__ == "__main__":
    main()
