"""Writes metrics.json: classification metrics of random cases by scikit-learn and SciPy.

Run with: python3 test/golden/metrics.py
A case is drawn again in TypeScript from the same integers: logits are small dyadic fractions, so
that they are exact in float32, and probabilities are made by correctly rounded divisions only.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq
from scipy.special import log_softmax, softmax
from scipy.stats import binomtest
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    confusion_matrix,
    precision_recall_fscore_support,
)

BINS = 15


def integers(seed, count):
    """The 32-bit generator of Park and Miller, the same in any language."""
    state, values = seed, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        values.append(state)
    return np.array(values, dtype=np.int64)


def draw(spec):
    """Labels and logits; `skill` is added to the true class, `levels` makes ties."""
    n, k, present = spec["images"], spec["classes"], spec["labels"]
    labels = np.array(present)[integers(spec["seed"], n) % len(present)]
    noise = integers(spec["seed"] + 1, n * k).reshape(n, k) % spec["levels"]
    logits = noise * spec["step"] + spec["skill"] * (labels[:, None] == np.arange(k))
    logits[:, spec["never"]] -= 64
    return labels, logits.astype(np.float32)


def ece(confidence, correct):
    edges = np.linspace(0, 1, BINS + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gap = abs(correct[inside].mean() - confidence[inside].mean())
            total += gap * inside.mean()
    return total


def nll_slope(log_t, logits, labels):
    weights = softmax(logits / np.exp(log_t), axis=1)
    rows = np.arange(len(labels))
    return ((weights * logits).sum(1) - logits[rows, labels]).mean()


def temperature(logits, labels):
    low, high = np.log(0.05), np.log(20)
    if nll_slope(high, logits, labels) >= 0:
        return 20.0
    if nll_slope(low, logits, labels) <= 0:
        return 0.05
    return float(np.exp(brentq(nll_slope, low, high, (logits, labels), xtol=1e-15, rtol=1e-15)))


def scores(values):
    return [None if v is None else float(v) for v in values]


def solve(spec):
    labels, logits32 = draw(spec)
    logits, every = logits32.astype(np.float64), np.arange(spec["classes"])
    # powers of two over their sum: the same float32 in any language, with ties
    weights = 2.0 ** np.floor(logits)
    probabilities = (weights / weights.sum(1, keepdims=True)).astype(np.float32).astype(np.float64)
    predicted = probabilities.argmax(1)
    rows = np.arange(len(labels))
    kwargs = {"labels": every, "zero_division": 0}
    per_class = precision_recall_fscore_support(labels, predicted, **kwargs)
    hits = int((labels == predicted).sum())
    interval = binomtest(hits, len(labels)).proportion_ci(method="wilson")
    t = temperature(logits, labels)
    calibrated = softmax(logits / t, axis=1).astype(np.float32).astype(np.float64)
    brier = ((probabilities - (labels[:, None] == every)) ** 2).sum(1).mean()
    if spec["classes"] > 1:
        kwargs_brier = {"labels": every, "scale_by_half": False}
        given = probabilities if spec["classes"] > 2 else probabilities[:, 1]
        by_sklearn = brier_score_loss(labels, given, **kwargs_brier)
        assert abs(by_sklearn - brier) < 1e-6, (spec, by_sklearn, brier)
    return {
        **spec,
        "accuracy": [accuracy_score(labels, predicted), interval.low, interval.high],
        "loss": float(-log_softmax(logits, axis=1)[rows, labels].mean()),
        "per_class": [scores(column) for column in per_class],
        "macro": scores(precision_recall_fscore_support(labels, predicted, average="macro", **kwargs)[:3]),
        "weighted": scores(
            precision_recall_fscore_support(labels, predicted, average="weighted", **kwargs)[:3]
        ),
        "confusion": confusion_matrix(labels, predicted, labels=every).tolist(),
        "ece": float(ece(probabilities[rows, predicted], labels == predicted)),
        "brier": float(brier),
        "temperature": t,
        "ece_calibrated": float(ece(calibrated[rows, predicted], labels == predicted)),
    }


def specs():
    seed = 11
    for k in [1, 2, 3, 5, 10, 30]:
        for images in [1, 7, 60, 500]:
            for skill, levels, step in [(2, 64, 0.125), (0, 3, 1), (6, 256, 0.03125)]:
                seed += 100
                base = {"seed": seed, "images": images, "classes": k, "labels": list(range(k)),
                        "never": [], "skill": skill, "levels": levels, "step": step}
                yield base
                if k >= 3 and images >= 60:
                    yield {**base, "labels": list(range(0, k, 2))}
                    yield {**base, "never": [0, k - 1]}
                    yield {**base, "labels": [1]}
    yield {"seed": 5, "images": 40000, "classes": 10, "labels": list(range(10)),
           "never": [], "skill": 3, "levels": 64, "step": 0.125}


result = {
    "made_by": {"python": platform.python_version(), "numpy": np.__version__,
                "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "cases": [solve(spec) for spec in specs()],
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(len(result["cases"]), "cases,", path.stat().st_size, "bytes")
