"""The features of a candidate that say what the model expects of its place without seeing the words there."""

from __future__ import annotations

from textrepair.pipeline.features.columns import Column, column
from textrepair.pipeline.features.context import FEATURES, CandidatesInContext


@FEATURES
def hidden(c: CandidatesInContext) -> Column:
    """Whether the model was asked with the words hidden (0 or 1)."""
    return column(hidden is not None for hidden in c.hidden_given)


@FEATURES
def hidden_margin(c: CandidatesInContext) -> Column:
    """How much likelier it then finds the candidate than what stands (nats / 4, -3 to 3)."""
    return c.hidden.margin / 4


@FEATURES
def hidden_certain(c: CandidatesInContext) -> Column:
    """Log probability of the candidate's pieces then (nats a piece / 4)."""
    return c.hidden.target_a_piece


@FEATURES
def hidden_kept(c: CandidatesInContext) -> Column:
    """Log probability of the pieces that stand then (nats a piece / 4)."""
    return c.hidden.keep_a_piece


@FEATURES
def hidden_gap(c: CandidatesInContext) -> Column:
    """How much likelier it then finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return c.hidden.gap
