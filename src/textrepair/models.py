"""Find a model by name or path and check that it is whole before anything reads it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from textrepair.errors import TextrepairError
from textrepair.files import sha256

GRAPHS = ("encoder.onnx", "head.onnx")  # what its pieces are in their context, and what they are named
# inside the installed wheel, and beside `src/` in a checkout
_SHELVES = (Path(__file__).parent / "models", Path(__file__).parents[2] / "models")


def find_model(name: str) -> Path:
    """The folder of a built-in model's name, or of a path to a model folder.

    Raises `TextrepairError` listing the built-in models when there is none of that name.
    """
    for folder in [shelf / name for shelf in _SHELVES] + [Path(name)]:
        if (folder / "manifest.json").is_file():
            return folder
    known = sorted({p.parent.name for shelf in _SHELVES for p in shelf.glob("*/manifest.json")})
    raise TextrepairError(
        f"unknown model {name!r}; the built-in ones are {', '.join(known) or 'gone: reinstall textrepair'}, "
        "or give the path of a folder that holds a manifest.json"
    )


def whole_model(name: str) -> Path:
    """The folder of a model, all of whose files are as they were made.

    Raises what `find_model` and `check_model` raise.
    """
    folder = find_model(name)
    check_model(folder)
    return folder


def check_model(folder: Path) -> None:
    """Compare every file of the manifest with its SHA-256; `TextrepairError` on one that differs."""
    _check(folder, tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(folder.iterdir())))


@cache
def _check(folder: Path, _state: tuple[tuple[str, int, int], ...]) -> None:
    for name, wanted in json.loads((folder / "manifest.json").read_text(encoding="utf8")).items():
        path = folder / name
        found = sha256(path) if path.is_file() else "no file"
        if found != wanted:
            raise TextrepairError(
                f"{path}: damaged model file (SHA-256 {found[:12]}, expected {wanted[:12]}); "
                "restore it with `git checkout -- models` in a checkout, or reinstall textrepair"
            )


def write_manifest(folder: Path) -> None:
    """Write `manifest.json`: the SHA-256 of every file that loading reads."""
    names = ("config.json", "decision.json", *GRAPHS, "model.safetensors", "tokenizer.json")
    hashes = {n: sha256(folder / n) for n in names}
    (folder / "manifest.json").write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf8")
