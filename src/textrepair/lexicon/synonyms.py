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
    text = gzip.decompress((DATA / "synonyms.tsv.gz").read_bytes()).decode()
    table: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for line in text.splitlines()[1:]:
        spun, canonical, tag, closeness = line.split("\t")
        table[spun].append((canonical, tag, float(closeness)))
    return dict(table)
