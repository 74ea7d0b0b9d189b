"""Files written whole or not at all, unpacked whatever compresses them, and their hashes."""

from __future__ import annotations

import bz2
import errno
import gzip
import hashlib
import itertools
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from textrepair.errors import TextrepairError

try:
    import fcntl
except ImportError:  # Windows, where nobody can take away a file that is open
    fcntl = None  # type: ignore[assignment]


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


LOOKED_AT = 8  # hidden names, at most, at which what a kill left is looked for


def partial(path: Path, number: int = 0) -> Path:
    """The hidden name beside `path` of a file that is not whole yet, one of many.

    >>> [partial(Path("out/page.txt"), n).as_posix() for n in (0, 2)]
    ['out/.page.txt.part', 'out/.page.txt.2.part']
    """
    # a system allows a name 255 bytes
    return path.with_name(f".{path.name[:60]}{f'.{number}' if number else ''}.part")


def begun(path: Path, *, private: bool = False) -> IO[bytes]:
    """A new file to write to under a hidden name beside `path`, which is its own as long as it is open.

    What a kill left of others is taken away. With `private` nobody else can read it. Raises `OSError`.
    """
    for number in range(LOOKED_AT):
        _take_away(partial(path, number))
    for number in itertools.count():
        with suppress(FileExistsError):  # another program is writing there
            file = open(partial(path, number), "xb", opener=_private if private else None)  # noqa: SIM115
            if _claimed(file):
                return file
            file.close()
    raise AssertionError  # numbers do not end


def _take_away(part: Path) -> None:
    """Delete a file that is not whole, unless a program has it open."""
    with suppress(OSError), ExitStack() as stack:
        if fcntl:
            file = stack.enter_context(part.open("rb"))
            if not (_claimed(file) and os.path.samestat(os.fstat(file.fileno()), part.stat())):
                return
        part.unlink()


def _claimed(file: IO[bytes]) -> bool:
    """Whether the file is now ours alone: another program may have it, or have taken it away just now."""
    if not fcntl:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(file.fileno()).st_nlink > 0


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


def put(file: IO[bytes], path: Path) -> None:
    """Have a file from `begun`, which is whole, take its place at `path` in one step, safe from a power cut.

    Closes it. Raises `OSError`.
    """
    file.flush()
    os.fsync(file.fileno())
    if not fcntl:
        file.close()  # Windows gives no other name to a file that is open
    os.replace(file.name, path)
    file.close()
    sync(path.parent)


@contextmanager
def whole(path: Path, *, like: Path | None = None) -> Iterator[IO[bytes]]:
    """A file to write to, which takes its place at `path` in one step when all is written.

    It gets the mode and the owner of the file `like`, and nobody else can read it before. Of two programs
    that write one file the last to end wins. Raises `OSError`.
    """
    file = begun(path, private=like is not None)
    try:
        yield file
        if like:
            status = like.stat()
            with suppress(OSError, AttributeError):  # only root may give files away; Windows has no owners
                os.chown(file.name, status.st_uid, status.st_gid)
            os.chmod(file.name, stat.S_IMODE(status.st_mode))
        put(file, path)
    except BaseException:
        drop(file)
        raise


def drop(file: IO[bytes]) -> None:
    """Leave nothing of a file from `begun`, unless it has taken its place."""
    if fcntl and file.closed:
        return
    with suppress(OSError):
        if not fcntl:
            file.close()
        os.unlink(file.name)
    with suppress(OSError):  # a full disk fails once more as buffers are flushed
        file.close()


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
