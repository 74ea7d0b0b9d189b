"""The features of a candidate that say what spinners were seen to do, and what they are known to do."""

from __future__ import annotations

import math

from textrepair.pipeline.features.context import FEATURES, CandidateInContext


@FEATURES
def observed(c: CandidateInContext) -> float:
    """How often real spinners were seen to make this swap, word for word (log of 1 + count)."""
    return math.log1p(c.observed.swap)


@FEATURES
def observed_share(c: CandidateInContext) -> float:
    """The share of what they put the word that stands for that is the candidate (0 to 1)."""
    return c.observed.share


@FEATURES
def observed_spun(c: CandidateInContext) -> float:
    """How often they were seen to put the word that stands (log of 1 + count)."""
    return math.log1p(c.observed.spun)


@FEATURES
def observed_canonical(c: CandidateInContext) -> float:
    """How often they were seen to swap the candidate (log of 1 + count)."""
    return math.log1p(c.observed.canonical)


@FEATURES
def habit(c: CandidateInContext) -> float:
    """How high the candidate ranks among what spinners are known to write so (1 / (1 + rank), 0 if not)."""
    return 0.0 if c.habit_rank is None else 1 / (1 + c.habit_rank)


@FEATURES
def habit_number(c: CandidateInContext) -> float:
    """For how many wordings spinners are known to write what stands (log of 1 + number)."""
    return math.log1p(len(c.place.habits))
