"""What every format speaks in: `Row`, and the two halves of a format, its reader and its writer."""

from __future__ import annotations

import codecs
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from textrepair.errors import TextrepairError

Change = tuple[int, int, str]  # start and end in a row's text, and what takes their place


@dataclass(frozen=True)
class RowOptions:
    """How rows are read and written.

    `column` holds the text; with `by_line` each line of a text file is a document; `edits_column`
    names a column that takes the edits and is not there yet. `delimiter`, `quote` and `escape` are those
    of tables: one character each, empty where the table has none, None where it is to be found out.
    """

    column: str = "text"
    by_line: bool = False
    edits_column: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None


@dataclass(frozen=True)
class Row:
    """One row as it was read; `raw` is the format's own and is written back where nothing changes.

    `text` is None for a row that has none (a blank line, a null) or that is refused: then `refused`
    holds the short name of `outcome.REFUSALS` and `detail` says what exactly is wrong. `id` is what its
    column of that name holds; empty where there is none.
    """

    raw: Any
    text: str | None = None
    refused: str = ""
    detail: str = ""
    id: str = ""


class UnwritableError(Exception):
    """What a row should become cannot be written in its file; nothing was written."""


class Writer(Protocol):
    """Writes rows of the format it comes from."""

    def put(self, row: Row, changes: Sequence[Change] = (), *, edits: Any = None, raw: str = "") -> str:
        """Write `row` with `changes` (in order, apart) made in its text; without any, exactly as it came.

        `edits`, unless None, is the value of the column for edits. `raw`, if given, is written for the
        text as it is, as an earlier call returned it. Returns how the text was written where undoing the
        changes would write it otherwise, and else nothing. Raises `UnwritableError`.
        """

    def close(self) -> None:
        """Write what is still to be written; the stream stays open."""


class Format(Protocol):
    """A shard opened for reading; `how` is what was found out of what the `RowOptions` left open."""

    @property
    def how(self) -> Mapping[str, str]:
        """What was found."""

    def rows(self) -> Iterator[Row]:
        """Every row in order. Raises `TextrepairError` where the whole shard is not what was asked for."""

    def writer(self, stream: BinaryIO, added: str | None) -> Writer:
        """A writer of the same form; `added` names a column that the rows may get."""

    def share(self) -> float:
        """How much of the shard was read, from 0 to 1, where the format knows; else -1."""


def as_id(value: object) -> str:
    """What a column `id` holds, as text; empty where it is neither a text nor a whole number.

    >>> as_id("a-1"), as_id(7), as_id(None)
    ('a-1', '7', '')
    """
    return str(value) if isinstance(value, str | int) else ""


def decoded(raw: bytes) -> Row:
    r"""The row of a text: refused where it is not UTF-8; a byte order mark is no part of the prose.

    >>> decoded(b"caf\xe9").detail
    'byte 0xe9 at offset 3; convert the file first: iconv -f WINDOWS-1252 -t UTF-8'
    """
    try:
        return Row(raw, raw.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        return Row(raw, refused="no-utf8", detail=not_utf8(raw, error.start))


def not_utf8(raw: bytes, offset: int) -> str:
    """What to say of the byte at `offset`, which no UTF-8 holds."""
    what = f"byte 0x{raw[offset]:02x} at offset {offset:,}"
    utf16 = raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if b"\0" in raw and not utf16:
        return f"{what}, and null bytes: it is no text"
    return f"{what}; convert the file first: iconv -f {'UTF-16' if utf16 else 'WINDOWS-1252'} -t UTF-8"


def lacks_column(column: str, there: str) -> str:
    """What to say where a whole shard lacks the column."""
    return f"no column {column!r}; there is {there or 'none'}: name the one that holds the text with --column"


def check_free(column: str | None, there: Container[str]) -> None:
    """Raise `TextrepairError` where the column that edits shall go into holds something already."""
    if column and column in there:
        raise TextrepairError(
            f"column {column!r} is there already, and would be lost; name another with --edits-column"
        )


def two_columns_named(column: str) -> str:
    """What to say where two columns have the name of the one that holds the text."""
    return f"two columns are named {column!r}; rename one of them, for it is not clear which is meant"
