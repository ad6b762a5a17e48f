"""Golden digests for the resize of src/image: many sizes, up and down, made by PIL and torchvision.

    python3 test/golden/image-resizing.py

Writes image-resizing.json beside itself. The pictures follow a formula, so only SHA-256s of the
results are stored.
"""
import hashlib, json, pathlib
import numpy as np
import PIL, torchvision
from PIL import Image
from torchvision.transforms import Grayscale, InterpolationMode, Resize

HERE = pathlib.Path(__file__).parent
SOURCES = [(1, 1), (1, 7), (9, 1), (2, 3), (27, 29), (28, 28), (29, 27), (56, 56), (100, 80), (300, 7), (7, 300)]
SOURCES += [(640, 3), (31, 401), (257, 255)]  # width, height
TARGETS = [(28, 28), (1, 1), (32, 20), (29, 28), (57, 56), (3, 100), (224, 5), (64, 64)]


def picture(width, height):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return Image.fromarray(((3 * x * x + 7 * y + x * y + 50 * c + 11 * y * c) % 256).astype("uint8"))


def digest(image, width, height):
    by_pil = image.resize((width, height), Image.Resampling.BILINEAR)
    by_torchvision = Resize([height, width], InterpolationMode.BILINEAR, antialias=True)(image)
    assert by_pil.tobytes() == by_torchvision.tobytes()
    return hashlib.sha256(by_pil.tobytes()).hexdigest()


cases = [
    {"from": source, "to": target, "rgb": digest(rgb, *target), "grey": digest(grey, *target)}
    for source in SOURCES
    for rgb in [picture(*source)]
    for grey in [Grayscale()(rgb)]
    for target in TARGETS
]
versions = {"pillow": PIL.__version__, "torchvision": torchvision.__version__, "numpy": np.__version__}
(HERE / "image-resizing.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=0) + "\n")
print(versions, len(cases), "sizes")
