"""Spaces inside words: *treat ment*, and those that a font's ligatures leave, *signi ficant*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from textrepair.damage.dictionary import combining, highest_zipf, listed, log_uses
from textrepair.damage.page import Proposal
from textrepair.lexicon.ngrams import log_count

SURPRISE = 5.0  # powers of ten by which one word must beat two
RARE_WORD = 4.2  # zipf below which a word may be a scrap of another
OUTNUMBERS = 2.0  # powers of ten by which it must beat them in a text that has such damage elsewhere
LIGATURE = ("ffi", "ffl", "fi", "fl", "ff")  # a font's sign for several letters, and a space behind it
SPLIT = re.compile(r"(?<![\w.'’/\u2010-\u2015-])[A-Za-z]?[a-z]+(?: [a-z]{2,})+(?![\w'’/\u2010-\u2015-])")


def find(text: str) -> Iterator[Proposal]:
    """Spaces inside words; where a text has several at ligatures, what else is likelier whole there too.

    >>> text = "The signi ficant e ffect of the pro file."
    >>> [p.after for p in find(text)]
    ['significant', 'effect', 'profile']
    """
    found = list(_inside(text))
    yield from found
    if sum(_at_ligature(*text[p.start : p.end].split(" ")) for p in found) > 1:
        taken = {p.start for p in found}
        for run in SPLIT.finditer(text):
            for (start, mid), (then, end) in pairwise(_words(run)):
                a, b = text[start:mid].lower(), text[then:end]
                likelier = log_uses(a + b) - log_count(f"{a} {b}") >= OUTNUMBERS
                if start not in taken and _at_ligature(a, b) and likelier:
                    yield Proposal(start, end, text[start:mid] + b, "artifact", "space inside a word")


def _words(run: re.Match[str]) -> list[tuple[int, int]]:
    """Offsets of the words of a run."""
    return [(run.start() + m.start(), run.start() + m.end()) for m in re.finditer(r"\S+", run[0])]


def _at_ligature(a: str, b: str) -> bool:
    return a.endswith(LIGATURE) or b.startswith(LIGATURE)


def _inside(text: str) -> Iterator[Proposal]:
    """A space inside a word: far likelier as one word than as two neighbours by chance."""
    for run in SPLIT.finditer(text):
        words = run[0].lower().split(" ")
        scraps = [*map(_may_be_scrap, words)]
        if not any(scraps):
            continue
        pairs = pairwise(zip(words, scraps, strict=True))
        if not any((one or other) and listed(a + b) for (a, one), (b, other) in pairs):
            continue
        for (start, mid), (then, end) in pairwise(_words(run)):
            a, b = text[start:mid].lower(), text[then:end]
            whole = highest_zipf(a + b)
            if (
                a.endswith(LIGATURE)
                and log_uses(a + b) > 2
                and whole > min(highest_zipf(a), highest_zipf(b)) + 1.5
            ):
                yield Proposal(start, end, text[start:mid] + b, "artifact", "space behind a ligature")
                continue
            if min(highest_zipf(a), highest_zipf(b)) >= RARE_WORD or log_count(f"{a} {b}") or combining(a, b):
                continue
            if log_uses(a + b) and whole - (highest_zipf(a) + highest_zipf(b) - 9) > SURPRISE and whole > 3:
                yield Proposal(start, end, text[start:mid] + b, "artifact", "space inside a word")


@lru_cache(maxsize=1 << 16)
def _may_be_scrap(word: str) -> bool:
    """Whether a lower-case word may be a part of another that was cut in two."""
    return highest_zipf(word) < RARE_WORD or word.endswith(LIGATURE)
