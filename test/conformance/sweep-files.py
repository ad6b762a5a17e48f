"""Sweeps made up anew at every run: which points a grid has and in what order, which trials hyperband
stops, and whether random draws are spread as the `sweeps` package says. Called by scripts/conformance.mjs
as

    python3 sweep-files.py NODE ATELIER_JS

ends with a message and status 1 where something differs. The message names the seed; SEED repeats it.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy
import sweeps
from scipy import stats
from sweeps.params import HyperParameter

NODE, ATELIER = sys.argv[1:3]
SEED = int(os.environ.get("SEED") or time.time())
CHANCE = numpy.random.RandomState(SEED % 2**32)
GRIDS, STOPS, DRAWS = 60, 200, 400
# of a test that is repeated for each distribution at each run
UNLIKELY = 1e-7

ANSWER = """
const { createSampler, parseSweep, trialsToStop } = await import(process.argv[1])
let text = ''
for await (const chunk of process.stdin) text += chunk
const { grids, stops, spreads } = JSON.parse(text)
const trial = (params) => ({ params, state: 'finished', history: [] })
const choose = (sweep, count) => {
  const sampler = createSampler(parseSweep(JSON.stringify(sweep), 'sweep.yaml'), 1)
  const trials = []
  for (let params; trials.length < count && (params = sampler.next(trials)); ) trials.push(trial(params))
  return trials.map(({ params }) => params)
}
console.log(JSON.stringify({
  grids: grids.map((sweep) => choose(sweep, Infinity)),
  stops: stops.map(({ sweep, trials }) => trialsToStop(parseSweep(JSON.stringify(sweep), 'sweep.yaml'),
    trials.map((trial) => ({ params: {}, ...trial })))),
  spreads: spreads.map(({ sweep, draws }) => choose(sweep, draws).map(({ p }) => p)),
}))
"""

SPREADS = [
    {"min": 1, "max": 6}, {"distribution": "uniform", "min": -1, "max": 3}, {"values": [0, 1, 2, 3]},
    {"values": [0, 1, 2], "probabilities": [0.2, 0.5, 0.3]}, {"distribution": "log_uniform", "min": -9, "max": -2},
    {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.01},
    {"distribution": "inv_log_uniform", "min": -1, "max": 4},
    {"distribution": "inv_log_uniform_values", "min": 0.001, "max": 10}, {"distribution": "normal", "mu": 3, "sigma": 2},
    {"distribution": "log_normal", "sigma": 0.5}, {"distribution": "beta", "a": 0.5, "b": 2},
    {"distribution": "q_uniform", "min": 0, "max": 10, "q": 1}, {"distribution": "q_normal", "sigma": 5, "q": 1},
    {"distribution": "q_log_uniform_values", "min": 1, "max": 1000, "q": 10}, {"distribution": "q_beta", "q": 0.1},
]


def check(condition, message):
    if not condition:
        sys.exit(f"seed {SEED}: {message}")


def grid_parameters(depth=0):
    parameters = {}
    for _ in range(CHANCE.randint(1, 4)):
        name = "".join(CHANCE.choice(list("aAbB_zZ"), 3))
        kind = CHANCE.randint(5 if depth < 2 else 4)
        low = int(CHANCE.randint(-3, 4))
        parameters[name] = [
            {"values": CHANCE.permutation(9)[: CHANCE.randint(1, 4)].tolist()},
            {"min": low, "max": low + int(CHANCE.randint(1, 4))},
            {"distribution": "q_uniform", "min": low, "max": low + 2, "q": round(float(CHANCE.uniform(0.3, 1.5)), 2)},
            {"value": "constant"},
            None,
        ][kind] or {"parameters": grid_parameters(depth + 1)}
    return parameters


def small_grid():
    while True:
        sweep = {"method": "grid", "parameters": {"first": {"values": ["a", "b"]}, **grid_parameters()}}
        points = grid_points(sweep)
        if points is not None:
            return sweep, points


def grid_points(sweep, limit=60):
    runs = []
    while len(runs) <= limit:
        suggestion = sweeps.next_run(sweep, runs)
        if suggestion is None:
            return [{name: entry["value"] for name, entry in run.config.items()} for run in runs]
        runs.append(suggestion)
    return None


def stop_case():
    bands = [{"min_iter": int(CHANCE.randint(1, 5))}, {"max_iter": int(CHANCE.randint(6, 30)), "s": int(CHANCE.randint(1, 5))}]
    settings = {"type": "hyperband", "eta": [2, 3, 4][CHANCE.randint(3)], "strict": bool(CHANCE.randint(2)), **bands[CHANCE.randint(2)]}
    sweep = {"method": "random", "parameters": {"p": {"values": [1]}}, "early_terminate": settings,
             "metric": {"name": "m", "goal": ["minimize", "maximize"][CHANCE.randint(2)]}}
    trials = [{"state": ["running", "finished", "failed"][CHANCE.randint(3)],
               "history": CHANCE.normal(size=CHANCE.randint(0, 30)).round(2).tolist()} for _ in range(CHANCE.randint(1, 20))]
    runs = [sweeps.SweepRun(name=str(i), state=trial["state"], history=[{"m": value} for value in trial["history"]])
            for i, trial in enumerate(trials)]
    return {"sweep": sweep, "trials": trials}, sorted(int(run.name) for run in sweeps.stop_runs(sweep, runs))


def check_spread(config, values):
    p = HyperParameter("p", config)
    expected = numpy.asarray([p.ppf(u) for u in CHANCE.uniform(size=10 * len(values))], dtype=float)
    chance = stats.ks_2samp(numpy.asarray(values, dtype=float), expected).pvalue
    check(chance > UNLIKELY, f"{json.dumps(config)}: draws are spread otherwise (p = {chance})")


def close(ours, theirs):
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and ours.keys() == theirs.keys() and all(close(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, str) or isinstance(theirs, str):
        return ours == theirs
    return abs(ours - theirs) < 1e-9


grids = [small_grid() for _ in range(GRIDS)]
stops = [stop_case() for _ in range(STOPS)]
question = {"grids": [sweep for sweep, _ in grids], "stops": [case for case, _ in stops],
            "spreads": [{"sweep": {"method": "random", "parameters": {"p": config}}, "draws": DRAWS} for config in SPREADS]}
door = (Path(ATELIER).resolve().parent.parent / "sweeps" / "index.js").as_uri()
done = subprocess.run([NODE, "--input-type=module", "-e", ANSWER, door], input=json.dumps(question), capture_output=True, text=True)
check(done.returncode == 0, done.stderr)
answer = json.loads(done.stdout)
for (sweep, points), ours in zip(grids, answer["grids"]):
    check(len(ours) == len(points) and all(map(close, ours, points)), f"another grid for {json.dumps(sweep)}")
for (case, stopped), ours in zip(stops, answer["stops"]):
    check(ours == stopped, f"stops {ours}, not {stopped}: {json.dumps(case)}")
for config, values in zip(SPREADS, answer["spreads"]):
    check_spread(config, values)
check(sum(len(stopped) for _, stopped in stops) > 20, "hardly any trial was to be stopped")
