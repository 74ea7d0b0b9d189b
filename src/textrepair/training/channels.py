"""The spinners the default model learns from: which tables feed which channel, at what weight.

Real spinners differ, and a detector trained on one fails on the next; so there are several channels,
from near synonyms with wordy paraphrases to far ones with tortured terms. A share of the thesaurus
pairs (`UNSEEN_PAIRS`) and of the published terms (`UNSEEN_TERMS`) is never spun in training, so that
what is measured on it was never seen.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from textrepair.lexicon.entries import DATA, default_entries
from textrepair.lexicon.expansion import expand
from textrepair.lexicon.synonyms import all_synonyms
from textrepair.training.paraphrases import paraphrases
from textrepair.training.spinner import Channel, build_channel, words_of

PHRASES, WORDS, NEIGHBOURS = (
    Path(__file__).with_name(name) for name in ("phrases.tsv.gz", "words.tsv.gz", "neighbours.tsv.gz")
)

PHRASE_ALONE, BRACKETS = re.compile(r'"([^"]+)"'), re.compile(r"\([^)]*\)")

UNSEEN_PAIRS = 0.08
UNSEEN_TERMS = 0.2
# Of the swaps of single content words on real pages, 15 in 116 were made by a phrase that is none of the
# small words' (*occur* -> *take place*).
BY_PHRASES = 0.15
Triple = tuple[str, str, float]  # canonical, spun, weight


def unseen(key: str, share: float) -> bool:
    """Whether `key` falls into the part kept out of training: a hash, so that it never moves.

    >>> unseen("breast cancer", 0.0), unseen("breast cancer", 1.0)
    (False, True)
    """
    return hashlib.sha256(key.encode()).digest()[0] / 256 < share


def thesaurus_triples(sharpness: float, scale: float = 1.0) -> list[Triple]:
    """Pairs of the candidate table; a higher `sharpness` prefers the nearest synonyms more."""
    return [
        (canonical, spun, scale * math.exp(sharpness * closeness))
        for spun, options in all_synonyms()
        for canonical, closeness in options
        if not unseen(f"{canonical}>{spun}", UNSEEN_PAIRS)
    ]


def read_listed(path: Path = WORDS) -> dict[str, list[str]]:
    """Word → what spinners put for it, likeliest first: by default the list written for this project."""
    with gzip.open(path, "rt", encoding="utf8") as f:
        return {row["canonical"]: row["spun"].split("|") for row in csv.DictReader(f, delimiter="\t")}


def far_triples() -> list[Triple]:
    """All pairs of the candidate table alike, weighing half, and the word's neighbours of any kind.

    Of the words of published terms kept out of training a third are swapped for words that no table pairs
    with them, and a model trained on the tables' pairs alone tells half as many of these from others.
    """
    listed, near = thesaurus_triples(0.0), read_listed(NEIGHBOURS)
    number = Counter(canonical for canonical, _, _ in listed)
    return [(a, b, 1 / number[a]) for a, b, _ in listed] + [
        (word, other, 1 / len(others))
        for word, others in near.items()
        for other in others
        if not unseen(f"{word}>{other}", UNSEEN_PAIRS)
    ]


def phrase_triples(singles: list[Triple]) -> list[Triple]:
    """Phrases for single words, weighing `BY_PHRASES` of what the synonyms in `singles` weigh for a word.

    Half of that are WordNet's, by their shares, and half those listed by hand, where there are both.
    """
    weight: dict[str, float] = defaultdict(float)
    for canonical, _, w in singles:
        weight[canonical] += w
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    with gzip.open(PHRASES, "rt", encoding="utf8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            shares[row["canonical"]][row["spun"]] = float(row["share"])
    listed = {word: [o for o in others if " " in o] for word, others in read_listed().items()}
    for word, some in listed.items():
        of_wordnet = {spun: share / 2 if some else share for spun, share in shares[word].items()}
        of_hand = {spun: (0.5 if of_wordnet else 1.0) / len(some) for spun in some}
        shares[word] = {spun: of_wordnet.get(spun, 0) + of_hand.get(spun, 0) for spun in of_wordnet | of_hand}
    return [
        (canonical, spun, BY_PHRASES * weight[canonical] * share)
        for canonical, spuns in shares.items()
        if canonical in weight
        for spun, share in spuns.items()
        if not unseen(f"{canonical}>{spun}", UNSEEN_PAIRS)
    ]


def lexicon_triples() -> list[Triple]:
    """Every inflected form of the default lexicon, its first canonical forms weighing most."""
    return [
        (canonical, spun, 0.5 / (1 + rank))
        for entry in default_entries()
        if entry.tier != "never"
        for spun, forms, _ in expand(entry)
        for rank, canonical in enumerate(forms)
    ]


def observed_triples(pairs: Path) -> list[Triple]:
    """Substitutions seen on real pages: TSV with the columns spun, original, kind."""
    with pairs.open(encoding="utf8", newline="") as f:
        return [
            (row["original"], row["spun"], 0.6)
            for row in csv.DictReader(f, delimiter="\t")
            if row["kind"] in ("general", "terminology") and row["original"] and row["spun"]
        ]


def tortured_terms(export: Path) -> Iterator[tuple[str, str]]:
    """(canonical term, tortured phrase) from a Problematic Paper Screener export.

    Rows with conditions or without a known expected term are left out, as are single words; acronyms in
    brackets are cut from both.
    """
    with export.open(encoding="utf8", newline="") as f:
        for query, expected, *_ in csv.reader(f):
            if (phrase := PHRASE_ALONE.fullmatch(query)) and "???" not in expected:
                for term in re.split(r"/| or ", BRACKETS.sub("", expected)):
                    term = term.strip(" ?")
                    if " " in term:
                        yield term, BRACKETS.sub("", phrase[1]).strip()


def seen_terms(export: Path) -> Iterator[tuple[str, str]]:
    """Those of `tortured_terms` that training may see: all but a share chosen by canonical term."""
    for term, phrase in tortured_terms(export):
        if not unseen(" ".join(words_of(term)), UNSEEN_TERMS):
            yield term, phrase


def tables_fingerprint() -> str:
    """A hash of every table that spins are drawn from."""
    digest = hashlib.sha256()
    for path in (PHRASES, WORDS, NEIGHBOURS, *sorted(DATA.iterdir())):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def planted_channel(tortured: Path | None = None) -> Channel:
    """Tortured terms alone, those that training may see; without an export, the lexicon's terms."""
    if tortured is None:
        return build_channel(triple for triple in lexicon_triples() if " " in triple[0])
    return build_channel((term, phrase, 1.0) for term, phrase in seen_terms(tortured))


@cache
def default_channels(pairs: Path | None = None, tortured: Path | None = None) -> list[tuple[float, Channel]]:
    """(share, channel) for each simulated spinner; without files of real spins, from the package's tables."""
    terms = [(term, phrase, 0.5) for term, phrase in (seen_terms(tortured) if tortured else ())]
    seen, small, lexicon = observed_triples(pairs) if pairs else [], paraphrases(), lexicon_triples()

    def related(sharpness: float, scale: float = 1.0) -> list[Triple]:
        singles = thesaurus_triples(sharpness, scale)
        return singles + phrase_triples(singles)

    return [
        (0.25, build_channel(related(1.3) + small + seen + lexicon)),
        (0.20, build_channel(related(0.9) + small + seen + lexicon + terms)),
        (0.10, build_channel(related(0.5) + lexicon + terms)),
        (0.20, build_channel(related(1.0, 0.3) + small + seen + lexicon + lexicon)),
    ]


@cache
def training_channels(pairs: Path | None = None, tortured: Path | None = None) -> list[tuple[float, Channel]]:
    """The simulated spinners, and one that puts related words of any kind: odder than real ones, so that
    what is learnt of oddness holds for spinners that nobody simulated.
    """
    return [*default_channels(pairs, tortured), (0.25, build_channel(far_triples()))]
