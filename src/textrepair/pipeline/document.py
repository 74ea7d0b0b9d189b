"""The record of one document on its way through the pipeline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from textrepair.lexicon.guard import Contrasts
from textrepair.lexicon.protected import IsOutside
from textrepair.pipeline.segment import Segmented
from textrepair.pipeline.suspects import Suspect, with_synonyms

ENDING = re.compile(r"(?<=\w{4})(?:e?s|ed|ing|er|ers|e)\Z")


def stem(word: str) -> str:
    """A lower-case word without the commonest endings, so that its inflections are one.

    >>> stem("blunders") == stem("blundered") == stem("blunder")
    True
    """
    return ENDING.sub("", ENDING.sub("", word))


@dataclass(frozen=True)
class Document:
    """One text on its way through the pipeline; `is_free` tells which of it is not protected.

    `word_features`: those it is judged by as a document, by its words alone, if it was. `spun_prob`: the
    probability that it is spun. `to_encode`: whether the model is to encode it. `is_free`: tells what of it
    is not protected. `listed`: the stretches that the lexicon lists. `counts`: how often it has each word.
    `acronyms`: the offsets and letters of those in brackets, short for the words before them. `own_words`:
    the stems of words that are the author's, whatever the model makes of them. `capitals`: whether words
    with a capital may be no names, as in a spun document.
    """

    seg: Segmented
    word_features: dict[str, float]
    spun_prob: float
    to_encode: bool
    is_free: IsOutside
    listed: list[Suspect]
    counts: Counter[str]
    acronyms: list[tuple[int, str]]
    contrasts: Contrasts
    own_words: frozenset[str] = frozenset()
    capitals: bool = False

    @cached_property
    def suspects(self) -> list[Suspect]:
        """Its doubtful stretches, those in `listed` and words of thesauri, in text order."""
        return with_synonyms(self.seg, self.listed, self.is_free, capitals=self.capitals)

    @cached_property
    def stem_counts(self) -> Counter[str]:
        """How often it has words of each stem."""
        stems: Counter[str] = Counter()
        for word, times in self.counts.items():
            stems[stem(word)] += times
        return stems

    @cached_property
    def times(self) -> Callable[[str], int]:
        """How often a lower-case wording stands in it; what was asked of once is remembered."""
        return cache(self.seg.text.lower().count)
