"""Find a model by name or path and check that it is whole before anything reads it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

from textrepair.errors import TextrepairError
from textrepair.files import sha256

GRAPHS = ("encoder.onnx", "head.onnx")  # what its pieces are in their context, and what they are named
# inside the installed wheel, and beside `src/` in a checkout
_SHELVES = (Path(__file__).parent / "models", Path(__file__).parents[2] / "models")


PACKAGES = "textrepair.models"  # the entry points under which packages of models are found
# models that are packages of their own, and the command that installs each
INSTALLED_BY = {"en_sci_md": "pip install ./models/en_sci_md, in a checkout"}
FORMAT = 1  # of a model folder; another one cannot be read
MANIFEST = "manifest.json"


def find_model(name: str) -> Path:
    """The folder of a built-in model's name, of a model package's, or of a path to a model folder.

    Raises `TextrepairError` listing the models there are when there is none of that name.
    """
    for folder in [shelf / name for shelf in _SHELVES] + [Path(name)]:
        if (folder / MANIFEST).is_file():
            return folder
    packages = {point.name: point for point in entry_points(group=PACKAGES)}
    if name in packages:
        return Path(str(files(packages[name].value)))
    built_in = {p.parent.name for shelf in _SHELVES for p in shelf.glob(f"*/{MANIFEST}")}
    known = ", ".join(sorted({*built_in, *packages})) or "gone: reinstall textrepair"
    if name in INSTALLED_BY:
        raise TextrepairError(
            f"model {name!r} is a package of its own that is not installed ({INSTALLED_BY[name]}); "
            f"the installed ones are {known}"
        )
    raise TextrepairError(
        f"unknown model {name!r}; the installed ones are {known}, "
        f"or give the path of a folder that holds a {MANIFEST}"
    )


def weight_files(folder: Path) -> list[Path]:
    """The files that hold a model's weights, one or several; the usual one where there is none."""
    return sorted(folder.glob("model*.safetensors")) or [folder / "model.safetensors"]


def weights_sha256(folder: Path) -> str:
    """What names a model's weights: the SHA-256 of their file, of several that of theirs in a row."""
    return of_weights({path.name: sha256(path) for path in weight_files(folder)})


def of_weights(hashes: Mapping[str, str]) -> str:
    """The same from the hashes of a model's files by their names, as its manifest has them."""
    some = [of_one for name, of_one in sorted(hashes.items()) if name.endswith(".safetensors")]
    return some[0] if len(some) == 1 else hashlib.sha256("".join(some).encode()).hexdigest()


def whole_model(name: str) -> Path:
    """The folder of a model, all of whose files are as they were made.

    Raises what `find_model` and `check_model` raise.
    """
    folder = find_model(name)
    check_model(folder)
    return folder


def check_model(folder: Path) -> None:
    """Compare every file of the manifest with its SHA-256.

    Raises `TextrepairError` on one that differs, and for a model of another format.
    """
    _check(folder, tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(folder.iterdir())))


@cache
def _check(folder: Path, _state: tuple[tuple[str, int, int], ...]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf8"))
    if (format_ := manifest.pop("format", FORMAT)) != FORMAT:
        raise TextrepairError(
            f"{folder}: a model of format {format_}; this textrepair reads format {FORMAT}. Install the "
            "textrepair that the model was made for, or the model of this version"
        )
    for name, wanted in manifest.items():
        path = folder / name
        found = sha256(path) if path.is_file() else "no file"
        if found != wanted:
            raise TextrepairError(
                f"{path}: damaged model file (SHA-256 {found[:12]}, expected {wanted[:12]}); "
                "restore it with `git checkout -- models` in a checkout, or reinstall textrepair"
            )


def write_manifest(folder: Path) -> None:
    """Write `manifest.json`: the format, and the SHA-256 of every file that loading reads."""
    weights = [path.name for path in weight_files(folder)]
    names = ("config.json", "decision.json", *GRAPHS, *weights, "tokenizer.json")
    manifest = {"format": FORMAT, **{name: sha256(folder / name) for name in names}}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf8")
