"""How often science writes a phrase: counts of word pairs and triples, in a compact trie.

The table is derived by `textrepair.training.frequencies` and read with marisa-trie, memory-mapped,
so that it costs nothing before its first look-up and little after.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence, Set
from functools import cache, lru_cache
from typing import NamedTuple

import marisa_trie

from textrepair.lexicon.entries import DATA
from textrepair.lexicon.words import CLOSED, COUNTED, count_of

RARELY = -4.0  # log10 of the least share of a word's uses that is told from none
DAMPING = 10  # uses of a context with which its shares are damped: of few uses they say little
SIZE = math.log10(COUNTED)
UNLISTED = 0.5  # log10 count of a word or pair that is too rare to be listed
STEP = 0.05  # counts are kept as whole steps of log10: one byte, and finer than they mean anything


@cache
def _trie() -> marisa_trie.RecordTrie:
    return marisa_trie.RecordTrie("<B").mmap(str(DATA / "ngrams.marisa"))


@cache
def _unwritten() -> marisa_trie.Trie:
    return marisa_trie.Trie().mmap(str(DATA / "unwritten.marisa"))


def unwritten(phrase: str) -> bool:
    """Whether the built-in lexicon asks for a phrase, in small letters, that the clean corpus never writes.

    >>> unwritten("kidney rock"), unwritten("on the other hand")
    (True, False)
    """
    return phrase in _unwritten()


@lru_cache(maxsize=1 << 18)
def log_count(phrase: str) -> float:
    """log10 of a lower-case phrase's count in the clean corpus; 0.0 when it is too rare to be listed.

    >>> log_count("immune system") > log_count("immune method")
    True
    """
    found = _trie().get(phrase)
    return found[0][0] * STEP if found else 0.0


def boundary_counts(
    before: tuple[str, str], words: tuple[str, ...], after: tuple[str, str]
) -> tuple[float, float]:
    """How well `words` fit between their neighbours: summed log counts of pairs, and of triples.

    `before` are the two words to the left, `after` the two to the right, nearest ones inside, empty
    where a mark stands between. Only pairs and triples that span an edge of `words` count.

    >>> before, after = ("", "immune"), ("", "")
    >>> boundary_counts(before, ("system",), after)[0] > boundary_counts(before, ("method",), after)[0]
    True
    """
    row = (*before, *words, *after)
    pairs, triples = itertools.pairwise(row[1:-1]), zip(row, row[1:], row[2:], strict=False)
    return (
        sum([log_count(f"{a} {b}") for a, b in pairs if a and b]),
        sum([log_count(f"{a} {b} {c}") for a, b, c in triples if a and b and c]),
    )


def context_log_probs(
    before: tuple[str, str], now: tuple[str, ...], then: tuple[str, ...], after: tuple[str, str]
) -> tuple[float, float]:
    """How surely the neighbours call for `then`, and how surely for `now` in its place, at most 0.

    Of the uses in science of the word before, of both before, of the word after and of both after: log10 of
    the share that stands beside `then`, where that is highest, and of the share beside `now` there; `RARELY`
    for a pair too rare to be listed. Words that `now` and `then` share at an end are neighbours too.

    >>> then, now = context_log_probs(("", ""), ("tensile", "firmness"), ("tensile", "strength"), ("", ""))
    >>> then > -1, now
    (True, -4.0)
    """
    first, last = shared(now, then)
    left = (*before, *now[:first])[-2:]
    right = (*now[len(now) - last :], *after)[:2]
    now, then = now[first : len(now) - last], then[first : len(then) - last]
    if not (now and then):
        return RARELY, RARELY
    best = (RARELY, RARELY)
    for context in (left[1], " ".join(left) if left[0] else ""):
        if left[1] and context:
            best = max(
                best, (_share(f"{context} {then[0]}", context), _share(f"{context} {now[0]}", context))
            )
    for context in (right[0], " ".join(right) if right[1] else ""):
        if right[0] and context:
            best = max(
                best, (_share(f"{then[-1]} {context}", context), _share(f"{now[-1]} {context}", context))
            )
    return best


def shared(now: Sequence[str], then: Sequence[str]) -> tuple[int, int]:
    """How many words two phrases share at their beginning, and at their end.

    >>> shared(("low", "pay", "nations"), ("low", "income", "nations"))
    (1, 1)
    """
    first, last, most = 0, 0, min(len(now), len(then))
    while first < most and now[first] == then[first]:
        first += 1
    while last < most - first and now[-1 - last] == then[-1 - last]:
        last += 1
    return first, last


class Association(NamedTuple):
    """How well words go together in science, each value log10.

    `strength`: how much oftener it writes a pair or triple of them than chance would, where that is most;
    `share`: of the uses of the commoner word of a pair, those beside the other one, where that is most, at
    least `RARELY`; `missing`: how often chance would bring a pair together that is not listed, where that is
    most.
    """

    strength: float
    share: float
    missing: float


def association(row: Sequence[str], new: Set[int]) -> Association:
    """The association of the `new` words of a row (their indices) with each other and with their neighbours.

    Words are lower case, empty where a mark stands; pairs and triples hold a new word, and two words at least
    that are no small ones.

    >>> system, method = (association(["", "immune", word, ""], {2}) for word in ("system", "method"))
    >>> system.strength > 1 > method.strength
    True
    """
    strength, share, missing = 0.0, RARELY, 0.0
    uses = [*map(_uses, row)]
    for k, (a, b) in enumerate(itertools.pairwise(row)):
        if a and b and (k in new or k + 1 in new):
            (of_a, a_small), (of_b, b_small) = uses[k], uses[k + 1]
            together, by_chance = log_count(f"{a} {b}"), of_a + of_b - SIZE
            if not together:
                missing = max(missing, by_chance - UNLISTED)
            elif not (a_small or b_small):
                strength = max(strength, together - by_chance)
                share = max(share, together - max(of_a, of_b))
    for k, (a, b, c) in enumerate(zip(row, row[1:], row[2:], strict=False)):
        if a and b and c and (k in new or k + 1 in new or k + 2 in new):
            (of_a, a_small), (of_b, b_small), (of_c, c_small) = uses[k : k + 3]
            if a_small + b_small + c_small < 2 and (together := log_count(f"{a} {b} {c}")):
                strength = max(strength, together - (of_a + of_b + of_c - 2 * SIZE))
    return Association(strength, share, missing)


@lru_cache(maxsize=1 << 16)
def _uses(word: str) -> tuple[float, bool]:
    """log10 of how often the clean corpus holds a word, and whether it is a small one."""
    return max(UNLISTED, count_of(word)), word in CLOSED


def associations(
    before: tuple[str, str],
    now: tuple[str, ...],
    then: tuple[str, ...],
    after: tuple[str, str],
    known: dict[tuple[int, int], Association] | None = None,
) -> tuple[Association, Association]:
    """The associations of `now` between its neighbours, and of `then` in its place, where the two differ.

    `known`: those of `now` by how many words another `then` shared with it at either end, which are asked of
    once.

    >>> now, then = associations(("", "the"), ("safe", "framework"), ("immune", "system"), ("", ""))
    >>> now.strength < then.strength
    True
    """
    first, last = shared(now, then)

    def of(words: tuple[str, ...]) -> Association:
        differing = range(first, len(words) - last) or range(max(0, first - 1), min(len(words), first + 1))
        return association((*before, *words, *after), {len(before) + k for k in differing})

    known = {} if known is None else known
    if (first, last) not in known:
        known[first, last] = of(now)
    return known[first, last], of(then)


def _share(whole: str, context: str) -> float:
    """log10 of the share of the uses of a context that are of the whole of it, `RARELY` at least."""
    together = log_count(whole)
    return max(RARELY, together - _damped_uses(context)) if together else RARELY


@lru_cache(maxsize=1 << 16)
def _damped_uses(context: str) -> float:
    """log10 of how often the clean corpus holds a word, or several, and `DAMPING`."""
    uses = log_count(context) if " " in context else max(0.0, count_of(context))
    return math.log10(10**uses + DAMPING)


def begins_some(phrase: str) -> bool:
    """Whether a listed phrase goes on after the words of `phrase`.

    >>> begins_some("immune"), begins_some("immune methodology")
    (True, False)
    """
    return next(_trie().iterkeys(phrase + " "), None) is not None
