"""A table of features, and the scale of probabilities."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

LEAST_CHANCE = 1e-4  # what is less likely, or surer, is as good as impossible, or certain
LEAST_SHARE = 0.001  # of the words of a document; that fewer of them were replaced says nothing more

T = TypeVar("T")
V = TypeVar("V")


class Table(dict[str, Callable[[T], V]], Generic[T, V]):
    """Features by their names, each a function of what is judged; also the decorator that adds one.

    >>> lengths: Table[str, float] = Table()
    >>> @lengths
    ... def letters(word: str) -> float:
    ...     return float(len(word))
    >>> lengths.row("gene")
    {'letters': 4.0}
    """

    def __call__(self, feature: Callable[[T], V]) -> Callable[[T], V]:
        """Add a feature by the name of its function."""
        self[feature.__name__] = feature
        return feature

    def row(self, judged: T, names: Iterable[str] | None = None) -> dict[str, V]:
        """The value of each feature for what is judged: of all in their order, or of some."""
        return {name: self[name](judged) for name in (self if names is None else names)}


class Rows(Sequence[dict[str, float]]):
    """Rows of features that have the same names, in one array: (rows, names).

    A long text has hundreds of thousands, and as a dictionary each would take ten times the memory.

    >>> rows = Rows.of([{"x": 1.0, "y": 2.0}, {"x": 3.0, "y": 4.0}])
    >>> rows[1], rows.columns(["y"]).tolist()
    ({'x': 3.0, 'y': 4.0}, [[2.0], [4.0]])
    """

    def __init__(self, names: Sequence[str], values: NDArray[np.float64]) -> None:
        self.names, self.values = tuple(names), values

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, float]], names: Sequence[str] | None = None) -> Rows:
        """The rows in one array; `names` are those of the first one if none are given."""
        if isinstance(rows, Rows):
            return rows
        left, number, buffer = iter(rows), 0, array("d")
        if names is None:
            first = next(left, None)
            names, left = tuple(first or ()), chain([] if first is None else [first], left)
        for row in left:
            buffer.extend(row[name] for name in names)
            number += 1
        return cls(names, np.array(buffer).reshape(number, len(names)))

    @classmethod
    def of_columns(cls, columns: Mapping[str, NDArray[np.float64]]) -> Rows:
        """The rows whose values are these, by their names: one column at least.

        >>> Rows.of_columns({"x": np.array([1.0, 3.0]), "y": np.array([2.0, 4.0])})[1]
        {'x': 3.0, 'y': 4.0}
        """
        return cls([*columns], np.column_stack([*columns.values()]))

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, at: int) -> dict[str, float]: ...

    @overload
    def __getitem__(self, at: slice) -> Rows: ...

    def __getitem__(self, at: int | slice) -> dict[str, float] | Rows:
        if isinstance(at, slice):
            return Rows(self.names, self.values[at])
        return dict(zip(self.names, self.values[at].tolist(), strict=True))

    def some(self, numbers: Sequence[int]) -> Rows:
        """The rows of these numbers."""
        return Rows(self.names, self.values[np.array(numbers, np.int64)])

    def beside(self, others: Rows) -> Rows:
        """The same rows with more features; those of the same name are the others'."""
        kept = [k for k, name in enumerate(self.names) if name not in others.names]
        names = (*(self.names[k] for k in kept), *others.names)
        return Rows(names, np.concatenate([self.values[:, kept], others.values], axis=1))

    def columns(self, names: Sequence[str]) -> NDArray[np.float64]:
        """The values of some features, in their order. Raises `KeyError` for one there is not."""
        place = {name: k for k, name in enumerate(self.names)}
        return self.values[:, [place[name] for name in names]]


def log_odds(probability: float) -> float:
    """The log odds (nats) of a probability; what is as good as 0 or 1 has those of one in 10,000.

    >>> log_odds(0.5), round(log_odds(0.0), 2)
    (0.0, -9.21)
    """
    return math.log(max(LEAST_CHANCE, probability) / max(LEAST_CHANCE, 1 - probability))


def clip(value: float, least: float, most: float) -> float:
    """The value, or the nearer of two bounds if it lies outside them.

    >>> clip(5.0, -2.0, 3.0)
    3.0
    """
    return max(least, min(most, value))
