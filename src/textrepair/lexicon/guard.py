"""What may never be exchanged: opposites, negations, quantities, units, names.

The data is `data/opposites.tsv`: groups of words whose sides may not be swapped for one another.
Thesauri and masked language models both love opposites, so this is asked of every candidate,
whatever its score.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache, lru_cache

from textrepair.lexicon.entries import DATA
from textrepair.lexicon.inflection import lemminflect

NEGATIONS = frozenset(
    "no not never nor neither none without cannot n't n’t hardly scarcely fail fails failed".split()
)
NEGATIVE_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "anti", "counter", "a", "de")


@cache
def _sides() -> dict[str, dict[str, str]]:
    """Word form → {group: side}."""
    sides: dict[str, dict[str, str]] = defaultdict(dict)
    with (DATA / "opposites.tsv").open(encoding="utf8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            word = row["word"].lower()
            forms = {word} | {form for fs in lemminflect().getAllInflections(word).values() for form in fs}
            for form in forms:
                # a word's own row beats an inflection that only looks like it (*left*, *found*)
                if form == word or row["group"] not in sides[form]:
                    sides[form][row["group"]] = row["side"]
    return dict(sides)


def opposed(a: str, b: str) -> bool:
    """Whether two single words stand on different sides of a group, or differ by a negative prefix.

    >>> opposed("decreased", "increased"), opposed("stable", "unstable"), opposed("tiny", "small")
    (True, True, False)
    """
    return _across(a, b) or any(a == p + b or b == p + a for p in NEGATIVE_PREFIXES)


def _across(a: str, b: str) -> bool:
    x, y = _sides().get(a, {}), _sides().get(b, {})
    return any(y.get(group, side) != side for group, side in x.items())


@lru_cache(maxsize=1 << 17)  # the same pairs come up again and again
def flips_meaning(before: str, after: str) -> bool:
    """Whether reading `after` for `before` would change direction, polarity, quantity or a number.

    >>> flips_meaning("not significant", "significant"), flips_meaning("5 sufferers", "5 patients")
    (True, False)
    """
    a, b = (re.findall(r"[^\W\d_]+(?:['’]t)?|\d+(?:[.,]\d+)*", t.lower()) for t in (before, after))
    gone, come = [w for w in a if w not in b], [w for w in b if w not in a]
    if any(w[0].isdigit() for w in gone + come):
        return True
    if sum(w in NEGATIONS for w in gone) != sum(w in NEGATIONS for w in come):
        return True
    if len(gone) == len(come) == 1:
        return opposed(gone[0], come[0])
    return any(_across(x, y) for x in gone for y in come)
