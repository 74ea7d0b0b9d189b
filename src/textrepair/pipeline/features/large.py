"""The features of a candidate that tell what the larger model says of it, where that model read; else 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from textrepair.pipeline.features.context import (
    FEATURES,
    ByLarge,
    CandidateInContext,
    gap_of,
    margin_of,
    replaced_of,
)
from textrepair.pipeline.features.hidden import a_piece
from textrepair.pipeline.features.table import LEAST_SHARE, log_odds
from textrepair.rerank import NOTHING

OF_LARGE: list[str] = []  # their names


def _by_large(value: Callable[[ByLarge], float]) -> Callable[[ByLarge], float]:
    """Add a feature that is 0 where the larger model did not read."""

    def feature(c: CandidateInContext) -> float:
        return value(c.by_large) if c.by_large else 0.0

    feature.__name__, feature.__doc__ = value.__name__, value.__doc__
    FEATURES(feature)
    OF_LARGE.append(value.__name__)
    return value


@_by_large
def large_margin(by: ByLarge) -> float:
    """How much likelier it finds the candidate than what stands (nats / 4, -3 to 3)."""
    return margin_of(by.evidence) / 4


@_by_large
def large_certain(by: ByLarge) -> float:
    """Log probability of the candidate's pieces (nats a piece / 4)."""
    return a_piece(by.evidence.target, by.evidence.pieces)


@_by_large
def large_gap(by: ByLarge) -> float:
    """How much likelier it finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return gap_of(by.evidence)


@_by_large
def large_replaced(by: ByLarge) -> float:
    """Log odds that other pieces stood there (nats a piece / 4, -2 to 2)."""
    return replaced_of(by.evidence)


@_by_large
def large_most(by: ByLarge) -> float:
    """Log odds that the likeliest of its own words was replaced (nats / 4)."""
    return log_odds(by.replaced.most) / 4


@_by_large
def large_least(by: ByLarge) -> float:
    """Log odds that the least likely of its own words was replaced (nats / 4)."""
    return log_odds(by.replaced.least) / 4


@_by_large
def large_near(by: ByLarge) -> float:
    """Mean probability that the words near it, in its passage, were replaced (log10)."""
    return math.log10(by.replaced.near + LEAST_SHARE)


@_by_large
def large_hidden(by: ByLarge) -> float:
    """Whether it was asked with the words hidden (0 or 1)."""
    return float(by.hidden is not None)


@_by_large
def large_hidden_margin(by: ByLarge) -> float:
    """How much likelier it then finds the candidate than what stands (nats / 4, -3 to 3)."""
    return margin_of(by.hidden or NOTHING) / 4


@_by_large
def large_hidden_certain(by: ByLarge) -> float:
    """Log probability of the candidate's pieces then (nats a piece / 4)."""
    evidence = by.hidden or NOTHING
    return a_piece(evidence.target, evidence.pieces)


@_by_large
def large_hidden_kept(by: ByLarge) -> float:
    """Log probability of the pieces that stand then (nats a piece / 4)."""
    evidence = by.hidden or NOTHING
    return a_piece(evidence.keep, evidence.pieces)


@_by_large
def large_hidden_gap(by: ByLarge) -> float:
    """How much likelier it then finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return gap_of(by.hidden or NOTHING)
