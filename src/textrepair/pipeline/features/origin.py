"""The features of a candidate that tell where it comes from, and for what kind of text.

Only places are judged by them: of simulated spins, from which candidates alone are judged, it is known too
well where the right ones come from.
"""

from __future__ import annotations

from textrepair.pipeline.candidates import BY_MODEL, BY_TERM, BY_THESAURUS
from textrepair.pipeline.features.columns import Column
from textrepair.pipeline.features.context import FEATURES, CandidatesInContext


@FEATURES
def length(c: CandidatesInContext) -> Column:
    """How many words stand there."""
    return c.of_place(lambda place: len(place.words))


@FEATURES
def capital(c: CandidatesInContext) -> Column:
    """Whether a word that stands there is written like a name (0 or 1)."""
    return c.of_place(lambda place: place.capital)


@FEATURES
def by_model(c: CandidatesInContext) -> Column:
    """Whether the model names it itself (0 or 1)."""
    return c.each(lambda candidate: candidate.source == BY_MODEL)


@FEATURES
def by_term(c: CandidatesInContext) -> Column:
    """Whether it is a term of several words that shares some with what stands (0 or 1)."""
    return c.each(lambda candidate: candidate.source == BY_TERM)


@FEATURES
def by_thesaurus(c: CandidatesInContext) -> Column:
    """Whether thesauri give it (0 or 1)."""
    return c.each(lambda candidate: candidate.source == BY_THESAURUS)
