"""The encoding of a text by the in-place network, piece by piece."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UNK = 100


class WordPieces(NamedTuple):
    """A word: its offsets, and the indices of its pieces."""

    start: int
    end: int
    pieces: list[int]


class PieceScores(NamedTuple):
    """What the network says of a piece: log probability by vocabulary id, the best of all and their ids."""

    chance: dict[int, float]
    best: list[float]
    best_ids: list[int]


@dataclass(frozen=True)
class InPlaceEncoding:
    """The encoding of a text: for each piece the log odds that another one stood there (nan where it was
    not encoded), and what the piece is in its context.
    """

    text: str
    ids: list[int]
    offsets: list[tuple[int, int]]
    word_ids: list[int | None]
    replaced_log_odds: list[float]
    hidden: NDArray[np.float16]  # half of the memory, for the few that are read further
    has_detector = True

    @cached_property
    def _first_at(self) -> dict[int, int]:
        """The index of the first piece that starts at an offset of the text."""
        return {start: k for k, (start, end) in reversed(list(enumerate(self.offsets))) if end > start}

    def inside(self, start: int, end: int) -> list[int]:
        """The indices of the pieces from `start` to `end`; none if no piece starts there."""
        offsets = self.offsets
        at = self._first_at.get(start, len(offsets))
        return list(itertools.takewhile(lambda k: offsets[k][0] < end, range(at, len(offsets))))

    def pieces_of(self, words: Iterable[tuple[int, int]]) -> list[WordPieces]:
        """Those words that are whole in the text's pieces, none of them unknown, with these pieces."""
        out = []
        for start, end in words:
            pieces = self.inside(start, end)
            if pieces and self.offsets[pieces[-1]][1] == end and not any(self.ids[k] == UNK for k in pieces):
                out.append(WordPieces(start, end, pieces))
        return out

    def replaced_probs(self, words: Iterable[tuple[int, int]]) -> dict[tuple[int, int], float]:
        """The words that are whole and were encoded, with the probability that another one stood there."""
        surest = {
            (w.start, w.end): max(self.replaced_log_odds[k] for k in w.pieces) for w in self.pieces_of(words)
        }
        return {word: 1 / (1 + math.exp(-x)) for word, x in surest.items() if not math.isnan(x)}
