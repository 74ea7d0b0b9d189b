"""CSV, TSV and their kin. Of a row that changes, the cell that changes is written anew, and no other byte."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, BinaryIO

import orjson

from textrepair.corpus.dialect import UNCLOSED, Dialect, Record, to_the_end
from textrepair.corpus.escaping import inverse
from textrepair.corpus.rows import (
    Change,
    Row,
    RowOptions,
    UnwritableError,
    as_id,
    check_free,
    not_utf8,
    two_columns_named,
)
from textrepair.corpus.sniff import detect, header
from textrepair.errors import TextrepairError

BLOCK = 1 << 20  # bytes read at a time; so many characters tell the dialect
UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# what may stand before the header: byte order marks, blank lines, and the delimiter, told to Excel
BEFORE = re.compile(r"\ufeff*[\r\n]*(?:(?i:sep)=(?P<delimiter>.)(?:\r\n?|\n)[\r\n]*)?")
QUOTED, LINE_END = re.compile('"[^"]*"'), re.compile(r"\r\n|[\r\n]")


class Table:
    """A table with a header, read from `stream`; `usual` is the delimiter that the file's name suggests.

    >>> import io
    >>> table = Table(io.BytesIO(b'id,text\\n007,"one, two"\\n'), RowOptions(), usual=",")
    >>> [row.text for row in table.rows()]
    ['one, two']
    """

    def __init__(self, stream: BinaryIO, options: RowOptions, *, usual: str) -> None:
        self._options, self._lines = options, Lines(stream)
        self.names: list[str] = []
        self.header, self.dialect = Record("", []), Dialect()
        sample, cut = self._lines.sample()
        if not cut and not "".join(sample).strip("\r\n"):
            self.header = Record("".join(sample), [])
            return
        if options.delimiter is None and self._lines.delimiter:
            options = replace(options, delimiter=self._lines.delimiter)
        self.dialect = detect(sample, options, usual, cut=cut)
        self._records = self.dialect.records(self._lines)
        self.header = next(self._records)
        self.names = header(self.dialect, [self.header.raw])
        if self.names.count(options.column) > 1:
            raise TextrepairError(two_columns_named(options.column))
        check_free(options.edits_column, self.names)

    @property
    def how(self) -> dict[str, str]:
        """The dialect, as the fields of `RowOptions` name it."""
        return asdict(self.dialect)

    def rows(self) -> Iterator[Row]:
        """Every record in order, without the header; raises `TextrepairError` where it ends within a cell."""
        if not self.names:
            return
        at, dialect = self.names.index(self._options.column), self.dialect
        ids = self.names.index("id") if "id" in self.names else None
        for record in to_the_end(self._records, len(self.names)):
            raw, cells, problem = record.raw, record.cells, record.problem
            if record.cut_short:
                raise TextrepairError(self._ends_within(record))
            bad = None if raw.isascii() else next((c for c in raw if "\ud800" <= c <= "\udfff"), None)
            if bad:
                yield Row(record, refused="no-utf8", detail=self._lines.no_text(raw, raw.index(bad)))
            elif problem:
                yield Row(record, refused="no-csv", detail=problem)
            elif not raw.strip("\r\n"):
                yield Row(record)
            elif len(cells) <= at:
                detail = f"{len(cells)} cells where the header has {len(self.names)}"
                yield Row(record, refused="no-column", detail=detail)
            else:
                own = dialect.text(raw[slice(*cells[ids])]) if ids is not None and len(cells) > ids else None
                yield Row(record, dialect.text(raw[slice(*cells[at])]), id=as_id(own))

    def writer(self, stream: BinaryIO, added: str | None) -> TableWriter:
        """A writer that begins with the header."""
        return TableWriter(stream, self, added)

    def encoded(self, text: str) -> bytes:
        """`text` as the bytes it was."""
        return self._lines.encoded(text)

    def _ends_within(self, record: Record) -> str:
        line = len(LINE_END.findall(self.mark)) + record.line
        return (
            f"line {line:,} opens a cell with {self.dialect.quote} that nothing closes "
            f"({record.problem.removesuffix(UNCLOSED).rstrip(', ')}): close it, put a whole copy in its "
            "place if it was cut short, or say --quote none if its marks are characters as any other"
        )

    @property
    def column(self) -> int:
        """Which cell holds the text."""
        return self.names.index(self._options.column)

    @property
    def mark(self) -> str:
        """What stands before the header."""
        return self._lines.mark

    def share(self) -> float:
        """Unknown: the stream knows better."""
        return -1


class Lines:
    """The lines of a table with their ends, in UTF-8 or, after its byte order mark, in UTF-16.

    `mark` stands before the header, and may name the `delimiter`. Lines end as the first one does, with CR
    alone or LF. What is no text in the encoding becomes lone surrogates, which go out as the bytes they were.
    """

    def __init__(self, stream: BinaryIO) -> None:
        blocks = iter(partial(stream.read, BLOCK), b"")
        first = next(blocks, b"")
        self._encoding = UTF16.get(first[:2], "utf-8")
        self._errors = "surrogatepass" if first[:2] in UTF16 else "surrogateescape"
        texts = codecs.iterdecode(itertools.chain([first], blocks), self._encoding, self._errors)
        start = next(texts, "")
        before = BEFORE.match(start)
        self.mark = before[0] if before else ""
        self.delimiter: str | None = before["delimiter"] if before else None
        start = start[len(self.mark) :]
        line_end = LINE_END.search(QUOTED.sub("", start))
        end = "\r" if line_end and line_end[0] == "\r" else "\n"
        self._lines = _split(itertools.chain([start], texts), end)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._lines)

    def sample(self) -> tuple[list[str], bool]:
        """The first lines, which will be read again, and whether there may be more."""
        lines, size = list[str](), 0
        while size < BLOCK and (line := next(self._lines, "")):
            lines.append(line)
            size += len(line)
        self._lines = itertools.chain(lines, self._lines)
        return lines, size >= BLOCK

    def encoded(self, text: str) -> bytes:
        """`text` as the bytes it was."""
        return text.encode(self._encoding, self._errors)

    def no_text(self, line: str, at: int) -> str:
        """What to say of a line whose character `at` is no text."""
        if self._encoding != "utf-8":
            return f"half a surrogate pair at character {at:,}"
        return not_utf8(self.encoded(line), len(self.encoded(line[:at])))


def _split(texts: Iterable[str], end: str) -> Iterator[str]:
    left = ""
    try:
        for text in texts:
            *whole, left = (left + text).split(end)
            yield from (line + end for line in whole)
    except UnicodeDecodeError:
        cut = "cut short in the middle of a character; put a whole copy in its place"
        raise TextrepairError(cut) from None
    if left:
        yield left


class TableWriter:
    """Writes records of `table`, with a further column if `added` names one that the header lacks."""

    def __init__(self, stream: BinaryIO, table: Table, added: str | None) -> None:
        self._stream, self._table = stream, table
        self._names = list(table.names)
        if added and added not in self._names and not table.dialect.delimiter:
            raise TextrepairError(
                "the table has one column, and nothing parts it from another; leave out --edits-column, "
                "or say what does with --delimiter"
            )
        self._edits = self._names.index(added) if added in self._names else len(self._names)
        stream.write(table.encoded(table.mark))
        cells = {} if added is None or added in self._names else {self._edits: table.dialect.written(added)}
        stream.write(table.encoded(self._with(table.header, cells if table.names else {})))

    def put(self, row: Row, changes: Sequence[Change] = (), *, edits: Any = None, raw: str = "") -> str:
        """Write one record; see `rows.Writer`."""
        dialect, record = self._table.dialect, row.raw
        cells, was = dict[int, str](), ""
        if changes or raw:
            at = self._table.column
            cell = record.raw[slice(*record.cells[at])]
            cells[at] = raw or dialect.changed(cell, changes)
            was = "" if self._undone(cells[at], row.text or "", changes) == cell else cell
        if edits is not None and record.raw.strip("\r\n"):
            cells[self._edits] = dialect.written(orjson.dumps(edits).decode())
        self._stream.write(self._table.encoded(self._with(record, cells)))
        return was

    def _undone(self, cell: str, text: str, changes: Sequence[Change]) -> str | None:
        try:
            return self._table.dialect.changed(cell, inverse(text, changes))
        except UnwritableError:
            return None

    def _with(self, record: Record, cells: dict[int, str]) -> str:
        """The record with some cells written anew; a last one is added."""
        raw, places = record.raw, record.cells
        missing = max(cells, default=-1) + 1 - len(places)
        if missing > 0:
            end = places[-1][1]
            raw = raw[:end] + self._table.dialect.delimiter * missing + raw[end:]
            places = [*places, *((end + k, end + k) for k in range(1, missing + 1))]
        for n in sorted(cells, reverse=True):
            start, stop = places[n]
            raw = raw[:start] + cells[n] + raw[stop:]
        return raw

    def close(self) -> None:
        """Nothing is held back."""
