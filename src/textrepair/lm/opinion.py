"""What a causal language model says of wordings, against what stands: over the words and over what follows.

A window of the text is read once, as it stands. Every other wording branches off where its pieces begin to
differ; so what stands before is read once, for all places of a window and all their wordings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple, Protocol

from textrepair.pipeline.segment import UNREADABLE

BEFORE, AFTER = 100, 12  # pieces that are read before a place at least, and after it that it is judged by too
BRANCH = 64  # pieces of a wording and of what follows, at most
LETTERS = 8  # a piece: text that surely holds as many as can be read
GAP = re.compile(r"\s+")


class Opinion(NamedTuple):
    """Log ratios (nats) to what stands: over the words that differ, and over what follows them.

    `stands`: the log probability of those words as they stand.
    """

    words: float
    after: float
    stands: float


class Wording(NamedTuple):
    """`after` in place of `text[start:end]`."""

    start: int
    end: int
    after: str


class Branch(NamedTuple):
    """`ids` in place of what stands from the piece `at` on."""

    at: int
    ids: Sequence[int]


class LanguageModel(Protocol):
    """A causal language model with its tokenizer, whichever library runs it."""

    @property
    def longest(self) -> int:
        """Pieces it reads at once, those of a branch among them."""

    @property
    def pieces(self) -> int:
        """Pieces there are."""

    @property
    def identity(self) -> str:
        """What tells it from other models."""

    def encode(self, text: str) -> tuple[list[int], list[int]]:
        """The pieces of a text, and the offset at which each begins.

        The first one is what the model wants before a text; no text is none of it.
        """

    def read(
        self, ids: Sequence[int], own: Sequence[int], branches: Sequence[Branch]
    ) -> tuple[dict[int, float], list[list[float]]]:
        """Log probabilities (nats) in a row that is read once, and of branches of it.

        Of the pieces `own` of the row, by their index, none the first; of each piece of every branch.
        """


class _Window(NamedTuple):
    """A stretch of text that a model reads at once: its pieces, and where they begin.

    `held`: which wordings it holds, by their number, each with its offsets in this text.
    """

    text: str
    ids: list[int]
    starts: list[int]
    held: list[tuple[int, int, int]]


class _Branched(NamedTuple):
    """A wording as a branch, the first `words` pieces of which are words that differ.

    It is held against the row: from its piece `first` on words, from `behind` on what follows, up to `last`.
    """

    branch: Branch
    words: int
    first: int
    behind: int
    last: int


def opinions(model: LanguageModel, text: str, wordings: Sequence[Wording]) -> list[Opinion | None]:
    """What the model says of each wording, against what stands in the text.

    Any white space reads as one space. It says nothing of what reads the same, and of what is too long.
    """
    out: list[Opinion | None] = [None] * len(wordings)
    for window in _windows(model, UNREADABLE.sub("\ufffd", text), wordings):
        branched = {
            n: a
            for n, start, end in window.held
            if (a := _branched(model, window, start, end, wordings[n].after))
        }
        own = sorted({at for a in branched.values() for at in range(a.first, a.last)})
        of_row, of_branches = model.read(window.ids, own, [a.branch for a in branched.values()])
        for (n, a), of_branch in zip(branched.items(), of_branches, strict=True):
            stands = sum(of_row[at] for at in range(a.first, a.behind))
            follows = sum(of_row[at] for at in range(a.behind, a.last))
            out[n] = Opinion(sum(of_branch[: a.words]) - stands, sum(of_branch[a.words :]) - follows, stands)
    return out


def _flat(text: str) -> str:
    return GAP.sub(" ", text)


def _windows(model: LanguageModel, text: str, wordings: Sequence[Wording]) -> Iterator[_Window]:
    """The stretches of the text that are read, each with as many of the wordings as it holds."""
    waiting = sorted(range(len(wordings)), key=lambda n: wordings[n])
    most = model.longest - BRANCH
    while waiting:
        begin = _beginning(model, text, wordings[waiting[0]].start)
        end = begin + most * LETTERS
        flat = _flat(text[begin:end]).rstrip()
        ids, starts = model.encode(flat)
        whole = len(ids) <= most and end >= len(text)
        ids, starts = ids[:most], starts[:most]
        spans = [(n, *_within(text, begin, wordings[n])) for n in waiting if wordings[n].end <= end]
        here = [s for s in spans if whole or bisect_left(starts, s[2]) + AFTER < len(starts)]
        yield _Window(flat, ids, starts, here)
        done = {waiting[0], *(n for n, _, _ in here)}  # one that no window holds is let be
        waiting = [n for n in waiting if n not in done]


def _within(text: str, begin: int, wording: Wording) -> tuple[int, int]:
    """The offsets of what a wording replaces, in the text from `begin` on with single spaces."""
    return len(_flat(text[begin : wording.start])), len(_flat(text[begin : wording.end]))


def _beginning(model: LanguageModel, text: str, start: int) -> int:
    """Where a word begins that has enough pieces between it and `start`."""
    begin = max(0, start - BEFORE * LETTERS)
    _, starts = model.encode(text[begin:start])
    begin += starts[max(0, len(starts) - 1 - BEFORE)]
    gap = GAP.search(text, begin - 1, start) if begin else None
    return gap.end() if gap else begin


def _branched(model: LanguageModel, window: _Window, start: int, end: int, after: str) -> _Branched | None:
    """`after` for `window.text[start:end]`; none where nothing differs, or too much is to be read."""
    text, ids, starts, _ = window
    behind = bisect_left(starts, end)
    last = min(behind + AFTER, len(ids))
    while behind < last < len(ids) and " " not in text[starts[last] - 1 : starts[last] + 1]:
        last -= 1  # what follows ends with a word
    follows = text[end : starts[last]] if last < len(ids) else text[end:]
    head = text[:start] + _flat(after)
    pieces, begins = model.encode(_flat(head + follows).rstrip())
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ids, pieces, strict=False)))
    branch = Branch(same, pieces[same:])
    if not 0 < len(branch.ids) <= BRANCH or not 0 < same < last:
        return None
    words = max(0, bisect_left(begins, len(head)) - same)
    return _Branched(branch, words, same, max(behind, same), last)
