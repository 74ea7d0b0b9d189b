"""Which word was swapped for which, learnt from pairs of phrases: IBM Model 1 (Brown et al. 1993).

Published tortured phrases and substitutions seen on real pages are phrases on both sides (*colossal
information* for *big data*). Expectation maximisation finds the words that answer to each other, so
that a phrase never seen (*colossal antibody*) can still be read word by word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

Words = tuple[str, ...]
PRIOR_STRENGTH = 2.0  # how many observations the prior likeness of two words is worth
NOWHERE = 0.05  # share of a spun word that answers to no canonical word


def align_words(
    pairs: Sequence[tuple[Words, Words]], likeness: Callable[[str, str], float], *, rounds: int = 12
) -> dict[tuple[str, str], float]:
    """(canonical word, spun word) → how often the one was swapped for the other.

    `pairs` holds (canonical words, spun words); `likeness` is a prior between 0 and 1 for two words.
    Words that stand on both sides of a pair answer to themselves and to nothing else.

    >>> pairs = [(("big", "data"), ("colossal", "information")), (("big", "cell"), ("colossal", "cell"))]
    >>> found = align_words(pairs, lambda a, b: 0.1)
    >>> max(found, key=found.get)
    ('big', 'colossal')
    """
    reduced = []
    for canonical, spun in pairs:
        a = [w for w in canonical if w not in spun]
        b = [w for w in spun if w not in canonical]
        if a and b:
            reduced.append((a, b))
    # every pair starts at its likeness, so that a rare word follows its meaning, not its company
    prior = {(x, y): 0.02 + likeness(x, y) for a, b in reduced for x in a for y in b}
    chance = dict(prior)
    counts: dict[tuple[str, str], float] = {}
    for _ in range(rounds):
        counts = defaultdict(float)
        for a, b in reduced:
            for k, y in enumerate(b):
                # words keep their places more often than not
                weights = [chance[x, y] * _near(i, len(a), k, len(b)) for i, x in enumerate(a)]
                total = sum(weights) + NOWHERE * 0.1
                for x, w in zip(a, weights, strict=True):
                    counts[x, y] += w / total
        of: dict[str, float] = defaultdict(float)
        for (x, _), n in counts.items():
            of[x] += n
        chance = {
            (x, y): (n + PRIOR_STRENGTH * prior[x, y]) / (of[x] + PRIOR_STRENGTH)
            for (x, y), n in counts.items()
        }
    return dict(counts)


def _near(i: int, n: int, k: int, m: int) -> float:
    """Weight of aligning place `i` of `n` with place `k` of `m`."""
    return float(0.25 ** abs((i + 0.5) / n - (k + 0.5) / m) if n > 1 or m > 1 else 1.0)
