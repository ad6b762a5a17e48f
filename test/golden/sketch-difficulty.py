"""How hard the embedded sketch data set is: a linear classifier must not solve it, a small CNN must.

    atelier data prepare data=sketch
    python3 test/golden/sketch-difficulty.py data/processed/sketch

Writes sketch-difficulty.json beside itself, with the digest of the data set it measured.
"""
import json, pathlib, sys
import numpy as np
import sklearn, torch
from safetensors.numpy import load_file
from sklearn.linear_model import LogisticRegression
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(2)
folder = pathlib.Path(sys.argv[1])
manifest = json.loads((folder / "dataset.json").read_text())
mean, std = manifest["normalization"]["mean"][0], manifest["normalization"]["std"][0]


def load(split):
    data = load_file(folder / f"{split}.safetensors")
    return ((data["images"] / 255 - mean) / std).astype("float32"), data["labels"]


def linear(x, y, u, v):
    flat = lambda images: images.reshape(len(images), -1)
    scores = {}
    for c in [1e-3, 1e-2]:
        scores[c] = LogisticRegression(C=c, max_iter=300).fit(flat(x), y).score(flat(u), v)
    return max(scores.values())


def cnn(x, y, u, v, epochs=5):
    block = lambda i, o: [nn.Conv2d(i, o, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    head = [nn.Dropout(0.3), nn.Flatten(), nn.Linear(64 * 49, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10)]
    net = nn.Sequential(*block(1, 32), *block(32, 64), *head)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    x, y, u, v = torch.tensor(x), torch.tensor(y).long(), torch.tensor(u), torch.tensor(v).long()
    for _ in range(epochs):
        net.train()
        for batch in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
            optimizer.step()
    net.eval()
    with torch.no_grad():
        return (net(u).argmax(1) == v).float().mean().item()


data = (*load("train"), *load("test"))
result = {
    "made_with": {"torch": torch.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "digest": manifest["digest"],
    "linear_test_accuracy": linear(*data),
    "cnn_test_accuracy": cnn(*data),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
print(result)
