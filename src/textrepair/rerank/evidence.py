"""What rerankers share: the evidence they give, and which pieces answer to which."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from textrepair.candidates import Candidate

DELETE = 1  # the in-place model's piece for *nothing*: the vocabulary's first unused one


class Evidence(NamedTuple):
    """Log probabilities summed over the pieces a candidate changes, and how many they are.

    `best` is that of the model's own first choice for those pieces, whatever it is.
    """

    target: float
    keep: float
    best: float
    pieces: int


NOTHING = Evidence(0.0, 0.0, 0.0, 0)  # said of candidates that a model cannot read, or is not shown


class Named(NamedTuple):
    """`after` for the words at `start` to `end`: what a model names itself, in small letters."""

    start: int
    end: int
    after: str
    evidence: Evidence


class Job(NamedTuple):
    """A text, its candidates, and the offsets of single words for which a model may name others."""

    text: str
    candidates: Sequence[Candidate]
    words: Sequence[tuple[int, int]]


class Scorer(Protocol):
    """What the pipeline asks of a reranker."""

    def ask(self, jobs: Sequence[Job]) -> list[tuple[list[Evidence], list[Named]]]:
        """For each job: `Evidence` of each candidate, in the same order, and what the model names itself."""


def align(canonical: Sequence[str], spun: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Each spun word with the canonical words it answers to, common words matched first.

    >>> align(["and", "the"], ["and", "also", "the"])
    [('and', ('and',)), ('also', ()), ('the', ('the',))]
    >>> align(["in", "recent", "years"], ["lately"])
    [('lately', ('in', 'recent', 'years'))]
    """
    if len(spun) == 1:
        return [(spun[0], tuple(canonical))]
    out: list[tuple[str, tuple[str, ...]]] = []
    for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, spun, canonical, autojunk=False).get_opcodes():
        a, b = spun[i1:i2], canonical[j1:j2]
        # one to one from the left; canonical words that are too many go to the last spun word
        out += [(x, tuple(b[k : k + 1] if k + 1 < len(a) else b[k:])) for k, x in enumerate(a)]
    return out


def slot_targets(spun: Sequence[int], canonical: Sequence[int]) -> list[int]:
    """What each piece of a spun word should read: the canonical pieces, then `DELETE`.

    >>> slot_targets([7, 8, 9], [5])
    [5, 1, 1]
    """
    return [canonical[k] if k < len(canonical) else DELETE for k in range(len(spun))]
