"""What an index says of itself: version, inputs by hash, counts, and whether it is whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from textrepair.errors import TextrepairError
from textrepair.files import whole

NAME, FORMAT = "manifest.json", 1
TERMS, TEXTS = "terms", "texts.sqlite"  # the search index, a folder; the texts, a file
VECTORS = "vectors.faiss"  # if there are any


@dataclass
class Manifest:
    """`inputs` maps the SHA-256 of each file to its `url`, the `rows` taken and whether that is all of it.

    `files` are the sizes of the index's own files; `complete` is false while it is built. `vectors` is the
    SHA-256 of the weights that made the vectors of the passages; empty where there are none.
    """

    format: int = FORMAT
    textrepair: str = field(default_factory=lambda: version("textrepair"))
    complete: bool = False
    documents: int = 0
    passages: int = 0
    copies: int = 0
    words: int = 0
    parts: int = 0
    vectors: str = ""
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """The manifest in `folder`; None where there is none.

        Raises `TextrepairError` where it is damaged or of another version.
        """
        path = folder / NAME
        try:
            record = json.loads(path.read_bytes())
            of = record["format"]
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise TextrepairError(f"{path}: cannot be read ({error}); {REBUILD}") from None
        if of != FORMAT:
            raise TextrepairError(
                f"{folder}: an index of version {of!r} where {FORMAT} is read, made by textrepair "
                f"{record.get('textrepair')}; {REBUILD}"
            )
        whole_one = asdict(cls())
        if odd := [key for key, value in record.items() if type(value) is not type(whole_one.get(key))]:
            raise TextrepairError(f"{path}: damaged (it should not say {', '.join(odd)} so); {REBUILD}")
        return cls(**record)

    def write(self, folder: Path) -> None:
        """Put it in its place in one step."""
        with whole(folder / NAME) as stream:
            stream.write(json.dumps(asdict(self), indent=1).encode())


REBUILD = "build it anew: textrepair index CORPUS -o INDEX, in a folder of another name"


def sizes(folder: Path) -> dict[str, int]:
    """The size of every file of an index."""
    paths = [folder / TEXTS, *folder.glob(VECTORS), *sorted((folder / TERMS).iterdir())]
    return {str(p.relative_to(folder)): p.stat().st_size for p in paths if not p.name.endswith(".lock")}


def checked(folder: Path) -> Manifest:
    """The manifest of an index that can be searched.

    Raises `TextrepairError` where there is none, or one half-built, damaged or of another version.
    """
    if folder.is_file():
        raise TextrepairError(f"{folder}: is a file; an index is a folder, made by textrepair index")
    if not folder.is_dir():
        raise TextrepairError(
            f"{folder}: there is no such index; make one: textrepair index CORPUS -o {folder}"
        )
    manifest = Manifest.read(folder)
    if manifest is None:
        raise TextrepairError(f"{folder}: no index, for it has no {NAME}; make one with textrepair index")
    if not manifest.complete:
        raise TextrepairError(
            f"{folder}: half-built, {manifest.documents:,} documents are in; give the same textrepair index "
            "command again, and it goes on where it stopped"
        )
    for name, size in manifest.files.items():
        path = folder / name
        there = path.stat().st_size if path.is_file() else None
        if there != size:
            what = "is missing" if there is None else f"has {there:,} bytes for {size:,}"
            raise TextrepairError(
                f"{folder}: damaged, {name} {what}; put a whole copy in its place, or {REBUILD}"
            )
    return manifest
