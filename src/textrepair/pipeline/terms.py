"""Canonical terms a stretch of words may have been: n-grams of science, each word swapped back.

*Colossal information* is no synonym of *big data* in any thesaurus; but *big* may be spun as
*colossal*, *data* as *information*, and science writes *big data* all the time. A word at the edge of
a term may also stand as it was, if it calls for the rest: *neural* is mostly followed by *network*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from textrepair.lexicon.ngrams import begins_some, log_count
from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import count_of
from textrepair.pipeline.segment import BETWEEN, Segmented, Word

MOST_WORDS = 5  # words on either side
OPTIONS = 12  # canonical forms tried for a word
RARE_PAIR = 0.7  # log10 count below which words side by side look swapped
KNOWN = 1.0  # least log10 count of a term
DROPPED = -4.0  # nats for a small word that the term does without
SMALL = frozenset("a an the of in for to and".split())
SHARE = 0.1  # of the uses of a word that stands at the edge of a term, in that term
BEST = 3  # terms proposed for words that begin alike
FARTHEST = -10.0  # nats; less likely swaps are noise


@dataclass(frozen=True)
class Term:
    """Words `start` to `end` (offsets) may have been `canonical`, at the log probability `spin_log_prob`.

    `tier`: as that of a lexicon entry, where the evidence has earned one.
    """

    start: int
    end: int
    canonical: str
    spin_log_prob: float
    tier: str = ""


def find_terms(
    seg: Segmented, is_free: Callable[[int, int], bool], is_doubted: Callable[[int, int], bool]
) -> Iterator[Term]:
    """The likeliest canonical terms of every `doubted` stretch of words that science does not write so.

    >>> from textrepair.pipeline.segment import segment
    >>> everywhere = lambda start, end: True
    >>> found = find_terms(segment("They mined colossal information."), everywhere, everywhere)
    >>> "large data" in {term.canonical for term in found}
    True
    """
    words = seg.words
    for i in range(len(words) - 1):
        if not is_free(words[i].start, words[i].end):
            continue
        row = row_of_words(seg.text, words, i, MOST_WORDS)
        if not is_doubted(row[0].start, row[-1].end):
            continue
        if len(row) > 1 and log_count(f"{row[0].lower} {row[1].lower}") < RARE_PAIR:
            yield from sorted(
                _known_terms(row, lambda a, b: is_free(a, b) and is_doubted(a, b)),
                key=likelihood,
                reverse=True,
            )[:BEST]


def likelihood(term: Term) -> float:
    """Log of the chance of being spun so times the term's frequency, up to a constant."""
    return term.spin_log_prob + math.log(10) * log_count(term.canonical)


def _known_terms(row: Sequence[Word], is_free: Callable[[int, int], bool]) -> Iterator[Term]:
    lower = [w.lower for w in row]
    for n, phrase, spin_log_prob in _terms(lower):
        start, end = row[0].start, row[n - 1].end
        # far commoner than what stands
        if (
            log_count(phrase) >= max(KNOWN, log_count(" ".join(lower[:n])) + 1)
            and is_free(start, end)
            and all(_calls_for(w, phrase) for w in {lower[0], lower[n - 1]} & set(phrase.split()))
        ):
            yield Term(start, end, phrase, spin_log_prob)


def _calls_for(word: str, phrase: str) -> bool:
    """Whether `phrase` is a good part of all that science writes with `word`."""
    return log_count(phrase) - count_of(word) >= math.log10(SHARE)


def row_of_words(text: str, words: Sequence[Word], first: int, longest: int) -> list[Word]:
    """Words from `first` on, so many at most, that stand one space or hyphen apart."""
    row = [words[first]]
    for w in words[first + 1 : first + longest]:
        if text[row[-1].end : w.start].strip(BETWEEN):
            break
        row.append(w)
    return row


def _terms(row: Sequence[str]) -> Iterator[tuple[int, str, float]]:
    """(spun words, term, log probability of the swaps) for every phrase of words, some of them swapped."""
    stack = [(0, "", 0.0)]
    while stack:
        n, phrase, spin_log_prob = stack.pop()
        if n > 1 and spin_log_prob < 0 and " " in phrase:
            yield n, phrase, spin_log_prob
        if n == len(row) or spin_log_prob < FARTHEST or (phrase and not begins_some(phrase)):
            continue
        before = phrase + " " if phrase else ""
        stack += [(n + 1, before + c, spin_log_prob + w) for c, w in canonical_for(row[n])[:OPTIONS]]
        stack.append((n + 1, before + row[n], spin_log_prob))
        if n and row[n] in SMALL:
            stack.append((n + 1, phrase, spin_log_prob + DROPPED))
