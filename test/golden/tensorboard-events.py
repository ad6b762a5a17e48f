"""An event file of TensorBoard's own writer, written to tensorboard-events.json beside this script."""

import base64
import io
import json
import os

import tensorboard
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


def event(step, wall_time, **values):
    summary = summary_pb2.Summary()
    for tag, value in values.items():
        summary.value.add(tag=tag, simple_value=value)
    return event_pb2.Event(wall_time=wall_time, step=step, summary=summary)


def image():
    picture = summary_pb2.Summary.Image(
        height=2, width=3, colorspace=4, encoded_image_string=bytes(range(40))
    )
    summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag="figure", image=picture)])
    return event_pb2.Event(wall_time=12.5, step=9, summary=summary)


def text():
    shape = tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)])
    tensor = tensor_pb2.TensorProto(dtype=7, tensor_shape=shape, string_val=[b"a text"])
    metadata = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="text")
    )
    value = summary_pb2.Summary.Value(tag="config", tensor=tensor, metadata=metadata)
    return event_pb2.Event(wall_time=13, summary=summary_pb2.Summary(value=[value]))


events = [
    event_pb2.Event(wall_time=10.25, file_version="brain.Event:2"),
    event(1, 11.0, loss=0.5),
    event(300, 11.5, loss=-1.25, accuracy=0.75),
    image(),
    text(),
]
buffer = io.BytesIO()
writer = RecordWriter(buffer)
for one in events:
    writer.write(one.SerializeToString())
writer.flush()
result = {
    "versions": {"tensorboard": tensorboard.__version__},
    "file": base64.b64encode(buffer.getvalue()).decode(),
}
with open(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "tensorboard-events.json"), "w"
) as file:
    json.dump(result, file, indent=1)
    file.write("\n")
