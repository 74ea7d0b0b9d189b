"""Small networks over named features, as `decision.json` holds them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

ROWS_AT_ONCE = 4096  # of features; a long text has hundreds of thousands


@dataclass(frozen=True)
class FeatureNetwork:
    """A small network over named features, with at most one hidden layer (rectified linear).

    Features are standardised by `mean` and `scale`; `weights` and `biases` hold one entry a layer. With
    a single layer it is a logistic regression.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[Sequence[Sequence[float]], ...]
    biases: tuple[Sequence[float], ...]

    def __call__(self, rows: Iterable[Mapping[str, float]]) -> list[float]:
        """The probability, between 0 and 1, for each row of features; few rows at a time are held.

        >>> network = FeatureNetwork(("x",), (0.0,), (1.0,), ([[2.0]],), ([-1.0],))
        >>> [round(p, 3) for p in network([{"x": 1.0}, {"x": 0.5}])]
        [0.731, 0.5]
        """
        left = iter(rows)
        batches = iter(lambda: list(itertools.islice(left, ROWS_AT_ONCE)), [])
        return [p for some in batches for p in self._judge(some)]

    def _judge(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        x = (np.array([[r[n] for n in self.names] for r in rows]) - self.mean) / self.scale
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ np.array(weights) + biases, 0.0)
        z = (x @ np.array(self.weights[-1]) + self.biases[-1])[:, 0]
        return [float(p) for p in 1 / (1 + np.exp(-np.clip(z, -30, 30)))]  # never quite 0 or 1
