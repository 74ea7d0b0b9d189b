"""Rerankers: what a masked language model says of each candidate, in its context.

Two ways to ask one: `in_place` reads the text as it stands with a model trained for that, in one
pass; `masked` hides words of it from any masked language model. Both return the same `Evidence`.
This is the only room, with training and `lm`, that names torch, transformers, ONNX Runtime or OpenVINO.
"""

from __future__ import annotations

from pathlib import Path

from textrepair.machine import RUNTIMES
from textrepair.rerank.encoding import UNK
from textrepair.rerank.evidence import (
    DELETE,
    DOUBTFUL,
    NOTHING,
    Encoding,
    Evidence,
    ModelProposal,
    Scorer,
    ScoringRequest,
    ScoringResult,
    ToEncode,
    align,
    joint_evidence,
    mean_evidence,
    slot_targets,
)
from textrepair.rerank.in_place import CLS, SEP, WINDOW, Reranker
from textrepair.rerank.masked import MaskedReranker
from textrepair.rerank.passages import PassageEncoder
from textrepair.rerank.runtimes import OPENED_BY

__all__ = [
    "CLS",
    "DELETE",
    "DOUBTFUL",
    "NOTHING",
    "OPENED_BY",
    "SEP",
    "UNK",
    "WINDOW",
    "Encoding",
    "Evidence",
    "MaskedReranker",
    "ModelProposal",
    "PassageEncoder",
    "Reranker",
    "Scorer",
    "ScoringRequest",
    "ScoringResult",
    "ToEncode",
    "align",
    "joint_evidence",
    "mean_evidence",
    "open_reranker",
    "slot_targets",
]


def open_reranker(folder: Path, reranker: str | None, runtime: str = RUNTIMES[0]) -> Scorer:
    """The model folder's own in-place reranker, run by a runtime of `OPENED_BY`, or the masked language model
    named by `reranker`.

    Raises `TextrepairError` when that, or the runtime, cannot be found or used.
    """
    if reranker is not None:
        return MaskedReranker(reranker)
    own = Reranker(folder, OPENED_BY[runtime])
    if runtime != RUNTIMES[0]:
        _ = own.network  # what another runtime lacks is told now, and not of each text
    return own
