"""How likely a candidate is right, judged alone and by the same swap elsewhere in its document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from textrepair.pipeline.features import Rows, log_odds
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
        return self.second(Rows.of(rows).beside(Rows.of(said, STACKING)))


def stacking_features(chances: Sequence[float], swaps: Sequence[Hashable]) -> list[dict[str, float]]:
    """What was said of each candidate, and the most that was of another of the same swap: log odds.

    Spinners swap a word for the same one time and again; where it is surest tells of where it is not.

    >>> stacking_features([0.5, 0.9], ["illness > disease", "illness > disease"])[0]["again"]
    1.0
    >>> stacking_features([0.5, 0.9], ["illness > disease", "tiny > small"])[0]["said_elsewhere"]
    0.0
    """
    said = [log_odds(chance) / 4 for chance in chances]
    of_swap: dict[Hashable, list[float]] = defaultdict(list)
    for swap, odds in zip(swaps, said, strict=True):
        of_swap[swap].append(odds)
    two_best = {swap: sorted(of_one)[-2:] for swap, of_one in of_swap.items()}

    def elsewhere(swap: Hashable, odds: float) -> float:
        two = two_best[swap]
        return 0.0 if len(two) < 2 else two[0] if odds == two[1] else two[1]

    return [
        {FIRST_STAGE: odds, HAS_REPEAT: float(len(two_best[swap]) > 1), REPEAT: elsewhere(swap, odds)}
        for swap, odds in zip(swaps, said, strict=True)
    ]
