"""The features of a candidate that tell what the larger model says of it, where that model read; else 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from textrepair.pipeline.features.columns import Column, column
from textrepair.pipeline.features.context import FEATURES, CandidatesInContext
from textrepair.pipeline.features.table import LEAST_SHARE, log_odds

OF_LARGE: list[str] = []  # their names


def _by_large(
    feature: Callable[[CandidatesInContext], Column],
) -> Callable[[CandidatesInContext], Column]:
    """Add a feature, and its name to theirs."""
    OF_LARGE.append(feature.__name__)
    return FEATURES(feature)


@_by_large
def large_margin(c: CandidatesInContext) -> Column:
    """How much likelier it finds the candidate than what stands (nats / 4, -3 to 3)."""
    return c.large_evidence.margin / 4


@_by_large
def large_certain(c: CandidatesInContext) -> Column:
    """Log probability of the candidate's pieces (nats a piece / 4)."""
    return c.large_evidence.target_a_piece


@_by_large
def large_gap(c: CandidatesInContext) -> Column:
    """How much likelier it finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return c.large_evidence.gap


@_by_large
def large_replaced(c: CandidatesInContext) -> Column:
    """Log odds that other pieces stood there (nats a piece / 4, -2 to 2)."""
    return c.large_evidence.replaced


@_by_large
def large_most(c: CandidatesInContext) -> Column:
    """Log odds that the likeliest of its own words was replaced (nats / 4)."""
    return c.large_replaced(lambda replaced: log_odds(replaced.most)) / 4


@_by_large
def large_least(c: CandidatesInContext) -> Column:
    """Log odds that the least likely of its own words was replaced (nats / 4)."""
    return c.large_replaced(lambda replaced: log_odds(replaced.least)) / 4


@_by_large
def large_near(c: CandidatesInContext) -> Column:
    """Mean probability that the words near it, in its passage, were replaced (log10)."""
    return c.large_replaced(lambda replaced: math.log10(replaced.near + LEAST_SHARE))


@_by_large
def large_hidden(c: CandidatesInContext) -> Column:
    """Whether it was asked with the words hidden (0 or 1)."""
    return column(by is not None and by.hidden is not None for by in c.by_large)


@_by_large
def large_hidden_margin(c: CandidatesInContext) -> Column:
    """How much likelier it then finds the candidate than what stands (nats / 4, -3 to 3)."""
    return c.large_hidden.margin / 4


@_by_large
def large_hidden_certain(c: CandidatesInContext) -> Column:
    """Log probability of the candidate's pieces then (nats a piece / 4)."""
    return c.large_hidden.target_a_piece


@_by_large
def large_hidden_kept(c: CandidatesInContext) -> Column:
    """Log probability of the pieces that stand then (nats a piece / 4)."""
    return c.large_hidden.keep_a_piece


@_by_large
def large_hidden_gap(c: CandidatesInContext) -> Column:
    """How much likelier it then finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return c.large_hidden.gap
