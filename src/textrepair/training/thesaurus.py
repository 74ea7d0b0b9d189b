"""Derive the candidate table `lexicon/data/synonyms.tsv.gz` from public thesauri and frequencies.

A spinner draws a near, common synonym. So each pair (canonical, spun) of the thesauri gets a
closeness from five facts that can be looked up: which thesaurus relates them and how, at which
sense, how alike a sentence encoder finds the two words, how common the spun word is in general
English, and how common the canonical word is in science. The weights are a conditional logit
fitted on substitutions seen on real spun pages (`fit`): for each original word, the word that
was really used against all other words the thesauri offered.

Sources: WordNet 3.0 through the OpenOffice thesaurus (Debian `mythes-en-us`), Moby Thesaurus II
(npm `moby`, public domain), a list written for this project of what spinners put for the commonest words
of science (`words.tsv.gz`), antonyms from WordNet (Debian `wordnet-base`), word frequencies
(PyPI `wordfreq`), inflection (PyPI `lemminflect`).
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import marisa_trie
import numpy as np
from lemminflect import getAllLemmas
from wordfreq import zipf_frequency

from textrepair.lexicon.entries import TAGS, inflect
from textrepair.lexicon.guard import flips_meaning, respelled
from textrepair.lexicon.words import CLOSED, zipf

POS_OF = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ", "adv": "ADV"}
RELATIONS = ("synonym", "similar", "generic", "moby")
EVIDENCE = 6.0  # observed swaps of a word that weigh as much as all the thesauri say of it
FARTHEST = -9.0  # nats; farther synonyms are noise
ONLY_MOBY = 9  # the sense of pairs that WordNet does not order
LAST_SENSE = 2  # counted from 0: of later ones spinners draw seldom, and oddly
MOST = 24  # canonical forms a spun form keeps
# Words of science that neighbours are looked up for are no rarer (Zipf), nor are neighbours in English; how
# many of them, how alike at least (cosine, less the mean), and how many forms of the word itself.
USED, KNOWN, NEAREST, RELATED, ALIKE = 3.2, 2.6, 16, 0.3, 3
PLAIN_WORD = re.compile(r"[a-z]{3,}$")  # shorter ones are units and symbols
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


def from_thesauri(
    pairs: dict[Pair, Facts], vectors: Callable[[Pair], list[float]], weights: np.ndarray
) -> dict[Pair, float]:
    """Pair → probability that a spinner with these thesauri draws the spun lemma for the canonical one.

    A canonical lemma that has several parts of speech is shared among them by their number of senses:
    *major* is hardly ever a verb. One with few synonyms keeps part of its probability for itself.
    """
    by_canonical: dict[tuple[str, str], list[tuple[float, Pair]]] = defaultdict(list)
    senses: dict[str, dict[str, int]] = defaultdict(dict)
    for pair in pairs:
        a, _, pos = pair
        by_canonical[a, pos].append((math.exp(float(np.dot(vectors(pair), weights))), pair))
        if pairs[pair].sense < ONLY_MOBY:
            senses[a][pos] = max(senses[a].get(pos, 0), pairs[pair].sense + 1)
    usual = float(np.median([sum(s for s, _ in options) for options in by_canonical.values()]))
    chances: dict[Pair, float] = {}
    for (a, pos), options in by_canonical.items():
        share = (senses[a].get(pos, 0) + 0.2) / (sum(senses[a].values()) + 0.2 * len(TAGS))
        total = max(usual, sum(s for s, _ in options))
        chances.update({pair: s / total * share for s, pair in options})
    return chances


def from_phrases(
    swaps: dict[tuple[str, str], float], likeness: Callable[[str, str], float]
) -> dict[Pair, tuple[float, float]]:
    """Pair → (times swapped, times its canonical lemma was swapped for anything), from aligned phrases.

    A pair seen about once counts only if the two words are alike: an alignment of two phrases that
    were reworded as a whole is a guess.
    """
    seen: dict[Pair, float] = defaultdict(float)
    total: dict[tuple[str, str], float] = defaultdict(float)
    for (a, b), n in swaps.items():
        if not (_swappable(a) and _swappable(b)):
            continue
        for pos in TAGS:
            for x in getAllLemmas(a).get(pos, ()):
                total[x, pos] += n
                for y in getAllLemmas(b).get(pos, ()):
                    if x != y and (n >= 1.5 or likeness(x, y) > 0.5 - 0.3 * min(n, 1.0)):
                        seen[x, y, pos] += n
    return {pair: (n, total[pair[0], pair[2]]) for pair, n in seen.items()}


def _swappable(word: str) -> bool:
    return bool(PLAIN_WORD.match(word)) and word not in CLOSED


def inflections(lemma: str, pos: str) -> dict[str, str]:
    """Tag → form, for the tags of `pos` that the lemma has.

    >>> inflections("study", "NOUN")
    {'NN': 'study', 'NNS': 'studies'}
    """
    forms = {tag: inflect(lemma, pos, tag) for tag in TAGS[pos]}
    return {tag: form for tag, form in forms.items() if PLAIN_WORD.match(form)}


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
            if spun != canonical and science[canonical] >= 30 and not flips_meaning(spun, canonical):
                rows[spun][canonical] = max(math.log(chance), rows[spun].get(canonical, -99.0))
    best: dict[str, list[tuple[str, float]]] = {}
    for spun, options in rows.items():
        ranked = sorted(options.items(), key=lambda o: -o[1] - math.log(science[o[0]] / total))
        best[spun] = [(c, w) for c, w in ranked if w > FARTHEST][:MOST]
    return best


def with_listed(
    rows: Mapping[str, Sequence[tuple[str, float]]],
    lists: Mapping[str, Sequence[str]],
    science: Mapping[str, float],
) -> dict[str, list[tuple[str, float]]]:
    """The table with what is listed for a word and stands in no thesaurus: *infectious* → *irresistible*.

    `lists`: what spinners put for a word, likeliest first; `science`: how often science writes a form. A new
    pair is as close as those usually are that are listed at the same place and known to the thesauri. A
    spun form keeps what it had; new canonical forms take the room that is left.
    """
    known: dict[int, list[float]] = defaultdict(list)
    new: list[tuple[str, str, int]] = []
    for word, others in lists.items():
        for place, other in enumerate(others):
            for canonical, spun in _inflected_alike(word, other):
                if canonical == spun or science.get(canonical, 0) < 30 or flips_meaning(spun, canonical):
                    continue
                close = dict(rows.get(spun, ())).get(canonical)
                if close is None:
                    new.append((canonical, spun, place))
                else:
                    known[place].append(close)
    usual = {place: float(np.median(close)) for place, close in known.items()}
    best = {spun: list(options) for spun, options in rows.items()}
    for canonical, spun, place in sorted(new, key=lambda pair: pair[2]):
        options = best.get(spun, [])
        if len(options) < MOST and canonical not in dict(options) and place in usual:
            longer = [*options, (canonical, usual[place])]
            best[spun] = sorted(longer, key=lambda o: -o[1] - math.log(max(1, science.get(o[0], 0))))
    return best


def _inflected_alike(word: str, other: str) -> Iterator[tuple[str, str]]:
    """The forms of two words in each inflection that both have, as each part of speech that both can be."""
    if not (_swappable(word) and _swappable(other)):
        return
    lemmas, other_lemmas = getAllLemmas(word), getAllLemmas(other)
    for pos in TAGS:
        for lemma in lemmas.get(pos, ()):
            # a word that the dictionary lacks (*irresistible*) is taken for a lemma of the same kind
            for other_lemma in other_lemmas.get(pos, ()) if other_lemmas else (other,):
                forms, others = inflections(lemma, pos), inflections(other_lemma, pos)
                yield from ((forms[tag], others[tag]) for tag in forms.keys() & others.keys())


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
            or not _swappable(word)
            or science[word] < 60
            or not 2 <= len(words) <= 3
            or not all(w.isalpha() and zipf_frequency(w, "en") >= 3 for w in words)
        ):
            continue
        if any(w.startswith(_stem(word)) for w in words):
            continue
        for tag, form in inflections(word, pos).items():
            if science[form] >= 30 and (spun := inflect(phrase, pos, tag)):
                rows[form][spun] = max(1 / (1 + sense), rows[form].get(spun, 0.0))
    return {
        word: {phrase: share / sum(options.values()) for phrase, share in options.items()}
        for word, options in rows.items()
    }


def nearest(table: Collection[str], science: Counter[str], encoder: Path) -> dict[str, list[str]]:
    """The `neighbours` of the words of science among the spun forms in a `table` that English knows."""
    total = sum(science.values())

    def swappable(some: Iterable[str]) -> list[str]:
        return sorted(w for w in some if _swappable(w) and getAllLemmas(w))

    words = swappable(w for w, n in science.items() if zipf(n, total) >= USED)
    others = swappable(w for w in table if len(w) > 3 and zipf_frequency(w, "en") >= KNOWN)
    return neighbours(words, others, embed(sorted({*words, *others}), encoder))


def neighbours(
    words: Sequence[str], others: Sequence[str], vectors: Mapping[str, np.ndarray]
) -> dict[str, list[str]]:
    """Word → those of the `others` that a sentence encoder finds nearest to it, nearest first.

    They are related in any way: synonyms, words of the same field, other forms of the word itself, of which
    `ALIKE` are enough. `vectors` holds those of all words. Opposites and other spellings are left out.
    """
    mean = np.mean([*vectors.values()], axis=0)

    def units(some: Sequence[str]) -> np.ndarray:
        rows = np.array([vectors[w] for w in some]) - mean
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    targets = units(others)
    near: dict[str, list[str]] = {}
    for i in range(0, len(words), 1000):
        some = words[i : i + 1000]
        for word, likeness in zip(some, units(some) @ targets.T, strict=True):
            options = [others[k] for k in np.argsort(-likeness)[: 3 * NEAREST] if likeness[k] > RELATED]
            options = [
                o for o in options if o != word and not respelled(word, o) and not flips_meaning(word, o)
            ]
            alike = [o for o in options if o.startswith(_stem(word)) or word.startswith(_stem(o))]
            too_many = alike[ALIKE:]
            near[word] = [o for o in options if o not in too_many][:NEAREST]
    return {word: options for word, options in near.items() if options}


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 3)]


def write_neighbours(path: Path, near: Mapping[str, Sequence[str]]) -> int:
    """Write what `neighbours` returns; returns the number of rows."""
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(b"canonical\tspun\n")
        f.writelines(f"{word}\t{'|'.join(options)}\n".encode() for word, options in sorted(near.items()))
    return len(near)


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


def write_table(path: Path, rows: dict[str, list[tuple[str, float]]]) -> None:
    """Write the table as a marisa trie: spun form → `canonical:closeness` pairs, tenths of a nat."""
    records = [
        (spun, " ".join(f"{c}:{round(-10 * w)}" for c, w in options).encode())
        for spun, options in rows.items()
        if options
    ]
    marisa_trie.BytesTrie(records).save(str(path))
