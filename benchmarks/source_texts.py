"""Passages with and without a source in an index: what benchmarks/sources.py measures and fits with.

Spun passages are of documents of the index, drawn by a seed. Passages without a source are of other
documents, or of the index's own where it must do without them (`Without`); of each there are four: as it is,
spun by near synonyms of the candidate table, spun by a channel of training, and with a sentence of the index
put into it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from textrepair.bench.check import original
from textrepair.bench.texts import read_texts
from textrepair.gold import Gold, read_gold
from textrepair.sources.index import Index
from textrepair.sources.retriever import Found, Retriever
from textrepair.sources.trace import likeliest
from textrepair.sources.words import SENTENCE, passages_of, words_of
from textrepair.training.channels import default_channels, thesaurus_triples
from textrepair.training.spinner import Channel, build_channel, log_uniform, spin_text

COPY = 0.8  # of a clean passage's words that agree, from which on the index holds its document
QUOTED = 0.4  # words of a quotation, for each of the passage's own, from which on it is more than that

Spinner = Callable[[str], tuple[str, list[Gold]]]


@dataclass(frozen=True)
class Drawn:
    """A passage of a document of the index."""

    document: Found
    start: int
    text: str


@dataclass(frozen=True)
class Spun:
    """A passage that was spun: its document, where it stood there, what became of it."""

    document: Found
    start: int
    end: int
    text: str
    gold: list[Gold]


class Without:
    """An index without some of its documents."""

    def __init__(self, index: Index, names: Collection[str]) -> None:
        self._index, self._names = index, names

    def search(self, terms: Mapping[str, float], *, limit: int, around: int) -> list[Found]:
        """What the whole index finds, but for these documents."""
        found = self._index.search(terms, limit=limit + 6, around=around)
        return [f for f in found if f.document not in self._names][:limit]

    def alike(self, text: str, *, limit: int, around: int) -> list[Found]:
        """The same of what is alike."""
        found = self._index.alike(text, limit=limit + 6, around=around)
        return [f for f in found if f.document not in self._names][:limit]


def drawn(index: Index, seed: int, least: int = 60, most: int = 120) -> Iterator[Drawn]:
    """Passages of `least` to `most` words, one a document, of documents drawn from the index."""
    rng = random.Random(seed)
    numbers = list(range(index.manifest.documents))
    rng.shuffle(numbers)
    for number in numbers:
        name, text = index.document(number) or ("", "")
        fitting = [(a, b) for a, b in passages_of(text) if least <= len(text[a:b].split()) <= most]
        if fitting:
            a, b = rng.choice(fitting)
            yield Drawn(Found(name, 0, text, 1.0), a, text[a:b])


def by(channel: Channel, seed: int) -> Spinner:
    """What spins a text by a channel, at a rate of its own."""
    rng = np.random.default_rng(seed)
    return lambda text: spin_text(text, channel, rng, log_uniform(rng, 0.15, 0.95))


def by_any(seed: int) -> Spinner:
    """What spins each text by another channel of training, at a rate of its own."""
    rng = np.random.default_rng(seed)
    channels = [channel for _, channel in default_channels()]
    return lambda text: spin_text(
        text, channels[int(rng.integers(len(channels)))], rng, log_uniform(rng, 0.1, 0.9)
    )


def near_synonyms(texts: Iterable[str]) -> Channel:
    """Near synonyms by the candidate table, for the words of some texts."""
    words = {w.lower for text in texts for w in words_of(text)}
    return build_channel(t for t in thesaurus_triples(1.0) if t[0] in words)


def share_of(text: str, gold: Iterable[Gold]) -> float:
    """The share of the words of a spun text that were swapped."""
    return sum(len(text[g.start : g.end].split()) for g in gold) / max(1, len(text.split()))


def spun(passages: Iterator[Drawn], spin: Spinner, number: int, share: tuple[float, float]) -> list[Spun]:
    """As many spun passages, of whose words a share between the two of `share` is swapped."""
    out: list[Spun] = []
    for p in passages:
        text, gold = spin(p.text)
        if share[0] <= share_of(text, gold) <= share[1]:
            out.append(Spun(p.document, p.start, p.start + len(p.text), text, gold))
        if len(out) == number:
            break
    return out


def shortened(text: str, rng: random.Random) -> str:
    """One or more whole sentences of a passage, 8 to 60 words if it has them."""
    ends = [*(m.end() for m in SENTENCE.finditer(text)), len(text)]
    starts = [0, *ends[:-1]]
    first = last = rng.randrange(len(starts))
    want = rng.randint(8, 60)
    while last + 1 < len(ends) and len(text[starts[first] : ends[last]].split()) < want:
        last += 1
    return text[starts[first] : ends[last]].strip()


def copies(text: str, index: Retriever) -> set[str]:
    """Documents in which a clean passage stands as it is, or nearly so."""
    return {s.document for s in likeliest(words_of(text), index) if s.agree > COPY}


def variants(texts: list[str], quoted: Iterable[str], seed: int) -> dict[str, list[str]]:
    """Of passages without a source the four that are measured; empty where one is too short to quote."""
    near, far = by(near_synonyms(texts), seed), by_any(seed)
    return {
        "as they are": texts,
        "spun by near synonyms": [near(t)[0] for t in texts],
        "spun by other channels": [far(t)[0] for t in texts],
        "with a quotation": [quoting(t, q) for t, q in zip(texts, quoted, strict=False)],
    }


def quoting(text: str, other: str) -> str:
    """The text with the first sentence of another after its own first; empty if that is much of a passage.

    A text that grows may be cut elsewhere, and what it quotes be a passage for itself: that has a source.
    """
    sentence = other.split(". ")[0]
    head, _, rest = text.partition(". ")
    quoted = f"{head}. {sentence}. {rest}"
    start = len(head) + 2
    end = start + len(sentence)
    for a, b in passages_of(quoted):
        there = len(quoted[max(a, start) : min(b, end)].split())
        if there and there >= QUOTED * (len(quoted[a:b].split()) - there):
            return ""
    return quoted


def strangers(path: Path, index: Index, seed: int, number: int) -> list[str]:
    """Passages of texts of which the index holds no copy, two a text."""
    rng = random.Random(seed)
    texts = [t.text for t in read_texts(path)]
    rng.shuffle(texts)
    out: list[str] = []
    for text in texts:
        fitting = [text[a:b] for a, b in passages_of(text)]
        some = rng.sample(fitting, min(2, len(fitting)))
        if not any(copies(p, index) for p in some):
            out += some
        if len(out) >= number:
            break
    return out


def originals(folder: Path) -> Iterator[tuple[str, str, list[Gold], str]]:
    """Pages all of whose swaps are verified: name, text, gold, and the original with its first answers."""
    for path in sorted(folder.glob("*.gold.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
        name = path.name.removesuffix(".gold.jsonl")
        meta = json.loads((folder / f"{name}.meta.json").read_text(encoding="utf8"))
        asked = [r for r in rows if r["accept"]]
        if not meta["original_known"] or any(r.get("evidence") != "verified" for r in asked):
            continue
        text = (folder / f"{name}.txt").read_bytes().decode()
        gold = list(read_gold(path))
        yield name, text, gold, original(text, gold)
