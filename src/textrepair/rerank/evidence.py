"""What rerankers share: the evidence they give, and which pieces answer to which."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from textrepair.pipeline.candidates import Candidate

DOUBTFUL = 0.02  # probability that a word was replaced from which a model is asked what stood there
DELETE = 1  # the in-place model's piece for *nothing*: the vocabulary's first unused one


class Evidence(NamedTuple):
    """Log probabilities summed over the pieces a candidate changes, and how many they are.

    `best` is that of the model's own first choice for those pieces, whatever it is. `replaced_log_odds`: the
    log odds that another piece stood there, summed too; 0 of a model without a detector.
    """

    target: float
    keep: float
    best: float
    pieces: int
    replaced_log_odds: float = 0.0


def joint_evidence(a: Evidence, *others: Evidence) -> Evidence:
    """The evidence of neighbouring candidates as one."""
    for b in others:
        a = Evidence(
            a.target + b.target,
            a.keep + b.keep,
            a.best + b.best,
            a.pieces + b.pieces,
            a.replaced_log_odds + b.replaced_log_odds,
        )
    return a


def mean_evidence(a: Evidence, b: Evidence) -> Evidence:
    """The evidence of two models for one candidate as one: means a piece, over the pieces of the first.

    What one of them cannot read is left to the other.
    """
    if not a.pieces or not b.pieces:
        return a if a.pieces else b
    of_b = [value * a.pieces / b.pieces for value in (b.target, b.keep, b.best, b.replaced_log_odds)]
    of_a = (a.target, a.keep, a.best, a.replaced_log_odds)
    target, keep, best, odds = ((x + y) / 2 for x, y in zip(of_a, of_b, strict=True))
    return Evidence(target, keep, best, a.pieces, odds)


NOTHING = Evidence(0.0, 0.0, 0.0, 0)  # of candidates that a model cannot read, or in documents not encoded


class ModelProposal(NamedTuple):
    """`after` for the words at `start` to `end`: what a model proposes itself, in small letters."""

    start: int
    end: int
    after: str
    evidence: Evidence


class ToEncode(NamedTuple):
    """A text to encode, and the spans of it that matter (offsets); those `hidden` stand behind masks."""

    text: str
    spans: Sequence[tuple[int, int]]
    hidden: Sequence[tuple[int, int]] = ()


class Encoding(Protocol):
    """The encoding of a text by a model: what later scores candidates in it."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def has_detector(self) -> bool:
        """Whether the model detects which words were replaced."""

    def replaced_probs(self, words: Iterable[tuple[int, int]]) -> dict[tuple[int, int], float]:
        """The words (by their offsets) that it can read and was to encode, with the probability of each that
        another one stood there.
        """


class ScoringRequest(NamedTuple):
    """The encoding of a text, its candidates, and offsets of words that the model may propose others for."""

    encoding: Encoding
    candidates: Sequence[Candidate]
    words: Sequence[tuple[int, int]]


class ScoringResult(NamedTuple):
    """The evidence for each candidate, in the same order, and what the model proposes itself."""

    evidence: list[Evidence]
    proposals: list[ModelProposal]


class Scorer(Protocol):
    """What the pipeline needs of a reranker: first to encode the texts, then to score candidates in them.

    `hides_words`: whether it always hides what it judges, so that a second reading would tell nothing new.
    """

    hides_words: bool

    def encode(self, to_encode: Sequence[ToEncode]) -> Sequence[Encoding]:
        """The encoding of each text."""

    def score_candidates(self, requests: Sequence[ScoringRequest]) -> list[ScoringResult]:
        """The result of each request, whose encoding is one of its own."""


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
