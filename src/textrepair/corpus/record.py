"""The record a run keeps beside its output, from which it is resumed, accounted for and undone.

| in the folder | is |
|---|---|
| `manifest.jsonl` | what the results hang on, then one line for each shard that is whole |
| `edits/SHARD.jsonl` | the shard's journal: one line a row, written as rows are done |
| `rejects.jsonl` | the rows that were refused, and why |
| `summary.json` | the counts |
| `lock` | held by the run that writes here |
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from textrepair.corpus.outcome import Outcome
from textrepair.corpus.shards import Shard, form
from textrepair.corpus.streams import WholeFile, write_all, writing
from textrepair.errors import TextrepairError
from textrepair.files import sync

FOLDER = "_textrepair"  # readers of whole folders (Arrow, Spark) pass over names with an underscore


class OutputPaths:
    """Where outputs and their record are: `out` is a folder or, for a single input, may be a file."""

    def __init__(self, out: Path, *, single: bool) -> None:
        self.file = out if single and not out.is_dir() and _has_form(out.name) else None
        self.out = out
        self.record = out.with_name(out.name + ".textrepair") if self.file else out / FOLDER

    def path(self, name: str) -> Path:
        """The output of the shard `name`."""
        return self.file or self.out / name

    def check(self, shards: Iterable[Shard]) -> None:
        """`TextrepairError` where writing would destroy an input or a file that is not of a run's making."""
        shards = list(shards)
        self.check_inside(s.name for s in shards)
        inputs = {Path(s.path).resolve(): s for s in shards if s.url == s.path}
        for shard in shards:
            path = self.path(shard.name)
            if (other := inputs.get(path.resolve())) is not None:
                raise TextrepairError(f"{other.url}: would be overwritten; choose another place with -o")
            if form(path.name)[0] is not form(shard.name)[0]:
                raise TextrepairError(
                    f"{path}: a file of the kind of {shard.name} is written; only compression may change"
                )
            if path.exists() and not self.journal(shard.name).exists():
                raise TextrepairError(
                    f"{path}: exists and was not written by textrepair; move it away or choose another place"
                )

    def check_inside(self, names: Iterable[str]) -> None:
        """`TextrepairError` where the output of one of `names` would leave the folder, by `..` or a link."""
        folder = self.out.resolve()
        for name in names:
            if not self.file and not (self.out / name).resolve().is_relative_to(folder):
                raise TextrepairError(
                    f"{name!r}: would be written to {(self.out / name).resolve()}, outside of {self.out}; "
                    "rename the file, or take the link away"
                )

    def journal(self, name: str) -> Path:
        """The journal of the shard `name`."""
        return self.record / "edits" / f"{self.path(name).name if self.file else name}.jsonl"


def _has_form(name: str) -> bool:
    try:
        return bool(form(name))
    except TextrepairError:
        return False


class Manifest:
    """The shards that are whole, by name; appended to as more become so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.identity: dict[str, str] = {}
        self.done: dict[str, dict[str, Any]] = {}
        if path.exists():
            good = 0
            for line, record in _lines(path):
                good += len(line)
                if "identity" in record:
                    self.identity = record["identity"]
                else:
                    self.done[record["shard"]] = record
            _truncate(path, good)

    def begin(self, identity: Mapping[str, str]) -> None:
        """Begin anew with `identity`."""
        file = WholeFile(self.path, "")
        file.stream.write(json_line({"identity": identity}))
        file.commit()
        self.identity, self.done = dict(identity), {}

    def add(self, entry: dict[str, Any]) -> None:
        """Say that a shard is whole."""
        with self.path.open("ab") as stream:
            stream.write(json_line(entry))
        sync(self.path)
        self.done[entry["shard"]] = entry


class Journal:
    """The outcomes of one shard's rows, in order; `owner` is what they hang on.

    Making one drops what another owner wrote (or with `fresh` anyone), and a last line that was cut off;
    `rows` remain. `kind` of outcome they are.
    """

    def __init__(self, path: Path, owner: str, *, fresh: bool = False, kind: type[Outcome] = Outcome) -> None:
        self.path, self._kind = path, kind
        good = rows = 0
        if path.exists() and not fresh:
            for line, record in _lines(path):
                if record.get("owner", owner) != owner or record.get("row", rows) != rows:
                    break
                rows += "row" in record
                good += len(line)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self.rows = rows
        _truncate(path, good)
        if not good:
            path.write_bytes(json_line({"owner": owner}))

    def earlier_outcomes(self) -> Iterator[Outcome]:
        """The outcomes that were there already."""
        return itertools.islice(outcomes(self.path, self._kind), self.rows)

    def open(self) -> Callable[[int, Outcome], None]:
        """Open it for more; gives the function that adds the outcome of a row number."""
        # unbuffered: what is handed to the system outlives a killed process
        stream = self._stream = self.path.open("ab", buffering=0)
        return lambda row, outcome: write_all(stream, json_line(outcome.to_dict(row)))

    def close(self) -> None:
        """Write no more."""
        self._stream.close()


def outcomes(path: Path, kind: type[Outcome] = Outcome) -> Iterator[Outcome]:
    """The outcomes in a journal, in the order of the rows."""
    return (kind.from_dict(record) for _, record in _lines(path) if "row" in record)


@contextmanager
def locked_manifest(folder: Path, identity: Mapping[str, str], *, fresh: bool) -> Iterator[Manifest]:
    """The manifest of the record in `folder`, held for this process alone.

    Raises `TextrepairError` where another run holds it, or where it was made with another model,
    lexicon or setting and `fresh` does not say to begin anew; `OutputError` where it cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise TextrepairError(
                f"{folder}: another run is writing here; wait for it, or choose another place with -o"
            ) from None
    try:
        with writing(folder):
            manifest = Manifest(folder / "manifest.jsonl")
            if fresh or not manifest.identity:
                manifest.begin(identity)
        changed = [n for n, v in identity.items() if manifest.identity.get(n) != v]
        if changed:
            raise TextrepairError(
                f"{folder}: an earlier run wrote this with another {', '.join(changed)}; "
                "choose another place with -o, or begin anew with --fresh"
            )
        yield manifest
    finally:
        lock.release()


def json_line(record: Mapping[str, Any]) -> bytes:
    """One JSON line; a file name that is not UTF-8 is in it as Python holds it, by lone surrogates."""
    try:
        return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        return json.dumps(record, default=vars).encode() + b"\n"


def _lines(path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The lines that are whole, up to the first that is not."""
    with path.open("rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return
            try:
                record = json.loads(line) if rb"\ud" in line else orjson.loads(line)
            except json.JSONDecodeError:
                return
            yield line, record


def _truncate(path: Path, size: int) -> None:
    if path.stat().st_size > size:
        with path.open("r+b") as stream:
            stream.truncate(size)
