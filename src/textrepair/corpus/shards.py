"""Which files are read, in which form, and what each one's output is called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any, BinaryIO, cast

import fsspec

from textrepair.corpus.jsonl import Jsonl
from textrepair.corpus.parquet import Parquet
from textrepair.corpus.pdf import Pdf
from textrepair.corpus.rows import Format, RowOptions
from textrepair.corpus.streams import unpacked
from textrepair.corpus.table import Table
from textrepair.corpus.text import Text
from textrepair.errors import TextrepairError

FORMATS: dict[str, Callable[..., Format]] = {
    ".txt": Text,
    ".text": Text,
    ".jsonl": Jsonl,
    ".ndjson": Jsonl,
    ".json": Jsonl,
    ".csv": partial(Table, usual=","),
    ".tsv": partial(Table, usual="\t"),
    ".parquet": Parquet,
}
READ_ONLY: dict[str, Callable[..., Format]] = {".pdf": Pdf}  # can be screened, not repaired
COMPRESSIONS = ("gz", "zst", "xz")
OURS = (".textrepair", ".decisions.jsonl")  # records of runs, decisions of reviewers
KNOWN = (
    f"{', '.join(FORMATS)}, and but for Parquet each with {', '.join('.' + c for c in COMPRESSIONS)}; "
    f"only screened: {', '.join(READ_ONLY)}"
)


@dataclass(frozen=True)
class Shard:
    """One input file: where it is, how it is read, and `name`, the path of its output under OUT.

    `state` changes when the file does (size and time, or what a store tells instead); it is empty
    where there is no telling without reading the file.
    """

    fs: Any
    path: str
    name: str
    size: int
    state: str

    @property
    def url(self) -> str:
        """The path as messages name it."""
        protocol = self.fs.protocol if isinstance(self.fs.protocol, str) else self.fs.protocol[0]
        return self.path if protocol in ("file", "local") else str(self.fs.unstrip_protocol(self.path))

    @property
    def is_text(self) -> bool:
        """Whether it is plain text, which has no columns."""
        return form(self.name)[0] is Text

    def raw(self) -> BinaryIO:
        """The bytes as they are stored."""
        return cast(BinaryIO, self.fs.open(self.path, "rb"))

    def open(self, raw: BinaryIO, options: RowOptions) -> Format:
        """The shard ready to be read from `raw`."""
        reader, compression = form(self.name)
        return reader(unpacked(raw, compression), options)

    def again(self) -> Shard:
        """The same shard as it is now."""
        return _shard(self.fs, self.path, self.name)

    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        found = hashlib.sha256()
        with self.raw() as stream:
            while block := stream.read(1 << 20):
                found.update(block)
        return found.hexdigest()


def form(name: str) -> tuple[Callable[..., Format], str]:
    """The reader and the compression that a file's name tells.

    Raises `TextrepairError` that lists the known ones.

    >>> form("part-1.jsonl.zst")[1]
    'zst'
    """
    path = PurePosixPath(name.lower())
    compression = path.suffix[1:] if path.suffix[1:] in COMPRESSIONS else ""
    suffix = PurePosixPath(path.stem).suffix if compression else path.suffix
    if suffix not in FORMATS and (suffix not in READ_ONLY or compression):
        raise TextrepairError(f"{name}: unknown kind of file; the known ones are {KNOWN}")
    if compression and FORMATS[suffix] is Parquet:
        raise TextrepairError(f"{name}: Parquet is compressed inside; unpack the file first")
    return FORMATS.get(suffix) or READ_ONLY[suffix], compression


def find(inputs: Sequence[str], *, read_only: bool = False) -> tuple[list[Shard], int]:
    """The files that paths, folders, globs and fsspec URLs name, and how many in folders were left out.

    In folders and globs files of other kinds, hidden ones, records of runs and decisions of reviewers are
    left out; so are those that can only be read, unless nothing is to be written (`read_only`).
    Raises `TextrepairError` for what does not exist, is of an unknown kind, or would share an output.
    """
    shards: list[Shard] = []
    others = 0
    for given in inputs:
        if given == "-":
            raise TextrepairError(
                "standard input (-) is no corpus: its name would tell what it holds; name files"
            )
        try:
            fs, path = fsspec.core.url_to_fs(given)
            several, root, paths = _paths(fs, path)
        except (OSError, ValueError, ImportError) as error:
            raise TextrepairError(f"{given}: cannot be read: {error}") from None
        if not paths:
            raise TextrepairError(f"{given}: there is no such file or folder, or nothing in it")
        for p in paths:
            name = p[len(root) :].lstrip("/")
            if several and not _readable(name, read_only):
                others += 1
                continue
            if form(name)[0] in READ_ONLY.values() and not read_only:
                raise TextrepairError(f"{p}: can be screened, not repaired: extract its text first")
            shards.append(_shard(fs, p, name))
    names: dict[str, Shard] = {}
    for shard in shards:
        other = names.setdefault(shard.name, shard)
        if other is not shard and normpath(other.path) == normpath(shard.path):
            raise TextrepairError(f"{shard.url}: is named twice; name it once")
        if other is not shard:
            raise TextrepairError(
                f"{other.url} and {shard.url} would both be written to {shard.name}; "
                "name the folder above them, or run them apart"
            )
    if not shards:
        raise TextrepairError(f"{', '.join(inputs)}: no file of a known kind; these are {KNOWN}")
    return shards, others


def _paths(fs: Any, path: str) -> tuple[bool, str, list[str]]:
    """Whether many files may be meant, the folder their names are relative to, and the files."""
    if fs.isfile(path):
        return False, path.rpartition("/")[0], [path]
    if fs.isdir(path):
        return True, path.rstrip("/"), sorted(fs.find(path))
    if not any(c in path for c in "*?["):
        return False, "", []
    fixed = path[: min(path.index(c) for c in "*?[" if c in path)].rpartition("/")[0]
    return True, fixed, sorted(p for p in fs.glob(path) if fs.isfile(p))


def _readable(name: str, read_only: bool) -> bool:
    parts = PurePosixPath(name).parts
    if any(p.startswith((".", "_")) or p.endswith(OURS) for p in parts):
        return False
    try:
        kind, _ = form(name)
        return read_only or kind not in READ_ONLY.values()
    except TextrepairError:
        return False


def _shard(fs: Any, path: str, name: str) -> Shard:
    info = fs.info(path)
    marks = [info[k] for k in ("mtime", "ETag", "etag", "LastModified", "last_modified") if info.get(k)]
    size = int(info.get("size") or 0)
    return Shard(fs, path, name, size, f"{size} {marks[0]}" if marks else "")
