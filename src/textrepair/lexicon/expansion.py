"""The forms of a lexicon entry: its optional words left out and put in, each reading in every inflection."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from textrepair.lexicon.entries import OPTIONAL, TAGS, Entry
from textrepair.lexicon.inflection import inflect


def unfold(entry: Entry) -> Iterator[Entry]:
    """The entry with its optional words left out and put in, on both sides alike.

    >>> e = Entry("bosom [tissue] peril", ("breast [tissue] cancer",), "NOUN", "biomedical", "ask")
    >>> [(u.spun, u.canonical) for u in unfold(e)]
    [('bosom peril', ('breast cancer',)), ('bosom tissue peril', ('breast tissue cancer',))]
    """
    slots = OPTIONAL.findall(entry.spun) if "[" in entry.spun and entry.pos != "REGEX" else ()
    if not slots:
        yield entry
        return
    for stands in itertools.product((False, True), repeat=len(slots)):
        put_in = {slot for slot, there in zip(slots, stands, strict=True) if there}
        spun, *canonical = (
            " ".join(OPTIONAL.sub(lambda m: m[1] if m[1] in put_in else "", side).split())  # noqa: B023
            for side in (entry.spun, *entry.canonical)
        )
        yield replace(entry, spun=spun, canonical=tuple(canonical))


def expand(entry: Entry) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(spun form, canonical forms, tag) for each inflection both sides have, of every reading.

    >>> e = Entry("ailment", ("disease",), "NOUN", "biomedical", "ask")
    >>> list(expand(e))
    [('ailment', ('disease',), 'NN'), ('ailments', ('diseases',), 'NNS')]
    """
    seen = set()
    for reading in unfold(entry):
        for tag in TAGS[entry.pos]:
            spun = inflect(reading.spun, entry.pos, tag)
            canonical = tuple(f for c in reading.canonical if (f := inflect(c, entry.pos, tag)))
            if spun and (canonical or entry.tier == "never") and (spun, canonical) not in seen:
                seen.add((spun, canonical))
                yield spun, canonical, tag
