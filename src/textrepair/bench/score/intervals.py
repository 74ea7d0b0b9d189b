"""How sure a figure is: percentile bootstrap over documents (Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
DRAWS = 1000
LEVEL = 0.95


def interval(
    documents: Sequence[T], statistic: Callable[[list[T]], float], *, draws: int = DRAWS
) -> tuple[float, float]:
    """The 95 % interval of a statistic of documents, were others of their kind drawn.

    `statistic` takes as many documents as there are, some more than once. The draws are the same every time.
    Not numbers where there are fewer than two documents.

    >>> interval([1.0, 1.0, 1.0], lambda some: sum(some) / len(some))
    (1.0, 1.0)
    """
    if len(documents) < 2:
        return float("nan"), float("nan")
    random = np.random.default_rng(0)
    picks = random.integers(len(documents), size=(draws, len(documents)))
    values = [statistic([documents[k] for k in pick]) for pick in picks]
    low, high = np.nanquantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
