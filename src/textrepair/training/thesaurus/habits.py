"""The table of habits: what is written down by hand of words and idioms, in all inflections."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import marisa_trie
import numpy as np

from textrepair.lexicon.entries import TAGS
from textrepair.lexicon.guard import flips_meaning, respelled
from textrepair.lexicon.habits import LONGEST_IDIOM
from textrepair.lexicon.inflection import inflect
from textrepair.training.thesaurus.table import inflected_alike

HABITS = Path(__file__).with_name("habits.tsv")
MOST = 12  # canonical wordings that a spun one keeps in the table of habits
ROOM = 30  # canonical forms that a word keeps in the candidate table
Synonyms = Mapping[str, Sequence[tuple[str, float]]]  # spun form → canonical forms, log probabilities


class Habit(NamedTuple):
    """What spinners write as `spun`: the `canonical` wordings, likeliest first; `pos` says how both bend."""

    spun: str
    pos: str
    canonical: tuple[str, ...]


def read_habits(path: Path = HABITS) -> list[Habit]:
    """The habits written down by hand."""
    with open(path, encoding="utf8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Habit(row["spun"], row["pos"], tuple(row["canonical"].split("|"))) for row in rows]


def in_all_forms(
    listed: Iterable[Habit], words: Mapping[str, Sequence[str]], science: Collection[str]
) -> dict[str, dict[str, int]]:
    """Spun wording → canonical wording → rank, 0 for the likeliest, in every inflection that both have.

    `words`: what spinners put for a word, likeliest first; `science`: the words that science uses, of which
    alone a canonical wording is made.
    """
    ranks: dict[str, dict[str, int]] = defaultdict(dict)
    for spun, canonical, rank in (*_of_words(words), *_bent(listed)):
        longest = max(len(spun.split()), len(canonical.split()))
        if longest > LONGEST_IDIOM or respelled(spun, canonical) or flips_meaning(spun, canonical):
            continue
        if all(word in science for word in canonical.lower().split()):
            ranks[spun][canonical] = min(rank, ranks[spun].get(canonical, rank))
    return {
        spun: dict(sorted(options.items(), key=lambda option: option[1])[:MOST])
        for spun, options in ranks.items()
    }


def _of_words(words: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, int]]:
    for word, others in words.items():
        for rank, other in enumerate(others):
            if " " in other:
                yield other, word, rank
            for canonical, spun in inflected_alike(word, other):
                yield spun, canonical, rank


def _bent(listed: Iterable[Habit]) -> Iterator[tuple[str, str, int]]:
    for habit in listed:
        for rank, canonical in enumerate(habit.canonical):
            for tag in TAGS[habit.pos]:
                spun, becomes = inflect(habit.spun, habit.pos, tag), inflect(canonical, habit.pos, tag)
                if spun and becomes:
                    yield spun.lower(), becomes, rank


def with_habits(
    rows: Synonyms, ranks: Mapping[str, Mapping[str, int]], frequency: Mapping[str, float]
) -> dict[str, list[tuple[str, float]]]:
    """The candidate table with the single words among the habits: *infectious* → *irresistible*.

    A new pair is as close as those usually are that have the same rank and are known to the thesauri.
    `frequency`: log10 of how often science writes a form. A spun form keeps what it had; new canonical
    forms take the room that is left.
    """
    known: dict[int, list[float]] = defaultdict(list)
    new: list[tuple[int, str, str]] = []
    for spun, options in ranks.items():
        close = dict(rows.get(spun, ()))
        for canonical, rank in options.items():
            if canonical in close:
                known[rank].append(close[canonical])
            elif " " not in spun + canonical:
                new.append((rank, spun, canonical))
    usual = {rank: float(np.median(close)) for rank, close in known.items()}
    best = {spun: list(options) for spun, options in rows.items()}
    for rank, spun, canonical in sorted(new):
        row = best.setdefault(spun, [])
        if len(row) < ROOM and rank in usual:
            row.append((canonical, usual[rank]))
            row.sort(key=lambda o: -o[1] - math.log(10) * frequency.get(o[0], 0.0))
    return best


def write_habits(path: Path, ranks: Mapping[str, Mapping[str, int]]) -> int:
    """Write what `in_all_forms` returns as a marisa trie; returns the number of spun wordings."""
    records = [
        (spun, "|".join(f"{canonical}:{rank}" for canonical, rank in options.items()).encode())
        for spun, options in sorted(ranks.items())
    ]
    marisa_trie.BytesTrie(records).save(str(path))
    return len(records)
