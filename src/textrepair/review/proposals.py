"""What a reviewer is asked, and the pages on which it stands in its text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from textrepair.decisions import Place, around, hash_of
from textrepair.edits import Repair
from textrepair.report.regions import alternatives

LIKELY = 0.5  # probability from which swapped words that were left alone are asked for
LENGTH = 12_000  # characters of a page
MOST_ON_PAGE = 150  # proposals of a page


@dataclass(frozen=True)
class Proposal:
    """What may be done to `before`, which stands at `start` to `end` of the text with the hash `text`.

    `after` is what is proposed: nothing where words were likely swapped and nobody knows for what. `others`
    are further originals, the likeliest first. `is_edit`: `fix` makes it. `score`: the probability that it is
    right, or that the words were swapped.
    """

    text: str
    file: str
    start: int
    end: int
    left: str
    before: str
    right: str
    after: str
    kind: str
    score: float
    reason: str
    source: str
    others: tuple[str, ...]
    is_edit: bool

    @property
    def place(self) -> Place:
        """What its decision is filed under."""
        return self.text, self.start, self.end


@dataclass(frozen=True)
class Page:
    """A stretch of a document, from `start` to `end`, and its proposals, from `first` to `last` of all."""

    document: int
    start: int
    end: int
    first: int
    last: int


class Reviewable:
    """Some documents with their proposals, cut into pages."""

    def __init__(self, repairs: Sequence[tuple[str, Repair]]) -> None:
        self.names = [name for name, _ in repairs]
        self.sources = [repair.source for _, repair in repairs]
        self.hashes = [hash_of(source) for source in self.sources]
        self.proposals: list[Proposal] = []
        self.pages: list[Page] = []
        for number, (name, repair) in enumerate(repairs):
            of_document = proposals(name, repair, self.hashes[number])
            first = len(self.proposals)
            self.proposals += of_document
            self.pages += [
                Page(number, start, end, first + a, first + b)
                for start, end, a, b in cuts(repair.source, of_document)
            ]


def proposals(name: str, repair: Repair, hash_: str) -> list[Proposal]:
    """The edits of a repair and the likely swapped spans that it leaves alone, in text order and apart."""
    source, edits = repair.source, sorted(repair.edits)
    found = [
        Proposal(hash_, name, e.start, e.end, *_beside(source, e.start, e.end, e.before), e.after, e.kind,
                 e.score, e.reason, e.source, tuple(o.text for o in alternatives(repair, e)), True)
        for e in edits
    ]  # fmt: skip
    reached = [*accumulate((e.end for e in edits), max)]
    starts = [e.start for e in edits]
    for s in repair.detection.spans:
        before = bisect_left(starts, s.end)
        if s.probability < LIKELY or (before and reached[before - 1] > s.start):
            continue
        first, *others = [o.text for o in s.originals] or [""]
        found.append(
            Proposal(hash_, name, s.start, s.end, *_beside(source, s.start, s.end, s.text), first, s.kind,
                     s.probability, s.reason, s.source, tuple(others), False)
        )  # fmt: skip
    return sorted(found, key=lambda p: (p.start, p.end))


def _beside(source: str, start: int, end: int, stands: str) -> tuple[str, str, str]:
    left, right = around(source, start, end)
    return left, stands, right


def cuts(source: str, asked: Sequence[Proposal]) -> Iterator[tuple[int, int, int, int]]:
    r"""Where to cut a text into pages: start, end, and the first and last of its proposals on each.

    A page ends after a line if there is one in its second half, else after a word, and within no proposal.

    >>> [*cuts("a" * LENGTH + "\n" + "b", [])]
    [(0, 12000, 0, 0), (12000, 12002, 0, 0)]
    """
    at = first = 0
    starts = [p.start for p in asked]
    while True:
        end = min(len(source), at + LENGTH)
        if len(source) - end:
            end = _after(source, at + LENGTH // 2, end)
        last = bisect_left(starts, end, first) if end < len(source) else len(asked)
        if last - first > MOST_ON_PAGE:
            last = first + MOST_ON_PAGE
            end = asked[last].start
        if last > first:
            end = max(end, asked[last - 1].end)
        yield at, end, first, last
        if end >= len(source) and last == len(asked):
            return
        at, first = end, last


def _after(source: str, low: int, high: int) -> int:
    for mark in "\n ":
        if (found := source.rfind(mark, low, high)) >= 0:
            return found + 1
    return high
