"""Our own configuration files in the hands of Hydra: it composes them as we do, merges the same files
in the same order, and reads and writes what we print. Called by scripts/conformance.mjs as

    python3 composition.py NODE ATELIER_JS

ends with a message and status 1 where something differs.
"""

import json
import subprocess
import sys
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from omegaconf import OmegaConf

NODE, ATELIER = sys.argv[1:3]
CONF = Path(ATELIER).resolve().parent.parent.parent / "conf"

COMMAND_LINES = [
    [],
    ["recipe=original"],
    ["recipe=accurate", "hyperparameters.epochs=2"],
    ["data=sketch", "model=mlp", "optimizer=sgd", "schedule=cosine", "augmentation=strong", "tracking=quiet"],
    ["data=folder", "data.path='my photos/a,b'"],
    ["optimizer=muon", "recipe=fast", "optimizer.weight_decay=1e-3"],
    ["+experiment=smoke"],
    ["+experiment=augmented", "augmentation=none"],
    ["+experiment=three_seeds"],
    ["~data", "seed=int(7.9)", "paths.runs='${paths.models}/runs'"],
    ["data={geometry: {height: 32}}", "augmentation.erase_area=[0.1,0.2]"],
    ["+optimizer@second=sgd"],
]


def atelier(*args):
    result = subprocess.run([NODE, ATELIER, "train", *args], capture_output=True, text=True)
    assert result.returncode == 0, f"atelier train {' '.join(args)}: {result.stderr}"
    return result.stdout


def main():
    for overrides in COMMAND_LINES:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            config = compose("config", overrides)
            loader = GlobalHydra.instance().config_loader()
            rows = loader.compute_defaults_list("config", overrides, RunMode.RUN).defaults
        ours = json.loads(atelier("--cfg", "job", "--json", *overrides))
        assert ours == OmegaConf.to_container(config), f"{overrides} compose to something else"
        printed = OmegaConf.create(atelier("--cfg", "job", *overrides))
        assert printed == config, f"{overrides} are printed as something else"
        assert atelier("--cfg", "job", *overrides) == OmegaConf.to_yaml(config), f"{overrides} are printed in another way"
        listed = json.loads(atelier("--info", "defaults", "--json", *overrides))
        wanted = [[row.config_path, row.package, row.is_self] for row in rows if not row.config_path.startswith("hydra/")]
        assert [[row["path"], row["package"], row["self"]] for row in listed] == wanted, f"{overrides} merge other files"


main()
