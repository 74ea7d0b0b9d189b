"""Two answers for every place of a document that looks spun: was it swapped, and if so, what stood there?

A place is a span with its candidates. The product of both answers is how likely an edit is right, and near
synonyms that share the second one (*hazardous*, *dangerous* for *perilous*) still show that the place is
spun. A third network answers for each candidate whether it is right; it errs elsewhere, so that
their mean is better than either (`benchmarks/results/places.json`).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textrepair.pipeline.features import Rows
from textrepair.pipeline.features.columns import (
    best_of_group,
    best_of_others,
    column,
    log_odds_of,
    numbered,
)
from textrepair.pipeline.networks import FeatureNetwork

Span = tuple[int, int]  # offsets of the first character and behind the last one
# What a candidate is judged by beside its features, from the probability that each alone is right: its own,
# the best and the second of its place, the best of another place that overlaps it, their sum, their number.
ALONE, BEST, SECOND, OVERLAPPING, TOGETHER, NUMBER = OF_RIVALS = (
    "alone", "best", "second", "overlapping", "together", "number",
)  # fmt: skip
# How far it lies behind the best candidate of its place by these features (0 for the best, and where a
# feature is not at hand): what the words around call for hardly tells anything but in comparison.
BEHIND = {
    f"{name}_behind": name
    for name in ("margin", "spin_log_prob", "hidden_certain", "large_certain", "large_hidden_certain")
}
AMONG = (*OF_RIVALS, *BEHIND)
NOTHING = 1e-4  # the probability of a candidate that is not there


def touched(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """Those of a row of spans, which stand apart and in order, that a stretch touches.

    >>> touched([(0, 4), (5, 9), (10, 14)], 6, 11)
    [(5, 9), (10, 14)]
    """
    first = max(0, bisect_right(spans, start, key=itemgetter(0)) - 1)
    behind = bisect_left(spans, end, lo=first, key=itemgetter(0))
    return [span for span in spans[first:behind] if span[1] > start]


class PlaceScores(NamedTuple):
    """The probability of each candidate to be right, and of each place to have been swapped."""

    candidates: list[float]
    swapped: dict[Span, float]


@dataclass(frozen=True)
class PlaceJudgement:
    """How likely a place was `swapped`, by the features of its favourite, and what stood there: the odds that
    `original` gives to each candidate share the place with those of none of them, which are 1. `right` says
    of each candidate whether it is right, by the same features; a score is the mean of both in log odds.
    """

    swapped: FeatureNetwork
    original: FeatureNetwork
    right: FeatureNetwork

    @property
    def names(self) -> frozenset[str]:
        """The features of a candidate that it is judged by."""
        return frozenset((*self.swapped.names, *self.original.names, *self.right.names)) - frozenset(AMONG)

    def __call__(
        self, rows: Sequence[Mapping[str, float]], alone: Sequence[float], spans: Sequence[Span]
    ) -> PlaceScores:
        """The scores of candidates with these features, that are this likely right alone, at these spans."""
        full = with_rivals(rows, alone, spans)
        of_place = favourites(alone, spans)
        swapped = dict(zip(of_place, self.swapped(full.some([*of_place.values()])), strict=True))
        odds = [p / (1 - p) for p in self.original(full)]
        total: dict[Span, float] = defaultdict(lambda: 1.0)
        for span, chance in zip(spans, odds, strict=True):
            total[span] += chance
        scores = [
            mean_of_odds(swapped[span] * o / total[span], right)
            for span, o, right in zip(spans, odds, self.right(full), strict=True)
        ]
        return PlaceScores(scores, swapped)


def mean_of_odds(a: float, b: float) -> float:
    """The probability whose log odds are the mean of those of two, which lie between 0 and 1.

    >>> round(mean_of_odds(0.9, 0.1), 3), round(mean_of_odds(0.8, 0.5), 3)
    (0.5, 0.667)
    """
    odds = math.sqrt(a / (1 - a) * b / (1 - b))
    return odds / (1 + odds)


def favourites(alone: Sequence[float], spans: Sequence[Span]) -> dict[Span, int]:
    """The number of the likeliest candidate of each place.

    >>> favourites([0.2, 0.6, 0.1], [(0, 4), (0, 4), (5, 9)])
    {(0, 4): 1, (5, 9): 2}
    """
    best: dict[Span, int] = {}
    for k, span in enumerate(spans):
        if span not in best or alone[k] > alone[best[span]]:
            best[span] = k
    return best


def with_rivals(rows: Sequence[Mapping[str, float]], alone: Sequence[float], spans: Sequence[Span]) -> Rows:
    """The features of each candidate, and beside them `AMONG`: log odds, logs of the sum and number, and by
    how much it is behind the best of its place.
    """
    numbers, chances = numbered(spans), np.array(alone)
    best = best_of_group(chances, numbers)
    overlapping = _best_overlapping(dict(zip(spans, best.tolist(), strict=True)))
    among = {
        ALONE: log_odds_of(chances),
        BEST: log_odds_of(best),
        SECOND: log_odds_of(best_of_others(chances, numbers, NOTHING)),
        OVERLAPPING: log_odds_of(column(overlapping[span] for span in spans)),
        TOGETHER: np.log(np.maximum(NOTHING, np.bincount(numbers, chances)[numbers])),
        NUMBER: np.log(np.bincount(numbers)[numbers]),
    }
    full = Rows.of(rows)
    return full.beside(Rows.of_columns(among)).beside(_behind_the_best(full, numbers))


def _behind_the_best(rows: Rows, numbers: NDArray[np.int64]) -> Rows:
    """The features `BEHIND` of each candidate, which is of the place of this number."""
    behind = dict.fromkeys(BEHIND, np.zeros(len(numbers)))
    for name, of in BEHIND.items():
        if of in rows.names:
            [values] = rows.columns([of]).T
            behind[name] = values - best_of_group(values, numbers)
    return Rows.of_columns(behind)


def _best_overlapping(best: Mapping[Span, float]) -> dict[Span, float]:
    """For each place the best probability at another one that overlaps it; few places overlap any one."""
    out = dict.fromkeys(best, NOTHING)
    open_: list[Span] = []
    for span in sorted(best):
        open_ = [other for other in open_ if other[1] > span[0]]
        for other in open_:
            out[span] = max(out[span], best[other])
            out[other] = max(out[other], best[span])
        open_.append(span)
    return out
