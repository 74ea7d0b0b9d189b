"""The record of one document on its way through the pipeline."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from textrepair.lexicon.guard import Contrasts
from textrepair.lexicon.protected import Outside
from textrepair.pipeline.segment import Segmented
from textrepair.pipeline.suspects import Suspect


@dataclass(frozen=True)
class Document:
    """One text on its way through the pipeline; `free` knows which of it is protected.

    `word_features`: those it is judged by as a document, by its words alone, if it was. `spun`: the
    probability that it is spun. `shown`: to the model. `acronyms` holds the offsets and letters of those in
    brackets, which spell out what stands before.
    """

    seg: Segmented
    word_features: dict[str, float]
    spun: float
    shown: bool
    free: Outside
    suspects: list[Suspect]
    counts: Counter[str]
    acronyms: list[tuple[int, str]]
    contrasts: Contrasts
