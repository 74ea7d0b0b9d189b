"""Derive `lexicon/data/science.tsv.gz`: how common each word is in science, and how telling of spin.

`zipf` is log10 of occurrences per billion words of the clean corpus. `spun` is the log ratio of a
word's count in simulated spun text to its count in the same passages before, damped by
`DAMPING` so that rare words say little.
"""

from __future__ import annotations

import gzip
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import marisa_trie
import numpy as np

from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.ngrams import STEP
from textrepair.lexicon.words import CLOSED, zipf
from textrepair.pipeline.segment import phrase_finder, unsegmented
from textrepair.training.packed import Corpus
from textrepair.training.spinner import Channel, log_uniform, spin

DAMPING = 5.0
LEAST_OCCURRENCES = 20  # occurrences in the corpus, or in the spun passages, for a word to be listed


def count_spins(
    corpus: Corpus, channels: Sequence[Channel], *, passages: int, seed: int = 0
) -> tuple[Counter[str], Counter[str]]:
    """Word counts before and after spinning random passages of 200 words."""
    rng = np.random.default_rng(seed)
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for k in range(passages):
        at = int(rng.integers(0, len(corpus.ids) - 200))
        words = [corpus.words[i] for i in corpus.ids[at : at + 200]]
        before.update(words)
        after.update(words)
        for s in spin(words, channels[k % len(channels)], rng, log_uniform(rng, 0.05, 0.8)):
            after.subtract(words[s.start : s.end])
            after.update(s.words)
    return before, after


def write_science(path: Path, corpus: Corpus, before: Counter[str], after: Counter[str]) -> int:
    """Write the table; returns its number of rows."""
    counts = np.bincount(corpus.ids[corpus.counted()], minlength=len(corpus.words))
    known = {w: int(n) for w, n in zip(corpus.words, counts, strict=True)}
    total = int(counts.sum())
    rows = []
    for word in {w for counted in (known, after) for w, n in counted.items() if n >= LEAST_OCCURRENCES}:
        if word.isalpha():
            odds = math.log((after[word] + DAMPING) / (before[word] + DAMPING))
            rows.append(f"{word}\t{zipf(known.get(word, 0), total):.2f}\t{odds:.2f}\n")
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(b"word\tzipf\tspun\n")
        f.writelines(r.encode() for r in sorted(rows))
    return len(rows)


def write_ngrams(path: Path, corpus: Corpus, *, least: Sequence[int] = (3, 4, 8, 8)) -> int:
    """Write the n-grams of 2 to 5 words seen at least `least` times; returns how many there are.

    Pairs and triples are kept whatever they are, to tell how well words fit together; longer ones only
    where they neither begin nor end with a function word, since they serve as canonical terms.
    """
    counts = np.bincount(corpus.ids, minlength=len(corpus.words))
    plain = np.array([w.isalpha() for w in corpus.words]) & (counts >= LEAST_OCCURRENCES)
    rank = np.cumsum(plain) - 1  # plain words get small numbers, so that their products stay small
    names = [w for w, p in zip(corpus.words, plain, strict=True) if p]
    ids, ok = rank[corpus.ids].astype(np.int64), plain[corpus.ids] & corpus.counted()
    edge = np.array([w not in CLOSED for w in names])
    rows: list[tuple[str, tuple[int]]] = []
    # the n-grams that start at each word, numbered; a longer one is a shorter one and a word
    number, phrases, whole = ids, [(n,) for n in range(len(names))], ok
    for n, enough in enumerate(least, 2):
        size = len(ids) - n + 1
        whole = whole[:size] & ok[n - 1 :]
        keys = number[:size] * len(names) + ids[n - 1 :]
        found, count = np.unique(keys[whole], return_counts=True)
        kept = found[count >= enough]
        phrases = [(*phrases[key // len(names)], int(key % len(names))) for key in kept.tolist()]
        where = np.searchsorted(kept, keys).clip(0, len(kept) - 1)
        whole &= kept[where] == keys
        number = where
        for phrase, times in zip(phrases, count[count >= enough].tolist(), strict=True):
            if n <= 3 or (edge[phrase[0]] and edge[phrase[-1]]):
                step = min(255, round(math.log10(times) / STEP))
                rows.append((" ".join(names[w] for w in phrase), (step,)))
    marisa_trie.RecordTrie("<B", rows).save(str(path))
    return len(rows)


def write_unwritten(path: Path, lexicon: Lexicon, texts: Iterable[str]) -> int:
    """Write the phrases that a lexicon asks for and no text holds; returns how many there are."""
    tiers = {form: {f.entry.tier for f in of_form} for form, of_form in lexicon.forms.items() if " " in form}
    asked = [form for form, of_form in tiers.items() if "ask" in of_form and "never" not in of_form]
    find = phrase_finder(asked)
    written = {phrase for text in texts for _, _, phrase in find(unsegmented(text))}
    left = sorted(set(asked) - written)
    marisa_trie.Trie(left).save(str(path))
    return len(left)
