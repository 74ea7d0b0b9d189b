"""What every format speaks in: `Row`, and the two halves of a format, its reader and its writer."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol


@dataclass(frozen=True)
class Row:
    """One row as it was read; `raw` is the format's own and is written back where nothing changes.

    `text` is None for a row that has none (a blank line, a null) or that is refused: then `refused`
    holds the short name of `outcome.REFUSALS` and `detail` says what exactly is wrong.
    """

    raw: Any
    text: str | None = None
    refused: str = ""
    detail: str = ""


class Writer(Protocol):
    """Writes rows of the format it comes from."""

    def put(self, row: Row, values: Mapping[str, Any]) -> None:
        """Write `row`, its columns set to `values`; without any, exactly as it came."""

    def close(self) -> None:
        """Write what is still to be written; the stream stays open."""


class Format(Protocol):
    """A shard opened for reading."""

    def rows(self) -> Iterator[Row]:
        """Every row in order. Raises `TextrepairError` where the whole shard is not what was asked for."""

    def writer(self, stream: BinaryIO, added: str | None) -> Writer:
        """A writer of the same form; `added` names a column that the rows may get."""

    def share(self) -> float:
        """How much of the shard was read, from 0 to 1, where the format knows; else -1."""


def decoded(raw: bytes) -> Row:
    r"""The row of a text: refused where it is not UTF-8; a byte order mark is no part of the prose.

    >>> decoded(b"caf\xe9").detail
    'byte 0xe9 at offset 3; convert the file first: iconv -f WINDOWS-1252 -t UTF-8'
    """
    try:
        return Row(raw, raw.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        return Row(raw, refused="no-utf8", detail=not_utf8(error.object[error.start], error.start))


def not_utf8(byte: int, offset: int) -> str:
    """What to say of a byte that no UTF-8 holds."""
    return f"byte 0x{byte:02x} at offset {offset:,}; convert the file first: iconv -f WINDOWS-1252 -t UTF-8"


def no_column(column: str, there: str) -> str:
    """What to say where a whole shard lacks the column."""
    return f"no column {column!r}; there is {there or 'none'}: name the one that holds the text with --column"
