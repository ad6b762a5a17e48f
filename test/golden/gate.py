"""Writes gate.json: McNemar's test and paired bootstrap intervals by SciPy and NumPy.

Run with: python3 test/golden/gate.py
The bootstrap draws its images by the same integers as the test in TypeScript, so that the interval
is compared to the last digit. `ideal` is what infinitely many draws would give, computed from the
distribution of their sum; SciPy's own bootstrap, with its own draws, must be near it as well.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import binom, binomtest, bootstrap


def integers(seed, count):
    """The 32-bit generator of Park and Miller, the same in any language."""
    state, values = seed, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        values.append(state)
    return np.array(values, dtype=np.int64)


def mcnemar(candidate_only, current_only):
    n, least = candidate_only + current_only, min(candidate_only, current_only)
    exact = 1.0 if n == 0 else binomtest(least, n, 0.5).pvalue
    mid = 2 * binom.cdf(least, n, 0.5) - binom.pmf(least, n, 0.5)
    return {"candidate_only": candidate_only, "current_only": current_only,
            "exact_p": float(exact), "mid_p": float(min(1, mid))}


def ideal(candidate_only, current_only, n, level):
    """Quantiles of the mean of n draws of -1, 0 and 1: the sum's distribution is an n-fold convolution."""
    step = np.array([current_only, n - candidate_only - current_only, candidate_only]) / n
    pmf, power, count = np.array([1.0]), step, n
    while count:
        if count & 1:
            pmf = np.convolve(pmf, power)
        power, count = np.convolve(power, power), count >> 1
    cdf = np.cumsum(pmf)
    return [(int(np.searchsorted(cdf, share - 1e-12)) - n) / n for share in [(1 - level) / 2, (1 + level) / 2]]


def interval(spec):
    n, samples, level = spec["images"], spec["samples"], spec["level"]
    differences = np.zeros(n, dtype=np.int64)
    differences[: spec["candidate_only"]] = 1
    differences[spec["candidate_only"] : spec["candidate_only"] + spec["current_only"]] = -1
    drawn = integers(spec["seed"], n * samples).reshape(samples, n) % n
    means = differences[drawn].mean(axis=1)
    low, high = np.percentile(means, [50 * (1 - level), 50 * (1 + level)])
    candidate, current = (differences == 1).astype(float), (differences == -1).astype(float)
    near = bootstrap(
        (candidate, current), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
        paired=True, vectorized=True, confidence_level=level, n_resamples=20000, batch=500,
        method="percentile", random_state=np.random.default_rng(1),
    ).confidence_interval
    exact = ideal(spec["candidate_only"], spec["current_only"], n, level)
    assert abs(near.low - exact[0]) <= 1.01 / n and abs(near.high - exact[1]) <= 1.01 / n, (spec, near, exact)
    return {**spec, "value": float(differences.mean()), "low": float(low), "high": float(high), "ideal": exact}


PAIRS = [(0, 0), (1, 0), (0, 1), (1, 1), (3, 3), (0, 10), (10, 0), (2, 9), (5, 12), (12, 25), (31, 52),
         (100, 100), (100, 140), (480, 520), (2500, 2600), (40, 4000)]

result = {
    "made_by": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
    "mcnemar": [mcnemar(*pair) for pair in PAIRS],
    "bootstrap": [
        interval({"seed": seed, "images": n, "candidate_only": b, "current_only": c,
                  "samples": samples, "level": level})
        for seed, n, b, c, samples, level in [
            (7, 50, 4, 2, 500, 0.95), (8, 50, 0, 0, 200, 0.95), (9, 200, 10, 25, 1000, 0.9),
            (10, 1000, 30, 30, 1000, 0.95), (11, 37, 37, 0, 100, 0.95), (12, 2, 0, 1, 100, 0.99),
        ]
    ],
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, indent=1) + "\n")
print(path.stat().st_size, "bytes")
