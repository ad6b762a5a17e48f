"""What the `sweeps` package answers: parameters, quantiles, grids, hyperband, Gaussian processes.

Writes sweeps.json. Needs sweeps with its numpy, scipy and scikit-learn. Takes a minute or two.
Run: python3 test/golden/sweeps.py
"""
import json
import random
import sys
from pathlib import Path

# this file has the package's name, and would be found in its place
sys.path.pop(0)

import jsonschema
import numpy as np
import scipy
import sklearn
import sweeps
import yaml
from sweeps import bayes_search, hyperband_stopping
from sweeps.config import fill_parameter
from sweeps.params import HyperParameter

STREAM = np.random.RandomState(20240917)

# one parameter each, as it stands in a file; some cannot be
PARAMETERS = """
value: 3
value: null
value: [1, 2]
value: {a: 1}
distribution: constant, value: x
distribution: constant
values: [1, 2, 3]
values: [a, b]
values: [1, 2.5, yes, null, text]
values: []
values: 3
distribution: categorical, values: [1, 2]
distribution: categorical, values: [1, 2], probabilities: [0.5, 0.5]
values: [1, 2], probabilities: [0.25, 0.75]
values: [1, 2], probabilities: [1, 0]
values: [1, 2], probabilities: [-1, 2]
values: [1, 2], probabilities: [a, b]
distribution: categorical_w_probabilities, values: [1, 2], probabilities: [0.25, 0.75]
distribution: categorical_w_probabilities, values: [1, 2]
min: 1, max: 5
min: 1.0, max: 5
min: 1, max: 5.0
min: 1.0, max: 5.0
min: 0.1, max: 0.9
min: -3, max: 3
min: 5, max: 1
min: 1, max: 1
min: 1
max: 1
min: 1e-4, max: 1
min: 1.0e-4, max: 1
min: 1.0e4, max: 1.0e+5
min: 1_000, max: 2_000
min: 0x10, max: 0x20
min: 010, max: 020
min: yes, max: no
min: '1', max: '2'
min: null, max: 2
distribution: int_uniform, min: 1, max: 5
distribution: int_uniform, min: 1.5, max: 5
distribution: uniform, min: 1, max: 5
distribution: uniform, min: 1.0, max: 5.5
distribution: uniform, min: 1
distribution: q_uniform, min: 1, max: 5
distribution: q_uniform, min: 1, max: 5, q: 0.5
distribution: q_uniform, min: 1, max: 5, q: 2
distribution: q_uniform, min: 1, max: 5, q: 0
distribution: q_uniform, min: 1, max: 5, q: -1
distribution: log_uniform, min: -3, max: 2
distribution: log_uniform, min: 2, max: -3
distribution: q_log_uniform, min: 0, max: 5
distribution: q_log_uniform, min: 0, max: 5, q: 4
distribution: inv_log_uniform, min: 0, max: 5
distribution: log_uniform_values, min: 0.001, max: 1
distribution: log_uniform_values, min: 0, max: 1
distribution: log_uniform_values, min: -1, max: 1
distribution: log_uniform_values, min: 1e-5, max: 1
distribution: log_uniform_values, max: 1
distribution: q_log_uniform_values, min: 1, max: 100
distribution: q_log_uniform_values, min: 1, max: 100, q: 8
distribution: inv_log_uniform_values, min: 0.1, max: 10
distribution: inv_log_uniform_values, min: 0.1, max: 10, q: 1
distribution: normal
distribution: normal, mu: 2
distribution: normal, mu: 2, sigma: 0.5
distribution: normal, mu: 2, sigma: -1
distribution: normal, sd: 1
distribution: q_normal, mu: 10, sigma: 3
distribution: q_normal, mu: 10, sigma: 3, q: 2
distribution: log_normal
distribution: log_normal, mu: 1, sigma: 0.25
distribution: q_log_normal, mu: 3, q: 5
distribution: beta
distribution: beta, a: 2, b: 5
distribution: beta, a: -1
distribution: q_beta
distribution: q_beta, a: 2, b: 2, q: 0.1
distribution: gaussian
distribution: Uniform, min: 0, max: 1
values: [1], extra: 2
{}
""".strip().split("\n")

DISTRIBUTIONS = [
    {"values": ["a", "b", "c"]},
    {"values": [7]},
    {"values": list(range(49))},
    {"values": ["a", "b", "c"], "probabilities": [0.2, 0.5, 0.3]},
    {"values": [1, 2, 3, 4], "probabilities": [0.0, 0.1, 0.7, 0.2]},
    {"min": 1, "max": 6},
    {"min": -5, "max": 100},
    {"min": 0.5, "max": 2.5},
    {"distribution": "uniform", "min": -1, "max": 3},
    {"distribution": "q_uniform", "min": 0, "max": 10},
    {"distribution": "q_uniform", "min": 0.0, "max": 1.0, "q": 0.05},
    {"distribution": "q_uniform", "min": 16, "max": 256, "q": 32},
    {"distribution": "log_uniform", "min": -9, "max": -2},
    {"distribution": "q_log_uniform", "min": 0, "max": 6, "q": 2},
    {"distribution": "inv_log_uniform", "min": -1, "max": 4},
    {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.01},
    {"distribution": "log_uniform_values", "min": 1, "max": 1000000},
    {"distribution": "q_log_uniform_values", "min": 1, "max": 512, "q": 8},
    {"distribution": "q_log_uniform_values", "min": 0.01, "max": 2.0, "q": 0.01},
    {"distribution": "inv_log_uniform_values", "min": 0.0001, "max": 0.01},
    {"distribution": "inv_log_uniform_values", "min": 1, "max": 300},
    {"distribution": "normal"},
    {"distribution": "normal", "mu": 100, "sigma": 15},
    {"distribution": "q_normal", "mu": 50, "sigma": 20, "q": 5},
    {"distribution": "q_normal", "mu": 0, "sigma": 1},
    {"distribution": "log_normal"},
    {"distribution": "log_normal", "mu": -4, "sigma": 1.5},
    {"distribution": "q_log_normal", "mu": 4, "sigma": 0.5, "q": 16},
    {"distribution": "beta"},
    {"distribution": "beta", "a": 2, "b": 5},
    {"distribution": "beta", "a": 0.5, "b": 0.5},
    {"distribution": "beta", "a": 0.05, "b": 3},
    {"distribution": "beta", "a": 30, "b": 0.2},
    {"distribution": "beta", "a": 400, "b": 250},
    {"distribution": "q_beta", "a": 2, "b": 2, "q": 0.05},
]
SHARES = sorted([1e-12, 1e-9, 1e-6, 1e-4, 0.01, 0.25, 0.5, 0.75, 0.99, 0.9999, 1 - 1e-6, 1 - 1e-9]
                + [i / 7 for i in range(1, 7)] + STREAM.uniform(size=40).tolist())

GRIDS = [
    {"a": {"values": [1, 2, 3]}},
    {"b": {"values": ["x", "y"]}, "a": {"values": [1, 2]}, "c": {"value": 5}},
    {"Z": {"values": [1, 2]}, "a_b": {"values": [1, 2]}, "a.b": {"values": [1, 2]}, "aB": {"values": [3]}},
    {"n": {"min": 2, "max": 5}, "flag": {"values": [True, False, None]}},
    {"q": {"distribution": "q_uniform", "min": 0, "max": 1, "q": 0.3}},
    {"q": {"distribution": "q_uniform", "min": 0.1, "max": 1.1, "q": 0.1}},
    {"q": {"distribution": "q_uniform", "min": 16, "max": 64, "q": 16}, "m": {"values": ["cnn", "mlp"]}},
    {"optimizer": {"parameters": {"name": {"values": ["sgd", "adam"]}, "lr": {"values": [0.1, 0.01]}}},
     "model": {"values": ["cnn"]}, "z": {"value": 1}},
    {"deep": {"parameters": {"er": {"parameters": {"x": {"values": [1, 2]}}}, "y": {"values": [1, 2]}}},
     "a": {"min": 0, "max": 1}},
    {"same": {"values": [1, 1.0, 1, "1", 2]}},
    {"lists": {"values": [[1, 2], [2, 1], {"a": 1, "b": 2}, {"b": 2, "a": 1}]}},
    {"only": {"value": 4}},
]

HYPERBANDS = [
    {"min_iter": 1}, {"min_iter": 3, "eta": 2}, {"min_iter": 2, "eta": 1.5, "strict": False},
    {"max_iter": 27, "s": 2}, {"max_iter": 27, "s": 3}, {"max_iter": 27, "s": 9, "eta": 3, "strict": False},
    {"max_iter": 81, "s": 4, "eta": 3}, {"max_iter": 12, "s": 3, "eta": 2}, {"max_iter": 10, "s": 2, "eta": 2.5},
    {"max_iter": 20, "s": 2, "min_iter": 4}, {"min_iter": 5, "eta": 4, "strict": True},
]


def plain(value):
    return json.loads(json.dumps(value, default=lambda item: item.item()))


def parameter(text):
    try:
        content = text if text.startswith("{") else "{" + text + "}"
        result = fill_parameter("p", yaml.safe_load(content))
        if result is not None and HyperParameter("p", result[1]):
            return [result[0], plain(result[1])]
    except (ValueError, TypeError):
        pass
    return None


def quantiles(config):
    p = HyperParameter("p", config)
    return {"config": config, "values": [plain(p.ppf(np.float64(u))) for u in SHARES]}


def positions(config):
    p = HyperParameter("p", config)
    if p.type in (HyperParameter.CATEGORICAL, HyperParameter.CATEGORICAL_PROB):
        values, points = p.config["values"], np.arange(len(p.config["values"]))
    else:
        values = points = np.unique([p.ppf(np.float64(u)) for u in [0.001, 0.1, 0.3, 0.5, 0.77, 0.999]])
    return {"config": config, "values": plain(list(values)), "positions": plain(list(p.cdf(points)))}


def unwrapped(config):
    return {name: entry["value"] for name, entry in config.items()}


def grid(parameters):
    config = {"method": "grid", "parameters": parameters}
    points, runs = [], []
    while len(points) < 200:
        suggestion = sweeps.next_run(config, runs)
        if suggestion is None or (runs and len(parameters) == 1 and "only" in parameters):
            break
        points.append(unwrapped(suggestion.config))
        runs.append(suggestion)
    # what is left when every second has been run, in any order
    rest, runs = [], list(reversed(runs[::2]))
    while runs and len(points) > 1:
        suggestion = sweeps.next_run(config, runs)
        if suggestion is None:
            break
        rest.append(unwrapped(suggestion.config))
        runs.append(suggestion)
    return {"parameters": parameters, "points": plain(points), "rest": plain(rest)}


# whole files: which of them the package takes, searches with and stops by
BASE = "method: random\nparameters: {a: {values: [1, 2]}}\n"
METRIC = BASE + "metric: {name: m}\n"
FILES = [
    BASE,
    "parameters: {a: {values: [1, 2]}}",
    "method: random",
    "method: annealing\nparameters: {a: {values: [1, 2]}}",
    "method: random\nparameters: {}",
    "method: random\nparameters: {1a: {value: 1}}",
    "method: random\nparameters: {a b: {value: 1}}",
    "method: random\nparameters: {a.b-c_d: {value: 1}}",
    "method: random\nparameters: {a: 3}",
    "method: random\nparameters: [1]",
    "method: random\nparameters: {a: {parameters: {b: {value: 1}}}}",
    "method: random\nparameters: {a: {parameters: {b: {value: 1}}, value: 2}}",
    "method: random\nparameters: {a: {parameters: {}}}",
    "method: random\nparameters: {a: {parameters: {parameters: {value: 3}}}}",
    BASE + "run_cup: 3",
    BASE + "run_cap: 3",
    BASE + "run_cap: 0",
    BASE + "run_cap: 2.5",
    BASE + "run_cap: '3'",
    BASE + "name: sweep\ndescription: text\nproject: p\nentity: e\nprogram: train.py",
    BASE + "name: 5",
    BASE + "command: ['${env}', '${program}', '${args}', --flag]",
    BASE + "command: python train.py",
    BASE + "kind: sweep\napiVersion: v1",
    BASE + "controller: {type: local}",
    METRIC,
    BASE + "metric: m",
    BASE + "metric: {goal: maximize}",
    BASE + "metric: {name: m, goal: maximize, target: 0.9}",
    BASE + "metric: {name: m, goal: max}",
    BASE + "metric: {name: m, target: high}",
    BASE + "metric: {name: m, impute: latest, impute_while_running: best}",
    BASE + "metric: {name: m, impute: first}",
    BASE + "metric: {name: m, direction: up}",
    METRIC + "early_terminate: {type: hyperband, min_iter: 3}",
    METRIC + "early_terminate: {min_iter: 3}",
    METRIC + "early_terminate: {type: envelope, min_iter: 3}",
    METRIC + "early_terminate: {type: hyperband}",
    METRIC + "early_terminate: {type: hyperband, max_iter: 27}",
    METRIC + "early_terminate: {type: hyperband, max_iter: 27, s: 2}",
    METRIC + "early_terminate: {type: hyperband, max_iter: 2, s: 2}",
    METRIC + "early_terminate: {type: hyperband, max_iter: 27, s: 2, eta: 1}",
    METRIC + "early_terminate: {type: hyperband, min_iter: 0}",
    METRIC + "early_terminate: {type: hyperband, min_iter: 3, eta: 2.5, strict: no}",
    METRIC + "early_terminate: {type: hyperband, min_iter: 3, strict: 1}",
    METRIC + "early_terminate: {type: hyperband, min_iter: 3, grace: 1}",
    BASE + "early_terminate: {type: hyperband, min_iter: 3}",
    "method: grid\nparameters: {a: {values: [1, 2]}, b: {min: 1, max: 3}, c: {value: 1}}",
    "method: grid\nparameters: {a: {min: 0.5, max: 3}}",
    "method: grid\nparameters: {a: {values: [1, 2], probabilities: [0.5, 0.5]}}",
    "method: bayes\nparameters: {a: {min: 0.5, max: 3}}",
    "method: bayes\nparameters: {a: {min: 0.5, max: 3}}\nmetric: {name: m}",
    "method: bayes\nparameters: {a: {value: 3}}\nmetric: {name: m}",
]


def is_taken(text):
    try:
        config = yaml.safe_load(text)
        # not `validate=True`: that drops nested parameters
        if sweeps.schema_violations_from_proposed_config(config):
            return False
        sweeps.next_run(config, [])
        if "early_terminate" in config:
            sweeps.stop_runs(config, [])
        return True
    except (ValueError, TypeError, AssertionError, KeyError, AttributeError, jsonschema.ValidationError):
        return False


# what a program finds on its command line
TEXTS = [
    "text", "", "it's", "a 'b' \"c\"", "tab\there", "caf\u00e9", 0, 1, -3, 64, 123456789012, 0.1, -0.5, 1.5, 100.25, 0.0001, 0.00001,
    1.5e-5, 1e-7, 3.1622776601683795e-05, 123456.789, 0.1 + 0.2, True, False, None, [], [1, 2.5, "a", None, True],
    {}, {"a": 1, "b": [1, {"c": "d"}]}, ["it's"],
]


RANDOM_PARAMETERS = {
    "zeta": {"values": [1, 2, 3]},
    "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.01},
    "nest": {"parameters": {"b": {"min": 0, "max": 9}, "a": {"distribution": "uniform", "min": 0, "max": 1}, "c": {"value": "x"}}},
    "Alpha": {"distribution": "normal"},
}


def random_points():
    draws = STREAM.uniform(size=60).tolist()
    rest = iter(draws)
    random.uniform = lambda low, high: low + (high - low) * next(rest)
    config = {"method": "random", "parameters": RANDOM_PARAMETERS}
    runs = [sweeps.next_run(config, []) for _ in range(10)]
    return {"parameters": RANDOM_PARAMETERS, "draws": draws, "points": plain([unwrapped(r.config) for r in runs])}


def histories(count, length):
    result = []
    for i in range(count):
        values = (STREAM.uniform(1, 3) * np.exp(-STREAM.uniform(0, 0.2) * np.arange(STREAM.randint(0, length)))
                  + 0.1 * STREAM.normal()).tolist()
        if i % 5 == 4 and len(values) > 2:
            values[1] = float("nan")
        if i % 7 == 6 and len(values) > 2:
            values[-1] = values[0] + 1
        result.append(values)
    return result


def hyperband(settings, goal, count):
    config = {"method": "random", "parameters": {"a": {"values": [1]}}, "metric": {"name": "m", "goal": goal},
              "early_terminate": {"type": "hyperband", **settings}}
    given = histories(count, 40)
    states = ["running" if STREAM.uniform() < 0.6 else "finished" for _ in given]
    states[0] = "running"
    runs = [sweeps.SweepRun(name=str(i), state=state, history=[{"m": value} for value in values])
            for i, (state, values) in enumerate(zip(states, given))]
    stopped = hyperband_stopping.hyperband_stop_runs(runs, config)
    info = runs[0].early_terminate_info
    return {"settings": settings, "goal": goal, "states": states,
            "histories": [[None if v != v else v for v in values] for values in given],
            "bands": info["bands"][:12], "stopped": sorted(int(r.name) for r in stopped)}


def finite(value):
    return float(value) if np.isfinite(value) else None


def process(points, values, current, candidates, probes):
    """The model, its predictions one by one, and which of the candidates it takes."""
    points, values = np.asarray(points, dtype=float), np.asarray(values, dtype=float)
    current = np.asarray(current, dtype=float) if len(current) else None
    gp, mean, deviation = bayes_search.train_gaussian_process(points, values, current_X=current)
    np.random.seed(1)
    chosen, _, _, _, _, warning = bayes_search.next_sample(
        sample_X=points, sample_y=values, current_X=current, test_X=candidates)
    predictions = []
    for probe in probes:
        _, chance, predicted, spread, gain, _ = bayes_search.next_sample(
            sample_X=points, sample_y=values, current_X=current, test_X=[probe, probe])
        predictions.append([finite(predicted), finite(spread), finite(gain)])
    index = int(np.flatnonzero((candidates == chosen).all(axis=1))[0])
    return {"log_length": float(gp.kernel_.theta[0]), "mean": float(mean), "deviation": float(deviation),
            "at_bound": warning != "", "chosen": index, "predictions": predictions}


SURFACES = {
    "bowl": lambda x: np.sum((x - 0.3) ** 2, axis=1),
    "wave": lambda x: np.sin(6 * x[:, 0]) + 0.5 * np.sum(x, axis=1),
    "step": lambda x: (x[:, 0] > 0.5) * 1.0 + 0.01 * x[:, -1],
    "flat": lambda x: np.full(len(x), 0.7),
    "large": lambda x: 1e6 * np.sum(x, axis=1),
    "tiny": lambda x: 1e-7 * np.sum(np.cos(9 * x), axis=1),
    "noise": lambda x: STREAM.normal(size=len(x)),
    "mixed": lambda x: np.sum(x ** 3, axis=1) + 0.2 * STREAM.normal(size=len(x)),
}


def processes():
    for surface, function in SURFACES.items():
        for count, width, running in [(2, 1, 0), (3, 2, 0), (5, 1, 2), (8, 3, 1), (12, 2, 3), (25, 4, 0), (60, 2, 4)]:
            points = STREAM.uniform(size=(count, width)).round(6)
            if surface == "step":
                points = np.round(points * 3) / 3
            values = np.asarray(function(points), dtype=float)
            current = STREAM.uniform(size=(running, width)).round(6)
            candidates = STREAM.uniform(size=(40, width)).round(6)
            probes = np.concatenate([STREAM.uniform(size=(3, width)).round(6), points[:1]])
            yield {"surface": surface, "points": points.tolist(), "values": values.tolist(), "running": current.tolist(),
                   "candidates": candidates.tolist(), "probes": probes.tolist(),
                   **process(points, values, current.tolist(), candidates, probes)}


BAYES_PARAMETERS = {
    "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
    "batch": {"values": [32, 64, 128]},
    "depth": {"min": 1, "max": 8},
    "fixed": {"value": 3},
    "nest": {"parameters": {"dropout": {"distribution": "uniform", "min": 0, "max": 0.6}, "width": {"distribution": "q_uniform", "min": 8, "max": 64, "q": 8}}},
}


def observations(metric, count):
    config = bayes_search.bayes_baseline_validate_and_fill(
        {"method": "bayes", "parameters": BAYES_PARAMETERS, "metric": metric})
    runs, trials = [], []
    for i in range(count):
        params = unwrapped(sweeps.next_run({"method": "random", "parameters": BAYES_PARAMETERS}, []).config)
        state = ["finished", "finished", "failed", "running", "finished", "pending", "killed", "crashed"][i % 8]
        history = [] if state == "pending" or i % 6 == 5 else STREAM.uniform(size=STREAM.randint(0, 5)).round(4).tolist()
        if i % 4 == 3 and history:
            history[0] = float("nan")
        summary = round(float(STREAM.uniform()), 4) if i % 3 == 0 and state == "finished" else None
        runs.append(sweeps.SweepRun(
            name=str(i), state=state, config={name: {"value": value} for name, value in params.items()},
            history=[{"m": value} for value in history], summary_metrics={} if summary is None else {"m": summary}))
        trials.append({"params": plain(params), "state": {"killed": "failed", "crashed": "failed"}.get(state, state),
                       "history": [None if value != value else value for value in history], "summary": summary})
    _, points, current, values, _ = bayes_search._construct_gp_data(runs, config)
    return {"parameters": BAYES_PARAMETERS, "metric": metric, "trials": trials, "points": points.tolist(),
            "running": np.asarray(current).tolist(), "values": values.tolist()}


def main():
    uniform = random.uniform
    sampled = random_points()
    random.uniform = lambda low, high: STREAM.uniform(low, high)
    golden = {
        "made_by": {"sweeps": sweeps.__version__, "scipy": scipy.__version__, "numpy": np.__version__,
                    "scikit-learn": sklearn.__version__},
        "parameters": [[text, parameter(text)] for text in PARAMETERS],
        "files": [[text, is_taken(text)] for text in FILES],
        "texts": [[value, str(value), json.dumps(value)] for value in TEXTS],
        "shares": SHARES,
        "quantiles": [quantiles(config) for config in DISTRIBUTIONS],
        "positions": [positions(config) for config in DISTRIBUTIONS],
        "grids": [grid(parameters) for parameters in GRIDS],
        "random": sampled,
        "hyperband": [hyperband(settings, goal, count) for settings in HYPERBANDS
                      for goal in ["minimize", "maximize"] for count in [4, 15]],
        "processes": list(processes()),
        "observations": [observations(metric, count) for count in [1, 9, 24] for metric in [
            {"name": "m"}, {"name": "m", "goal": "maximize"}, {"name": "m", "goal": "maximize", "impute": "best"},
            {"name": "m", "impute": "latest"}, {"name": "m", "impute_while_running": "best"},
            {"name": "m", "goal": "maximize", "impute_while_running": "worst"}]],
    }
    random.uniform = uniform
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(golden, separators=(",", ":"), allow_nan=False) + "\n")
    print(target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
