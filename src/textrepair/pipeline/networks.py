"""Small networks over named features, as `decision.json` holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textrepair.pipeline.features.table import Rows

ROWS_AT_ONCE = 4096  # what lies between the layers takes more than the features


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
        """The probability, between 0 and 1, for each row of features; few rows at a time are gone through.

        >>> network = FeatureNetwork(("x",), (0.0,), (1.0,), ([[2.0]],), ([-1.0],))
        >>> [round(p, 3) for p in network([{"x": 1.0}, {"x": 0.5}])]
        [0.731, 0.5]
        """
        some = Rows.of(rows, self.names)
        return [
            p
            for first in range(0, len(some), ROWS_AT_ONCE)
            for p in self._judge(some[first : first + ROWS_AT_ONCE].columns(self.names))
        ]

    def _judge(self, values: NDArray[np.float64]) -> list[float]:
        x = (values - self.mean) / self.scale
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ np.array(weights) + biases, 0.0)
        z = (x @ np.array(self.weights[-1]) + self.biases[-1])[:, 0]
        return [float(p) for p in 1 / (1 + np.exp(-np.clip(z, -30, 30)))]  # never quite 0 or 1
