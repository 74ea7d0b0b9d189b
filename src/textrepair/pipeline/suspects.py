"""Which words are doubtful, and why."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from textrepair.lexicon.entries import TIERS
from textrepair.lexicon.lexicon import Form, Lexicon
from textrepair.lexicon.protected import IsOutside, protected_spans
from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import keyness
from textrepair.pipeline.segment import Segmented, Word

_START = attrgetter("start")
TERM = -1.7  # keyness at which a word is a term: fifty times commoner in science than in English


@dataclass(frozen=True)
class Suspect:
    """A stretch that may be spun: offsets, and the lexicon forms that match it.

    No forms: a single word that thesauri give as a synonym of a word of science.
    """

    start: int
    end: int
    forms: tuple[Form, ...] = ()

    @property
    def tier(self) -> str:
        """The most careful tier of its forms; empty without any."""
        return min((f.entry.tier for f in self.forms), key=TIERS[::-1].index, default="")

    @property
    def phrase(self) -> bool:
        """Whether it is several words that a lexicon lists; single listed words stand in any text."""
        return any(" " in f.entry.spun for f in self.forms)

    @property
    def layer(self) -> int:
        """The highest lexicon of the stack that it is from; 0 without any."""
        return max((f.layer for f in self.forms), default=0)


def find_listed(
    seg: Segmented, lexicon: Lexicon, terms: Sequence[str], patterns: Sequence[re.Pattern[str]]
) -> tuple[list[Suspect], IsOutside]:
    """The stretches that the lexicon lists, and the text outside which they lie: the protected one."""
    matches = [Suspect(m.start, m.end, m.forms) for m in lexicon.find(seg)]
    never = sorted((m for m in matches if m.tier == "never"), key=_START)
    furthest = [*itertools.accumulate((n.end for n in never), max)]
    protected = [*protected_spans(seg.text, terms, patterns)]
    is_free = IsOutside([*protected, *((n.start, n.end) for n in never)])
    unprotected = IsOutside(protected)

    def barred(phrase: Suspect) -> bool:
        # one that begins before it and ends inside or behind it holds not all of it
        first = bisect_left(never, phrase.start, key=_START)
        inside = never[first : bisect_left(never, phrase.end, lo=first, key=_START)]
        return bool(first and furthest[first - 1] > phrase.start) or any(_bars(n, phrase) for n in inside)

    listed = [
        m
        for m in matches
        if is_free(m.start, m.end) or (m.tier != "never" and unprotected(m.start, m.end) and not barred(m))
    ]
    return listed, is_free


def with_synonyms(
    seg: Segmented, listed: Sequence[Suspect], is_free: IsOutside, *, capitals: bool = False
) -> list[Suspect]:
    """All doubtful stretches in text order: what is listed, and what thesauri give for words of science.

    `capitals`: as in `common_words`.
    """
    known = {(s.start, s.end) for s in listed}
    synonyms = [
        Suspect(w.start, w.end)
        for w in common_words(seg, is_free, capitals=capitals)
        if canonical_for(w.lower) and (w.start, w.end) not in known
    ]
    return sorted([*listed, *synonyms], key=lambda s: (s.start, -s.end))


def _bars(never: Suspect, phrase: Suspect) -> bool:
    """Whether a protected phrase keeps another, which overlaps it, from being exchanged.

    It does unless that one is longer, holds all of it, and is of no earlier lexicon:
    *black hole assault* is a swapped term, though *black hole* is a term.
    """
    if never.end <= phrase.start or phrase.end <= never.start:
        return False
    around = phrase.start <= never.start and never.end <= phrase.end
    longer = phrase.end - phrase.start > never.end - never.start
    return not (around and longer and never.layer <= phrase.layer)


def common_words(seg: Segmented, is_free: IsOutside, *, capitals: bool = False) -> Iterator[Word]:
    """The words of which others than the lexicon may doubt: neither names nor terms.

    Thesauri know nothing of words written like names (a capital inside a sentence, an acronym), nor of those
    that science uses far more than other English. With `capitals`, words with one capital are no names:
    spinners keep it, in headings and in names of methods (*Guileless Bayes*).
    """
    for w in seg.words:
        if keyness(w.lower) > TERM and is_free(w.start, w.end):
            written = seg.text[w.start : w.end]
            if not named(seg, w) or (capitals and written[1:] == w.lower[1:] and len(written) > 1):
                yield w


def named(seg: Segmented, word: Word) -> bool:
    """Whether a word is written like a name: capitals where its sentence asks for none."""
    written = seg.text[word.start : word.end]
    return written != word.lower and not (word.opens and written[1:] == word.lower[1:])
