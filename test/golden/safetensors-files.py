"""Files written by the safetensors package: every element type we know, odd sizes, names and metadata.

Writes safetensors-files.json: for each file its bytes in base64, the tensors in it and the metadata; and
malformed files with whether the package refuses them. Needs safetensors, numpy.
Run: python3 test/golden/safetensors-files.py
"""
import base64
import json
import platform
import struct
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import load, save

TYPES = ["float32", "float64", "uint8", "int8", "int32", "uint32", "int64", "bool"]


def sample(dtype, shape):
    count = int(np.prod(shape))
    values = np.arange(count) * 7 - 3
    if dtype.startswith("float"):
        return (values / 8).astype(dtype).reshape(shape)
    if dtype.startswith("uint"):
        return np.abs(values).astype(dtype).reshape(shape)
    return (values % 2).astype(dtype).reshape(shape) if dtype == "bool" else values.astype(dtype).reshape(shape)


def entry(title, tensors, metadata=None):
    data = save(tensors, metadata)
    described = {name: {"dtype": str(t.dtype), "shape": list(t.shape), "data": t.reshape(-1).astype(float).tolist()}
                 for name, t in tensors.items()}
    return {"title": title, "bytes": base64.b64encode(data).decode(), "tensors": described,
            "metadata": metadata or {}}


def files():
    for dtype in TYPES:
        yield entry(f"one type, {dtype}", {"b": sample(dtype, (3, 5)), "a": sample(dtype, (7,))})
    yield entry("every type", {dtype: sample(dtype, (3,)) for dtype in TYPES})
    yield entry("scalar and empty tensors",
                {"scalar": sample("float32", ()), "empty": sample("float32", (0, 3)), "last": sample("float32", (2,))})
    yield entry("no tensors", {})
    yield entry("metadata", {"w": sample("float32", (2,))}, {"note": "äöü \"quoted\" \\ \u2028 \n"})
    yield entry("names", {"": sample("int8", (1,)), "__proto__": sample("int8", (2,)), "a/b.c ü": sample("int8", (3,))})


def raw(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(dtype="F32", shape=(2,), begin=0, end=8):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


def malformed():
    eight = bytes(8)
    yield "an empty file", b""
    yield "a cut prefix", b"\x08\x00\x00"
    yield "a header longer than the file", raw({}, length=1000)
    yield "a header of absurd length", raw({}, length=2**63)
    yield "a header that is not JSON", raw(b"{]      ")
    yield "a header that is not UTF-8", raw(b'{"\xff": 1}')
    yield "a header that is a list", raw([])
    yield "a header that is null", raw(None)
    yield "a header that is a number", raw(3)
    yield "a tensor that is not an object", raw({"w": 3}, eight)
    yield "a tensor that is null", raw({"w": None}, eight)
    yield "an unknown element type", raw({"w": tensor("F7")}, eight)
    yield "a missing element type", raw({"w": {"shape": [2], "data_offsets": [0, 8]}}, eight)
    yield "a missing shape", raw({"w": {"dtype": "F32", "data_offsets": [0, 8]}}, eight)
    yield "missing offsets", raw({"w": {"dtype": "F32", "shape": [2]}}, eight)
    yield "three offsets", raw({"w": {**tensor(), "data_offsets": [0, 8, 8]}}, eight)
    yield "a negative size", raw({"w": tensor(shape=(-1, -2))}, eight)
    yield "a fractional size", raw({"w": tensor(shape=(0.5, 4))}, eight)
    yield "a size beyond every file", raw({"w": tensor(shape=(2**62, 4))}, eight)
    yield "fewer bytes than the shape wants", raw({"w": tensor(shape=(3,))}, eight)
    yield "more bytes than the shape wants", raw({"w": tensor(shape=(1,))}, eight)
    yield "negative offsets", raw({"w": tensor(begin=-8, end=0)}, eight)
    yield "fractional offsets", raw({"w": tensor(begin=0.5, end=8.5)}, eight + eight)
    yield "offsets in the wrong order", raw({"w": tensor(shape=(0,), begin=8, end=0)}, eight)
    yield "data that ends too early", raw({"w": tensor()}, bytes(7))
    yield "data that goes on behind the last tensor", raw({"w": tensor()}, bytes(9))
    yield "a gap before the first tensor", raw({"w": tensor(begin=8, end=16)}, eight + eight)
    yield "a gap between tensors", raw({"v": tensor(), "w": tensor(begin=16, end=24)}, bytes(24))
    yield "tensors that overlap", raw({"v": tensor(), "w": tensor(begin=4, end=12)}, bytes(12))
    yield "metadata that is not text", raw({"__metadata__": {"n": 3}, "w": tensor()}, eight)
    yield "metadata that is a list", raw({"__metadata__": ["n"], "w": tensor()}, eight)


def refuses(data):
    try:
        load(data)
    except safetensors.SafetensorError:
        return True
    except Exception:
        return True
    return False


result = {
    "made_by": {"python": platform.python_version(), "safetensors": safetensors.__version__, "numpy": np.__version__},
    "files": list(files()),
    "malformed": [{"title": title, "bytes": base64.b64encode(data).decode(), "refused": refuses(data)}
                  for title, data in malformed()],
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(len(result["files"]), "files,", path.stat().st_size, "bytes")
