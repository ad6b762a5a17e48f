"""The PyTorch side of the benchmarks: answers one JSON request per line on standard input.

{"do": "train", "steps": n}       steps of the CNN, batch 64, Adam; milliseconds of each
{"do": "infer", "batches": n}     forward passes of 64 images in evaluation mode; milliseconds of each
{"do": "reach", "accuracy": a, "epochs": n, "seed": s}   the original's recipe until the test accuracy
{"do": "memory"}                  peak resident set in MB so far
"""
import gzip
import json
import os
import pathlib
import resource
import sys
import time

# Some machines pin an old OpenBLAS kernel, which would slow the peer down.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(2)
FOLDER = pathlib.Path(sys.argv[1])
BATCH = 64


def read(name, offset):
    path = FOLDER / name
    data = path.read_bytes() if path.exists() else gzip.open(f"{path}.gz").read()
    return np.frombuffer(data, np.uint8, offset=offset).copy()


def images(part):
    pixels = torch.from_numpy(read(f"{part}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)).float()
    return (pixels / 255 - 0.2860) / 0.3530


def labels(part):
    return torch.from_numpy(read(f"{part}-labels-idx1-ubyte", 8)).long()


def network():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.3), nn.Linear(3136, 128), nn.ReLU(),
        nn.Dropout(0.3), nn.Linear(128, 10),
    )


X, Y = images("train"), labels("train")
model = network()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_function = nn.CrossEntropyLoss()


def train_step(model, optimizer, rows):
    optimizer.zero_grad(set_to_none=True)
    loss = loss_function(model(X[rows]), Y[rows])
    loss.backward()
    optimizer.step()
    return loss.item()


def timed(count, work):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return times


def train(request):
    model.train()
    return {"ms": timed(request["steps"], lambda: train_step(model, optimizer, torch.randint(len(X), (BATCH,))))}


def infer(request):
    model.eval()
    with torch.inference_mode():
        return {"ms": timed(request["batches"], lambda: model(X[torch.randint(len(X), (BATCH,))]).softmax(1))}


def reach(request):
    """Training time only; looking at the test split is not counted."""
    torch.manual_seed(request["seed"])
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    test_x, test_y = images("t10k"), labels("t10k")
    seconds, history = 0.0, []
    for epoch in range(request["epochs"]):
        model.train()
        start = time.perf_counter()
        for rows in torch.randperm(len(X)).split(BATCH):
            train_step(model, optimizer, rows)
        seconds += time.perf_counter() - start
        model.eval()
        with torch.inference_mode():
            hits = sum((model(x).argmax(1) == y).sum().item() for x, y in zip(test_x.split(500), test_y.split(500)))
        accuracy = hits / len(test_y)
        history.append({"epoch": epoch + 1, "seconds": seconds, "accuracy": accuracy})
        print(f"  PyTorch epoch {epoch + 1}: {accuracy:.4f} after {seconds:.0f} s", file=sys.stderr, flush=True)
        if accuracy >= request["accuracy"]:
            break
    return {"history": history}


def memory(_):
    return {"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"train": train, "infer": infer, "reach": reach, "memory": memory}[request["do"]](request)), flush=True)
