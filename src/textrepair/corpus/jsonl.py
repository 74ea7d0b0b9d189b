"""JSON Lines. A changed row is the line it was, but for the bytes of the value that changed."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from textrepair.corpus.rows import Row, no_column, not_utf8
from textrepair.errors import TextrepairError

_SPACE = re.compile(r"[ \t\r\n]*")
_value = json.JSONDecoder().raw_decode


class Jsonl:
    """JSON Lines read from `stream`; `column` holds the text.

    >>> import io
    >>> lines = io.BytesIO(b'{"text": "one"}\\n\\n{"text": null}\\nnonsense\\n')
    >>> [(row.text, row.refused) for row in Jsonl(lines, "text").rows()]
    [('one', ''), (None, ''), (None, ''), (None, 'no-json')]
    """

    def __init__(self, stream: BinaryIO, column: str) -> None:
        self._stream, self._column = stream, column

    def rows(self) -> Iterator[Row]:
        """Every line in order; `TextrepairError` at the end where not one had the column."""
        column, first, lines, fitting = self._column, None, 0, 0
        for raw in self._stream:
            line = raw.strip().removeprefix(codecs.BOM_UTF8)
            if not line:
                yield Row(raw)
                continue
            lines += 1
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                yield _unreadable(raw, error)
                continue
            if not isinstance(record, dict):
                what = type(record).__name__
                yield Row(raw, refused="no-json", detail=f"{what} where an object is wanted")
                continue
            first = record if first is None else first
            if column not in record:
                yield Row(raw, refused="no-column", detail=f"{column!r} is not among {', '.join(record)}")
                continue
            fitting += 1
            text = record[column]
            if text is None or isinstance(text, str):
                yield Row(raw, text)
            else:
                detail = f"{column!r} holds {type(text).__name__}, not text"
                yield Row(raw, refused="no-text", detail=detail)
        if lines and not fitting:
            if first is None:
                raise TextrepairError("no line is a JSON object; write one object a line (JSON Lines)")
            raise TextrepairError(no_column(column, ", ".join(first)))

    def writer(self, stream: BinaryIO, added: str | None) -> JsonlWriter:
        """A writer of lines."""
        return JsonlWriter(stream)

    def share(self) -> float:
        """Unknown: the stream knows better."""
        return -1


class JsonlWriter:
    """Writes lines, changed values in place."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def put(self, row: Row, values: Mapping[str, Any]) -> None:
        """Write one line."""
        self._stream.write(assign(row.raw, values) if values else row.raw)

    def close(self) -> None:
        """Nothing is held back."""


def _unreadable(raw: bytes, error: orjson.JSONDecodeError) -> Row:
    try:
        raw.decode()
    except UnicodeDecodeError as e:
        return Row(raw, refused="no-utf8", detail=not_utf8(raw[e.start], e.start))
    return Row(raw, refused="no-json", detail=f"{error.msg} at column {error.colno}")


def assign(raw: bytes, values: Mapping[str, Any]) -> bytes:
    r"""The line of one JSON object with `values` set; every other byte stays.

    Re-writing the whole object would round its numbers and undo its escapes.

    >>> assign(b'{"n": 1.50, "text": "a"}\n', {"text": "b", "new": [1]})
    b'{"n": 1.50, "text": "b", "new": [1]}\n'
    """
    line = raw.decode()
    found: dict[str, tuple[int, int]] = {}
    at = line.index("{") + 1
    while True:
        at = _skip(line, at)
        if line[at] == "}":
            break
        key, at = _value(line, at)
        start = _skip(line, _skip(line, at) + 1)  # over the colon
        _, at = _value(line, start)
        found[key] = (start, at)  # of two alike, the last counts
        at = _skip(line, at)
        if line[at] == ",":
            at += 1
    written = {k: orjson.dumps(v).decode() for k, v in values.items()}
    end = at
    while line[end - 1] in " \t\r\n":
        end -= 1
    new = [f"{orjson.dumps(k).decode()}: {v}" for k, v in written.items() if k not in found]
    changes = [(*found[k], v) for k, v in written.items() if k in found]
    if new:
        changes.append((end, end, (", " if found else "") + ", ".join(new)))
    for start, stop, v in sorted(changes, reverse=True):
        line = line[:start] + v + line[stop:]
    return line.encode()


def _skip(line: str, at: int) -> int:
    m = _SPACE.match(line, at)
    return m.end() if m else at
