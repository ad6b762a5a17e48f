"""Files and digests of W&B's own client, written to wandb-files.json beside this script.

The client's log of records in Python went with version 0.23; `wandb==0.22.*` still has it.
"""

import base64
import hashlib
import json
import os
import tempfile

import wandb
from wandb.proto import wandb_internal_pb2 as pb
from wandb.sdk.artifacts.artifact_manifest_entry import ArtifactManifestEntry
from wandb.sdk.artifacts.artifact_manifests.artifact_manifest_v1 import ArtifactManifestV1
from wandb.sdk.artifacts.storage_policies.wandb_storage_policy import WandbStoragePolicy
from wandb.sdk.internal.datastore import DataStore

# around the ends of blocks of 32768 bytes, the header of 7 counted
SIZES = [1, 100, 32635, 5, 32754, 0, 32760, 1, 40000, 100000, 32747, 3, 3, 32741, 9]


def payload(index, size):
    return bytes((index * 31 + position) % 251 for position in range(size))


def log_of(payloads):
    path = os.path.join(tempfile.mkdtemp(), "run.wandb")
    store = DataStore()
    store.open_for_write(path)
    for data in payloads:
        store._write_data(data)
    store.close()
    with open(path, "rb") as file:
        return file.read()


def record():
    made = pb.Record(num=7)
    item = made.history.item.add()
    item.key = "val/accuracy"
    item.value_json = "0.5"
    item = made.history.item.add()
    item.key = "_step"
    item.value_json = "300"
    made.history.step.num = 300
    return made


def run():
    made = pb.Record(num=2)
    made.run.run_id = "k3v9x2ab"
    made.run.project = "shoes"
    made.run.tags.extend(["a", "b"])
    made.run.host = "here"
    made.run.start_time.seconds = 1764000000
    made.run.start_time.nanos = 250000000
    made.run.git.commit = "c0ffee"
    item = made.run.config.update.add()
    item.key = "seed"
    item.value_json = "42"
    return made


def manifest_digest(files):
    manifest = ArtifactManifestV1(storage_policy=WandbStoragePolicy())
    for path, content in files.items():
        digest = base64.b64encode(hashlib.md5(content.encode()).digest()).decode()
        manifest.add_entry(ArtifactManifestEntry(path=path, digest=digest, size=len(content)))
    return manifest.digest()


# and one that leaves room for exactly a header: its chunk holds nothing
end = len(log_of([payload(i, size) for i, size in enumerate(SIZES)]))
SIZES += [(32768 - 7 - end - 7) % 32768, 5]

FILES = {"model.onnx": "weights", "a/b.txt": "b", "Z.txt": "z", "é.txt": "e"}
log = log_of([payload(i, size) for i, size in enumerate(SIZES)])
small = log_of([record().SerializeToString(), run().SerializeToString()])
result = {
    "versions": {"wandb": wandb.__version__},
    "log": {"sizes": SIZES, "bytes": len(log), "sha256": hashlib.sha256(log).hexdigest()},
    "small": base64.b64encode(small).decode(),
    "history": record().SerializeToString().hex(),
    "run": run().SerializeToString().hex(),
    "artifact": {"files": FILES, "digest": manifest_digest(FILES)},
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "wandb-files.json"), "w") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
