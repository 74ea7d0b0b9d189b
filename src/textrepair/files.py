"""Files written whole or not at all, opened whatever compresses them, and their hashes."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

from textrepair.errors import TextrepairError

Opens = Callable[[Path], AbstractContextManager[Iterable[bytes]]]


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which takes its place at `path` in one step when all is written.

    A half-written one, left by a kill, is overwritten the next time. Raises `OSError`.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises `OSError`."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def check_there(path: Path) -> None:
    """Raise `TextrepairError` unless there is such a file, so that it is missed before hours are spent."""
    try:
        path.stat()
    except OSError as error:
        raise TextrepairError(f"{path}: cannot be read: {error.strerror}") from None
    if path.is_dir():
        raise TextrepairError(f"{path}: is a folder; name its files")


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers from 1, decompressed by its name: .gz, .bz2, .xz or .zst.

    Raises `TextrepairError` when the file cannot be read or is damaged.
    """
    check_there(path)
    opened, damage = _opener(path)
    try:
        with opened(path) as file:
            yield from enumerate(file, 1)
    except damage as error:
        raise TextrepairError(f"{path}: damaged: {error}; fetch or compress it again") from None
    except OSError as error:
        raise TextrepairError(f"{path}: cannot be read: {error.strerror}") from None


def _opener(path: Path) -> tuple[Opens, tuple[type[Exception], ...]]:
    """How a file of this name is opened, and what is raised when it is damaged."""
    if path.suffix == ".gz":
        return gzip.GzipFile, (EOFError, gzip.BadGzipFile, zlib.error)
    if path.suffix == ".bz2":
        return bz2.BZ2File, (EOFError,)
    if path.suffix == ".xz":
        return lzma.LZMAFile, (EOFError, lzma.LZMAError)
    if path.suffix == ".zst":
        try:
            # what Python has from 3.14 on; other readers take a truncated file for a whole one
            from backports import zstd
        except ImportError:
            raise TextrepairError(
                f"{path}: reading .zst needs another package: pip install 'textrepair[train]'"
            ) from None
        return zstd.ZstdFile, (EOFError, zstd.ZstdError)
    return (lambda plain: plain.open("rb")), ()
