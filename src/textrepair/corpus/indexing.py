"""Index a corpus: rows in, an index of their passages out, which a run that was cut off goes on with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from filelock import FileLock, Timeout

from textrepair.corpus.reading import RowRead, ShardEnded, ShardOpened, read_shards
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.shards import Shard, find
from textrepair.corpus.streams import writing
from textrepair.errors import TextrepairError
from textrepair.rerank import PassageEncoder
from textrepair.sources.index import Builder
from textrepair.sources.manifest import Manifest

PART_CHARACTERS = 20_000_000  # characters added before they are kept: some twenty seconds of work
DEFAULT_OPTIONS = RowOptions()


@dataclass
class Indexed:
    """What a run did: the index as it is now, and of this run its words, seconds and failed files."""

    manifest: Manifest
    shards: int = 0
    before: int = 0
    refused: int = 0
    words: int = 0
    seconds: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)


def index(
    inputs: Sequence[str | PathLike[str]],
    out: str | PathLike[str],
    *,
    options: RowOptions = DEFAULT_OPTIONS,
    dense: bool = False,
    on_progress: Callable[[Manifest, float], None] = lambda manifest, share: None,
) -> Indexed:
    """Add every row of `inputs` to the index in the folder `out`, which is made if need be.

    `inputs` are paths, folders, globs or fsspec URLs, as for `clean`. A file that is in the index already,
    by its hash, is passed over; a run that was cut off goes on where it stopped. With `dense` a vector of
    each passage is kept too, by the built-in model. `on_progress` is told of the index so far and the share
    of the input behind it.

    Raises `TextrepairError` for bad input, for an index of another version, one with vectors where none were
    asked for, or the other way round, one that another run writes, and a file that has changed since it was
    indexed; `OutputError` where the index cannot be written.
    """
    began = time.monotonic()
    shards, _ = find([str(i) for i in inputs])
    folder = Path(out)
    with writing(folder), _held(folder):
        hashes = _unchanged(shards, Manifest.read(folder) or Manifest())
        builder = Builder(folder, PassageEncoder() if dense else None)
        done = Indexed(builder.manifest, len(shards))
        first, known = builder.manifest.words, builder.manifest.inputs
        total, behind, size = max(1, sum(s.size for s in shards)), 0, 0
        for shard, digest in zip(shards, hashes, strict=True):
            record = known.setdefault(digest, {"url": shard.url, "rows": 0, "whole": False})
            if record["whole"]:
                done.before += 1
                behind += shard.size
                continue
            skipped = record["rows"]
            for item in read_shards([shard], options, lambda shard: None):
                match item.payload:
                    case RowRead(_, number, row, share) if number >= skipped:
                        if item.outcome is None and row.text:
                            builder.add(row.id or f"{shard.name}:{number}", row.text)
                            size += len(row.text)
                        done.refused += bool(row.refused)
                        record["rows"] = number + 1
                        if size >= PART_CHARACTERS:
                            builder.commit()
                            size = 0
                        on_progress(builder.manifest, (behind + share * shard.size) / total)
                    case ShardEnded(_, problem):
                        record["whole"] = not problem
                        if problem:
                            done.failed[shard.url] = problem
                    case ShardOpened() | RowRead():
                        pass
            behind += shard.size
        builder.commit()
        done.manifest = builder.finish()
        done.words = done.manifest.words - first
        done.seconds = time.monotonic() - began
    return done


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold `folder`, which is made if need be, for this process alone."""
    if folder.exists() and not folder.is_dir():
        raise TextrepairError(f"{folder}: is a file; an index is a folder: choose another place with -o")
    if folder.is_dir() and any(folder.iterdir()) and Manifest.read(folder) is None:
        raise TextrepairError(f"{folder}: holds something that is no index; choose another place with -o")
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise TextrepairError(f"{folder}: another run is writing here; wait for it") from None
    try:
        yield
    finally:
        lock.release()


def _unchanged(shards: Sequence[Shard], manifest: Manifest) -> list[str]:
    """The SHA-256 of each file; `TextrepairError` for one that was indexed when it held something else."""
    indexed = {record["url"]: digest for digest, record in manifest.inputs.items()}
    hashes = []
    for shard in shards:
        try:
            digest = shard.digest()
        except OSError as error:
            raise TextrepairError(f"{shard.url}: cannot be read: {error}") from None
        if indexed.get(shard.url, digest) != digest:
            raise TextrepairError(
                f"{shard.url}: has changed since it was indexed; the index still holds what it was. "
                "Make a new index with another -o, or add the file under another name"
            )
        hashes.append(digest)
    return hashes
