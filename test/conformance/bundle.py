"""A model that Atelier trained, in the hands of the field's own tools: onnx.checker, onnxruntime,
safetensors and Pillow, with nothing of ours. Called by scripts/conformance.mjs as

    python3 bundle.py NODE ATELIER_JS

in an empty folder; ends with a message and status 1 where something differs.
"""

import json
import subprocess
import sys

import numpy
import onnx
import onnxruntime
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import load_file

NODE, ATELIER = sys.argv[1:3]
DATA = ["data=sketch", "data.train=400", "data.test=100", "data.validation=100"]
SETTINGS = ["hyperparameters.epochs=1", "trainer.threads=1"]
MODELS = ["cnn", "mlp", "lite", "resnet"]
IMAGES = 16
TOLERANCE = 1e-5


def atelier(*words):
    done = subprocess.run([NODE, ATELIER, *words, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"atelier {' '.join(words)}: {done.stderr}")
    return json.loads(done.stdout)


def check(condition, message):
    if not condition:
        sys.exit(message)


def softmax(logits):
    powers = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def check_model(kind, images, files):
    trained = atelier("train", *DATA, *SETTINGS, f"model.type={kind}")
    path, folder = trained["model"], trained["folder"]
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    check({opset.domain for opset in model.opset_import} == {""}, f"{kind}: not plain ONNX")
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    manifest = json.loads(metadata["atelier.manifest"])
    check(manifest == trained["manifest"], f"{kind}: the manifest in the file is another")

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    results = dict(zip(names, session.run(None, {"images": images})))
    answers = atelier("predict", *files, "--model", path)
    ours = numpy.array([list(answer["all_probabilities"].values()) for answer in answers])
    error = numpy.abs(ours - results["probabilities"]).max()
    check(error <= TOLERANCE, f"{kind}: probabilities differ by {error}")
    check(manifest["calibrated"] is True, f"{kind}: the manifest does not say that it is calibrated")
    calibrated = softmax(results["logits"] / numpy.float32(manifest["temperature"]))
    error = numpy.abs(calibrated - results["probabilities"]).max()
    check(error <= TOLERANCE, f"{kind}: softmax(logits / T) differs from probabilities by {error}")
    check(results["embedding"].shape[0] == IMAGES, f"{kind}: no embedding per image")

    stored = {value.name: onnx.numpy_helper.to_array(value) for value in model.graph.initializer}
    with safe_open(f"{folder}/weights.safetensors", framework="numpy") as weights:
        check(len(weights.keys()) > 0, f"{kind}: no weights")
        for name in weights.keys():
            same = numpy.array_equal(weights.get_tensor(name), stored[name])
            check(same, f"{kind}: {name} differs between model.onnx and weights.safetensors")


atelier("data", "prepare", *DATA)
split = load_file("data/processed/sketch/val.safetensors")
pixels = split["images"][:IMAGES]
paths = [f"{index}.png" for index in range(IMAGES)]
for file, image in zip(paths, pixels):
    Image.fromarray(image[0]).save(file)
for name in MODELS:
    check_model(name, pixels, paths)
