"""Files written whole or not at all, unpacked whatever compresses them, and their hashes."""

from __future__ import annotations

import bz2
import errno
import gzip
import hashlib
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from textrepair.errors import TextrepairError


class Unpacker(NamedTuple):
    """What unpacks a stream, and the errors that it raises where that is damaged."""

    unpack: Callable[[BinaryIO], Any]
    damage: tuple[type[Exception], ...]


def _zstd() -> Unpacker:
    # what Python has from 3.14 on; other readers take a truncated file for a whole one
    from backports.zstd import ZstdError, ZstdFile

    return Unpacker(ZstdFile, (EOFError, ZstdError))


# By the suffix of a file's name; called where it is needed, for the library of zst comes with an extra.
UNPACKERS: dict[str, Callable[[], Unpacker]] = {
    "gz": lambda: Unpacker(
        lambda raw: gzip.GzipFile(fileobj=raw, mode="rb"), (EOFError, gzip.BadGzipFile, zlib.error)
    ),
    "bz2": lambda: Unpacker(bz2.BZ2File, (EOFError,)),
    "xz": lambda: Unpacker(lzma.LZMAFile, (EOFError, lzma.LZMAError)),
    "zst": _zstd,
}
PLAIN = Unpacker(lambda raw: raw, ())


def partial(path: Path) -> Path:
    """The hidden name beside `path` of a file that is not whole yet.

    >>> partial(Path("out/page.txt")).as_posix()
    'out/.page.txt.part'
    """
    return path.with_name(f".{path.name}.part")


def sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk. Raises `OSError`."""
    is_folder = path.is_dir()
    if os.name == "nt" and is_folder:
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # some file systems, such as folders shared with a virtual machine, know it of files only
        if not (is_folder and error.errno == errno.EINVAL):
            raise
    finally:
        os.close(handle)


def put(part: Path, path: Path) -> None:
    """Have the file `part`, which is whole, take its place at `path` in one step, safe from a power cut.

    Both are in one folder. Raises `OSError`.
    """
    sync(part)
    os.replace(part, path)
    sync(path.parent)


@contextmanager
def whole(path: Path, *, like: Path | None = None) -> Iterator[IO[bytes]]:
    """A file to write to, which takes its place at `path` in one step when all is written.

    It gets the mode and the owner of the file `like`, and nobody else can read it before. A half-written one,
    left by a kill, is taken away the next time. Raises `OSError`.
    """
    part = partial(path)
    try:
        part.unlink(missing_ok=True)
        with open(part, "xb", opener=_private if like else None) as file:
            yield file
        if like:
            status = like.stat()
            with suppress(OSError, AttributeError):  # only root may give files away; Windows has no owners
                os.chown(part, status.st_uid, status.st_gid)
            part.chmod(stat.S_IMODE(status.st_mode))
        put(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


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
    suffix = path.suffix[1:]
    try:
        unpack, damage = UNPACKERS[suffix]() if suffix in UNPACKERS else PLAIN
    except ModuleNotFoundError:
        raise TextrepairError(
            f"{path}: reading .{suffix} needs another package: pip install 'textrepair[train]'"
        ) from None
    try:
        with path.open("rb") as raw, unpack(raw) as file:
            yield from enumerate(file, 1)
    except damage as error:
        raise TextrepairError(f"{path}: damaged: {error}; fetch or compress it again") from None
    except OSError as error:
        raise TextrepairError(f"{path}: cannot be read: {error.strerror or error}") from None
