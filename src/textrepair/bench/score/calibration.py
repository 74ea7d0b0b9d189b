"""Calibration: whether of the edits that score .3 three in ten are right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from textrepair.bench.score.detection import Row

BINS = 10


class Bin(NamedTuple):
    """Neighbouring rows: their mean probability, the share of them that is so, and their number."""

    probability: float
    share: float
    number: int


def reliability(rows: Sequence[Row], bins: int = BINS) -> list[Bin]:
    """The rows in bins of equal number, the least likely first.

    >>> reliability([Row(0.2, False), Row(0.6, True), Row(0.1, False), Row(0.8, True)], bins=2)[1]
    Bin(probability=0.7, share=1.0, number=2)
    """
    ordered = np.array(sorted((r.probability, float(r.label)) for r in rows)).reshape(-1, 2)
    parts = np.array_split(ordered, min(bins, max(1, len(ordered))))
    means = [(part.mean(axis=0).round(12).tolist(), len(part)) for part in parts if len(part)]
    return [Bin(probability, share, number) for (probability, share), number in means]


def calibration_error(rows: Sequence[Row], bins: int = BINS) -> float:
    """How far, on average, the share that is so lies from the probability (expected calibration error).

    In bins of equal number (Nguyen & O'Connor 2015). Not a number without rows.

    >>> calibration_error([Row(0.5, True), Row(0.5, False)], bins=1)
    0.0
    """
    found = reliability(rows, bins)
    total = sum(b.number for b in found)
    return sum(b.number * abs(b.probability - b.share) for b in found) / total if total else float("nan")
