"""A place that candidates would change, and what features are computed from that hangs on it alone."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from textrepair.lexicon import ngrams
from textrepair.lexicon.acronyms import papers_with, spelled, tokens
from textrepair.lexicon.habits import habits_for
from textrepair.lexicon.observed import Swaps
from textrepair.pipeline.document import Document
from textrepair.pipeline.features.table import LEAST_SHARE, log_odds
from textrepair.pipeline.suspects import named

BETWEEN_ACRONYM = re.compile(r"(?:[\s-]+[A-Za-z]+){0,5}\s*")
tokens_of = lru_cache(1 << 16)(tokens)  # the same wordings come up again and again


class Replaced(NamedTuple):
    """How likely words were replaced, as the model detects it, around a candidate.

    `elsewhere`: the sum of the probabilities of all words but its own; `beside`: that of the likelier of its
    neighbours; `most`, `least`: those of its own words that are most and least likely so; `near`,
    `near_squared`: the means of the probabilities and of their squares for the words of its passage, but its
    own.
    """

    elsewhere: float
    beside: float
    most: float
    least: float
    near: float
    near_squared: float


class AcronymBehind(NamedTuple):
    """An acronym that follows a span, the tokens before that span, and the text between the two."""

    acronym: str
    left: tuple[str, ...]
    between: str

    def by_letters(self, words: str) -> float:
        """The share of words in the span, from the last one back, that its letters stand for.

        In *convolutional mind network (CNN)* the second letter speaks for *neural*.
        """
        letters = self.acronym.lower()[: len(self.acronym) - len(self.between.split())]
        return spelled(words.lower().split(), letters)

    def papers(self, words: str) -> float:
        """log10 of the papers that give it such a long form, with words in the span."""
        row = (*self.left, *tokens(words), *tokens(self.between))
        return math.log10(1 + papers_with(self.acronym, row))


@dataclass(frozen=True)
class Place:
    """A span of a document that candidates would change, with all that hangs on the span alone.

    Each of these is computed once, for all candidates of the span. `observed`: the swaps that real spinners
    were seen to make.
    """

    document: Document
    start: int
    end: int
    replaced: Replaced
    observed: Swaps

    @cached_property
    def text(self) -> str:
        """What stands there."""
        return self.document.seg.text[self.start : self.end]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words that stand there, in small letters."""
        return tuple(self.text.lower().split())

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The tokens that stand there, which hyphens part."""
        return tokens_of(self.text)

    @cached_property
    def capital(self) -> bool:
        """Whether a word of it is written like a name."""
        seg = self.document.seg
        return any(named(seg, word) for word in seg.inside(self.start, self.end))

    @cached_property
    def habits(self) -> dict[str, int]:
        """The wordings for which spinners are known to write what stands there, with their ranks."""
        return habits_for(" ".join(self.words))

    @cached_property
    def neighbours(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The two words on each side; see `Segmented.neighbours`."""
        return self.document.seg.neighbours(self.start, self.end)

    @cached_property
    def boundary_counts(self) -> tuple[float, float]:
        """The log10 counts of the word pairs and triples across its edges; see `ngrams.boundary_counts`."""
        left, right = self.neighbours
        return ngrams.boundary_counts(left, self.words, right)

    @cached_property
    def associations(self) -> dict[tuple[int, int], ngrams.Association]:
        """How what stands goes with its neighbours, by how many words a candidate shares with it at each end.

        It is filled as it is asked of.
        """
        return {}

    @cached_property
    def spun_odds(self) -> float:
        """The log odds that the document is spun."""
        return log_odds(self.document.spun_prob)

    @cached_property
    def doubts(self) -> float:
        """How many words elsewhere in the document were replaced: their share (log10)."""
        words = max(1, len(self.document.seg.words))
        return math.log10(self.replaced.elsewhere / words + LEAST_SHARE)

    @cached_property
    def acronym(self) -> AcronymBehind | None:
        """The acronym in brackets that follows, if there is one."""
        acronyms, text = self.document.acronyms, self.document.seg.text
        k = bisect_left(acronyms, (self.end, ""))
        if k == len(acronyms):
            return None
        start, acronym = acronyms[k]
        if start - self.end > 80 or not BETWEEN_ACRONYM.fullmatch(text, self.end, start):
            return None
        between = text[self.end : start]
        left = tokens(text[max(0, self.start - 80) : self.start])
        return AcronymBehind(acronym, left, between)
