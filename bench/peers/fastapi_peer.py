"""The service that a Python team writes first: FastAPI, uvicorn and PyTorch in one process.

    python fastapi_peer.py --port 8000 [--weights weights.safetensors] [--threads 1]

It is the Python original's service after its description: every setting of uvicorn's is the default,
its access log included; the model runs inside `async def predict`, one image at a time; /metrics
answers JSON from a list of times that only grows. PyTorch uses as many threads as it chooses unless
told: where other processes want the cores too, one is faster. Without weights the network is random,
which is as fast.
"""
import argparse
import io
import json
import os
import pathlib
import struct
import sys
import time

# Some machines pin an old OpenBLAS kernel, which would slow the peer down.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

import numpy as np  # noqa: E402
import torch  # noqa: E402
import uvicorn  # noqa: E402
from fastapi import FastAPI, File, HTTPException, UploadFile  # noqa: E402
from PIL import Image  # noqa: E402
from torch import nn  # noqa: E402
from torchvision import transforms  # noqa: E402

CLASSES = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
]
PARAMETERS = 421_642


class FashionCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.3)
        self.dense1 = nn.Linear(64 * 7 * 7, 128)
        self.dense2 = nn.Linear(128, len(CLASSES))

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = self.dropout(torch.flatten(x, 1))
        return self.dense2(self.dropout(torch.relu(self.dense1(x))))


def read_safetensors(path):
    """The tensors of a file, and the manifest in its metadata."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    manifest = json.loads(next(iter(metadata.values()), "{}"))
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[start:end], np.float32).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, manifest


parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=8000)
parser.add_argument("--weights")
parser.add_argument("--threads", type=int)
options = parser.parse_args()
if options.threads is not None:
    torch.set_num_threads(options.threads)

model = FashionCNN()
mean, std = [0.5], [0.5]
if options.weights is not None:
    tensors, manifest = read_safetensors(options.weights)
    model.load_state_dict(tensors)
    normalization = manifest["preprocessing"]["normalization"]
    mean, std = normalization["mean"], normalization["std"]
    CLASSES = manifest["classes"]
model.eval()
assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS

transform = transforms.Compose([
    transforms.Grayscale(num_output_channels=1),
    transforms.Resize((28, 28)),
    transforms.ToTensor(),
    transforms.Normalize(mean, std),
])

app = FastAPI(title="Fashion-MNIST")
inference_times = []


@app.get("/")
async def root():
    return {"message": "Fashion-MNIST classifier", "model_loaded": True, "classes": CLASSES}


@app.get("/health")
async def health():
    return {"status": "healthy", "model_loaded": True, "model_path": options.weights or "random"}


@app.get("/classes")
async def classes():
    return {"classes": CLASSES, "num_classes": len(CLASSES)}


@app.post("/predict")
async def predict(file: UploadFile = File(...)):
    started = time.time()
    try:
        image = Image.open(io.BytesIO(await file.read()))
        batch = transform(image).unsqueeze(0)
    except Exception as error:
        raise HTTPException(status_code=400, detail=f"Not an image: {error}") from error
    with torch.no_grad():
        probabilities = torch.softmax(model(batch), dim=1)[0]
    confidence, index = torch.max(probabilities, dim=0)
    inference_times.append(time.time() - started)
    return {
        "predicted_class": CLASSES[index.item()],
        "confidence": confidence.item(),
        "all_probabilities": {name: probabilities[k].item() for k, name in enumerate(CLASSES)},
    }


@app.get("/metrics")
async def metrics():
    count = len(inference_times)
    total = sum(inference_times)
    return {
        "total_predictions": count,
        "average_seconds": total / count if count else 0.0,
        "min_seconds": min(inference_times, default=0.0),
        "max_seconds": max(inference_times, default=0.0),
    }


if __name__ == "__main__":
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads", file=sys.stderr)
    uvicorn.run(app, host=options.host, port=options.port)
