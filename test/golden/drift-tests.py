"""Scores of every drift test of Evidently, computed by Evidently itself on samples both sides can draw.

Writes drift-tests.json. Needs evidently==0.4.22 with numpy<2, pandas<3 and scipy. Takes a minute or two.
Run: python3 test/golden/drift-tests.py
"""
import json
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")

import numpy as np
import pandas as pd
from evidently import ColumnMapping
from evidently.calculations.stattests import registry
from evidently.calculations.stattests.mmd_stattest import kernel_matrix, mmd_2samp
from evidently.core import ColumnType
from evidently.metric_preset import DataDriftPreset
from evidently.report import Report
from scipy.stats import cramervonmises_2samp

ANY_SIZE = ["ks", "wasserstein", "jensenshannon", "psi", "kl_div", "hellinger", "anderson", "cramer_von_mises", "ed",
            "t_test", "mannw", "es"]
CATEGORIES = ["chisquare", "z", "jensenshannon", "psi", "kl_div", "hellinger", "g_test", "fisher_exact"]
# what the default choice gives numbers of few values
FEW_NUMBERS = ["chisquare", "z"]
LARGEST_MMD, LARGEST_TVD = 400, 500


def uniforms(seed, count):
    """The 32-bit generator of Park and Miller, the same in any language."""
    state, values = seed, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        values.append(state)
    return np.array(values, dtype=np.float64) / 2147483647


def draw(recipe):
    """Sums, products and quotients only: the same bits everywhere."""
    if isinstance(recipe, list):
        return recipe
    n, shape = recipe["n"], recipe["shape"]
    if shape == "letters":
        place = np.floor(uniforms(recipe["seed"], n) ** 2 * recipe["of"]).astype(int)
        return ["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"[k] for k in place]
    if shape == "codes":
        return np.floor(uniforms(recipe["seed"], n) * recipe["of"]).astype(int)
    u = uniforms(recipe["seed"], 4 * n).reshape(4, n)
    base = {"bell": u[0] + u[1] + u[2] + u[3] - 2, "flat": u[0], "skew": u[0] * u[1] * u[2], "far": u[0] / (u[1] + 0.001)}[shape]
    values = base * recipe.get("scale", 1) + recipe.get("at", 0)
    step = recipe.get("step")
    return values if step is None else np.floor(values / step) * step


def score(name, reference, current, column_type):
    test = next(iter(registry._registered_stat_tests[name].values()))
    try:
        value = float(test.func(pd.Series(reference), pd.Series(current), column_type, 0.05)[0])
    except (ValueError, ZeroDivisionError, IndexError):
        return "error"
    return None if np.isnan(value) else value


def column(recipe, column_type):
    """The same with gaps and infinities: every so many rows hold one."""
    values = pd.Series(draw(recipe), dtype=float if column_type == "num" else object)
    for hole, every in recipe.get("holes", []):
        values.iloc[every - 1 :: every] = None if column_type == "cat" else {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}[hole]
    return values


def cleaned_score(name, reference, current, mapping):
    """Of the whole pipeline, which takes out what is no value before it asks the test."""
    try:
        report = Report([DataDriftPreset(stattest=name)])
        report.run(reference_data=reference.to_frame("x"), current_data=current.to_frame("x"), column_mapping=mapping)
        value = report.as_dict()["metrics"][1]["result"]["drift_by_columns"]["x"]["drift_score"]
    except (ValueError, ZeroDivisionError, IndexError):
        return "error"
    return None if np.isnan(value) else float(value)


def column_case(column_type, reference, current):
    a, b = column(reference, column_type), column(current, column_type)
    names = list(ANY_SIZE) if column_type == "num" else list(CATEGORIES)
    if column_type == "num" and 0 < max(a.nunique(), b.nunique()) <= 20:
        # without rank every version of SciPy has another answer
        names.remove("es")
    if column_type == "num" and max(len(a), len(b)) <= 20:
        # Evidently's copy of SciPy's count runs in half precision
        names.remove("cramer_von_mises")
    mapping = ColumnMapping(**{"numerical_features" if column_type == "num" else "categorical_features": ["x"]})
    scores = {name: cleaned_score(name, a, b, mapping) for name in names}
    # SciPy refuses less from version to version
    if "es" in scores and min(np.isfinite(side).sum() for side in (a, b)) < 5:
        scores["es"] = "error"
    return {"type": column_type, "reference": reference, "current": current, "scores": scores}


def numeric_case(reference, current):
    a, b = (np.asarray(draw(side), dtype=float) for side in (reference, current))
    names = list(ANY_SIZE)
    if len(np.unique(np.concatenate([a, b]))) <= 5:
        names += FEW_NUMBERS
    scores = {name: score(name, a, b, ColumnType.Numerical) for name in names}
    # without rank every version of SciPy has another answer, and so far out only the first digits are meant
    if len(np.unique(np.concatenate([a, b]))) < 6:
        del scores["es"]
    if max(len(a), len(b)) <= 20 and scores["cramer_von_mises"] != "error":
        # Evidently's copy of SciPy's count runs in half precision
        scores["cramer_von_mises"] = float(cramervonmises_2samp(a, b).pvalue)
    # SciPy refuses less from version to version
    if min(len(a), len(b)) < 5:
        scores["es"] = "error"
    if scores["cramer_von_mises"] not in ("error", 0) and scores["cramer_von_mises"] < 1e-9:
        del scores["cramer_von_mises"]
    # Evidently's squared distances lose their digits far from 0
    fits_mmd = 2 <= min(len(a), len(b)) and len(a) + len(b) <= LARGEST_MMD and max(abs(a)) < 1000
    mmd = discrepancy(a.reshape(-1, 1), b.reshape(-1, 1)) if fits_mmd else {}
    return {"type": "num", "reference": reference, "current": current, "scores": scores, **mmd}


def discrepancy(a, b):
    """Statistic and p as Evidently has them, with fixed permutations in place of chance."""
    kernel = kernel_matrix(a, b)
    kernel = kernel - np.diag(np.diagonal(kernel))
    statistic = mmd_2samp(kernel, len(b))
    np.random.seed(1)
    permuted = np.array([mmd_2samp(kernel, len(b), permute=True) for _ in range(100)])
    p = (statistic <= permuted).mean()
    # where permutations are as far apart as what was observed, rounding decides which of them count
    return {"mmd": [float(statistic), float(p)]} if p == (statistic - 1e-9 <= permuted).mean() else {}


def categorical_case(reference, current):
    a, b = draw(reference), draw(current)
    names = list(CATEGORIES)
    # categories are added up in the order of their hashes, and ties with the observed distance hang on it
    if not isinstance(a[0], str) and len(set([*a, *b])) < 10 and len(a) + len(b) <= LARGEST_TVD:
        names.append("TVD")
    return {"type": "cat", "reference": reference, "current": current,
            "scores": {name: score(name, a, b, ColumnType.Categorical) for name in names}}


def numeric_inputs():
    seed = 100

    def recipe(n, shape="bell", **more):
        nonlocal seed
        seed += 7919
        return {"seed": seed, "n": n, "shape": shape, **more}

    for n1, n2 in [(1, 1), (1, 2), (2, 1), (1, 30), (30, 1), (2, 2), (3, 5), (5, 5), (6, 9), (8, 8), (7, 40), (20, 20), (19, 20), (12, 18),
                   (21, 20), (24, 24), (25, 24), (50, 50), (30, 100), (100, 37), (140, 140), (141, 143), (200, 1000), (999, 1000)]:
        yield recipe(n1), recipe(n2, at=0.2)
        yield recipe(n1, step=0.25), recipe(n2, scale=1.3, step=0.25)
        yield recipe(n1, "skew"), recipe(n2, "flat", scale=0.5)
    for n1, n2, at in [(1000, 100, 0.02), (3000, 200, 0.05), (5000, 5000, 0.01), (10000, 10000, 0.012), (10000, 3000, 0.02), (10001, 15, 0.1),
                       (20000, 700, 0.03), (60000, 100, 0.1), (60000, 15, 0.5), (60000, 5000, 0.01), (60000, 60000, 0.004)]:
        yield recipe(n1), recipe(n2, at=at)
        if n1 <= 20000:
            yield recipe(n1, "skew", step=0.01), recipe(n2, "skew", scale=1.05, step=0.01)
    for n1, n2 in [(40, 40), (300, 60), (2000, 500)]:
        yield recipe(n1, "far"), recipe(n2, "far", scale=1.2)
        yield recipe(n1), recipe(n2, at=4)
        yield recipe(n1), recipe(n2, at=1000)
        yield recipe(n1, scale=1e-7), recipe(n2, scale=1e-7, at=1e-8)
        yield recipe(n1, at=1e4), recipe(n2, at=1e4)
        yield recipe(n1, scale=5), recipe(n2, scale=0.01)
        yield recipe(n1, "flat", scale=1.99, step=1), recipe(n2, "flat", scale=1.9, step=1)
        yield recipe(n1, "flat", scale=4.99, step=1), recipe(n2, "flat", scale=4.2, step=1)
        yield recipe(n1, "flat", scale=19.99, step=1), recipe(n2, "flat", scale=22, step=1)
        yield recipe(n1, "flat", scale=21.99, step=1), recipe(n2, "flat", scale=20, step=1)
    # ever more rows, few against many and equally many, with ties and without
    for n1, n2 in [(1, 5), (2, 50), (4, 4), (4, 9), (5, 6), (9, 8), (8, 9), (10, 10), (13, 11), (16, 200), (17, 17), (20, 2), (33, 33), (64, 64),
                   (100, 100), (128, 127), (139, 141), (255, 257), (500, 400), (1000, 1000), (1001, 1000), (2500, 40), (4000, 4001)]:
        yield recipe(n1, scale=2), recipe(n2, scale=2, at=-0.1)
        yield recipe(n1, "flat", scale=3, step=0.125), recipe(n2, "skew", scale=3, step=0.125)
    for n1, n2 in [(10000, 1), (10000, 9000), (10001, 10001), (60000, 1), (1, 60000)]:
        yield recipe(n1, scale=0.3, at=-0.2), recipe(n2, scale=0.31, at=-0.2)
        yield recipe(n1, "skew", scale=9, step=1), recipe(min(n2, 10000), "skew", scale=9.1, step=1)
    for n in [1, 4, 60, 2000]:
        yield [7.5] * n, [7.5] * (n + 1)
        yield [-2] * n, [3] * n
        yield [0] * n + [1], [0] * (n + 2)
    constant = [0.1] * 10
    yield constant, constant
    yield constant, [0.1] * 7
    yield constant, [0.2] * 10
    yield constant, recipe(20)
    yield recipe(40), constant
    yield [0, 0, 0, 1], [1, 1, 1, 0]
    yield [1, 2, 3], [4, 5, 6]
    yield [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7]
    yield [-1.5, 0, 0, 2], [-1.5, 3, 0]


def categorical_inputs():
    seed = 50

    def recipe(n, of, shape="codes"):
        nonlocal seed
        seed += 104729
        return {"seed": seed, "n": n, "shape": shape, "of": of}

    for n1, n2 in [(1, 1), (5, 5), (5, 8), (20, 20), (60, 30), (100, 100), (500, 500), (1000, 90), (20000, 300), (60000, 60000)]:
        for of in [1, 2, 3, 9, 40]:
            yield recipe(n1, of), recipe(n2, of)
        yield recipe(n1, 10, "letters"), recipe(n2, 10, "letters")
        yield recipe(n1, 3, "letters"), recipe(n2, 12, "letters")
        yield recipe(n1, 4), recipe(n2, 2)
    yield ["a"], ["b"]
    yield ["a", "a", "b"], ["b", "a", "b"]
    yield [True, False, True], [False, False, False]
    yield ["a"] * 12 + ["b"] * 3, ["a"] * 4 + ["b"] * 11
    yield ["a"] * 9, ["a"] * 9
    yield ["x", "Y", "\u00e9", "10", "9"], ["9", "9", "Y"]


def column_inputs():
    seed = 70

    def recipe(n, shape="bell", holes=(), **more):
        nonlocal seed
        seed += 485999
        return {"seed": seed, "n": n, "shape": shape, "holes": [list(hole) for hole in holes], **more}

    for n1, n2 in [(12, 12), (60, 45), (700, 90), (5000, 300)]:
        yield "num", recipe(n1, holes=[("nan", 4)]), recipe(n2, at=0.1)
        yield "num", recipe(n1), recipe(n2, holes=[("nan", 3)], at=0.1)
        yield "num", recipe(n1, "skew", [("inf", 5), ("nan", 6)]), recipe(n2, "skew", [("nan", 2)])
        yield "num", recipe(n1, "flat", [("-inf", 3), ("inf", 4), ("nan", 11)]), recipe(n2, "flat", [("inf", 5), ("nan", 7)], scale=1.1)
        yield "cat", recipe(n1, "letters", [("nan", 4)], of=5), recipe(n2, "letters", of=5)
        yield "cat", recipe(n1, "letters", of=2), recipe(n2, "letters", [("nan", 3)], of=2)
    for kind, shape, more in [("num", "bell", {}), ("cat", "letters", {"of": 3})]:
        yield kind, recipe(30, shape, [("nan", 1)], **more), recipe(30, shape, **more)
        yield kind, recipe(30, shape, **more), recipe(30, shape, [("nan", 1)], **more)
        yield kind, recipe(30, shape, **more), recipe(0, shape, **more)
        yield kind, recipe(0, shape, **more), recipe(30, shape, **more)
    # one value is left on a side
    yield "num", recipe(2, holes=[("nan", 2)]), recipe(30)
    yield "num", recipe(40), recipe(2, holes=[("inf", 2), ("nan", 2)])


def main():
    cases = [numeric_case(*pair) for pair in numeric_inputs()] + [categorical_case(*pair) for pair in categorical_inputs()]
    cases += [column_case(*each) for each in column_inputs()]
    versions = {name: version(name) for name in ["evidently", "scipy", "numpy", "pandas"]}
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps({"made_by": {"python": platform.python_version(), **versions}, "cases": cases},
                                 separators=(",", ":"), allow_nan=False) + "\n")
    scores = sum(len(case["scores"]) for case in cases)
    print(len(cases), "cases,", scores, "scores,", target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
