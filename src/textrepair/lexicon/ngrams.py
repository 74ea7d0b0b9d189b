"""How often science writes a phrase: counts of word pairs and triples, in a compact trie.

The table is derived by `textrepair.training.frequencies` and read with marisa-trie, memory-mapped,
so that it costs nothing before its first look-up and little after.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

import marisa_trie

from textrepair.lexicon.entries import DATA
from textrepair.lexicon.words import count_of

RARELY = -4.0  # log10 of the least share of a word's uses that is told from none
DAMPING = 10  # uses of a context with which its shares are damped: of few uses they say little
STEP = 0.05  # counts are kept as whole steps of log10: one byte, and finer than they mean anything


@cache
def _trie() -> marisa_trie.RecordTrie:
    return marisa_trie.RecordTrie("<B").mmap(str(DATA / "ngrams.marisa"))


@lru_cache(maxsize=1 << 18)
def log_count(phrase: str) -> float:
    """log10 of a lower-case phrase's count in the clean corpus; 0.0 when it is too rare to be listed.

    >>> log_count("immune system") > log_count("immune method")
    True
    """
    found = _trie().get(phrase)
    return found[0][0] * STEP if found else 0.0


def fit(before: tuple[str, str], words: tuple[str, ...], after: tuple[str, str]) -> tuple[float, float]:
    """How well `words` fit between their neighbours: summed log counts of pairs, and of triples.

    `before` are the two words to the left, `after` the two to the right, nearest ones inside, empty
    where a mark stands between. Only pairs and triples that span an edge of `words` count.

    >>> before, after = ("", "immune"), ("", "")
    >>> fit(before, ("system",), after)[0] > fit(before, ("method",), after)[0]
    True
    """
    row = (*before, *words, *after)
    pairs = [row[k : k + 2] for k in range(1, len(row) - 2)]
    triples = [row[k : k + 3] for k in range(len(row) - 2)]
    return (
        sum(log_count(" ".join(p)) for p in pairs if all(p)),
        sum(log_count(" ".join(t)) for t in triples if all(t)),
    )


def called_for(
    before: tuple[str, str], now: tuple[str, ...], then: tuple[str, ...], after: tuple[str, str]
) -> tuple[float, float]:
    """How surely the neighbours call for `then`, and how surely for `now` in its place, at most 0.

    Of the uses in science of the word before, of both before, of the word after and of both after: log10 of
    the share that stands beside `then`, where that is highest, and of the share beside `now` there; `RARELY`
    for a pair too rare to be listed. Words that `now` and `then` share at an end are neighbours too.

    >>> then, now = called_for(("", ""), ("tensile", "firmness"), ("tensile", "strength"), ("", ""))
    >>> then > -1, now
    (True, -4.0)
    """
    while now and then and now[0] == then[0]:
        before, now, then = (before[1], now[0]), now[1:], then[1:]
    while now and then and now[-1] == then[-1]:
        after, now, then = (now[-1], after[0]), now[:-1], then[:-1]
    if not (now and then):
        return RARELY, RARELY
    best = (RARELY, RARELY)
    for context in (before[1:], before):
        if all(context):
            best = max(best, (_share((*context, then[0]), context), _share((*context, now[0]), context)))
    for context in (after[:1], after):
        if all(context):
            best = max(best, (_share((then[-1], *context), context), _share((now[-1], *context), context)))
    return best


def _share(whole: tuple[str, ...], context: tuple[str, ...]) -> float:
    together = log_count(" ".join(whole))
    uses = log_count(" ".join(context)) if len(context) > 1 else max(0.0, count_of(context[0]))
    return max(RARELY, together - math.log10(10**uses + DAMPING)) if together else RARELY


def begins_some(phrase: str) -> bool:
    """Whether a listed phrase goes on after the words of `phrase`.

    >>> begins_some("immune"), begins_some("immune methodology")
    (True, False)
    """
    return next(_trie().iterkeys(phrase + " "), None) is not None
