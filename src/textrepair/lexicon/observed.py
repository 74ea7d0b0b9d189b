"""Which word real spinners put for which: how often each was swapped so, in published phrases and on pages.

The counts of the package are of words aligned in pairs of published phrases, by their lemmas
(`textrepair.training.alignment`); a decision that is fitted to pages adds what was swapped there. Thesauri
tell which words are synonyms; this tells which synonyms spinners choose.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from textrepair.lexicon.inflection import lemminflect

TABLE = Path(__file__).with_name("data") / "observed.tsv.gz"
LEAST_SURE = 0.5  # an alignment of two phrases that is less sure is no observation
TAGS = ("NOUN", "VERB", "ADJ", "ADV")


class Observed(NamedTuple):
    """How often a swap was observed: `swap` the two words, `spun` the word that stands, for whatever, and
    `canonical` the other one, by whatever. Of several words each is that of the word least often seen.
    """

    swap: float
    spun: float
    canonical: float

    @property
    def share(self) -> float:
        """The share of what the spun word was put for that is the canonical one (0 to 1, damped by one)."""
        return self.swap / (1 + self.spun)


NEVER = Observed(0.0, 0.0, 0.0)


@lru_cache(maxsize=100_000)
def lemma(word: str) -> str:
    """The lemma of a word in small letters: of a noun if it can be one, else of a verb, or of an adjective.

    >>> lemma("sufferers"), lemma("assessed"), lemma("of")
    ('sufferer', 'assess', 'of')
    """
    found = lemminflect().getAllLemmas(word)
    return next((form for tag in TAGS for form in found.get(tag, ()) if form != word), word)


class Swaps:
    """How often spinners were seen to put one lemma for another: (spun, canonical) → times."""

    def __init__(self, times: Mapping[tuple[str, str], float]) -> None:
        self._times = times
        self._of_spun: dict[str, float] = defaultdict(float)
        self._of_canonical: dict[str, float] = defaultdict(float)
        for (spun, canonical), count in times.items():
            self._of_spun[spun] += count
            self._of_canonical[canonical] += count

    def of_spun(self, lemma: str) -> float:
        """How often they put it, for whatever."""
        return self._of_spun.get(lemma, 0.0)

    def of_canonical(self, lemma: str) -> float:
        """How often they swapped it, for whatever."""
        return self._of_canonical.get(lemma, 0.0)

    def with_others(self, times: Iterable[tuple[tuple[str, str], float]]) -> Swaps:
        """These swaps, and others that were seen elsewhere."""
        together = defaultdict(float, self._times)
        for pair, count in times:
            together[pair] += count
        return Swaps(together)

    def __call__(self, before: Sequence[str], after: Sequence[str]) -> Observed:
        """How often spinners were seen to put the words `before` for the words `after`, one for one.

        >>> swaps = published_swaps()
        >>> swaps(("sufferers",), ("patients",)).swap > swaps(("sufferers",), ("victims",)).swap
        True
        """
        pairs = lemma_pairs(before, after)
        if not pairs:
            return NEVER
        return Observed(
            min(self._times.get(pair, 0.0) for pair in pairs),
            min(self._of_spun.get(spun, 0.0) for spun, _ in pairs),
            min(self._of_canonical.get(canonical, 0.0) for _, canonical in pairs),
        )


def lemma_pairs(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """The (spun, canonical) lemmas of the words that differ; none where they do not answer one for one.

    >>> lemma_pairs(("heart", "illnesses"), ("heart", "diseases"))
    [('illness', 'disease')]
    """
    if len(before) != len(after):
        return []
    return [(lemma(a), lemma(b)) for a, b in zip(before, after, strict=True) if a != b]


@cache
def published_swaps() -> Swaps:
    """The swaps of the package's own table."""
    with gzip.open(TABLE, "rt", encoding="utf8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return Swaps({(row["spun"], row["canonical"]): float(row["count"]) for row in rows})


def write_observed(path: Path, aligned: Mapping[tuple[str, str], float]) -> int:
    """Write the table from counts of aligned words, (canonical, spun) → count; returns its number of rows."""
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for (canonical, spun), count in aligned.items():
        a, b = lemma(spun), lemma(canonical)
        if a != b and a.isalpha() and b.isalpha():
            counts[a, b] += count
    rows = [
        (spun, canonical, f"{count:.1f}")
        for (spun, canonical), count in sorted(counts.items())
        if count >= LEAST_SURE
    ]
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        lines = ["\t".join(row) for row in (("spun", "canonical", "count"), *rows)]
        file.write(("\n".join(lines) + "\n").encode())
    return len(lines) - 1
