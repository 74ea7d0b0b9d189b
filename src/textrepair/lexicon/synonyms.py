"""The candidate table: which science word a single word may have been, by inverse synonymy."""

from __future__ import annotations

import gzip
from collections import defaultdict
from functools import cache

from textrepair.lexicon.entries import DATA


@cache
def synonyms() -> dict[str, list[tuple[str, str, float]]]:
    """Spun form → [(canonical form, inflection tag, log probability of being spun so)].

    Derived by `textrepair.training.thesaurus`; sources and licences are named there.

    >>> "disease" in {c for c, _, _ in synonyms()["illness"]}
    True
    """
    table: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    with gzip.open(DATA / "synonyms.tsv.gz", "rt", encoding="utf8") as f:
        next(f)
        for line in f:
            spun, canonical, tag, closeness = line.rstrip("\n").split("\t")
            table[spun].append((canonical, tag, float(closeness)))
    return dict(table)
