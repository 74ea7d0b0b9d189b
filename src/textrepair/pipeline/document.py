"""The record of one document on its way through the pipeline."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from textrepair.lexicon.guard import Contrasts
from textrepair.lexicon.protected import IsOutside
from textrepair.pipeline.segment import Segmented
from textrepair.pipeline.suspects import Suspect


@dataclass(frozen=True)
class Document:
    """One text on its way through the pipeline; `is_free` tells which of it is not protected.

    `word_features`: those it is judged by as a document, by its words alone, if it was. `spun_prob`: the
    probability that it is spun. `to_encode`: whether the model is to encode it. `counts`: how often it has
    each word. `acronyms`: the offsets and letters of those in brackets, short for the words before them.
    `own_words`: the stems of words that are the author's, whatever the model makes of them.
    """

    seg: Segmented
    word_features: dict[str, float]
    spun_prob: float
    to_encode: bool
    is_free: IsOutside
    suspects: list[Suspect]
    counts: Counter[str]
    acronyms: list[tuple[int, str]]
    contrasts: Contrasts
    own_words: frozenset[str] = frozenset()
