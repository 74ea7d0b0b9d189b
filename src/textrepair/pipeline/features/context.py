"""Candidates in their context: what features are computed from, and what several of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textrepair.lexicon import ngrams
from textrepair.lexicon.observed import Observed
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.lm import Opinion
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.features.columns import Column, EvidenceColumns, column, two_columns
from textrepair.pipeline.features.place import AcronymBehind, Place, Replaced, tokens_of
from textrepair.pipeline.features.table import Table
from textrepair.rerank import Evidence


def is_unwritten(candidate: Candidate) -> bool:
    """Whether the lexicon lists what stands, and the clean corpus never writes it."""
    return candidate.tier == "ask" and ngrams.unwritten(" ".join(candidate.before.lower().split()))


def is_listed_term(candidate: Candidate) -> bool:
    """Whether it is unwritten, has several words, and is a term, no wording of any field."""
    return candidate.kind == "terminology" and " " in candidate.before and is_unwritten(candidate)


class ByLarge(NamedTuple):
    """What the larger model says of a candidate: its evidence, how likely it finds the words around replaced,
    and the evidence with the words hidden that stand there, if they were.
    """

    evidence: Evidence
    replaced: Replaced
    hidden: Evidence | None = None


@dataclass(frozen=True)
class CandidatesInContext:
    """Some candidates, what the model says of each, and their places: one row of each column a candidate.

    `at`: the number of each one's place. `hidden`: what the model says where it does not see the words there,
    if it was asked; `opinions`: what a general language model says of it, if it was asked; `by_large`: what
    the larger model says, if it read it.
    """

    candidates: Sequence[Candidate]
    places: Sequence[Place]
    at: NDArray[np.int64]
    given: Sequence[Evidence]
    hidden_given: Sequence[Evidence | None]
    opinions: Sequence[Opinion | None]
    by_large: Sequence[ByLarge | None]

    def each(self, value: Callable[[Candidate], float]) -> Column:
        """A column of what is true of each candidate."""
        return column(map(value, self.candidates))

    def of_place(self, value: Callable[[Place], float]) -> Column:
        """A column of what is true of each one's place, asked once for each."""
        return column(map(value, self.places))[self.at]

    def by_opinion(self, value: Callable[[Opinion], float]) -> Column:
        """A column of what follows from the opinion of each; 0 where there is none."""
        return column(value(opinion) if opinion else 0.0 for opinion in self.opinions)

    def by_acronym(self, value: Callable[[AcronymBehind, str], float]) -> Column:
        """A column of how much more an acronym that follows gives each than what stands; 0 without one."""
        return column(
            value(place.acronym, c.after) - value(place.acronym, place.text) if place.acronym else 0.0
            for c, place in zip(self.candidates, self.own_places, strict=True)
        )

    @cached_property
    def own_places(self) -> list[Place]:
        """The place of each candidate."""
        return [self.places[k] for k in self.at]

    @cached_property
    def evidence(self) -> EvidenceColumns:
        """What the model says of each."""
        return EvidenceColumns.of(self.given)

    @cached_property
    def hidden(self) -> EvidenceColumns:
        """What it says with the words hidden that stand there."""
        return EvidenceColumns.of(self.hidden_given)

    @cached_property
    def large_evidence(self) -> EvidenceColumns:
        """What the larger model says."""
        return EvidenceColumns.of(by and by.evidence for by in self.by_large)

    @cached_property
    def large_hidden(self) -> EvidenceColumns:
        """What it says with the words hidden."""
        return EvidenceColumns.of(by and by.hidden for by in self.by_large)

    def large_replaced(self, value: Callable[[Replaced], float]) -> Column:
        """A column of what follows from what it finds replaced; 0 where it did not read."""
        return column(value(by.replaced) if by else 0.0 for by in self.by_large)

    @cached_property
    def words(self) -> list[tuple[str, ...]]:
        """The words of each candidate, in small letters."""
        return [tuple(c.after.lower().split()) for c in self.candidates]

    @cached_property
    def tokens(self) -> list[tuple[str, ...]]:
        """The tokens of each, which hyphens part."""
        return [tokens_of(c.after) for c in self.candidates]

    @cached_property
    def removed(self) -> list[tuple[str, ...]]:
        """The words that stand and would not."""
        return [_without(p.words, words) for p, words in zip(self.own_places, self.words, strict=True)]

    @cached_property
    def rarest_removed(self) -> list[str]:
        """Of those, the word that science uses least."""
        table = science()
        return [
            of_one[0] if len(of_one) == 1 else min(of_one, key=lambda w: table.get(w, UNKNOWN).zipf)
            for of_one in self.removed
        ]

    @cached_property
    def added(self) -> list[tuple[str, ...]]:
        """The words that would stand and do not."""
        return [_without(words, p.words) for p, words in zip(self.own_places, self.words, strict=True)]

    @cached_property
    def rarest_added(self) -> Column:
        """The Zipf frequency in science of the rarest of those."""
        table = science()
        return column(min([table.get(w, UNKNOWN).zipf for w in of_one]) for of_one in self.added)

    @cached_property
    def observed(self) -> list[Observed]:
        """How often real spinners were seen to make this swap."""
        return [p.observed(p.tokens, then) for p, then in zip(self.own_places, self.tokens, strict=True)]

    @cached_property
    def boundary_counts(self) -> tuple[Column, Column]:
        """The log10 counts of the word pairs and triples across its edges; see `ngrams.boundary_counts`."""
        return two_columns(
            ngrams.boundary_counts(p.neighbours[0], words, p.neighbours[1])
            for p, words in zip(self.own_places, self.words, strict=True)
        )

    @cached_property
    def context_log_probs(self) -> tuple[Column, Column]:
        """How surely the neighbours call for it, and for what stands; see `ngrams.context_log_probs`."""
        return two_columns(
            ngrams.context_log_probs(p.neighbours[0], p.words, words, p.neighbours[1])
            for p, words in zip(self.own_places, self.words, strict=True)
        )

    @cached_property
    def associations(self) -> list[tuple[ngrams.Association, ngrams.Association]]:
        """How what stands, and the candidate, go with their neighbours; see `ngrams.associations`."""
        return [
            ngrams.associations(p.neighbours[0], p.tokens, then, p.neighbours[1], p.associations)
            for p, then in zip(self.own_places, self.tokens, strict=True)
        ]


def _without(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the words that are none of the others, or all of them if none is left."""
    return words if len(words) == 1 else tuple(w for w in words if w not in others) or words


FEATURES: Table[CandidatesInContext, Column] = Table()  # filled by the modules beside this one
