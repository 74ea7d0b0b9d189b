"""The features of a candidate that say what spinners were seen to do, and what they are known to do."""

from __future__ import annotations

import numpy as np

from textrepair.pipeline.features.columns import Column, column
from textrepair.pipeline.features.context import FEATURES, CandidatesInContext


@FEATURES
def observed(c: CandidatesInContext) -> Column:
    """How often real spinners were seen to make this swap, word for word (log of 1 + count)."""
    return np.log1p(column(of.swap for of in c.observed))


@FEATURES
def observed_share(c: CandidatesInContext) -> Column:
    """The share of what they put the word that stands for that is the candidate (0 to 1)."""
    return column(of.share for of in c.observed)


@FEATURES
def observed_spun(c: CandidatesInContext) -> Column:
    """How often they were seen to put the word that stands (log of 1 + count)."""
    return np.log1p(column(of.spun for of in c.observed))


@FEATURES
def observed_canonical(c: CandidatesInContext) -> Column:
    """How often they were seen to swap the candidate (log of 1 + count)."""
    return np.log1p(column(of.canonical for of in c.observed))


@FEATURES
def habit(c: CandidatesInContext) -> Column:
    """How high the candidate ranks among what spinners are known to write so (1 / (1 + rank), 0 if not)."""
    ranks = (p.habits.get(" ".join(words)) for p, words in zip(c.own_places, c.words, strict=True))
    return column(0.0 if rank is None else 1 / (1 + rank) for rank in ranks)


@FEATURES
def habit_number(c: CandidatesInContext) -> Column:
    """For how many wordings spinners are known to write what stands (log of 1 + number)."""
    return np.log1p(c.of_place(lambda place: len(place.habits)))
