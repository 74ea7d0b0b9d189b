"""The candidate table `lexicon/data/synonyms.marisa`: spun form → its likeliest canonical forms."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import marisa_trie
from lemminflect import getAllLemmas

from textrepair.lexicon.entries import TAGS
from textrepair.lexicon.guard import flips_meaning
from textrepair.training.thesaurus.forms import inflections, swappable
from textrepair.training.thesaurus.thesauri import Pair

EVIDENCE = 6.0  # observed swaps of a word that weigh as much as all the thesauri say of it
FARTHEST = -9.0  # nats; farther synonyms are noise
MOST = 24  # canonical forms a spun form keeps
FEWEST_USES = 30  # times that science writes a canonical form


def table(
    thesauri: dict[Pair, float],
    phrases: dict[Pair, tuple[float, float]],
    science: Counter[str],
) -> dict[str, list[tuple[str, float]]]:
    """Spun form → its likeliest canonical forms with the log probability of being spun so.

    The two sources are mixed by how much the phrases say of a canonical word (`EVIDENCE`
    observations weigh as much as the thesauri). Both forms stand in the same inflection. A spun form
    keeps the `MOST` canonical forms likeliest by that probability times their frequency in science:
    Bayes' rule, without context.
    """
    total = sum(science.values())
    rows: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in thesauri.keys() | phrases.keys():
        a, b, pos = pair
        n, of = phrases.get(pair, (0.0, 0.0))
        chance = (thesauri.get(pair, 0.0) * EVIDENCE + n) / (EVIDENCE + of)
        forms, others = inflections(a, pos), inflections(b, pos)
        for tag in forms.keys() & others.keys():
            spun, canonical = others[tag], forms[tag]
            if spun != canonical and science[canonical] >= FEWEST_USES and not flips_meaning(spun, canonical):
                rows[spun][canonical] = max(math.log(chance), rows[spun].get(canonical, -99.0))
    best: dict[str, list[tuple[str, float]]] = {}
    for spun, options in rows.items():
        ranked = sorted(options.items(), key=lambda o: -o[1] - math.log(science[o[0]] / total))
        best[spun] = [(c, w) for c, w in ranked if w > FARTHEST][:MOST]
    return best


def inflected_alike(word: str, other: str) -> Iterator[tuple[str, str]]:
    """The forms of two words in each inflection that both have, as each part of speech that both can be."""
    if not (swappable(word) and swappable(other)):
        return
    lemmas, other_lemmas = getAllLemmas(word), getAllLemmas(other)
    for pos in TAGS:
        for lemma in lemmas.get(pos, ()):
            # a word that the dictionary lacks (*irresistible*) is taken for a lemma of the same kind
            for other_lemma in other_lemmas.get(pos, ()) if other_lemmas else (other,):
                forms, others = inflections(lemma, pos), inflections(other_lemma, pos)
                yield from ((forms[tag], others[tag]) for tag in forms.keys() & others.keys())


def write_table(path: Path, rows: dict[str, list[tuple[str, float]]]) -> None:
    """Write the table as a marisa trie: spun form → `canonical:closeness` pairs, tenths of a nat."""
    records = [
        (spun, " ".join(f"{c}:{round(-10 * w)}" for c, w in options).encode())
        for spun, options in rows.items()
        if options
    ]
    marisa_trie.BytesTrie(records).save(str(path))
