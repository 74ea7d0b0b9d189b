"""What public thesauri say: which words are related, how, in which sense; and which phrases say a word.

Sources: WordNet 3.0 through the OpenOffice thesaurus (Debian `mythes-en-us`), Moby Thesaurus II
(npm `moby`, public domain), word frequencies (PyPI `wordfreq`), inflection (PyPI `lemminflect`).
"""

from __future__ import annotations

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lemminflect import getAllLemmas
from wordfreq import zipf_frequency

from textrepair.lexicon.entries import TAGS
from textrepair.lexicon.inflection import inflect
from textrepair.lexicon.words import CLOSED
from textrepair.training.thesaurus.forms import PLAIN_WORD, inflections, stem, swappable

POS_OF = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ", "adv": "ADV"}
RELATIONS = ("synonym", "similar", "generic", "moby")
ONLY_MOBY = 9  # the sense of pairs that WordNet does not order
LAST_SENSE = 2  # counted from 0: of later ones spinners draw seldom, and oddly
# Of those, words that spinners do swap one for one: *very* → *extremely*, *many* → *numerous*.
DEGREE = frozenset("also both each just many more most much only some so then very all any".split())
Pair = tuple[str, str, str]  # canonical lemma, spun lemma, part of speech


@dataclass(frozen=True)
class Facts:
    """What the thesauri say of a pair: relations found, and the earliest sense it stands in."""

    relations: frozenset[str]
    sense: int


def read_mythes(path: Path) -> Iterator[tuple[str, str, str, str, int]]:
    """(word, other, part of speech, relation, sense) for each line of a MyThes `.dat` file.

    Names, symbols and acronyms are left out: *in* is no spun *indium*, nor *SLE* a spun *lupus*. Heads
    are all lower case in the file, so a sense that writes its own head with a capital betrays one.
    """
    lines = iter(path.read_text(encoding="utf8").splitlines()[1:])
    for head in lines:
        word, _, count = head.rpartition("|")
        for sense in range(int(count)):
            pos, *others = next(lines).split("|")
            if any(o != word and o.lower() == word for o in others):
                continue
            for other in others:
                m = re.match(r"(.*?)(?: \((generic|similar|related|antonym)(?: term)?\))?$", other)
                assert m is not None
                relation = m[2] or "synonym"
                if relation in RELATIONS and m[1] == m[1].lower():
                    yield word, m[1], POS_OF[pos.strip("()")], relation, sense


def read_moby(path: Path) -> Iterator[tuple[str, str]]:
    """(root, synonym) for each comma-separated line of the Moby thesaurus."""
    for line in path.read_text(encoding="utf8").splitlines():
        root, *others = line.lower().split(",")
        for other in others:
            yield root, other


def collect(mythes: Path, moby: Path, science: Counter[str]) -> dict[Pair, Facts]:
    """Pairs of plain words whose canonical side science uses and whose spun side English uses."""

    def canonical(word: str) -> bool:
        return bool(PLAIN_WORD.match(word)) and word not in CLOSED - DEGREE and science[word] >= 60

    def spun(word: str) -> bool:
        return bool(PLAIN_WORD.match(word)) and word not in CLOSED and zipf_frequency(word, "en") >= 2.3

    relations: dict[Pair, set[str]] = defaultdict(set)
    senses: dict[Pair, int] = {}
    for a, b, pos, relation, sense in read_mythes(mythes):
        # a generic term is one way only: *illness* is a kind of *disease*, and spinners go both ways
        for x, y in ((a, b), (b, a)) if relation != "synonym" else ((a, b),):
            if x != y and canonical(x) and spun(y):
                relations[x, y, pos].add(relation)
                senses[x, y, pos] = min(sense, senses.get((x, y, pos), 99))
    parts = {}
    for a, b in read_moby(moby):
        for x, y in ((a, b), (b, a)):
            if x != y and canonical(x) and spun(y):
                for w in (x, y):
                    if w not in parts:
                        parts[w] = {p for p, lemmas in getAllLemmas(w).items() if w in lemmas}
                for pos in parts[x] & parts[y] & TAGS.keys():
                    relations[x, y, pos].add("moby")
                    senses.setdefault((x, y, pos), ONLY_MOBY)
    return {k: Facts(frozenset(v), senses[k]) for k, v in relations.items()}


def phrases(mythes: Path, science: Counter[str]) -> dict[str, dict[str, float]]:
    """Word → the phrases that a WordNet spinner writes for it, with the share of each among them.

    *occur* → *take place*, *outcome* → *end result*: synonyms of two or three words from the first
    senses, inflected alike. A phrase that holds the word itself only says more of it (*trade union*), and
    is left out.
    """
    rows: dict[str, dict[str, float]] = defaultdict(dict)
    for word, phrase, pos, relation, sense in read_mythes(mythes):
        words = phrase.split(" ")
        if (
            relation in ("generic", "related")
            or sense > LAST_SENSE
            or not swappable(word)
            or science[word] < 60
            or not 2 <= len(words) <= 3
            or not all(w.isalpha() and zipf_frequency(w, "en") >= 3 for w in words)
        ):
            continue
        if any(w.startswith(stem(word)) for w in words):
            continue
        for tag, form in inflections(word, pos).items():
            if science[form] >= 30 and (spun := inflect(phrase, pos, tag)):
                rows[form][spun] = max(1 / (1 + sense), rows[form].get(spun, 0.0))
    return {
        word: {phrase: share / sum(options.values()) for phrase, share in options.items()}
        for word, options in rows.items()
    }


def write_phrases(path: Path, rows: dict[str, dict[str, float]]) -> int:
    """Write what `phrases` returns; returns the number of rows."""
    lines = [
        f"{word}\t{phrase}\t{share:.3f}\n"
        for word, options in sorted(rows.items())
        for phrase, share in sorted(options.items())
    ]
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(b"canonical\tspun\tshare\n")
        f.writelines(line.encode() for line in lines)
    return len(lines)
