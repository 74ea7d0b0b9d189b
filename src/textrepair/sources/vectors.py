"""Vectors of passages, for those that words do not find: eight bits a dimension, compared by faiss.

Of the kept vector libraries faiss has a flat index: exact, added to and cut back without being built anew,
mapped instead of read, with wheels for all systems; figures are in docs/explanation/sources.md.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from textrepair.files import whole
from textrepair.sources.retriever import Encoder

KIND = "IDMap,SQ8_direct_signed"  # needs no training: the first passages kept may be like no later ones
WIDE = 508  # times a dimension of a vector of length 1 is kept: a quarter becomes 127, beyond which it is cut
BATCH = 64  # passages encoded together


class Vectors:
    """Vectors by the place of their passage, to be searched; `RuntimeError` tells of damage."""

    def __init__(self, path: Path) -> None:
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)

    def near(self, vector: NDArray[np.float32], limit: int) -> list[tuple[float, int]]:
        """The `limit` places whose vectors are nearest a row, each after the cosine of the two."""
        cosines, places = self._index.search(_in_eight_bits(vector), min(limit, self._index.ntotal))
        return list(zip((cosines[0] / WIDE**2).tolist(), places[0].tolist(), strict=True))


class VectorWriter:
    """Vectors to be added; nothing is kept before `commit`."""

    def __init__(self, path: Path, encoder: Encoder, end: int) -> None:
        """Open `path`, and drop what was added for places from `end` on."""
        self._path, self._encoder = path, encoder
        self._index = faiss.read_index(str(path)) if path.exists() else None
        if self._index is not None:
            self._index.remove_ids(faiss.IDSelectorRange(end, np.iinfo(np.int64).max))
        self._texts: list[str] = []
        self._places: list[int] = []
        self._made: list[NDArray[np.float32]] = []

    def add(self, place: int, text: str) -> None:
        """Add the vector of a passage."""
        self._places.append(place)
        self._texts.append(text)
        if len(self._texts) == BATCH:
            self._encode()

    def _encode(self) -> None:
        if self._texts:
            self._made.append(self._encoder.vectors(self._texts))
            self._texts = []

    def commit(self) -> None:
        """Keep what was added."""
        self._encode()
        if self._made:
            made = np.concatenate(self._made)
            if self._index is None:
                self._index = faiss.index_factory(made.shape[1], KIND, faiss.METRIC_INNER_PRODUCT)
            self._index.add_with_ids(_in_eight_bits(made), np.array(self._places, np.int64))
            self._places, self._made = [], []
        if self._index is not None:
            with whole(self._path) as stream:
                stream.write(faiss.serialize_index(self._index).tobytes())


def _in_eight_bits(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1 as the index keeps them."""
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    kept: NDArray[np.float32] = np.rint(vectors / length * WIDE).clip(-127, 127)
    return kept
