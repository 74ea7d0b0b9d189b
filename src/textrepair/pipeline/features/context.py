"""A candidate in its context: what features are computed from, and what several of them share."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from textrepair.lexicon import ngrams
from textrepair.lexicon.acronyms import papers_with, spelled, tokens
from textrepair.lexicon.habits import habits_for
from textrepair.lexicon.observed import Observed, Swaps
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.lm import Opinion
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.document import Document
from textrepair.pipeline.features.table import LEAST_SHARE, Table, clip, log_odds
from textrepair.rerank import Evidence

MARGIN = 12.0  # nats; beyond this the model is only ever more certain, not more right
BETWEEN_ACRONYM = re.compile(r"(?:[\s-]+[A-Za-z]+){0,5}\s*")


def is_unwritten(candidate: Candidate) -> bool:
    """Whether the lexicon lists what stands, and the clean corpus never writes it."""
    return candidate.tier == "ask" and ngrams.unwritten(" ".join(candidate.before.lower().split()))


def is_listed_term(candidate: Candidate) -> bool:
    """Whether it is unwritten, has several words, and is a term, no wording of any field."""
    return candidate.kind == "terminology" and " " in candidate.before and is_unwritten(candidate)


def margin_of(evidence: Evidence) -> float:
    """How much likelier a candidate is than what stands (nats), `MARGIN` either way at most."""
    return clip(evidence.target - evidence.keep, -MARGIN, MARGIN)


def gap_of(evidence: Evidence) -> float:
    """How much likelier it is than the model's own first choice (nats a piece, -8 to 0)."""
    return max(-8.0, (evidence.target - evidence.best) / max(1, evidence.pieces))


def replaced_of(evidence: Evidence) -> float:
    """Log odds that other pieces stood there (nats a piece / 4, -2 to 2)."""
    return clip(evidence.replaced_log_odds / max(1, evidence.pieces), -8.0, 8.0) / 4


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


class ByLarge(NamedTuple):
    """What the larger model says of a candidate: its evidence, how likely it finds the words around replaced,
    and the evidence with the words hidden that stand there, if they were.
    """

    evidence: Evidence
    replaced: Replaced
    hidden: Evidence | None = None


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
        return tokens(self.text)

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


@dataclass(frozen=True)
class CandidateInContext:
    """A candidate, what the model says of it, and the place where it stands.

    `hidden`: what the model says where it does not see the words there, if it was asked; `opinion`: what a
    general language model says of it, if it was asked; `by_large`: what the larger model says, if it read it.
    """

    candidate: Candidate
    evidence: Evidence
    place: Place
    hidden: Evidence | None = None
    opinion: Opinion | None = None
    by_large: ByLarge | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the candidate, in small letters."""
        return tuple(self.candidate.after.lower().split())

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The tokens of the candidate, which hyphens part."""
        return tokens(self.candidate.after)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """The words that stand and would not."""
        return tuple(w for w in self.place.words if w not in self.words) or self.place.words

    @cached_property
    def rarest_removed(self) -> str:
        """Of those, the word that science uses least."""
        table = science()
        return min(self.removed, key=lambda w: table.get(w, UNKNOWN).zipf)

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The words that would stand and do not."""
        return tuple(w for w in self.words if w not in self.place.words) or self.words

    @cached_property
    def rarest_added(self) -> float:
        """The Zipf frequency in science of the rarest of those."""
        table = science()
        return min(table.get(w, UNKNOWN).zipf for w in self.added)

    @cached_property
    def observed(self) -> Observed:
        """How often real spinners were seen to make this swap."""
        return self.place.observed(self.place.tokens, self.tokens)

    @cached_property
    def habit_rank(self) -> int | None:
        """The rank of the candidate among what spinners are known to write so; none if they are not."""
        return self.place.habits.get(" ".join(self.words))

    @cached_property
    def pieces(self) -> int:
        """How many word pieces it changes, 1 at least."""
        return max(1, self.evidence.pieces)

    @cached_property
    def margin(self) -> float:
        """How much likelier the model finds it than what stands (nats), `MARGIN` either way at most."""
        return margin_of(self.evidence)

    @cached_property
    def certain(self) -> float:
        """The probability of its pieces, a geometric mean."""
        return math.exp(self.evidence.target / self.pieces)

    @cached_property
    def kept(self) -> float:
        """The probability of the pieces that stand, a geometric mean."""
        return math.exp(self.evidence.keep / self.pieces)

    @cached_property
    def boundary_counts(self) -> tuple[float, float]:
        """The log10 counts of the word pairs and triples across its edges; see `ngrams.boundary_counts`."""
        left, right = self.place.neighbours
        return ngrams.boundary_counts(left, self.words, right)

    @cached_property
    def context_log_probs(self) -> tuple[float, float]:
        """How surely the neighbours call for it, and for what stands; see `ngrams.context_log_probs`."""
        left, right = self.place.neighbours
        return ngrams.context_log_probs(left, self.place.words, self.words, right)

    @cached_property
    def associations(self) -> tuple[ngrams.Association, ngrams.Association]:
        """How what stands, and the candidate, go with their neighbours; see `ngrams.associations`."""
        left, right = self.place.neighbours
        return ngrams.associations(left, self.place.tokens, self.tokens, right)


FEATURES: Table[CandidateInContext] = Table()  # filled by `candidate` and `spinners`
