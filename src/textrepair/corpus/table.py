"""CSV and TSV. A row that does not change leaves as the very characters it came as."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import orjson

from textrepair.corpus.rows import Row, no_column, not_utf8
from textrepair.errors import TextrepairError


class _Recorded:
    """Passes lines on and keeps those since the last `taken`: the record the csv module just read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self._kept = iter(lines), list[str]()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._kept.append(line)
        return line

    def taken(self) -> str:
        kept, self._kept = "".join(self._kept), []
        return kept


class Table:
    """A table with a header, read from `stream`; quoting as spreadsheets do it.

    >>> import io
    >>> table = Table(io.BytesIO(b'id,text\\n007,"one, two"\\n'), "text", delimiter=",")
    >>> [row.text for row in table.rows()]
    ['one, two']
    """

    def __init__(self, stream: BinaryIO, column: str, *, delimiter: str) -> None:
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # the largest that every platform takes
        # bytes that are not UTF-8 become lone surrogates, which go out as the bytes they were
        text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
        self._lines = _Recorded(text)
        self._records = csv.reader(self._lines, delimiter=delimiter)
        self._column, self._delimiter = column, delimiter
        names = next(self._records, [])
        self._header = self._lines.taken()
        self.names = [n.removeprefix("\ufeff") for n in names]
        if self._header and column not in self.names:
            raise TextrepairError(no_column(column, ", ".join(self.names)))

    def rows(self) -> Iterator[Row]:
        """Every record in order, without the header."""
        if not self._header:
            return
        at = self.names.index(self._column)
        while True:
            try:
                fields = next(self._records)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row((self._lines.taken(), []), refused="no-csv", detail=str(error))
                continue
            raw = self._lines.taken()
            bad = next((i for i, c in enumerate(raw) if "\ud800" <= c <= "\udfff"), None)
            if bad is not None:
                detail = not_utf8(ord(raw[bad]) - 0xDC00, len(raw[:bad].encode(errors="surrogateescape")))
                yield Row((raw, fields), refused="no-utf8", detail=detail)
            elif fields and len(fields) <= at:
                yield Row(
                    (raw, fields),
                    refused="no-column",
                    detail=f"{len(fields)} fields where the header has {len(self.names)}",
                )
            else:
                yield Row((raw, fields), (fields[at] or None) if fields else None)

    def writer(self, stream: BinaryIO, added: str | None) -> TableWriter:
        """A writer that begins with the header."""
        writer = TableWriter(stream, self.names, self._delimiter)
        header = Row((self._header, list(self.names)))
        new = {added: added} if added and self._header and added not in self.names else {}
        mark = "\ufeff" if new and self._header.startswith("\ufeff") else ""
        stream.write(mark.encode())
        writer.put(header, new)
        if new and added:
            writer.names.append(added)
        return writer

    def share(self) -> float:
        """Unknown: the stream knows better."""
        return -1


class TableWriter:
    """Writes records; `names` are the columns."""

    def __init__(self, stream: BinaryIO, names: Sequence[str], delimiter: str) -> None:
        self._stream, self.names, self._delimiter = stream, list(names), delimiter

    def put(self, row: Row, values: Mapping[str, Any]) -> None:
        """Write one record; what is no text is written as JSON."""
        raw, fields = row.raw
        if values:
            body = raw.rstrip("\r\n")
            fields = [*fields, *[""] * (len(self.names) - len(fields))]
            for name, value in values.items():
                written = value if isinstance(value, str) else orjson.dumps(value).decode()
                if name in self.names:
                    fields[self.names.index(name)] = written
                else:
                    fields.append(written)
            out = io.StringIO()
            csv.writer(out, delimiter=self._delimiter, lineterminator=raw[len(body) :]).writerow(fields)
            raw = out.getvalue()
        self._stream.write(raw.encode(errors="surrogateescape"))

    def close(self) -> None:
        """Nothing is held back."""
