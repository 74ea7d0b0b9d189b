"""A table of features, and the scale of probabilities."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

LEAST_SHARE = 0.001  # of the words of a document; that fewer of them were replaced says nothing more

T = TypeVar("T")


class Table(dict[str, Callable[[T], float]]):
    """Features by their names, each a function of the thing that is judged; also the decorator that adds one.

    >>> lengths: Table[str] = Table()
    >>> @lengths
    ... def letters(word: str) -> float:
    ...     return float(len(word))
    >>> lengths.row("gene")
    {'letters': 4.0}
    """

    def __call__(self, feature: Callable[[T], float]) -> Callable[[T], float]:
        """Add a feature by the name of its function."""
        self[feature.__name__] = feature
        return feature

    def row(self, judged: T, names: Iterable[str] | None = None) -> dict[str, float]:
        """The value of each feature for the thing that is judged: of all in their order, or of some."""
        return {name: self[name](judged) for name in (self if names is None else names)}


def log_odds(probability: float) -> float:
    """The log odds (nats) of a probability; what is as good as 0 or 1 has those of one in 10,000.

    >>> log_odds(0.5), round(log_odds(0.0), 2)
    (0.0, -9.21)
    """
    return math.log(max(1e-4, probability) / max(1e-4, 1 - probability))


def clip(value: float, least: float, most: float) -> float:
    """The value, or the nearer of two bounds if it lies outside them.

    >>> clip(5.0, -2.0, 3.0)
    3.0
    """
    return max(least, min(most, value))
