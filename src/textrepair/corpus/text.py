"""Plain text: a file is one document, or each of its lines is."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from textrepair.corpus.escaping import PLAIN
from textrepair.corpus.rows import Change, Row, RowOptions, decoded


class Text:
    """Text read from `stream`.

    >>> import io
    >>> [row.text for row in Text(io.BytesIO(b"one\\r\\ntwo"), RowOptions(by_line=True)).rows()]
    ['one', 'two']
    """

    how: Mapping[str, str] = {}

    def __init__(self, stream: BinaryIO, options: RowOptions) -> None:
        self._stream, self._by_line = stream, options.by_line

    def rows(self) -> Iterator[Row]:
        """Every document in order."""
        if not self._by_line:
            yield decoded(self._stream.read())
            return
        for raw in self._stream:
            row = decoded(raw[: len(raw) - len(_end(raw))])
            yield Row(raw, row.text or None, row.refused, row.detail)

    def writer(self, stream: BinaryIO, added: str | None) -> TextWriter:
        """A writer of text; there is no place for another column."""
        return TextWriter(stream, self._by_line)

    def share(self) -> float:
        """Unknown: the stream knows better."""
        return -1


class TextWriter:
    """Writes documents with the byte order mark and the line ends they came with."""

    def __init__(self, stream: BinaryIO, by_line: bool) -> None:
        self._stream, self._by_line = stream, by_line

    def put(self, row: Row, changes: Sequence[Change] = (), *, edits: Any = None, raw: str = "") -> str:
        """Write one document; see `rows.Writer`."""
        if not changes:
            self._stream.write(row.raw)
            return ""
        mark = codecs.BOM_UTF8 if row.raw.startswith(codecs.BOM_UTF8) else b""
        end = _end(row.raw) if self._by_line else b""
        self._stream.write(mark + PLAIN.changed(row.text or "", changes).encode() + end)
        return ""

    def close(self) -> None:
        """Nothing is held back."""


def _end(line: bytes) -> bytes:
    return next((end for end in (b"\r\n", b"\n") if line.endswith(end)), b"")
