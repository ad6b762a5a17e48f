"""Golden pixels for src/image, made by PIL and torchvision.

    python3 test/golden/image-preprocessing.py

Writes image-preprocessing.json beside itself: small encoded pictures (base64) and, for several
geometries, the pixels that `exif_transpose → convert("RGB") → convert("L") → Resize` gives.
"""
import base64, io, json, pathlib, struct, zlib
import numpy as np
import PIL, torchvision
from PIL import Image, ImageOps
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import resize

HERE = pathlib.Path(__file__).parent
GEOMETRIES = [(28, 28, 1), (17, 40, 3), (60, 33, 1)]  # height, width, channels
rng = np.random.default_rng(7)


def picture(width, height, channels):
    """Smooth shapes with some noise: what a photograph exercises, and compresses to little."""
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        wave = np.sin(x / (3 + 2 * c)) + np.cos(y / (4 + c)) + 0.5 * np.sin((x + y) / 9)
        planes.append(127 + 55 * wave + rng.normal(0, 12, (height, width)))
    return np.clip(np.stack(planes, -1), 0, 255).astype("uint8")


def encoded(image, fmt, **options):
    out = io.BytesIO()
    image.save(out, fmt, **options)
    return out.getvalue()


def png16(samples, color_type):
    """A 16-bit PNG; PIL itself writes only grey ones."""
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def deep(width, height, channels):
    return (rng.integers(0, 65536, (height, width, channels)) // 2 + 8000).astype("uint16")


def files():
    rgb = Image.fromarray(picture(53, 37, 3))
    grey = Image.fromarray(picture(61, 19, 1)[..., 0])
    rgba = Image.fromarray(picture(31, 45, 4), "RGBA")
    la = Image.fromarray(picture(23, 29, 2), "LA")
    exif = Image.Exif()
    exif[0x0112] = 6
    cmyk = Image.fromarray(picture(35, 27, 4), "CMYK")
    yield "rgb.png", encoded(rgb, "PNG")
    yield "grey.png", encoded(grey, "PNG")
    yield "square-28.png", encoded(Image.fromarray(picture(28, 28, 1)[..., 0]), "PNG")
    yield "tiny.png", encoded(Image.fromarray(picture(3, 2, 3)), "PNG")
    yield "one-pixel.png", encoded(Image.fromarray(picture(1, 1, 3)), "PNG")
    yield "wide.png", encoded(Image.fromarray(picture(301, 5, 1)[..., 0]), "PNG")
    yield "rgba.png", encoded(rgba, "PNG")
    yield "grey-alpha.png", encoded(la, "PNG")
    yield "palette.png", encoded(rgb.quantize(17), "PNG")
    yield "palette-transparent.png", encoded(rgb.quantize(9), "PNG", transparency=2)
    yield "rgb-transparent-colour.png", encoded(rgb, "PNG", transparency=rgb.getpixel((3, 3)))
    yield "bilevel.png", encoded(grey.convert("1"), "PNG")
    yield "grey-4-bit.png", encoded(grey.quantize(16), "PNG", bits=4)
    yield "rgb-16-bit.png", png16(deep(19, 13, 3), 2)
    yield "rgba-16-bit.png", png16(deep(13, 11, 4), 6)
    yield "grey-16-bit.png", png16(deep(21, 15, 1), 0)
    yield "grey-alpha-16-bit.png", png16(deep(11, 15, 2), 4)
    yield "exif-6.png", encoded(rgb, "PNG", exif=exif)
    yield "gamma.png", with_gamma(encoded(rgb, "PNG"))
    yield "rgb.jpg", encoded(rgb, "JPEG", quality=85)
    yield "rgb-444.jpg", encoded(rgb, "JPEG", quality=92, subsampling=0)
    yield "progressive.jpg", encoded(rgb, "JPEG", quality=80, progressive=True)
    yield "grey.jpg", encoded(grey, "JPEG", quality=85)
    yield "exif-6.jpg", encoded(rgb, "JPEG", quality=85, exif=exif)
    yield "cmyk.jpg", encoded(cmyk, "JPEG", quality=90)
    yield "lossless.webp", encoded(rgb, "WEBP", lossless=True)
    yield "lossy.webp", encoded(rgb, "WEBP", quality=80)
    yield "alpha.webp", encoded(rgba, "WEBP", lossless=True, exact=True)
    yield "palette.gif", encoded(rgb.quantize(32), "GIF")
    yield "rgb.tif", encoded(rgb, "TIFF", compression="tiff_lzw")


def with_gamma(png):
    """PIL ignores the gAMA chunk; so must we."""
    data = b"gAMA" + struct.pack(">I", 100000)
    return png[:33] + struct.pack(">I", 4) + data + struct.pack(">I", zlib.crc32(data)) + png[33:]


def expected(data, height, width, channels):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode == "I;16":
        # convert("RGB") would clip everything above 255 to white. Atelier keeps the upper 8 bits,
        # which is what PIL itself does with 16-bit RGB and 16-bit grey with alpha.
        image = Image.fromarray((np.asarray(image) >> 8).astype("uint8"))
    image = image.convert("RGB")
    if channels == 1:
        image = image.convert("L")
    by_pil = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
    by_torchvision = np.asarray(resize(image, [height, width], InterpolationMode.BILINEAR, antialias=True))
    assert (by_pil == by_torchvision).all()
    return by_pil.reshape(height, width, channels).transpose(2, 0, 1)


def base64_of(data):
    return base64.b64encode(data).decode()


def features(images):
    scaled = images.reshape(len(images), -1).astype("float64") / 255 * 2 - 1
    return {"avg_brightness": scaled.mean(1).tolist(), "contrast": scaled.std(1).tolist()}


cases = []
for name, data in files():
    pixels = [
        {"geometry": {"height": h, "width": w, "channels": c}, "pixels": base64_of(expected(data, h, w, c).tobytes())}
        for h, w, c in GEOMETRIES
    ]
    cases.append({"name": name, "mode": Image.open(io.BytesIO(data)).mode, "file": base64_of(data), "expected": pixels})
sample = np.stack([picture(28, 28, 1)[..., 0] for _ in range(4)])
result = {
    "versions": {"pillow": PIL.__version__, "torchvision": torchvision.__version__, "numpy": np.__version__},
    "cases": cases,
    "features": {"pixels": base64_of(sample.tobytes()), "count": len(sample), **features(sample)},
}
(HERE / "image-preprocessing.json").write_text(json.dumps(result) + "\n")
print({k: v for k, v in result["versions"].items()}, len(cases), "files")
