"""Columns: a value for each of some candidates, since one at a time takes ten times as long."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from textrepair.pipeline.features.table import LEAST_CHANCE
from textrepair.rerank import NOTHING, Evidence

Column = NDArray[np.float64]
MARGIN = 12.0  # nats; beyond this the model is only ever more certain, not more right
LEAST_LIKELY = -10.0  # nats a piece; what is less likely is hopeless in any case


def column(values: Iterable[float]) -> Column:
    """The values as a column.

    >>> column([1, True])
    array([1., 1.])
    """
    return np.fromiter(values, np.float64)


def two_columns(pairs: Iterable[tuple[float, float]]) -> tuple[Column, Column]:
    """The first of each pair as one column, the second as another.

    >>> two_columns([(1.0, 2.0), (3.0, 4.0)])
    (array([1., 3.]), array([2., 4.]))
    """
    both = column(chain.from_iterable(pairs))
    return both[0::2], both[1::2]


def log_odds_of(probabilities: Column) -> Column:
    """The log odds of each, as `log_odds` of one."""
    odds = np.maximum(LEAST_CHANCE, probabilities) / np.maximum(LEAST_CHANCE, 1 - probabilities)
    return np.log(odds)


def numbered(groups: Iterable[Hashable]) -> NDArray[np.int64]:
    """For each the number of its group, in the order in which these come.

    >>> numbered("abca")
    array([0, 1, 2, 0])
    """
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)


def best_of_group(values: Column, numbers: NDArray[np.int64]) -> Column:
    """For each the highest value of its group.

    >>> best_of_group(np.array([1.0, 3.0, 2.0]), np.array([0, 0, 1]))
    array([3., 3., 2.])
    """
    best = np.full(len(values), -np.inf)
    np.maximum.at(best, numbers, values)
    return best[numbers]


def best_of_others(values: Column, numbers: NDArray[np.int64], nothing: float) -> Column:
    """For each the highest value of the others of its group, `nothing` where it is the only one.

    >>> best_of_others(np.array([1.0, 3.0, 2.0]), np.array([0, 0, 1]), 0.0)
    array([3., 1., 0.])
    """
    order = np.lexsort((-values, numbers))
    first = np.ones(len(order), np.bool_)  # whether it is the best of its group
    first[1:] = numbers[order][1:] != numbers[order][:-1]
    second = np.full(len(values), nothing)
    behind = np.flatnonzero(first[:-1] & ~first[1:]) + 1
    second[numbers[order[behind]]] = values[order[behind]]
    others = best_of_group(values, numbers)
    others[order[first]] = second[numbers[order[first]]]
    return others


@dataclass(frozen=True)
class EvidenceColumns:
    """The evidence for some candidates, a column a value; `NOTHING` stands where there is none."""

    target: Column
    keep: Column
    best: Column
    pieces: Column
    replaced_log_odds: Column

    @classmethod
    def of(cls, evidence: Iterable[Evidence | None]) -> EvidenceColumns:
        """The columns of the evidence for each candidate."""
        rows = np.array([e or NOTHING for e in evidence], np.float64).reshape(-1, len(Evidence._fields))
        target, keep, best, pieces, replaced_log_odds = rows.T
        return cls(target, keep, best, np.maximum(1, pieces), replaced_log_odds)

    @property
    def margin(self) -> Column:
        """How much likelier a candidate is than what stands (nats), `MARGIN` either way at most."""
        return np.clip(self.target - self.keep, -MARGIN, MARGIN)

    @property
    def certain(self) -> Column:
        """The probability of its pieces, a geometric mean."""
        return np.exp(self.target / self.pieces)

    @property
    def kept(self) -> Column:
        """The probability of the pieces that stand, a geometric mean."""
        return np.exp(self.keep / self.pieces)

    @property
    def gap(self) -> Column:
        """How much likelier it is than the model's own first choice (nats a piece, -8 to 0)."""
        return np.maximum(-8.0, (self.target - self.best) / self.pieces)

    @property
    def replaced(self) -> Column:
        """Log odds that other pieces stood there (nats a piece / 4, -2 to 2)."""
        return np.clip(self.replaced_log_odds / self.pieces, -8.0, 8.0) / 4

    @property
    def target_a_piece(self) -> Column:
        """The log probability of each of its pieces (nats / 4), `LEAST_LIKELY` at least."""
        return np.maximum(LEAST_LIKELY, self.target / self.pieces) / 4

    @property
    def keep_a_piece(self) -> Column:
        """The same of the pieces that stand."""
        return np.maximum(LEAST_LIKELY, self.keep / self.pieces) / 4
