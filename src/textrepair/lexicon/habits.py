"""What spinners are known to write for what: words and idioms, written down by hand for this project.

Thesauri tell which words are synonyms and published phrases which terms were swapped; idioms stand in neither
(*be that as it may* for *however*, *sun oriented* for *solar*). The table is derived, in all inflections, by
`textrepair.training.thesaurus.habits`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import marisa_trie

from textrepair.lexicon.entries import DATA

LONGEST_IDIOM = 7  # words of the longest idiom


@cache
def _trie() -> marisa_trie.BytesTrie:
    return marisa_trie.BytesTrie().mmap(str(DATA / "habits.marisa"))


@lru_cache(maxsize=1 << 16)
def habits_for(spun: str) -> dict[str, int]:
    """Canonical wording → its rank (0 for the likeliest) of what spinners write as `spun`, in small letters.

    >>> "however" in habits_for("be that as it may")
    True
    >>> habits_for("photosynthesis")
    {}
    """
    found = _trie().get(spun)
    if not found:
        return {}
    options = (option.rpartition(":") for option in found[0].decode().split("|"))
    return {canonical: int(rank) for canonical, _, rank in options}


def idioms_from(row: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """(number of words, canonical wording, rank) for each idiom that begins a row of words, in small letters.

    >>> found = {(n, canonical) for n, canonical, _ in idioms_from("be that as it may we".split())}
    >>> (5, "however") in found
    True
    """
    spun = row[0] if row else ""
    for n, word in enumerate(row[1:LONGEST_IDIOM], 2):
        spun = f"{spun} {word}"
        if next(_trie().iterkeys(spun), None) is None:
            return
        for canonical, rank in habits_for(spun).items():
            yield n, canonical, rank
