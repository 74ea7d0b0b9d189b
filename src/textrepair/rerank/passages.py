"""Vectors of passages by the encoder of the built-in model: the mean of what their pieces are in context."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from textrepair.models import weights_sha256, whole_model
from textrepair.rerank.evidence import Scorer, ToEncode
from textrepair.rerank.in_place import Reranker

MODEL = "en_sci_sm"  # whatever model reads the text: an index serves them all


class PassageEncoder:
    """An `Encoder` for an index of sources; nothing is loaded before it is asked.

    `at_hand` is used where it is of the same model, so that this one is not loaded twice.
    """

    def __init__(self, at_hand: Scorer | None = None) -> None:
        self._at_hand = at_hand

    @cached_property
    def _reranker(self) -> Reranker:
        folder = whole_model(MODEL)
        there = self._at_hand
        return there if isinstance(there, Reranker) and there.folder == folder else Reranker(folder)

    @cached_property
    def weights(self) -> str:
        """The SHA-256 of the model's weights."""
        return weights_sha256(self._reranker.folder)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A vector a row for each text; zeros for one in which the model reads nothing."""
        read = self._reranker.encode([ToEncode(text, [(0, len(text))]) for text in texts])
        return np.stack([e.hidden.astype(np.float32).sum(0) / max(1, len(e.hidden)) for e in read])
