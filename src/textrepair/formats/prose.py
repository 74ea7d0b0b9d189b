"""The prose of a source in markup, which knows where each of its characters stands in the source.

What no edit may touch is left out, or stands in the prose as `OBJECT`; so a sentence with a formula or a
citation in it is read as one sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace

OBJECT = "※"  # a mark of reference: punctuation, which tokenizers set apart from a word beside it
SEPARATORS = (
    "",
    "\t",
    "\n",
    "\n\n",
)  # from none over cells and lines to blocks, each stronger than those before


@dataclass(frozen=True)
class Piece:
    """A stretch of prose: `text`, which begins at `at`, is what `source[start:end]` says."""

    at: int
    start: int
    end: int
    text: str
    plain: bool  # written in the source as it reads
    fixed: bool = False  # read, and never changed


@dataclass(frozen=True)
class Prose:
    """The prose of a source, and its pieces in the order of the prose."""

    source: str
    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]  # of the pieces in the text

    def piece(self, at: int) -> Piece | None:
        """The piece that the character at `at` is part of; none for what stands in no source."""
        k = bisect_right(self.starts, at) - 1
        found = self.pieces[k] if k >= 0 else None
        return found if found and at < found.at + len(found.text) else None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the source says what the prose does from `start` to `end`, with the markup in between."""
        inside = [p for at in range(start, end) if (p := self.piece(at))]
        begins = inside[0].start if inside else len(self.source)
        ends = inside[-1].end if inside else begins
        first, last = self.piece(start), self.piece(end - 1)
        if first and first.plain:
            begins = first.start + start - first.at
        if last and last.plain:
            ends = last.start + end - last.at
        return begins, max(begins, ends)

    def around(self) -> tuple[str, ...]:
        """All of the source that is no prose, in stretches."""
        spans = sorted((p.start, p.end) for p in self.pieces)
        edges = [0, *(edge for span in spans for edge in span), len(self.source)]
        return tuple(self.source[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)


@dataclass
class Weaver:
    """Puts the prose of a source together, piece by piece."""

    source: str
    _text: list[str] = field(default_factory=list)
    _pieces: list[Piece] = field(default_factory=list)
    _length: int = 0
    _separator: str = ""
    reached: int = 0  # where the last piece ends in the source

    def plain(self, start: int, end: int) -> None:
        """Prose that the source writes as it reads."""
        self._add(start, end, self.source[start:end], plain=True)

    def atom(self, start: int, end: int, text: str) -> None:
        """Prose that the source writes otherwise, as an entity for example: whole or not at all."""
        self._add(start, end, text, plain=text == self.source[start:end])

    def fixed(self, start: int, end: int) -> None:
        """Words that are read with the prose but never changed, such as the key of an acronym."""
        self._add(start, end, self.source[start:end], plain=True)
        self._pieces[-1] = replace(self._pieces[-1], fixed=True)

    def shown(self, text: str = OBJECT) -> None:
        """What is read with the prose but never changed."""
        self._say(text)

    def raised(self) -> None:
        """A mark of a note: shown, unless it hangs on a word, whose sentence goes on."""
        if self._separator or not (self._text and self._text[-1][-1:].isalpha()):
            self.shown()

    def part(self, separator: str = "\n\n") -> None:
        """Begin a new block, line or cell."""
        self._separator = max(self._separator, separator, key=SEPARATORS.index)

    def embed(self, prose: Prose, at: int) -> None:
        """Add the prose of another source, which stands in this one from `at` on."""
        last = 0
        for p in prose.pieces:
            self._unwritten(prose.text[last : p.at])
            self._add(p.start + at, p.end + at, p.text, plain=p.plain)
            last = p.at + len(p.text)
        self._unwritten(prose.text[last:])

    def _unwritten(self, text: str) -> None:
        for part in re.findall(rf"{OBJECT}|\s+", text):
            self.shown() if part == OBJECT else self.part(part)

    def done(self) -> Prose:
        """What was put together."""
        pieces = tuple(self._pieces)
        return Prose(self.source, "".join(self._text), pieces, tuple(p.at for p in pieces))

    def _add(self, start: int, end: int, text: str, *, plain: bool) -> None:
        if not text or (text.isspace() and (self._separator or not self._text)):
            return  # space before a block is no prose
        at = self._say(text)
        self.reached = end
        before = self._pieces[-1] if self._pieces else None
        if before and plain and before.plain and before.end == start and before.at + len(before.text) == at:
            self._pieces[-1] = replace(before, end=end, text=before.text + text)
        else:
            self._pieces.append(Piece(at, start, end, text, plain))

    def _say(self, text: str) -> int:
        if self._separator and self._text:
            self._text.append(self._separator)
            self._length += len(self._separator)
        self._separator = ""
        at = self._length
        self._text.append(text)
        self._length += len(text)
        return at
