"""PyTorch's training steps, to hold the engine's whole step against.

Writes training-steps.json: for each case what to train, the loss of every step, and after some steps
the sum, the sum of squares and sampled values of every tensor. Weights, images, labels and dropout
masks follow from an integer hash that the TypeScript side computes as well, so they are not stored.
PyTorch computes in float64: what is compared is the engine's own rounding, and the file does not
depend on the machine. Needs torch, numpy. Run: python3 test/golden/training-steps.py
"""
import json
import platform
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
SAMPLES = 140


def draws(stream, count):
    """uint32 hash of (stream, position): lowbias32 of both."""
    def mix(x):
        x = x ^ (x >> np.uint32(16))
        x = x * np.uint32(0x7FEB352D)
        x = x ^ (x >> np.uint32(15))
        x = x * np.uint32(0x846CA68B)
        return x ^ (x >> np.uint32(16))

    with np.errstate(over="ignore"):
        return mix(np.arange(count, dtype=np.uint32) ^ mix(np.full(count, stream, dtype=np.uint32)))


def centred(stream, shape, bound):
    """Uniform in [-bound, bound), rounded to float32."""
    u = draws(stream, int(np.prod(shape))) / 2.0**32
    return torch.from_numpy((((2 * u - 1) * bound).astype(np.float32)).astype(np.float64).reshape(shape))


def initial(stream, name, shape):
    if len(shape) > 1:
        return centred(stream, shape, 1 / np.sqrt(np.prod(shape[1:])))
    return centred(stream, shape, 0.1) + (1 if "norm" in name and name.endswith("weight") else 0)


def batch(spec, step):
    """Each class has a pattern with flat black areas, plus noise; labels and noise vary by step."""
    count, size = spec["batch"], int(np.prod(spec["image"]))
    labels = (draws(1000 + step, count) % spec["classes"]).astype(np.int64)
    patterns = np.stack([draws(2000 + k, size) for k in range(spec["classes"])]) % 256
    noise = draws(3000 + step, count * size).reshape(count, size) % 64
    pixels = np.where(patterns[labels] < 96, 0, np.minimum(255, patterns[labels] + noise))
    images = pixels.astype(np.float64).reshape(count, *spec["image"]) / 255
    channels = (1, -1, 1, 1)
    mean, std = np.reshape(spec["mean"], channels), np.reshape(spec["std"], channels)
    return torch.from_numpy((images - mean) / std), torch.from_numpy(labels)


class Network(nn.Module):
    """Counts its dropouts, whose masks are given by formula."""

    def __init__(self, spec):
        super().__init__()
        self.rate, self.step, self.index = spec["dropout"], 0, 0

    def drop(self, x):
        if self.rate == 0:
            return x
        keep = 1 - self.rate
        mask = draws(10000 + 16 * self.step + self.index, x.numel()) < np.uint32(keep * 2**32)
        self.index += 1
        return x * torch.from_numpy(mask.reshape(x.shape)) / keep


class Cnn(Network):
    def __init__(self, spec):
        super().__init__(spec)
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3, padding=1), nn.Conv2d(32, 64, 3, padding=1)
        self.dense1, self.dense2 = nn.Linear(64 * 7 * 7, 128), nn.Linear(128, spec["classes"])

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.dense1(self.drop(x.flatten(1))))
        return self.dense2(self.drop(x))


class Mlp(Network):
    def __init__(self, spec):
        super().__init__(spec)
        self.dense1, self.dense2 = nn.Linear(784, 256), nn.Linear(256, spec["classes"])

    def forward(self, x):
        return self.dense2(self.drop(F.relu(self.dense1(x.flatten(1)))))


class Normalized(Network):
    """A small network with batch normalisation, as the catalogue's `lite` is built."""

    def __init__(self, spec):
        super().__init__(spec)
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2, self.norm1 = nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)
        self.conv3, self.norm2 = nn.Conv2d(32, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)
        self.dense1 = nn.Linear(32 * 7 * 7, spec["classes"])

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.max_pool2d(F.relu(self.norm1(self.conv2(x))), 2)
        x = F.relu(self.norm2(self.conv3(x)))
        return self.dense1(self.drop(x.flatten(1)))


class Mixed(Network):
    """Every layer that the others lack: strides, groups, residual and dense links, layer norm, GELU."""

    def __init__(self, spec):
        super().__init__(spec)
        self.conv1 = nn.Conv2d(3, 16, 5, stride=2, padding=2, bias=False)
        self.norm1 = nn.BatchNorm2d(16, momentum=0.3)
        self.conv2, self.norm2 = nn.Conv2d(16, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1, groups=4)
        self.conv4 = nn.Conv2d(32, 24, 1)
        self.conv5, self.conv6 = nn.Conv2d(24, 12, 3, padding=0), nn.Conv2d(24, 12, 3, padding=0)
        self.norm3, self.dense1 = nn.LayerNorm(12), nn.Linear(12, spec["classes"])

    def forward(self, x):
        x = F.gelu(self.norm1(self.conv1(x)))
        x = x + F.relu(self.norm2(self.conv2(x)))
        x = torch.cat([x, F.gelu(self.conv3(x))], 1)
        x = F.avg_pool2d(F.relu(self.conv4(x)), 2)
        x = self.conv6(x) + F.relu(self.conv5(x))
        return self.dense1(self.drop(self.norm3(x.mean((2, 3)))))


class Tiny(Network):
    def __init__(self, spec):
        super().__init__(spec)
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.dense1, self.dense2 = nn.Linear(8 * 4 * 4, 12), nn.Linear(12, spec["classes"])

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return self.dense2(F.relu(self.dense1(x.flatten(1))))


def optimizer_of(model, o, lr):
    weights = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    decay = o["weight_decay"]
    groups = [{"params": weights, "weight_decay": decay},
              {"params": others, "weight_decay": decay if o["decay_all"] else 0}]
    if o["name"] == "sgd":
        return torch.optim.SGD(groups, lr=lr, momentum=o["momentum"], nesterov=o["nesterov"])
    if o["name"] == "muon":
        return Muon(model, o, lr)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[o["name"]]
    return kind(groups, lr=lr, betas=(o["beta1"], o["beta2"]), eps=o["eps"])


class Muon:
    """torch.optim.Muon for all matrices and kernels (as [out, rest]) but the last, AdamW for the rest."""

    def __init__(self, model, o, lr):
        matrices = [p for p in model.parameters() if p.dim() > 1]
        self.hidden = matrices[:-1]
        self.views = [nn.Parameter(p.detach().flatten(1)) for p in self.hidden]
        decay = o["weight_decay"]
        self.muon = torch.optim.Muon(self.views, lr=lr, weight_decay=decay, momentum=o["momentum"],
                                     nesterov=o["nesterov"], adjust_lr_fn="match_rms_adamw")
        vectors = [p for p in model.parameters() if p.dim() <= 1]
        self.adamw = torch.optim.AdamW(
            [{"params": matrices[-1:], "weight_decay": decay},
             {"params": vectors, "weight_decay": decay if o["decay_all"] else 0}],
            lr=lr, betas=(o["beta1"], o["beta2"]), eps=o["eps"])
        self.model, self.param_groups = model, self.muon.param_groups + self.adamw.param_groups

    def zero_grad(self):
        self.model.zero_grad()

    def step(self):
        for view, p in zip(self.views, self.hidden):
            assert view.data_ptr() == p.data_ptr()
            view.grad = p.grad.flatten(1)
        # it would iterate in bfloat16; here, as everything, in float64
        half, torch.bfloat16 = torch.bfloat16, torch.float64
        self.muon.step()
        torch.bfloat16 = half
        self.adamw.step()


def tensors_of(model, averaged):
    state = dict(model.state_dict())
    if averaged is not None:
        state |= {f"average.{name}": p.detach() for name, p in averaged.module.named_parameters()}
    return {name: t for name, t in sorted(state.items()) if "num_batches" not in name}


def summary(t):
    flat = t.reshape(-1)
    at = torch.arange(0, flat.numel(), max(1, flat.numel() // SAMPLES))
    return {"sum": number(flat.sum()), "squares": number((flat * flat).sum()),
            "values": [number(v, 6) for v in flat[at]]}


def number(value, digits=7):
    return float(f"{value.item():.{digits}g}")


def train(spec):
    model = {"cnn": Cnn, "mlp": Mlp, "normalized": Normalized, "mixed": Mixed, "tiny": Tiny}[spec["network"]](spec)
    with torch.no_grad():
        for stream, (name, p) in enumerate(sorted(model.named_parameters())):
            p.copy_(initial(stream, name, tuple(p.shape)))
    reg = spec["regularization"]
    averaged = None
    if reg["ema_decay"] is not None:
        # the first call copies, so that the average starts from the initial weights
        averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(reg["ema_decay"]))
        averaged.update_parameters(model)
    optimizer = optimizer_of(model, spec["optimizer"], spec["rates"][0])
    losses, correct, checkpoints = [], [], []
    for step, rate in enumerate(spec["rates"]):
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, y = batch(spec, step)
        model.step, model.index = step, 0
        logits = model(x)
        loss = nn.CrossEntropyLoss(label_smoothing=reg["label_smoothing"])(logits, y)
        optimizer.zero_grad()
        loss.backward()
        if reg["clip_norm"] is not None:
            norm = nn.utils.clip_grad_norm_(model.parameters(), reg["clip_norm"])
            assert (norm > reg["clip_norm"]) == (reg["clip_norm"] < 1), "small limits act, large ones do not"
        optimizer.step()
        if averaged is not None:
            averaged.update_parameters(model)
        losses.append(number(loss))
        correct.append(int((logits.argmax(1) == y).sum()))
        if step + 1 in spec["checkpoints"]:
            state = {name: summary(t) for name, t in tensors_of(model, averaged).items()}
            checkpoints.append({"step": step + 1, "tensors": state})
    return {**spec, "losses": losses, "correct": correct, "checkpoints": checkpoints}


ADAM = {"name": "adam", "momentum": 0, "nesterov": False, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
        "weight_decay": 0, "decay_all": False}
NONE = {"label_smoothing": 0, "clip_norm": None, "ema_decay": None}
GREY = {"image": [1, 28, 28], "classes": 10, "mean": [0.286], "std": [0.353]}


def large(network, size, steps, checkpoints, **more):
    return {"title": f"{network}, batch {size}", "network": network, "batch": size, "rates": [1e-3] * steps,
            "checkpoints": checkpoints, "optimizer": ADAM, "regularization": NONE, "dropout": 0.3, **GREY, **more}


def tiny(title, rate, optimizer, regularization=None):
    """The rate changes from step to step, as a schedule changes it."""
    rates = [rate * f for f in (1, 0.5, 1.5, 0.25, 1, 0.75)]
    return {"title": title, "network": "tiny", "batch": 8, "image": [1, 8, 8], "classes": 5, "mean": [0.3],
            "std": [0.35], "dropout": 0, "rates": rates, "checkpoints": [1, 6],
            "optimizer": {**ADAM, **optimizer}, "regularization": {**NONE, **(regularization or {})}}


def specs():
    yield large("cnn", 16, 20, [1, 5, 20])
    yield large("cnn", 64, 4, [1, 4])
    yield large("mlp", 16, 20, [1, 5, 20], dropout=0.2)
    yield large("normalized", 16, 20, [1, 5, 20], dropout=0.1)
    color = {"image": [3, 14, 14], "classes": 7, "mean": [0.48, 0.45, 0.4], "std": [0.23, 0.22, 0.24]}
    yield large("mixed", 16, 10, [1, 5, 10], dropout=0.25, **color)
    sgd = {"name": "sgd", "momentum": 0}
    momentum = {"name": "sgd", "momentum": 0.9}
    yield tiny("plain SGD", 0.1, sgd)
    yield tiny("plain SGD, decay on weights", 0.1, {**sgd, "weight_decay": 0.1})
    yield tiny("SGD with momentum", 0.05, momentum)
    yield tiny("SGD with momentum, decay on everything", 0.05,
               {**momentum, "weight_decay": 0.1, "decay_all": True})
    yield tiny("Nesterov, decay on weights", 0.05, {**momentum, "nesterov": True, "weight_decay": 0.1})
    yield tiny("Adam", 0.01, {})
    yield tiny("Adam, other betas and epsilon", 0.01, {"beta1": 0.7, "beta2": 0.95, "eps": 1e-3})
    yield tiny("Adam without first moment", 0.01, {"beta1": 0.0})
    yield tiny("Adam, L2 on weights", 0.01, {"weight_decay": 0.1})
    yield tiny("Adam, L2 on everything", 0.01, {"weight_decay": 0.1, "decay_all": True})
    yield tiny("AdamW, decay on weights", 0.01, {"name": "adamw", "weight_decay": 0.5})
    yield tiny("AdamW, decay on everything", 0.01,
               {"name": "adamw", "weight_decay": 0.5, "decay_all": True})
    yield tiny("AdamW without decay", 0.01, {"name": "adamw"})
    muon = {"name": "muon", "momentum": 0.95, "nesterov": True}
    yield tiny("Muon, decay on weights", 0.02, {**muon, "weight_decay": 0.5})
    yield tiny("Muon without Nesterov, decay on everything", 0.02,
               {**muon, "nesterov": False, "momentum": 0.8, "weight_decay": 0.5, "decay_all": True})
    yield large("normalized", 16, 10, [1, 5, 10], dropout=0.1, title="normalized with Muon, batch 16",
                optimizer={**ADAM, **muon})
    yield tiny("label smoothing", 0.1, sgd, {"label_smoothing": 0.2})
    yield tiny("gradient clipping", 0.5, sgd, {"clip_norm": 0.1})
    yield tiny("gradient clipping that has nothing to do", 0.1, sgd, {"clip_norm": 20})
    yield tiny("averaged weights", 0.05, momentum, {"ema_decay": 0.8})
    yield tiny("all at once", 0.01, {"name": "adamw", "weight_decay": 0.2},
               {"label_smoothing": 0.1, "clip_norm": 0.2, "ema_decay": 0.9})


result = {
    "made_by": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    "cases": [train(spec) for spec in specs()],
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(len(result["cases"]), "cases,", path.stat().st_size, "bytes")
