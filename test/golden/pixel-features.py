"""Golden numbers for describePixels of src/image, by plain numpy.

    python3 test/golden/pixel-features.py

Writes pixel-features.json beside itself: uint8 [C, H, W] images (base64) with their features.
"""
import base64, json, pathlib
import numpy as np

HERE = pathlib.Path(__file__).parent
EDGE = 255
FOREGROUND = 25
rng = np.random.default_rng(5)


def images():
    y, x = np.mgrid[0:28, 0:28]
    disc = ((x - 14) ** 2 + (y - 12) ** 2 < 70) * 180 + 20
    yield "noise", rng.integers(0, 256, (1, 28, 28))
    yield "disc", disc[None]
    yield "noisy disc", np.clip(disc[None] + rng.normal(0, 9, (1, 28, 28)), 0, 255)
    yield "slope", (x * 9)[None]
    yield "colours", rng.integers(0, 256, (3, 17, 23))
    yield "coloured discs", np.stack([disc, disc.T, 255 - disc])
    yield "black", np.zeros((1, 9, 9))
    yield "white", np.full((3, 5, 4), 255)
    yield "one pixel", np.full((1, 1, 1), 77)
    yield "one row", rng.integers(0, 256, (1, 1, 40))
    yield "two rows", rng.integers(0, 256, (3, 2, 12))
    yield "three by three", rng.integers(0, 256, (1, 3, 3))


def grey_of(pixels):
    if len(pixels) == 1:
        return pixels[0].astype("int64")
    red, green, blue = pixels.astype("int64")
    return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16


def filtered(grey, kernel):
    """The kernel at every pixel that has all neighbours."""
    windows = np.lib.stride_tricks.sliding_window_view(grey, (3, 3))
    return (windows * np.array(kernel)).sum((-1, -2))


def features(pixels):
    grey = grey_of(pixels)
    scaled = pixels.astype("float64") / 255 * 2 - 1
    shares = np.bincount(grey.ravel(), minlength=256) / grey.size
    shares = shares[shares > 0]
    has_interior = min(grey.shape) >= 3
    laplacian = filtered(grey, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]) if has_interior else np.zeros(1)
    across = filtered(grey, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) if has_interior else np.zeros(1)
    down = filtered(grey, [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]) if has_interior else np.zeros(1)
    return {
        "avg_brightness": scaled.mean(),
        "contrast": scaled.std(),
        "min": grey.min() / 255 * 2 - 1,
        "max": grey.max() / 255 * 2 - 1,
        "sharpness": float(laplacian.var()),
        "entropy": float(-(shares * np.log2(shares)).sum()) + 0.0,
        "edge_density": float((np.hypot(across, down) > EDGE).mean()),
        "foreground_share": float((grey > FOREGROUND).mean()),
    }


cases = []
for name, values in images():
    pixels = values.astype("uint8")
    channels, height, width = pixels.shape
    geometry = {"height": height, "width": width, "channels": channels}
    encoded = base64.b64encode(pixels.tobytes()).decode()
    cases.append({"name": name, "geometry": geometry, "pixels": encoded, "features": features(pixels)})
(HERE / "pixel-features.json").write_text(json.dumps({"versions": {"numpy": np.__version__}, "cases": cases}, indent=0) + "\n")
print(np.__version__, len(cases), "images")
