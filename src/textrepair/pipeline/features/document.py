"""The features of a document: by its words alone, and by what a model detects in it.

Means and shares are per word.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from textrepair.pipeline.features.table import LEAST_SHARE, Table, clip

TELLING = 1.2  # log odds of spun text from which a word is telling


class Words(NamedTuple):
    """What the words of a document show.

    `odds`: the log odds of spun text of each; `unseen_pairs`: the share of neighbouring words that science
    never writes side by side; `auto`, `ask`: how many matches of lexicon entries of these tiers there are.
    """

    odds: Sequence[float]
    unseen_pairs: float
    auto: int
    ask: int

    @property
    def number(self) -> int:
        """The number of words, 1 at least."""
        return max(1, len(self.odds))


BY_WORDS: Table[Words, float] = Table()
BY_ENCODING: Table[Collection[float], float] = Table()  # of the probabilities that each word was replaced


@BY_WORDS
def odds(words: Words) -> float:
    """Mean of the log odds of spun text, each from -2 to 3 (nats)."""
    return sum(o if -2.0 <= o <= 3.0 else clip(o, -2.0, 3.0) for o in words.odds) / words.number


@BY_WORDS
def telling(words: Words) -> float:
    """Share of telling words."""
    return sum(o > TELLING for o in words.odds) / words.number


@BY_WORDS
def unseen_pairs(words: Words) -> float:
    """Share of neighbouring words that science never writes side by side."""
    return words.unseen_pairs


@BY_WORDS
def auto(words: Words) -> float:
    """Number of matches of `auto` entries, 5 at most."""
    return min(words.auto, 5) * 1.0


@BY_WORDS
def auto_share(words: Words) -> float:
    """Matches of `auto` entries by number of words, a tenth at most."""
    return min(0.1, words.auto / words.number)


@BY_WORDS
def ask_share(words: Words) -> float:
    """Matches of `ask` entries by number of words."""
    return words.ask / words.number


@BY_WORDS
def length(words: Words) -> float:
    """Number of words (log10)."""
    return math.log10(words.number)


@BY_ENCODING
def doubts(replaced: Collection[float]) -> float:
    """Share of replaced words (log10): high too where many are a little odd, as in a field of its own."""
    return math.log10(sum(replaced) / max(1, len(replaced)) + LEAST_SHARE)


@BY_ENCODING
def sure_doubts(replaced: Collection[float]) -> float:
    """Mean of the squared probabilities (log10): high where some words are surely replaced."""
    return math.log10(sum(p * p for p in replaced) / max(1, len(replaced)) + LEAST_SHARE)
