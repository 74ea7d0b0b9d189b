"""JSON Lines. A changed row is the line it was, but for the characters that changed."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import orjson

from textrepair.corpus.escaping import Escaping, inverse
from textrepair.corpus.rows import (
    Change,
    Row,
    RowOptions,
    UnwritableError,
    as_id,
    check_free,
    lacks_column,
    not_utf8,
)
from textrepair.errors import TextrepairError

_SPACE = re.compile(r"[ \t\r\n]*")
# numbers are only passed over, whatever their length
_value = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
# Python refuses to count with numbers of thousands of digits
_lenient = json.JSONDecoder(
    parse_int=lambda digits: int(digits) if len(digits) < 20 else float(digits)
).decode
_PAIR = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
STRING = Escaping(
    re.compile(rf"{_PAIR}|\\u.{{4}}|\\."),
    lambda escape: str(json.loads(f'"{escape}"')),
    lambda text: orjson.dumps(text).decode()[1:-1],
)


class Jsonl:
    """JSON Lines read from `stream`.

    >>> import io
    >>> lines = io.BytesIO(b'{"text": "one", "n": NaN}\\n\\n{"text": null}\\nnonsense\\n')
    >>> [(row.text, row.refused) for row in Jsonl(lines, RowOptions()).rows()]
    [('one', ''), (None, ''), (None, ''), (None, 'no-json')]
    """

    how: Mapping[str, str] = {}

    def __init__(self, stream: BinaryIO, options: RowOptions) -> None:
        self._stream, self._column, self._added = stream, options.column, options.edits_column

    def rows(self) -> Iterator[Row]:
        """Every line in order; `TextrepairError` at the end where not one had the column."""
        column, first, lines, fitting = self._column, None, 0, 0
        problem = ""
        for raw in self._stream:
            line = raw.strip().removeprefix(codecs.BOM_UTF8)
            if not line:
                yield Row(raw)
                continue
            lines += 1
            try:
                record = loads(line, column)
            except json.JSONDecodeError as error:
                row = _unreadable(raw, error)
                problem = problem or row.detail
                yield row
                continue
            if not isinstance(record, dict):
                what = type(record).__name__
                problem = problem or f"{what} where an object is wanted"
                yield Row(raw, refused="no-json", detail=f"{what} where an object is wanted")
                continue
            first = record if first is None else first
            if column not in record:
                yield Row(raw, refused="no-column", detail=f"{column!r} is not among {', '.join(record)}")
                continue
            fitting += 1
            check_free(self._added, record)
            text = record[column]
            if text is None or isinstance(text, str):
                yield Row(raw, text, id=as_id(record.get("id")))
            else:
                detail = f"{column!r} holds {type(text).__name__}, not text"
                yield Row(raw, refused="no-text", detail=detail)
        if lines and not fitting:
            if first is None:
                raise TextrepairError(
                    f"no line is a JSON object; write one object a line (JSON Lines). The first: {problem}"
                )
            raise TextrepairError(lacks_column(column, ", ".join(first)))

    def writer(self, stream: BinaryIO, added: str | None) -> JsonlWriter:
        """A writer of lines."""
        return JsonlWriter(stream, self._column, added)

    def share(self) -> float:
        """Unknown: the stream knows better."""
        return -1


def loads(line: bytes, column: str) -> Any:
    r"""The value of a JSON line, which may hold what other programs write: NaN and Infinity, numbers beyond
    those of computers and, but for its keys, `column` and `id`, halves of surrogate pairs.

    Raises `json.JSONDecodeError`.

    >>> loads(b'{"n": 1E400, "text": "a", "title": "\\ud83d"}', "text")["n"]
    inf
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            value = _lenient(line.decode())
            if isinstance(value, dict):  # what is read or told of a row is text
                told = [*value, value.get(column), value.get("id")]
                json.dumps(told, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise error from None
        return value


class JsonlWriter:
    """Writes lines, changed values in place."""

    def __init__(self, stream: BinaryIO, column: str, added: str | None) -> None:
        self._stream, self._column, self._added = stream, column, added

    def put(self, row: Row, changes: Sequence[Change] = (), *, edits: Any = None, raw: str = "") -> str:
        """Write one line; see `rows.Writer`."""
        written: dict[str, str] = {}
        was = ""
        adds_edits = edits is not None and self._added and b"{" in row.raw
        if not (changes or raw or adds_edits):
            self._stream.write(row.raw)
            return was
        line = row.raw.decode()
        if changes or raw:
            start, end = places(line)[0][self._column]
            string = line[start + 1 : end - 1]
            new = raw or STRING.changed(string, changes)
            was = "" if STRING.changed(new, inverse(row.text or "", changes)) == string else string
            written[self._column] = f'"{new}"'
        if adds_edits and self._added:
            written[self._added] = orjson.dumps(edits).decode()
        self._stream.write(assign(line, written).encode())
        return was

    def close(self) -> None:
        """Nothing is held back."""


def _unreadable(raw: bytes, error: json.JSONDecodeError) -> Row:
    try:
        raw.decode()
    except UnicodeDecodeError as e:
        return Row(raw, refused="no-utf8", detail=not_utf8(raw, e.start))
    return Row(raw, refused="no-json", detail=f"{error.msg} at column {error.colno}")


def assign(line: str, written: Mapping[str, str]) -> str:
    r"""The line of one JSON object with members set to `written` JSON; every other character stays.

    Re-writing the whole object would round its numbers and undo its escapes.

    >>> assign('{"n": 1.50, "text": "a"}\n', {"text": '"b"', "new": "[1]"})
    '{"n": 1.50, "text": "b", "new": [1]}\n'
    """
    found, end = places(line)
    new = [f"{orjson.dumps(k).decode()}: {v}" for k, v in written.items() if k not in found]
    changes = [(*found[k], v) for k, v in written.items() if k in found]
    if new:
        changes.append((end, end, (", " if found else "") + ", ".join(new)))
    for start, stop, v in sorted(changes, reverse=True):
        line = line[:start] + v + line[stop:]
    return line


def places(line: str) -> tuple[dict[str, tuple[int, int]], int]:
    """Where the members of the JSON object stand that `line` holds, and where its last one ends.

    Raises `UnwritableError` for one that is nested deeper than Python reads.
    """
    found: dict[str, tuple[int, int]] = {}
    at = line.index("{") + 1
    try:
        while line[at := _skip(line, at)] != "}":
            key, at = _value(line, at)
            start = _skip(line, _skip(line, at) + 1)  # over the colon
            _, at = _value(line, start)
            found[key] = (start, at)  # of two alike, the last counts
            at = _skip(line, at)
            if line[at] == ",":
                at += 1
    except RecursionError:
        raise UnwritableError("an object nested too deep to find a value in") from None
    while line[at - 1] in " \t\r\n":
        at -= 1
    return found, at


def _skip(line: str, at: int) -> int:
    m = _SPACE.match(line, at)
    return m.end() if m else at
