"""The features of a candidate that say what the model expects of its place without seeing the words there."""

from __future__ import annotations

from textrepair.pipeline.features.context import FEATURES, CandidateInContext, gap_of, margin_of
from textrepair.rerank import NOTHING

LEAST_LIKELY = -10.0  # nats a piece; what is less likely is hopeless in any case


def a_piece(log_prob: float, pieces: int) -> float:
    """The log probability of each of some pieces (nats / 4), `LEAST_LIKELY` at least."""
    return max(LEAST_LIKELY, log_prob / max(1, pieces)) / 4


@FEATURES
def hidden(c: CandidateInContext) -> float:
    """Whether the model was asked with the words hidden (0 or 1)."""
    return float(c.hidden is not None)


@FEATURES
def hidden_margin(c: CandidateInContext) -> float:
    """How much likelier it then finds the candidate than what stands (nats / 4, -3 to 3)."""
    return margin_of(c.hidden or NOTHING) / 4


@FEATURES
def hidden_certain(c: CandidateInContext) -> float:
    """Log probability of the candidate's pieces then (nats a piece / 4)."""
    evidence = c.hidden or NOTHING
    return a_piece(evidence.target, evidence.pieces)


@FEATURES
def hidden_kept(c: CandidateInContext) -> float:
    """Log probability of the pieces that stand then (nats a piece / 4)."""
    evidence = c.hidden or NOTHING
    return a_piece(evidence.keep, evidence.pieces)


@FEATURES
def hidden_gap(c: CandidateInContext) -> float:
    """How much likelier it then finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return gap_of(c.hidden or NOTHING)
