"""How MLflow itself describes an ONNX model, written to mlflow-model.json beside this script."""

import base64
import json
import os
import tempfile

import mlflow
import numpy
import onnx
import yaml
from mlflow.models import ModelSignature
from mlflow.types.schema import Schema, TensorSpec
from onnx import TensorProto, helper

images = helper.make_tensor_value_info("images", TensorProto.UINT8, ["N", 1, 2, 2])
scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 1, 2, 2])
node = helper.make_node("Cast", ["images"], ["scores"], to=TensorProto.FLOAT)
graph = helper.make_graph([node], "tiny", [images], [scores])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
signature = ModelSignature(
    inputs=Schema([TensorSpec(numpy.dtype("uint8"), (-1, 1, 2, 2), "images")]),
    outputs=Schema([TensorSpec(numpy.dtype("float32"), (-1, 1, 2, 2), "scores")]),
)
folder = os.path.join(tempfile.mkdtemp(), "model")
mlflow.onnx.save_model(model, folder, signature=signature)
with open(os.path.join(folder, "MLmodel")) as file:
    described = yaml.safe_load(file)
flavors = described["flavors"]
result = {
    "versions": {"mlflow": mlflow.__version__, "onnx": onnx.__version__},
    "model": base64.b64encode(model.SerializeToString()).decode(),
    "signature": described["signature"],
    "onnx": {
        key: flavors["onnx"][key] for key in ("code", "data", "onnx_session_options", "providers")
    },
    "python_function": {
        key: flavors["python_function"][key] for key in ("data", "env", "loader_module")
    },
    "files": sorted(os.listdir(folder)),
}
with open(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "mlflow-model.json"), "w"
) as file:
    json.dump(result, file, indent=1)
    file.write("\n")
