"""Golden pixels for the decoding of src/image: many small files of every kind, decoded by PIL.

    python3 test/golden/image-decoding.py

Writes image-decoding.json beside itself: encoded pictures (base64), and size and SHA-256 of the RGB
bytes that `exif_transpose → convert("RGB")` gives for each, but for the two differences that are meant.
"""
import base64, hashlib, io, json, pathlib, struct, warnings, zlib
import numpy as np
import PIL
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
ORIENTATION = 0x0112
SIZES = [(1, 1), (1, 9), (9, 1), (2, 3), (17, 11), (24, 16)]  # width, height
rng = np.random.default_rng(11)


def picture(width, height, channels):
    """Smooth with a little noise, so that JPEG keeps it small and every level occurs."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        127 + 70 * np.sin(x / (3 + c) + c) + 60 * np.cos(y / (4 - c / 2)) + rng.normal(0, 6, (height, width))
        for c in range(channels)
    ]
    return np.clip(np.stack(planes, -1), 0, 255).astype("uint8")


def image(mode, width=17, height=11):
    channels = len(Image.new(mode, (1, 1)).getbands())
    pixels = picture(width, height, channels)
    return Image.fromarray(pixels if channels > 1 else pixels[..., 0], mode if channels > 1 else "L")


def encoded(picture, fmt, **options):
    out = io.BytesIO()
    picture.save(out, fmt, **options)
    return out.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags


# PNG, by the chunk: PIL writes neither interlaced ones nor most of those with 16 bits


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, color, rows, interlace=0, chunks=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    body = chunks + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


def png_rows(samples, depth):
    """Rows of [height, width, channels], each with the number of a filter and bytes taken as filtered."""
    flat = samples.reshape(len(samples), -1)
    if depth == 16:
        flat = flat.astype(">u2").view("uint8")
    elif depth < 8:
        bits = np.unpackbits(flat.astype("uint8")[..., None], axis=-1)[..., 8 - depth :]
        flat = np.packbits(bits.reshape(len(flat), -1), axis=-1)
    return b"".join(bytes([y % 5]) + row.tobytes() for y, row in enumerate(flat))


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png_of(color, depth, width, height, interlace=0, chunks=b""):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    samples = rng.integers(0, 1 << depth, (height, width, channels)).astype("uint16" if depth == 16 else "uint8")
    if color == 3:
        chunks = chunk(b"PLTE", rng.integers(0, 256, 3 << depth).astype("uint8").tobytes()) + chunks
    if not interlace:
        return png(width, height, depth, color, png_rows(samples, depth), 0, chunks)
    passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
    rows = b"".join(png_rows(part, depth) for part in passes if part.size)
    return png(width, height, depth, color, rows, 1, chunks)


def png_files():
    kinds = [(0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))]
    for color, depths in kinds:
        for depth in depths:
            for width, height in SIZES if depth == 8 else SIZES[4:5]:
                yield f"color-{color}-{depth}-bit-{width}x{height}.png", png_of(color, depth, width, height)
            yield f"color-{color}-{depth}-bit-interlaced.png", png_of(color, depth, 13, 10, 1)
    yield "interlaced-1x1.png", png_of(2, 8, 1, 1, 1)
    for orientation in range(10):
        yield f"orientation-{orientation}.png", encoded(image("RGB"), "PNG", exif=exif(orientation))
    yield "grey-orientation-8.png", encoded(image("L"), "PNG", exif=exif(8))
    alphas = bytes(range(0, 256, 16))
    yield "palette-with-alphas.png", encoded(image("RGB").quantize(16), "PNG", transparency=alphas)
    yield "grey-transparent-level.png", encoded(image("L"), "PNG", transparency=100)
    yield "bilevel.png", encoded(image("L").convert("1"), "PNG")
    yield "short-palette.png", png(4, 2, 8, 3, b"\0\0\1\2\3\0\1\2\0\xff", 0, chunk(b"PLTE", bytes(range(30, 39))))
    frames = [image("RGB") for _ in range(3)]
    yield "animated.png", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    # a first picture that is not part of the animation
    yield "animated-apart.png", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=True)
    yield "trailing.png", encoded(image("L"), "PNG") + b"after the end"


def with_adobe_transform(jpeg, transform):
    at = jpeg.index(b"Adobe\0") + 11
    return jpeg[:at] + bytes([transform]) + jpeg[at + 1 :]


def without_adobe(jpeg):
    at = jpeg.index(b"Adobe\0") - 4
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0] :]


def jpeg_files():
    for width, height in SIZES:
        yield f"rgb-{width}x{height}.jpg", encoded(image("RGB", width, height), "JPEG", quality=88)
    for name, subsampling in [("444", 0), ("422", 1), ("420", 2)]:
        yield f"{name}.jpg", encoded(image("RGB", 33, 19), "JPEG", subsampling=subsampling)
        yield f"{name}-progressive.jpg", encoded(image("RGB", 33, 19), "JPEG", subsampling=subsampling, progressive=True)
    yield "grey.jpg", encoded(image("L"), "JPEG")
    yield "grey-progressive.jpg", encoded(image("L"), "JPEG", progressive=True)
    yield "low-quality.jpg", encoded(image("RGB", 33, 19), "JPEG", quality=5)
    yield "restarts.jpg", encoded(image("RGB", 33, 19), "JPEG", restart_marker_blocks=1)
    yield "stored-as-rgb.jpg", encoded(image("RGB"), "JPEG", keep_rgb=True)
    cmyk = encoded(image("CMYK"), "JPEG", quality=90)
    yield "cmyk.jpg", cmyk
    yield "ycck.jpg", with_adobe_transform(cmyk, 2)
    yield "cmyk-without-adobe.jpg", without_adobe(cmyk)
    yield "cmyk-orientation-5.jpg", encoded(image("CMYK"), "JPEG", exif=exif(5))
    for orientation in range(10):
        yield f"orientation-{orientation}.jpg", encoded(image("RGB"), "JPEG", exif=exif(orientation))
    yield "grey-orientation-7.jpg", encoded(image("L"), "JPEG", exif=exif(7))
    yield "trailing.jpg", encoded(image("RGB"), "JPEG") + b"after the end"


def webp_files():
    for width, height in SIZES:
        yield f"lossy-{width}x{height}.webp", encoded(image("RGB", width, height), "WEBP", quality=70)
        yield f"lossless-{width}x{height}.webp", encoded(image("RGB", width, height), "WEBP", lossless=True)
    yield "lossy-alpha.webp", encoded(image("RGBA"), "WEBP", quality=70)
    yield "lossless-alpha.webp", encoded(image("RGBA"), "WEBP", lossless=True, exact=True)
    frames = [image("RGB") for _ in range(3)]
    yield "animated.webp", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    for orientation in (1, 3, 6):
        yield f"orientation-{orientation}.webp", encoded(image("RGB"), "WEBP", lossless=True, exif=exif(orientation))


def off_centre(gif, width, height, left, top):
    """The same frame on a larger canvas."""
    frame = 13 + 3 * (2 << (gif[10] & 7))
    assert gif[frame : frame + 1] == b","
    canvas = struct.pack("<HH", width, height)
    return gif[:6] + canvas + gif[10 : frame + 1] + struct.pack("<HH", left, top) + gif[frame + 5 :]


def gif_files():
    for width, height in SIZES:
        yield f"{width}x{height}.gif", encoded(image("RGB", width, height).quantize(16), "GIF")
    yield "grey.gif", encoded(image("L"), "GIF")
    yield "two-colours.gif", encoded(image("L").convert("1"), "GIF")
    yield "not-interlaced.gif", encoded(image("RGB").quantize(32), "GIF", interlace=0)
    yield "transparent.gif", encoded(image("RGB").quantize(16), "GIF", transparency=3)
    yield "off-centre.gif", off_centre(encoded(image("RGB").quantize(16), "GIF"), 25, 20, 3, 4)
    frames = [image("RGB").quantize(16) for _ in range(3)]
    yield "animated.gif", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def tiff_files():
    for width, height in SIZES:
        yield f"{width}x{height}.tif", encoded(image("RGB", width, height), "TIFF")
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield f"{compression}.tif", encoded(image("RGB"), "TIFF", compression=compression)
    yield "grey.tif", encoded(image("L"), "TIFF")
    yield "bilevel.tif", encoded(image("L").convert("1"), "TIFF")
    yield "fax.tif", encoded(image("L").convert("1"), "TIFF", compression="group4")
    yield "palette.tif", encoded(image("RGB").quantize(16), "TIFF")
    yield "grey-alpha.tif", encoded(image("LA"), "TIFF")
    yield "rgba.tif", encoded(image("RGBA"), "TIFF")
    yield "cmyk.tif", encoded(image("CMYK"), "TIFF")
    yield "jpeg.tif", encoded(image("RGB", 32, 16), "TIFF", compression="jpeg")
    yield "16-bit.tif", encoded(Image.fromarray(rng.integers(0, 65536, (11, 17)).astype("uint16")), "TIFF")
    deep = rng.integers(0, 65536, (11, 17)).astype(">u2")
    yield "16-bit-big-endian.tif", encoded(Image.fromarray(deep), "TIFF")
    yield "float.tif", encoded(Image.fromarray(rng.uniform(-20, 300, (11, 17)).astype("float32")), "TIFF")
    yield "white-is-zero.tif", encoded(image("L"), "TIFF", tiffinfo={262: 0})
    yield "premultiplied.tif", encoded(image("RGBA"), "TIFF", tiffinfo={338: 1})
    yield "pages.tif", encoded(image("RGB"), "TIFF", save_all=True, append_images=[image("L")])
    for orientation in range(1, 9):
        yield f"orientation-{orientation}.tif", encoded(image("RGB"), "TIFF", tiffinfo={ORIENTATION: orientation})


def as_rgb(picture):
    if picture.mode.startswith("I;16"):
        # convert("RGB") would clip all above 255 to white; Atelier keeps the upper 8 bits, as PIL itself
        # does where there are colours or an alpha channel as well
        return Image.fromarray((np.asarray(picture) >> 8).astype("uint8")).convert("RGB")
    return picture.convert("RGB")


def gif_as_rgb(picture):
    """Black where the first frame shows nothing. PIL shows entries of the palette there, which mean nothing."""
    left, top, right, bottom = picture.tile[0].extents
    shows = np.zeros((picture.height, picture.width), bool)
    shows[top:bottom, left:right] = True
    if "transparency" in picture.info:
        shows &= np.asarray(picture) != picture.info["transparency"]
    return Image.fromarray(np.asarray(picture.convert("RGB")) * shows[..., None])


def expected(data):
    opened = Image.open(io.BytesIO(data))
    upright = gif_as_rgb(opened) if opened.format == "GIF" else as_rgb(ImageOps.exif_transpose(opened))
    digest = hashlib.sha256(upright.tobytes()).hexdigest()
    return {"mode": opened.mode, "width": upright.width, "height": upright.height, "sha256": digest}


warnings.simplefilter("ignore")
cases = [
    {"name": name, **expected(data), "file": base64.b64encode(data).decode()}
    for files in (png_files, jpeg_files, webp_files, gif_files, tiff_files)
    for name, data in files()
]
assert len({case["name"] for case in cases}) == len(cases)
result = {"versions": {"pillow": PIL.__version__, "numpy": np.__version__}, "cases": cases}
(HERE / "image-decoding.json").write_text(json.dumps(result, indent=0) + "\n")
print(result["versions"], len(cases), "files")
