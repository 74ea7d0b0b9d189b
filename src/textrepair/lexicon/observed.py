"""Which word real spinners put for which: how often each was swapped so, in published phrases and on pages.

The counts are of words aligned in pairs of phrases (`textrepair.training.alignment`), by their lemmas.
Thesauri tell which words are synonyms; this tells which synonyms spinners choose.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
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


def observed(before: Sequence[str], after: Sequence[str]) -> Observed:
    """How often spinners were seen to put the words `before` for the words `after`, one for one.

    >>> observed(("sufferers",), ("patients",)).swap > observed(("sufferers",), ("victims",)).swap
    True
    """
    if len(before) != len(after):
        return NEVER
    swaps, of_spun, of_canonical = _counts()
    pairs = [(lemma(a), lemma(b)) for a, b in zip(before, after, strict=True) if a != b]
    if not pairs:
        return NEVER
    return Observed(
        min(swaps.get(pair, 0.0) for pair in pairs),
        min(of_spun.get(spun, 0.0) for spun, _ in pairs),
        min(of_canonical.get(canonical, 0.0) for _, canonical in pairs),
    )


@cache
def _counts() -> tuple[dict[tuple[str, str], float], dict[str, float], dict[str, float]]:
    swaps: dict[tuple[str, str], float] = {}
    of_spun: dict[str, float] = defaultdict(float)
    of_canonical: dict[str, float] = defaultdict(float)
    with gzip.open(TABLE, "rt", encoding="utf8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            count = float(row["count"])
            swaps[row["spun"], row["canonical"]] = count
            of_spun[row["spun"]] += count
            of_canonical[row["canonical"]] += count
    return swaps, of_spun, of_canonical


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
