"""A corpus in memory: documents as numbers of words, in three parts that never mix.

Most documents are trained on; some tell how well that goes; some are kept as they are written, for
the calibration that comes last. Which is which depends on a document's place in the corpus alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from textrepair.errors import TextrepairError
from textrepair.training.spinner import words_of

SPARED = 20  # one document in so many is kept for calibration and counted in no table
FEWEST_SPARED = 40  # documents a small corpus spares where it can, up to one in four
FEWEST_DOCUMENTS, FEWEST_WORDS = 40, 2000  # less than that leaves some part empty


@dataclass(frozen=True)
class Corpus:
    """Documents as one array of word numbers; `offsets[i]:offsets[i+1]` is document i.

    Every `every`-th document is spared for calibration; `spared` holds their texts, file by file.
    """

    words: list[str]
    ids: np.ndarray
    offsets: np.ndarray
    every: int
    spared: list[list[str]]

    def counted(self) -> np.ndarray:
        """Which words belong to documents that tables may count: all but the spared ones."""
        document = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        counted: np.ndarray = document % self.every != 0
        return counted

    def part(self, document: int) -> str:
        """`spared`, `held out` (measured on while training) or `trained on`."""
        return {0: "spared", self.every // 2: "held out"}.get(document % self.every, "trained on")

    def fingerprint(self) -> str:
        """A hash of every word of every document, in order."""
        digest = hashlib.sha256("\n".join(self.words).encode())
        digest.update(self.ids.tobytes())
        digest.update(self.offsets.tobytes())
        return digest.hexdigest()


def pack(files: Sequence[Iterable[str]]) -> Corpus:
    """The documents of all files, each read once, as a `Corpus`.

    Raises `TextrepairError` when there are too few of them to divide.

    >>> corpus = pack([["A short document. " * 20] * 50])
    >>> len(corpus.words), corpus.every, len(corpus.spared[0]), corpus.part(1)
    (4, 4, 13, 'trained on')
    """
    number: dict[str, int] = {}
    chunks, offsets = [np.zeros(0, dtype=np.int32)], [0]
    kept: list[list[tuple[int, str]]] = []
    # while there are fewer documents than this, how many must be spared is not known yet
    undecided = SPARED * FEWEST_SPARED
    for texts in files:
        kept.append([])
        for text in texts:
            document = len(offsets) - 1
            ids = [number.setdefault(w, len(number)) for w in words_of(text)]
            chunks.append(np.array(ids, dtype=np.int32))
            offsets.append(offsets[-1] + len(ids))
            if document < undecided or document % SPARED == 0:
                kept[-1].append((document, text))
    documents = len(offsets) - 1
    if documents < FEWEST_DOCUMENTS or offsets[-1] < FEWEST_WORDS:
        raise TextrepairError(
            f"the corpus is too small: {documents:,} documents of {offsets[-1]:,} words in all; "
            f"give at least {FEWEST_DOCUMENTS} of {FEWEST_WORDS:,} (in plain text, blank lines part them)"
        )
    every = min(SPARED, max(4, documents // FEWEST_SPARED))
    spared = [[text for document, text in of_file if document % every == 0] for of_file in kept]
    return Corpus(list(number), np.concatenate(chunks), np.array(offsets), every, spared)
