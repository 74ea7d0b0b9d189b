"""How likely a candidate is right, judged alone and by the same swap elsewhere in its document."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from textrepair.pipeline.features import Rows
from textrepair.pipeline.features.columns import best_of_others, column, log_odds_of, numbered
from textrepair.pipeline.networks import FeatureNetwork

FIRST_STAGE, HAS_REPEAT, REPEAT = STACKING = ("first", "again", "said_elsewhere")


@dataclass(frozen=True)
class Judgement:
    """How likely candidates are right: `first` by features of each, then `second` by others and by what the
    first said, here and where the same swap would be undone elsewhere in the document (`STACKING`).

    Real swaps are not quite like the simulated ones that both are fitted to. A network that may make of its
    features what it likes fits those best; a regression with small weights, on top, does better on others.
    """

    first: FeatureNetwork
    second: FeatureNetwork

    @cached_property
    def names(self) -> frozenset[str]:
        """The features of a candidate that it is judged by."""
        return frozenset((*self.first.names, *self.second.names)) - frozenset(STACKING)

    def __call__(self, rows: Sequence[Mapping[str, float]], swaps: Sequence[Hashable]) -> list[float]:
        """The probability, between 0 and 1, for each row of features; `swaps` tells rows of the same swap."""
        said = stacking_features(self.first(rows), swaps)
        return self.second(Rows.of(rows).beside(said))


def stacking_features(chances: Sequence[float], swaps: Sequence[Hashable]) -> Rows:
    """What was said of each candidate, and the most that was of another of the same swap: log odds.

    Spinners swap a word for the same one time and again; where it is surest tells of where it is not.

    >>> stacking_features([0.5, 0.9], ["illness > disease", "illness > disease"])[0]["again"]
    1.0
    >>> stacking_features([0.5, 0.9], ["illness > disease", "tiny > small"])[0]["said_elsewhere"]
    0.0
    """
    said, numbers = log_odds_of(np.array(chances)) / 4, numbered(swaps)
    again = column(np.bincount(numbers)[numbers] > 1)
    elsewhere = best_of_others(said, numbers, 0.0)
    return Rows.of_columns({FIRST_STAGE: said, HAS_REPEAT: again, REPEAT: elsewhere})
