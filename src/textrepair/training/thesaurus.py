"""Derive the candidate table `lexicon/data/synonyms.tsv.gz` from public thesauri and frequencies.

A spinner draws a near, common synonym. So each pair (canonical, spun) of the thesauri gets a
closeness from five facts that can be looked up: which thesaurus relates them and how, at which
sense, how alike a sentence encoder finds the two words, how common the spun word is in general
English, and how common the canonical word is in science. The weights are a conditional logit
fitted on substitutions seen on real spun pages (`fit`): for each original word, the word that
was really used against all other words the thesauri offered.

Sources: WordNet 3.0 through the OpenOffice thesaurus (Debian `mythes-en-us`), Moby Thesaurus II
(npm `moby`, public domain), antonyms from WordNet (Debian `wordnet-base`), word frequencies
(PyPI `wordfreq`), inflection (PyPI `lemminflect`).
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lemminflect import getAllLemmas
from wordfreq import zipf_frequency

from textrepair.lexicon.entries import TAGS, inflect
from textrepair.lexicon.guard import flips_meaning

POS_OF = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ", "adv": "ADV"}
RELATIONS = ("synonym", "similar", "generic", "moby")
# Closed classes: thesauri know odd senses of them (*in*: *inch*), spinners swap them by phrase only.
CLOSED = frozenset(
    """a an the and or but nor if as at by for from in into of off on onto out over per to up upon via with
    within without about above after against along among around before behind below between beyond down
    during through under until i he she it we you they me him her us them my his its our your their this
    that these those who whom which what whose where when why how there here be am is are was were been
    being do does did done have has had having can could may might must shall should will would not no
    so than then too also just only very more most much many some any all each every both either neither
    none one two three four five six seven eight nine ten""".split()
)
PLAIN_WORD = re.compile(r"[a-z]{3,}$")  # shorter ones are units and symbols
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
        return bool(PLAIN_WORD.match(word)) and word not in CLOSED and science[word] >= 60

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
                    senses.setdefault((x, y, pos), 9)
    return {k: Facts(frozenset(v), senses[k]) for k, v in relations.items()}


def embed(words: Sequence[str], encoder: Path) -> dict[str, np.ndarray]:
    """Word → unit vector: the mean of the encoder's last hidden states over the word's pieces."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.enable_padding()
    model = BertModel.from_pretrained(encoder)
    out: dict[str, np.ndarray] = {}
    for i in range(0, len(words), 512):
        batch = tokenizer.encode_batch(words[i : i + 512])
        mask = torch.tensor([e.attention_mask for e in batch])
        with torch.inference_mode():
            hidden = model(torch.tensor([e.ids for e in batch]), mask).last_hidden_state
        mean = (hidden * mask[..., None]).sum(1)
        vectors = torch.nn.functional.normalize(mean).numpy()
        out.update(zip(words[i : i + 512], vectors, strict=True))
    return out


def lemma_pairs(seen: Iterable[tuple[str, str, float]], pairs: dict[Pair, Facts]) -> list[tuple[str, str]]:
    """The (canonical, spun) lemmas of those substitutions that are one word each and in `pairs`."""
    known = {p[:2] for p in pairs}
    out = []
    for canonical, spun, _ in seen:
        lemmas = [{x for xs in getAllLemmas(w.lower()).values() for x in xs} for w in (canonical, spun)]
        out += sorted(known & {(a, b) for a in lemmas[0] for b in lemmas[1]})[:1]
    return out


def features(pair: Pair, facts: Facts, alike: float, science: Counter[str]) -> list[float]:
    """The five facts of the module's docstring as numbers, in a fixed order."""
    _, b, _ = pair
    general = zipf_frequency(b, "en")
    return [
        *(float(r in facts.relations) for r in RELATIONS),
        1 / (1 + facts.sense),
        alike,
        general,
        math.log10(science[b] + 1),
        float(len(facts.relations) > 1),
    ]


def fit(
    pairs: dict[Pair, Facts],
    vectors: Callable[[Pair], list[float]],
    seen: Iterable[tuple[str, str]],
    *,
    ridge: float = 0.3,
    steps: int = 400,
) -> np.ndarray:
    """Conditional-logit weights: which of the offered words was really drawn for an original."""
    by_canonical: dict[str, list[Pair]] = defaultdict(list)
    for p in pairs:
        by_canonical[p[0]].append(p)
    groups = []
    for a, b in seen:
        options = by_canonical.get(a, [])
        drawn = [i for i, p in enumerate(options) if p[1] == b]
        if drawn and len(options) > 1:
            groups.append((np.array([vectors(p) for p in options]), drawn[0]))
    w = np.zeros(groups[0][0].shape[1])
    for _ in range(steps):
        grad = ridge * w
        for x, hit in groups:
            s = x @ w
            q = np.exp(s - s.max())
            q /= q.sum()
            grad += q @ x - x[hit]
        w -= 0.05 * grad / math.sqrt(len(groups))
    return w


def inflections(lemma: str, pos: str) -> dict[str, str]:
    """Tag → form, for the tags of `pos` that the lemma has.

    >>> inflections("study", "NOUN")
    {'NN': 'study', 'NNS': 'studies'}
    """
    forms = {tag: inflect(lemma, pos, tag) for tag in TAGS[pos]}
    return {tag: form for tag, form in forms.items() if PLAIN_WORD.match(form)}


def table(
    pairs: dict[Pair, Facts],
    vectors: Callable[[Pair], list[float]],
    weights: np.ndarray,
    *,
    most: int = 30,
) -> dict[tuple[str, str, str], float]:
    """(spun form, canonical form, tag) → log probability that the canonical form is spun so.

    Each canonical lemma keeps its `most` likeliest spun lemmas; both sides stand in the same
    inflection.
    """
    by_canonical: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    for pair in pairs:
        a, b, pos = pair
        by_canonical[a, pos].append((float(np.dot(vectors(pair), weights)), b))
    rows: dict[tuple[str, str, str], float] = {}
    for (a, pos), options in by_canonical.items():
        total = math.log(sum(math.exp(s) for s, _ in options))
        forms = inflections(a, pos)
        for score, b in sorted(options, reverse=True)[:most]:
            others = inflections(b, pos)
            for tag in forms.keys() & others.keys():
                if forms[tag] != others[tag] and not flips_meaning(others[tag], forms[tag]):
                    rows[others[tag], forms[tag], tag] = score - total
    return rows


def write_table(path: Path, rows: dict[tuple[str, str, str], float]) -> None:
    """Write (spun form, canonical form, tag) → log closeness as a sorted, gzipped TSV."""
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(b"spun\tcanonical\ttag\tcloseness\n")
        for (spun, canonical, tag), weight in sorted(rows.items()):
            f.write(f"{spun}\t{canonical}\t{tag}\t{weight:.2f}\n".encode())
