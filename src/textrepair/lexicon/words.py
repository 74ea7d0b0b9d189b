"""How common a word is in science, and how much likelier in spun text than in clean text."""

from __future__ import annotations

import gzip
import math
from functools import cache, lru_cache
from typing import NamedTuple

from textrepair.lexicon.entries import DATA


class Use(NamedTuple):
    """Use of a word form: `zipf` in science (log10 per billion words), `spun` log odds of spun text."""

    zipf: float
    spun: float


UNKNOWN = Use(0.0, 0.0)
COUNTED = 27e6  # words of clean text that the tables were counted on
# Closed classes: thesauri know odd senses of them (*in*: *inch*), spinners swap them by phrase only.
CLOSED = frozenset(
    """a an the and or but nor if as at by for from in into of off on onto out over per to up upon via with
    within without about above after against along among around before behind below between beyond down
    during through under until i he she it we you they me him her us them my his its our your their this
    that these those who whom which what whose where when why how there here be am is are was were been
    being do does did done have has had having can could may might must shall should will would not no
    so than then too also just only very more most much many some any all each every both either neither
    none one two three four five six seven eight nine ten""".split()
)


@cache
def science() -> dict[str, Use]:
    """Word form → `Use`, for the forms science uses (counted on 27 million words of clean text)."""
    with gzip.open(DATA / "science.tsv.gz", "rt", encoding="utf8") as f:
        next(f)
        rows = (line.rstrip("\n").split("\t") for line in f)
        return {word: Use(float(zipf), float(spun)) for word, zipf, spun in rows}


def count_of(word: str) -> float:
    """log10 of how often the clean corpus, 27 million words, holds the lower-case `word`.

    >>> 4 < count_of("patients") < 6
    True
    """
    return science().get(word, UNKNOWN).zipf + math.log10(COUNTED / 1e9)


@lru_cache(maxsize=1 << 16)
def zipf_in_english(word: str) -> float:
    """How common a word is in English at large (log10 per billion words), 0.0 when it is no word.

    >>> zipf_in_english("the") > 7, zipf_in_english("significantimmune")
    (True, 0.0)
    """
    from wordfreq import get_frequency_dict, zipf_frequency

    if not (word.isascii() and word.isalpha() and word.islower()):
        return float(zipf_frequency(word, "en"))
    # the same in a tenth of the time, since nothing has to be told apart or made alike
    share = get_frequency_dict("en").get(word)
    return round(math.log10(share) + 9, 2) if share else 0.0


@cache
def keyness(word: str) -> float:
    """How much commoner `word` is in general English than in science, in powers of ten.

    >>> keyness("girlfriend") > 1 > keyness("placebo")
    True
    """
    return zipf_in_english(word) - science().get(word, UNKNOWN).zipf


def zipf(count: int, total: int) -> float:
    """Occurrences per billion words on a log10 scale; unseen words count a half.

    >>> round(zipf(27, 27_000_000), 2)
    3.0
    """
    return math.log10(max(count, 0.5) / total * 1e9)
