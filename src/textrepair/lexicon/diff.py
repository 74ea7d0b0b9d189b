"""How two lexicons differ, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textrepair.lexicon.entries import COLUMNS, Entry, row_of


@dataclass(frozen=True)
class Difference:
    """What stands in one lexicon only, and (before, after) of entries that stand in both and differ."""

    removed: list[Entry]
    added: list[Entry]
    changed: list[tuple[Entry, Entry]]


def diff(before: Iterable[Entry], after: Iterable[Entry]) -> Difference:
    """Compare lexicons by their spun side, part of speech and condition.

    >>> one = Entry("ailment", ("disease",), "NOUN", "biomedical", "ask")
    >>> two = Entry("ailment", ("illness",), "NOUN", "biomedical", "ask")
    >>> [changes(*pair) for pair in diff([one], [two]).changed]
    [{'canonical': ('disease', 'illness')}]
    """
    old, new = ({e.key: e for e in entries} for entries in (before, after))
    both = sorted(old.keys() & new.keys())
    return Difference(
        [old[k] for k in sorted(old.keys() - new.keys())],
        [new[k] for k in sorted(new.keys() - old.keys())],
        [(old[k], new[k]) for k in both if changes(old[k], new[k])],
    )


def changes(before: Entry, after: Entry) -> dict[str, tuple[str, str]]:
    """Column → (before, after) where two entries differ."""
    a, b = row_of(before), row_of(after)
    return {c: (a[c], b[c]) for c in COLUMNS if a[c] != b[c]}
