"""Simulated spinners: put synonyms into clean text the way real spinners do.

A `Channel` says which words may replace which, and how likely. It is built from the candidate
table (near, common synonyms), from phrase lists, and from the paraphrases of `paraphrases`; `spin`
draws from it, seeded, at a given rate, and is consistent within a document as real spinners are.
Words are lower case here: the model reads text uncased.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from textrepair.gold import Gold, gold_rows
from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.words import CLOSED, keyness
from textrepair.pipeline.written import like
from textrepair.training.paraphrases import PARAPHRASES

TERM = 1.7  # log10 count from which two words side by side are a term
COMMON = 0.4  # keyness from which a word is one of general English
BOTH = 0.85  # chance of each word of a term to be swapped where a term is tortured
FAR = 0.3  # chance of a swapped one to be swapped once more
RATES = (0.05, 0.8)  # chances of a swap that documents draw from: touches and thorough rewrites
WORD = re.compile(r"\w+|[^\w\s]")
CODE = re.compile(r"[^\W\d_][A-Z]|\d[A-Za-z]")  # acronyms and codes are not what spinners look up


@dataclass(frozen=True)
class Swap:
    """Words `start` to `end` (indices into the word list, end excluded) read `words` when spun."""

    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Channel:
    """What may replace what: for each first word, the canonical phrases and their spun forms.

    `phrases[first]` holds, longest first, (canonical words, spun word tuples, cumulative
    probabilities).
    """

    phrases: Mapping[str, list[tuple[tuple[str, ...], list[tuple[str, ...]], np.ndarray]]]


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words and marks, as the model's tokenizer first splits them."""
    return tuple(WORD.findall(text.lower()))


def build_channel(weighted: Iterable[tuple[str, str, float]]) -> Channel:
    """A channel from (canonical, spun, weight) triples; weights of one canonical are summed to 1.

    >>> channel = build_channel([("disease", "illness", 1.0)])
    >>> spin(words_of("The disease"), channel, np.random.default_rng(0), 1.0)
    [Swap(start=1, end=2, words=('illness',))]
    """
    options: dict[tuple[str, ...], dict[tuple[str, ...], float]] = defaultdict(dict)
    for canonical, spun, weight in weighted:
        a, b = words_of(canonical), words_of(spun)
        if a and b and a != b:
            options[a][b] = options[a].get(b, 0.0) + weight
    phrases: dict[str, list[tuple[tuple[str, ...], list[tuple[str, ...]], np.ndarray]]] = defaultdict(list)
    for a, spun_forms in sorted(options.items(), key=lambda kv: (-len(kv[0]), kv[0])):
        p = np.array(list(spun_forms.values()))
        phrases[a[0]].append((a, list(spun_forms), np.cumsum(p / p.sum())))
    return Channel(dict(phrases))


def spin(
    words: Sequence[str], channel: Channel, rng: np.random.Generator, rate: float, *, wordy_rate: float = 0.5
) -> list[Swap]:
    """Draw the swaps of one document: each replaceable phrase is swapped with probability `rate`.

    Longer phrases come first; a phrase once swapped is mostly swapped the same way again.
    `wordy_rate` scales the rate for words shorter than four letters, which spinners mostly keep.
    """
    swaps: list[Swap] = []
    habit: dict[tuple[str, ...], tuple[str, ...]] = {}
    at, n = 0, len(words)
    draws = rng.random((n, 3))
    while at < n:
        found = False
        for canonical, forms, p in channel.phrases.get(words[at], ()):
            length = len(canonical)
            if length > 1 and tuple(words[at : at + length]) != canonical:
                continue
            short = length == 1 and len(canonical[0]) < 4
            known = canonical in habit
            chance = rate * (wordy_rate if short else 1.0) * (2.0 if known or length > 1 else 1.0)
            if draws[at, 0] >= min(chance, 0.95):
                continue
            if known and draws[at, 1] < 0.7:
                form = habit[canonical]
            else:
                form = forms[int(np.searchsorted(p, draws[at, 2], side="right").clip(0, len(forms) - 1))]
            habit[canonical] = form
            swaps.append(Swap(at, at + length, form))
            at += length
            found = True
            break
        if not found:
            at += 1
    return swaps


def article_slips(
    words: Sequence[str], swaps: Sequence[Swap], rng: np.random.Generator, *, mended: float = 0.5
) -> list[Swap]:
    """Swaps of *a*/*an* before a swapped word: some spinners mend the article, others leave it."""
    out = []
    taken = {k for s in swaps for k in range(s.start, s.end)}
    for s in swaps:
        article = s.start - 1
        if s.start and words[article] in ("a", "an") and article not in taken and rng.random() < mended:
            right = "an" if s.words[0][0] in "aeiou" else "a"
            if right != words[article]:
                out.append(Swap(article, s.start, (right,)))
    return out


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """One draw, uniform on a log scale."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def kind_of(before: Sequence[str], after: Sequence[str]) -> str:
    """The family of a swap, for its gold: `number`, `function`, `phrase` or `word`.

    >>> [kind_of(*map(words_of, swap)) for swap in (("2", "two"), ("may", "may perhaps"),
    ...     ("breast cancer", "bosom peril"), ("disease", "illness"))]
    ['number', 'function', 'phrase', 'word']
    """
    if all(w.isdigit() for w in before):
        return "number"
    if " ".join(before) in PARAPHRASES:
        return "function"
    return "word" if len(before) == len(after) == 1 else "phrase"


def spin_text(text: str, channel: Channel, rng: np.random.Generator, rate: float) -> tuple[str, list[Gold]]:
    """Spin a text as it is written, letter case and spacing kept; returns it with its gold.

    `rate` is the chance of each replaceable word or phrase to be swapped (see `spin`). The gold lies on
    the spun text and accepts what stood there; its kinds are those of `kind_of`, and `agreement` for an
    article bent to a swapped word.

    >>> channel = build_channel([("disease", "illness", 1.0)])
    >>> spin_text("Disease spreads.", channel, np.random.default_rng(0), 1.0)
    ('Illness spreads.', [Gold(start=0, end=7, accept=('Disease',), kind='word')])
    """
    tokens = list(WORD.finditer(text))
    words = [t[0].lower() for t in tokens]

    def written(s: Swap) -> str:
        return text[tokens[s.start].start() : tokens[s.end - 1].end()]

    swaps = [s for s in spin(words, channel, rng, rate) if not CODE.search(written(s))]
    made = [(s, kind_of(words[s.start : s.end], s.words)) for s in swaps]
    made += [(s, "agreement") for s in article_slips(words, swaps, rng)]
    return _write(text, tokens, sorted(made, key=lambda m: m[0].start))


def _write(
    text: str, tokens: Sequence[re.Match[str]], made: Iterable[tuple[Swap, str]]
) -> tuple[str, list[Gold]]:
    """The text with swaps made, each with the kind of its gold, in their order; and the gold."""
    out, gold, at, length = [], [], 0, 0
    for s, kind in made:
        start, end = tokens[s.start].start(), tokens[s.end - 1].end()
        before = text[start:end]
        spun = like(before, " ".join(s.words))
        length += start - at + len(spun)
        out += [text[at:start], spun]
        gold.append(Gold(length - len(spun), length, (before,), kind))
        at = end
    return "".join([*out, text[at:]]), gold


def plant(text: str, channel: Channel, rng: np.random.Generator, *, most: int = 3) -> tuple[str, list[Gold]]:
    """Torture up to `most` terms of a text and nothing else; returns it with its gold, as `spin_text` does.

    >>> channel = build_channel([("breast", "bosom", 1.0), ("cancer", "peril", 1.0)])
    >>> plant("We treat breast cancer.", channel, np.random.default_rng(0))[0]
    'We treat bosom peril.'
    """
    tokens = list(WORD.finditer(text))
    named = {k for k, t in enumerate(tokens) if not t[0][1:].islower()}  # and what is a single letter
    apart = {k for k in range(1, len(tokens)) if text[tokens[k - 1].end() : tokens[k].start()] != " "}
    swaps = [
        s
        for s in torture([t[0].lower() for t in tokens], channel, rng, most=most, apart=apart | named)
        if s.start not in named
    ]
    spun, gold = _write(text, tokens, [(s, "phrase") for s in swaps])
    return spun, gold


def torture(
    words: Sequence[str],
    channel: Channel,
    rng: np.random.Generator,
    *,
    most: int,
    apart: Container[int] = (),
) -> list[Swap]:
    """Swaps of the words of up to `most` terms, none of which goes on at a word that is `apart`.

    A term here is a pair of words that science often writes side by side, and that says something. Its
    words are swapped one by one, as a spinner does that knows no term: *breast cancer*, *bosom peril*;
    now and then by a synonym of a synonym, since thesauri differ.

    >>> channel = build_channel([("breast", "bosom", 1.0), ("cancer", "peril", 1.0)])
    >>> torture(["breast", "cancer"], channel, np.random.default_rng(0), most=1)
    [Swap(start=0, end=1, words=('bosom',)), Swap(start=1, end=2, words=('peril',))]
    """
    terms = [
        k
        for k in range(len(words) - 1)
        if k + 1 not in apart
        and log_count(f"{words[k]} {words[k + 1]}") >= TERM
        and all(w not in CLOSED and len(w) > 3 and keyness(w) < COMMON for w in words[k : k + 2])
    ]
    chosen = set(rng.permutation(terms)[: rng.integers(1, most + 1)].tolist())
    swaps = []
    for at in (at for k in sorted(chosen) if k - 1 not in chosen for at in (k, k + 1)):  # none overlap
        if rng.random() < BOTH and (form := _swapped(words[at], channel, rng)):
            if len(form) == 1 and rng.random() < FAR:
                form = _swapped(form[0], channel, rng) or form
            if form != (words[at],):
                swaps.append(Swap(at, at + 1, form))
    return swaps


def _swapped(word: str, channel: Channel, rng: np.random.Generator) -> tuple[str, ...]:
    """What the channel makes of a single word, drawn by its weights; empty if it leaves it alone."""
    for canonical, forms, p in channel.phrases.get(word, ()):
        if len(canonical) == 1:
            return forms[int(np.searchsorted(p, rng.random(), side="right").clip(0, len(forms) - 1))]
    return ()


def spin_documents(
    texts: Iterable[str],
    channels: Sequence[tuple[float, Channel]],
    *,
    seed: int = 1,
    rate: float | None = None,
) -> Iterator[dict[str, Any]]:
    """Each text spun by a channel drawn by its share, as a record with `text`, `rate` and `gold`.

    `gold` is in the scorer's format (`textrepair.bench.score.gold_rows`). Without a `rate` each text
    draws its own, uniform on a log scale over `RATES`. A record depends on the seed, the place of its
    text and the text alone.

    >>> channel = build_channel([("disease", "illness", 1.0)])
    >>> next(spin_documents(["A disease."], [(1.0, channel)], rate=1.0))["gold"]
    [{'start': 2, 'end': 9, 'spun': 'illness', 'accept': ['disease'], 'kind': 'word'}]
    """
    shares = np.array([share for share, _ in channels]) / sum(share for share, _ in channels)
    for number, text in enumerate(texts):
        rng = np.random.default_rng((seed, number))
        channel = channels[int(rng.choice(len(channels), p=shares))][1]
        drawn = log_uniform(rng, *RATES) if rate is None else rate
        spun, gold = spin_text(text, channel, rng, drawn)
        yield {"text": spun, "rate": round(drawn, 4), "gold": gold_rows(spun, gold)}
