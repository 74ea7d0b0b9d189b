"""The features of a word of a spun document that say whether it was swapped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from textrepair.lexicon import words
from textrepair.lexicon.habits import habits_for
from textrepair.lexicon.observed import Swaps, lemma
from textrepair.lexicon.words import UNKNOWN, Use, science
from textrepair.pipeline.features.place import Replaced
from textrepair.pipeline.features.table import LEAST_SHARE, Table, clip, log_odds


@dataclass(frozen=True)
class WordInContext:
    """A word in small letters, and what was judged before of it and of the places that hold it.

    `replaced`: the model's probability that another word stood there; `swapped`: the highest probability of
    a place of having been swapped; `right`: that of the likeliest candidate of one; both 0 without any place.
    `around`: how likely the words around were replaced; `doubts`: the share of all others that were.
    `by_large`: the larger model's probability that another word stood there, where it read the text.
    """

    word: str
    replaced: float
    swapped: float
    right: float
    around: Replaced
    doubts: float
    spun_prob: float
    observed: Swaps
    by_large: float | None = None

    @cached_property
    def use(self) -> Use:
        """How science uses it."""
        return science().get(self.word, UNKNOWN)


OF_WORD: Table[WordInContext, float] = Table()


@OF_WORD
def replaced(w: WordInContext) -> float:
    """Log odds that another word stood there (nats / 4)."""
    return log_odds(w.replaced) / 4


@OF_WORD
def large_word(w: WordInContext) -> float:
    """Log odds of that by the larger model (nats / 4), 0 where it did not read."""
    return 0.0 if w.by_large is None else log_odds(w.by_large) / 4


@OF_WORD
def swapped(w: WordInContext) -> float:
    """Log odds that the likeliest place that holds it was swapped (nats / 4)."""
    return log_odds(w.swapped) / 4


@OF_WORD
def right(w: WordInContext) -> float:
    """Log odds that the likeliest candidate there is right (nats / 4)."""
    return log_odds(w.right) / 4


@OF_WORD
def no_place(w: WordInContext) -> float:
    """Whether no place holds it (0 or 1)."""
    return float(not w.swapped)


@OF_WORD
def beside(w: WordInContext) -> float:
    """Log odds that the likelier of the neighbouring words was replaced (nats / 4)."""
    return log_odds(w.around.beside) / 4


@OF_WORD
def near(w: WordInContext) -> float:
    """Mean probability that the words of its passage were replaced (log10)."""
    return math.log10(w.around.near + LEAST_SHARE)


@OF_WORD
def near_surely(w: WordInContext) -> float:
    """Mean square of that probability, which is high where some of them surely were (log10)."""
    return math.log10(w.around.near_squared + LEAST_SHARE)


@OF_WORD
def doubts(w: WordInContext) -> float:
    """Share of the other words of the document that were replaced (log10)."""
    return math.log10(w.doubts + LEAST_SHARE)


@OF_WORD
def odds(w: WordInContext) -> float:
    """Log odds of spun text of the word (nats, -2 to 3)."""
    return clip(w.use.spun, -2.0, 3.0)


@OF_WORD
def common(w: WordInContext) -> float:
    """Zipf frequency in science (log10 per billion words / 4)."""
    return w.use.zipf / 4


@OF_WORD
def keyness(w: WordInContext) -> float:
    """How much commoner it is in English than in science (log10, -1 to 3)."""
    return clip(words.keyness(w.word), -1.0, 3.0)


@OF_WORD
def habit_number(w: WordInContext) -> float:
    """For how many wordings spinners are known to write it (log of 1 + number)."""
    return math.log1p(len(habits_for(w.word)))


@OF_WORD
def observed_spun(w: WordInContext) -> float:
    """How often spinners were seen to put it (log of 1 + count)."""
    return math.log1p(w.observed.of_spun(lemma(w.word)))


@OF_WORD
def observed_canonical(w: WordInContext) -> float:
    """How often they were seen to swap it (log of 1 + count)."""
    return math.log1p(w.observed.of_canonical(lemma(w.word)))


@OF_WORD
def letters(w: WordInContext) -> float:
    """Length of the word (log of 1 + letters)."""
    return math.log1p(len(w.word))


@OF_WORD
def document(w: WordInContext) -> float:
    """Log odds that the document is spun (nats / 4)."""
    return log_odds(w.spun_prob) / 4
