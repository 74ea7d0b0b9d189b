"""Read texts to learn from and to measure on: JSON lines or plain text, as they are or compressed.

What cannot be read is named by file and line. In plain text blank lines end a document, as in the
corpora BERT was trained on (Devlin et al. 2019).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from textrepair.errors import TextrepairError
from textrepair.files import UNPACKERS, lines

JSON_LINES = (".jsonl", ".ndjson", ".json")
REMEDY = "mend the line, or leave out such lines with --skip-bad"
OnBad = Callable[[TextrepairError], None]


def refuse(error: TextrepairError) -> None:
    """What to do about a bad line when nothing else was agreed: raise it, with what can be done."""
    raise TextrepairError(f"{error}; {REMEDY}")


def read_texts(path: Path, on_bad: OnBad = refuse) -> Iterator[str]:
    """The documents of one file, in order.

    Names that end in `.jsonl`, `.ndjson` or `.json`, before `.gz`, `.bz2`, `.xz` or `.zst`, hold one JSON
    object a line, with the document as `text`; any other is plain text in which blank lines end a
    document. `on_bad` hears of each line that cannot be read; it may raise the error or count it.

    Raises `TextrepairError` when the file cannot be read, is damaged, or holds no document.
    """
    found = False
    for text in _texts(path, on_bad) if holds_objects(path) else _blocks(path, on_bad):
        found = True
        yield text
    if not found:
        raise TextrepairError(f"{path}: holds no text; give JSON lines with `text`, or plain text")


def holds_objects(path: Path) -> bool:
    """Whether a file of this name holds JSON lines; any other is plain text.

    >>> holds_objects(Path("corpus.jsonl.zst")), holds_objects(Path("page.txt"))
    (True, False)
    """
    plain = path.with_suffix("") if path.suffix[1:] in UNPACKERS else path
    return plain.suffix in JSON_LINES


def decoded_lines(path: Path, on_bad: OnBad = refuse) -> Iterator[tuple[str, str]]:
    """(file and line, text) of each line that is UTF-8."""
    for number, line in lines(path):
        where = f"{path}:{number}"
        try:
            yield where, line.decode("utf-8-sig" if number == 1 else "utf8")
        except UnicodeDecodeError as error:
            what = f"not UTF-8: byte 0x{line[error.start]:02x} at offset {error.start} of the line"
            on_bad(TextrepairError(f"{where}: {what}"))


def read_objects(path: Path, on_bad: OnBad = refuse) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file and line, object) of each JSON line; every object has a string as `text`."""
    for where, line in decoded_lines(path, on_bad):
        if not line.strip():
            continue
        problem = ""
        try:
            record = json.loads(line)
            record["text"].encode()  # half a surrogate pair, which JSON can spell, is no text
        except KeyError:
            problem = f"no `text`; the fields are {', '.join(map(repr, record)) or 'none'}"
        except UnicodeEncodeError:
            problem = "`text` holds half a surrogate pair"
        except (TypeError, AttributeError):
            problem = "not an object with a string as `text`"
        except (ValueError, RecursionError) as error:
            problem = f"no JSON: {error}"
        if problem:
            on_bad(TextrepairError(f"{where}: {problem}"))
        else:
            yield where, record


def _texts(path: Path, on_bad: OnBad) -> Iterator[str]:
    return (record["text"] for _, record in read_objects(path, on_bad) if record["text"].strip())


def _blocks(path: Path, on_bad: OnBad) -> Iterator[str]:
    block: list[str] = []
    for _, line in decoded_lines(path, on_bad):
        if line.strip():
            block.append(line)
        elif block:
            yield "".join(block)
            block = []
    if block:
        yield "".join(block)
