"""The families of damage, and what all of them find in one text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass

from textrepair.damage import advertisements, characters, furniture, numbers, truncation, words
from textrepair.damage.page import Page, Proposal
from textrepair.damage.scores import SCORES
from textrepair.edits import Edit, Held
from textrepair.lexicon.protected import BUILT_IN, IsOutside, spans_of
from textrepair.pipeline.decide import best_apart, decide


@dataclass(frozen=True)
class Family:
    """A kind of damage: what finds it, and the built-in protected text it may repair all the same.

    Furniture is made of addresses and citations, and a quotation may be as broken as any other text; but
    what is broken in a mere mention (“cafÃ©”) is shown there.
    """

    name: str
    find: Callable[[Page], Iterator[Proposal]]
    enters: Collection[str] = ()


@dataclass(frozen=True)
class Damage:
    """What was found in one text: the edits to make, apart and in text order, and what is held back."""

    edits: tuple[Edit, ...]
    held: tuple[Held, ...]


NAMES = ("person", "titled", "citation")  # of people, which stay as they are
# In this order: what an earlier family deletes, no later one repairs.
FAMILIES = (
    Family("furniture", furniture.find, BUILT_IN),
    Family("advertisements", advertisements.find, ("quotation", *NAMES)),
    Family("numbers", numbers.find, ("doi", "url", *NAMES)),
    Family("characters", characters.find, ("quotation", *NAMES, "doi")),
    Family("words", words.find, NAMES),
    Family("truncation", truncation.find),
)


def find_damage(
    text: str, families: Collection[str], own: Sequence[re.Pattern[str]], min_score: float
) -> Damage:
    """What `families` find in `text`.

    `own` are the user's patterns, whose matches no family touches; edits below `min_score` are held.

    >>> edits = find_damage("Given theirsafety profile", ["words"], [], 0.5).edits
    >>> edits[0].before, edits[0].after, edits[0].reason
    ('theirsafety', 'their safety', 'words: glued words')
    """
    page = Page(text)
    made: tuple[Edit, ...] = ()
    held: list[Held] = []
    for family in FAMILIES:
        found = list(family.find(page)) if family.name in families else []
        if not found:
            continue
        spared = (find(text) for name, find in BUILT_IN.items() if name not in family.enters)
        is_free = IsOutside(itertools.chain(*spared, spans_of(text, own)))
        apart = IsOutside((e.start, e.end) for e in made)
        edits = [
            p.edit(text, family.name, SCORES[family.name][p.rule])
            for p in found
            if is_free(p.start, p.end) and apart(p.start, p.end)
        ]
        held += [Held(**asdict(e), why_not="flag") for e in edits if e.before == e.after]
        chosen, fell_short = decide((e for e in edits if e.before != e.after), min_score, best_apart)
        held += [Held(**asdict(e), why_not=why_not) for e, why_not in fell_short]
        made = tuple(sorted((*made, *chosen)))
    apart = IsOutside((e.start, e.end) for e in made)
    return Damage(made, tuple(sorted(h for h in held if apart(h.start, h.end))))
