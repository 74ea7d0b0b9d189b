"""What a reviewer decided on proposed edits: a file of JSON lines, appended to at once, bound to its texts.

Each line is one decision, with a hash of its text and the words around its place, so that a lexicon can learn
from the file alone. A line is on the disk before it counts; one that a kill cut off is dropped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from textrepair.errors import TextrepairError

VERDICTS = ("accepted", "rejected", "corrected", "undone")
AROUND = 60  # characters kept on each side, cut at a word

Place = tuple[str, int, int]  # hash of the text, start, end


@dataclass(frozen=True)
class Reviewed:
    """A decision on `before`, which stands from `start` to `end` of the text with the hash `text`.

    `proposed` is what the edit would have put there, `after` what the reviewer wants there: `before` itself
    where the edit was rejected. `verdict` is one of `VERDICTS`, of which the last takes back the decision
    before it at the same place. `left` and `right` stand on either side; `kind` and `source` are the edit's.
    """

    text: str
    file: str
    start: int
    end: int
    left: str
    before: str
    right: str
    proposed: str
    after: str
    verdict: str
    kind: str
    source: str = ""

    @property
    def place(self) -> Place:
        """What tells decisions apart; of one place the last one counts."""
        return self.text, self.start, self.end


def hash_of(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands on both sides of a place, from a word's beginning to a word's end.

    >>> around("the sufferers were treated", 4, 13)
    ('the ', ' were treated')
    """
    left, right = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        left = left[left.find(" ") + 1 :]
    if end + AROUND < len(text):
        right = right[: right.rfind(" ") + 1] or right
    return left, right


def is_decisions(path: Path) -> bool:
    """Whether a file holds decisions, by its first line."""
    try:
        with path.open("rb") as file:
            first = json.loads(file.readline())
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and first.keys() >= {"text", "verdict", "proposed"}


def read(path: Path) -> list[Reviewed]:
    """The decisions of a file that stand, in the order in which they were made.

    Raises `TextrepairError` naming file and line for what is no decision.
    """
    return Decisions(path).standing


class Decisions:
    """The decisions of a file, and a way to make and undo some.

    `texts`, if given, are the hashes of the texts that are reviewed. Raises `TextrepairError` for a file that
    cannot be read, holds something else, or decisions of another text.
    """

    def __init__(self, path: Path, texts: Collection[str] | None = None) -> None:
        self.path = path
        self._made: dict[Place, list[Reviewed]] = {}
        self._order: list[Place] = []
        self._size = 0
        self._found = path.stat().st_size if path.is_file() else 0
        for number, line in enumerate(_whole_lines(path), 1):
            self._note(_parsed(line, f"{path}:{number}"))
            self._size += len(line)
        if texts is not None and not path.parent.is_dir():
            raise TextrepairError(f"{path.parent}: no such folder; make it, or name another with --decisions")
        strange = {text for text, *_ in self._made} - {*texts} if texts is not None else set()
        if strange:
            raise TextrepairError(
                f"{path}: holds decisions of another text (hash {min(strange)[:12]}…), or of this one before "
                "it was changed; name another file with --decisions, or move this one away"
            )

    @property
    def standing(self) -> list[Reviewed]:
        """The last decision of each place that was not undone, in the order in which they were made."""
        last = dict.fromkeys(reversed(self._order))
        return [self._made[place][-1] for place in reversed(last)]

    def of(self, place: Place) -> Reviewed | None:
        """The decision that stands on a place."""
        made = self._made.get(place)
        return made[-1] if made else None

    def counts(self) -> Counter[str]:
        """How many places there are of each verdict."""
        return Counter(made[-1].verdict for made in self._made.values() if made)

    def add(self, decision: Reviewed) -> None:
        """Put a decision on the disk.

        Raises `OSError` where that fails, and leaves the file as it was; `TextrepairError` where another
        program has written to it.
        """
        line = json.dumps(asdict(decision)).encode() + b"\n"
        with self.path.open("r+b" if self._found else "ab", buffering=0) as file:
            if os.fstat(file.fileno()).st_size != self._found:
                raise TextrepairError(f"{self.path}: another program wrote to it; close one and start again")
            file.truncate(self._size)  # a line that was cut off
            file.seek(self._size)
            try:
                if file.write(line) != len(line):
                    raise OSError(28, os.strerror(28))  # the disk is full
                os.fsync(file.fileno())
            except OSError:
                file.truncate(self._size)
                self._found = self._size
                raise
        self._size += len(line)
        self._found = self._size
        self._note(decision)

    def undo(self) -> Reviewed | None:
        """Take the last decision back, and return it; None if there is none. Raises `OSError`."""
        if not self._order:
            return None
        last = self._made[self._order[-1]][-1]
        self.add(Reviewed(**{**asdict(last), "verdict": "undone"}))
        return last

    def _note(self, decision: Reviewed) -> None:
        made = self._made.setdefault(decision.place, [])
        if decision.verdict != "undone":
            made.append(decision)
            self._order.append(decision.place)
        elif made:
            made.pop()
            del self._order[len(self._order) - 1 - self._order[::-1].index(decision.place)]


def _whole_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, if there is one, but for a last one that was cut off."""
    try:
        with path.open("rb") as file:
            yield from (line for line in file if line.endswith(b"\n"))
    except FileNotFoundError:
        return
    except OSError as error:
        raise TextrepairError(f"{path}: cannot be read: {error.strerror}") from None


NAMES = [f.name for f in fields(Reviewed)]


def _parsed(line: bytes, where: str) -> Reviewed:
    try:
        values: Any = json.loads(line)
        decision = Reviewed(**{name: values[name] for name in NAMES})
    except (KeyError, TypeError, ValueError):
        decision = None
    if decision is None or decision.verdict not in VERDICTS:
        raise TextrepairError(f"{where}: no decision of a review; name another file with --decisions")
    return decision
