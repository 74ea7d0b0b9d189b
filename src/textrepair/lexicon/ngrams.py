"""How often science writes a phrase: counts of word pairs and triples, in a compact trie.

The table is derived by `textrepair.training.frequencies` and read with marisa-trie, memory-mapped,
so that it costs nothing before its first look-up and little after.
"""

from __future__ import annotations

from functools import cache, lru_cache

import marisa_trie

from textrepair.lexicon.entries import DATA

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


def begins_some(phrase: str) -> bool:
    """Whether a listed phrase goes on after the words of `phrase`.

    >>> begins_some("immune"), begins_some("immune methodology")
    (True, False)
    """
    return next(_trie().iterkeys(phrase + " "), None) is not None
