"""Learning rates of torch.optim.lr_scheduler at every step, for a base rate of 1.

Writes schedules.json: our schedule settings, the run's length, and the factors. Needs torch.
Run: python3 test/golden/schedules.py
"""
import json
import platform
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler as s

DEFAULTS = {"warmup": 0, "start_factor": 0.04, "final_factor": 0.01, "step_epochs": 2, "step_factor": 0.5}


def factors(make, total, every=1):
    """The rate in force at each of `total` steps; the scheduler advances after every `every` of them."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for step in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % every == 0 and step + 1 < total:
            scheduler.step()
    return rates


def one_cycle(c, total):
    div = 1 / c["start_factor"]
    return lambda optimizer: s.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=total, pct_start=float(c["warmup"]), anneal_strategy="cos",
        div_factor=div, final_div_factor=1 / (div * c["final_factor"]), cycle_momentum=False)


def after_warm_up(c, total, main):
    rising = min(int(c["warmup"] * total + 0.5), total - 1)
    if rising == 0:
        return lambda optimizer: main(optimizer, total)
    return lambda optimizer: s.SequentialLR(
        optimizer, [s.LinearLR(optimizer, start_factor=c["start_factor"], end_factor=1.0, total_iters=rising),
                    main(optimizer, total - rising)], milestones=[rising])


def cosine(c, total):
    return after_warm_up(c, total, lambda optimizer, rest: s.CosineAnnealingLR(
        optimizer, T_max=max(1, rest - 1), eta_min=c["final_factor"]))


def constant(c, total):
    return after_warm_up(c, total, lambda optimizer, rest: s.ConstantLR(optimizer, factor=1.0))


def step(c, total):
    return lambda optimizer: s.StepLR(optimizer, step_size=c["step_epochs"], gamma=c["step_factor"])


def case(name, make, total, steps_per_epoch=1, **settings):
    c = {"name": name, **DEFAULTS, **settings}
    return {"schedule": c, "totalSteps": total, "stepsPerEpoch": steps_per_epoch,
            "factors": factors(make(c, total), total, steps_per_epoch)}


def cases():
    for total in [50, 49, 3, 2]:
        yield case("one_cycle", one_cycle, total, warmup=0.3)
    yield case("one_cycle", one_cycle, 50, warmup=0.25, start_factor=0.1, final_factor=0.001)
    yield case("one_cycle", one_cycle, 50, warmup=0)
    yield case("one_cycle", one_cycle, 50, warmup=0.015)
    for total in [50, 3, 2, 1]:
        yield case("cosine", cosine, total)
    yield case("cosine", cosine, 50, final_factor=0)
    yield case("cosine", cosine, 50, warmup=0.1)
    yield case("cosine", cosine, 47, warmup=0.3, start_factor=0.2, final_factor=0.3)
    for total in [50, 2, 1]:
        yield case("constant", constant, total)
    yield case("constant", constant, 50, warmup=0.2)
    yield case("constant", constant, 4, warmup=1)
    yield case("step", step, 50, 7)
    yield case("step", step, 50, 1, step_epochs=10, step_factor=0.1)
    yield case("step", step, 2, 1, step_epochs=1, step_factor=0.1)


warnings.simplefilter("ignore")
result = {"made_by": {"python": platform.python_version(), "torch": torch.__version__}, "cases": list(cases())}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(len(result["cases"]), "cases,", path.stat().st_size, "bytes")
