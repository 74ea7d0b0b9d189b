"""How likely a spinner is to put one word for another: how close the two are.

A spinner draws a near, common synonym. So each pair (canonical, spun) of the thesauri gets a
closeness from five facts that can be looked up: which thesaurus relates them and how, at which
sense, how alike a sentence encoder finds the two words, how common the spun word is in general
English, and how common the canonical word is in science. The weights are a conditional logit
fitted on substitutions seen on real spun pages (`fit`): for each original word, the word that
was really used against all other words the thesauri offered.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import numpy as np
from lemminflect import getAllLemmas
from wordfreq import zipf_frequency

from textrepair.lexicon.entries import TAGS
from textrepair.training.thesaurus.forms import swappable
from textrepair.training.thesaurus.thesauri import ONLY_MOBY, RELATIONS, Facts, Pair


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
        if not (swappable(a) and swappable(b)):
            continue
        for pos in TAGS:
            for x in getAllLemmas(a).get(pos, ()):
                total[x, pos] += n
                for y in getAllLemmas(b).get(pos, ()):
                    if x != y and (n >= 1.5 or likeness(x, y) > 0.5 - 0.3 * min(n, 1.0)):
                        seen[x, y, pos] += n
    return {pair: (n, total[pair[0], pair[2]]) for pair, n in seen.items()}
