"""The candidate table: which science words a single word may have been, by inverse synonymy.

Derived by `textrepair.training.thesaurus`, where sources and licences are named; kept as a marisa
trie that is mapped, not read, so that it costs nothing before its first look-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

import marisa_trie

from textrepair.lexicon.entries import DATA


@cache
def _trie() -> marisa_trie.BytesTrie:
    return marisa_trie.BytesTrie().mmap(str(DATA / "synonyms.marisa"))


@lru_cache(maxsize=1 << 16)
def canonical_for(word: str) -> tuple[tuple[str, float], ...]:
    """(canonical form, log probability that it is spun so) for a lower-case word, likeliest first.

    Likeliest by that probability times the frequency in science; both are in the same inflection.

    >>> "disease" in [canonical for canonical, _ in canonical_for("illness")]
    True
    """
    found = _trie().get(word)
    return _row(found[0]) if found else ()


def all_synonyms() -> Iterator[tuple[str, tuple[tuple[str, float], ...]]]:
    """Every spun form with its canonical forms, as `canonical_for` gives them."""
    for word, row in _trie().iteritems():
        yield word, _row(row)


def _row(record: bytes) -> tuple[tuple[str, float], ...]:
    parts = (option.split(":") for option in record.decode().split(" "))
    return tuple((canonical, int(tenths) / -10) for canonical, tenths in parts)
