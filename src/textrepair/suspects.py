"""Which words are doubtful, and why."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from textrepair.lexicon.lexicon import Form, Lexicon
from textrepair.lexicon.protected import protected_spans
from textrepair.lexicon.synonyms import synonyms
from textrepair.lexicon.words import keyness
from textrepair.segment import Segmented, Word, hyphenated

TERM = -1.0  # keyness at which a word is a term: ten times commoner in science than in English


@dataclass(frozen=True)
class Suspect:
    """A stretch that may be spun: offsets, and the lexicon forms that match it.

    No forms: a single word that thesauri give as a synonym of a word of science.
    """

    start: int
    end: int
    forms: tuple[Form, ...] = ()


def find_suspects(
    seg: Segmented, lexicon: Lexicon, terms: Sequence[str], patterns: Sequence[re.Pattern[str]]
) -> list[Suspect]:
    """All doubtful stretches outside protected text, in text order.

    Words written like names (a capital inside a sentence, an acronym), parts of hyphenated words and
    words that science uses far more than other English are taken from the lexicon only: thesauri know
    nothing of names and terms.
    """
    matches = list(lexicon.find(seg))
    protected = sorted(
        [
            *protected_spans(seg.text, terms, patterns),
            *((m.start, m.end) for m in matches if any(f.entry.tier == "never" for f in m.forms)),
        ]
    )
    free = _Outside(protected)
    out = [
        Suspect(m.start, m.end, m.forms)
        for m in matches
        if free(m.start, m.end) and all(f.entry.tier != "never" for f in m.forms)
    ]
    known = {(s.start, s.end) for s in out}
    table = synonyms()
    out += [
        Suspect(w.start, w.end)
        for w in seg.words
        if w.lower in table
        and (w.start, w.end) not in known
        and keyness(w.lower) > TERM
        and not _named(seg.text, w)
        and not hyphenated(seg.text, w.start, w.end)
        and free(w.start, w.end)
    ]
    return sorted(out, key=lambda s: (s.start, -s.end))


def _named(text: str, word: Word) -> bool:
    """Whether the word is written like a name: capitals where its sentence asks for none."""
    written = text[word.start : word.end]
    return written != word.lower and not (word.opens and written[1:] == word.lower[1:])


class _Outside:
    """Whether a span touches none of the sorted protected spans; asked in any order."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        merged: list[list[int]] = []
        for start, end in spans:
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        self.starts = [s for s, _ in merged]
        self.ends = [e for _, e in merged]

    def __call__(self, start: int, end: int) -> bool:
        k = bisect_right(self.ends, start)
        return k == len(self.starts) or self.starts[k] >= end
