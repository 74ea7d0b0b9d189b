"""Files in, through fsspec and a decompressor; files out, under a temporary name until they are whole."""

from __future__ import annotations

import gzip
import io
import lzma
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from textrepair.errors import TextrepairError
from textrepair.files import UNPACKERS, begun, drop, put

HARMLESS_BYTES = 100_000_000  # bytes that may come out of however few
MOST_TIMES_PACKED = 200  # times its packed size; text comes to ten

# What damaged or unreadable input raises, from any of the readers.
DAMAGE = (OSError, pa.ArrowException, *(error for of in UNPACKERS.values() for error in of().damage))


class OutputError(Exception):
    """The output cannot be written; not the fault of the input."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name `path` and the remedy where writing fails."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}. What is done is kept: mend this and run "
            "the same command again"
        ) from error


def unpacked(raw: BinaryIO, compression: str) -> BinaryIO:
    """The bytes of `raw`, decompressed by `compression` (gz, zst, xz or empty).

    Reading raises `TextrepairError` where they are far more than text packs into.
    """
    if not compression:
        return raw
    return cast(BinaryIO, io.BufferedReader(_Bounded(UNPACKERS[compression]().unpack(raw), raw), 1 << 18))


class _Bounded(io.RawIOBase):
    """Reads `stream`, which unpacks `raw`, until it has swollen beyond what text does."""

    def __init__(self, stream: Any, raw: BinaryIO) -> None:
        self._stream, self._raw, self._unpacked = stream, raw, 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """See `io.RawIOBase`."""
        count = int(self._stream.readinto(buffer))
        if not count and not self._raw.tell():
            raise EOFError("nothing is in it")  # which gzip takes for an empty file
        self._unpacked += count
        if self._unpacked > HARMLESS_BYTES and self._unpacked > MOST_TIMES_PACKED * self._raw.tell():
            raise TextrepairError(
                f"unpacks to more than {MOST_TIMES_PACKED} times its size, as no text does but a bomb; "
                "unpack it yourself if it is none"
            )
        return count


def packed(raw: BinaryIO, compression: str) -> BinaryIO:
    """A stream whose bytes reach `raw` compressed; closing it leaves `raw` open, unless they are one."""
    if compression == "gz":  # no time stamp, so that the same rows make the same bytes
        return cast(BinaryIO, gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0))
    if compression == "xz":
        return cast(BinaryIO, lzma.LZMAFile(raw, "w"))
    if compression == "zst":
        from backports.zstd import ZstdFile

        return cast(BinaryIO, ZstdFile(raw, "w", level=1))
    return raw


class WholeFile:
    """A file that appears at `path` once it is whole; until then it has a hidden name beside it."""

    def __init__(self, path: Path, compression: str) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._raw = cast(BinaryIO, begun(path))  # closed by `commit` or `discard`
        self.stream = packed(self._raw, compression)

    def commit(self) -> int:
        """Put the file in its place, safe from a power cut; returns its size."""
        self._end()
        put(self._raw, self.path)
        return self.path.stat().st_size

    def discard(self) -> None:
        """Leave nothing behind."""
        with suppress(Exception):  # a full disk fails once more as buffers are flushed
            self._end()
        drop(self._raw)

    def _end(self) -> None:
        if self.stream is not self._raw:
            self.stream.close()


def write_all(stream: io.FileIO, data: bytes) -> None:
    """Write `data` to an unbuffered file, which may take a part at a time."""
    while data:
        data = data[stream.write(data) :]
