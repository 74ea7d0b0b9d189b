"""From evidence to a probability, from a probability to a decision.

The judgements are small networks over a few named features, fitted by `textrepair.training.calibrate`
and stored in the model folder as `decision.json`: how likely a document is spun at all, and how likely
one candidate is what stood there before, in a document that looks spun and in one that looks clean.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import getitem
from pathlib import Path

import numpy as np

from textrepair.errors import TextrepairError
from textrepair.pipeline.features import BY_ENCODING, BY_WORDS, FEATURES, log_odds

AUTO = 0.95  # least score of an `auto` entry: its tier is earned by not occurring in clean text
# Words below which a text is short, and the power of its length with which the odds that it is spun fall.
# Set on clean sentences, paragraphs and abstracts (`benchmarks/results/short.json`).
SHORT, FALL = 250, 1.6


@dataclass(frozen=True)
class Network:
    """A small network over named features, with at most one hidden layer (rectified linear).

    Facts are standardised by `mean` and `scale`; `weights` and `biases` hold one entry a layer. With
    a single layer it is a logistic regression.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[Sequence[Sequence[float]], ...]
    biases: tuple[Sequence[float], ...]

    def __call__(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """The probability, between 0 and 1, for each row of features.

        >>> network = Network(("x",), (0.0,), (1.0,), ([[2.0]],), ([-1.0],))
        >>> [round(p, 3) for p in network([{"x": 1.0}, {"x": 0.5}])]
        [0.731, 0.5]
        """
        if not rows:
            return []
        x = (np.array([[r[n] for n in self.names] for r in rows]) - self.mean) / self.scale
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ np.array(weights) + biases, 0.0)
        z = (x @ np.array(self.weights[-1]) + self.biases[-1])[:, 0]
        return [float(p) for p in 1 / (1 + np.exp(-np.clip(z, -30, 30)))]  # never quite 0 or 1


FIRST, AGAIN, SAID_ELSEWHERE = STACKING = ("first", "again", "said_elsewhere")


@dataclass(frozen=True)
class Judgement:
    """How likely candidates are right: `first` by features of each, then `second` by others and by what the
    first said, here and where the same swap would be undone elsewhere in the document (`STACKING`).

    Real swaps are not quite like the simulated ones that both are fitted to. A network that may make of its
    features what it likes fits those best; a regression with small weights, on top, does better on others.
    """

    first: Network
    second: Network

    @cached_property
    def names(self) -> frozenset[str]:
        """The features of a candidate that it is judged by."""
        return frozenset((*self.first.names, *self.second.names)) - frozenset(STACKING)

    def __call__(self, rows: Sequence[Mapping[str, float]], swaps: Sequence[Hashable]) -> list[float]:
        """The probability, between 0 and 1, for each row of features; `swaps` tells rows of the same swap."""
        said = stacking_features(self.first(rows), swaps)
        return self.second([{**row, **of_row} for row, of_row in zip(rows, said, strict=True)])


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
        {FIRST: odds, AGAIN: float(len(two_best[swap]) > 1), SAID_ELSEWHERE: elsewhere(swap, odds)}
        for swap, odds in zip(swaps, said, strict=True)
    ]


@dataclass(frozen=True)
class Decision:
    """The fitted judgements and their lines.

    `document` judges how likely a document is spun, by its words alone, and `seen` judges it again by what
    the model doubts of them; from `line` on its candidates are judged by `spun`, below it by `planted`: there
    all is as it should be but for a few words at most. Edits below `threshold` are held. `harm` holds
    (score, edits per 10,000 clean words) pairs, measured.
    """

    document: Network
    seen: Network
    spun: Judgement
    planted: Judgement
    line: float
    threshold: float
    harm: tuple[tuple[float, float], ...]

    @classmethod
    def read(cls, path: Path) -> Decision:
        """Read `decision.json`; raises `TextrepairError` where it names a feature that there is not."""
        d = json.loads(path.read_text(encoding="utf8"))

        def network(known: Collection[str], *at: str) -> Network:
            found = Network(**reduce(getitem, at, d))
            for name in found.names:
                if name not in known:
                    raise TextrepairError(
                        f"{path}: {'.'.join(at)} names the feature {name!r}, which this textrepair "
                        f"lacks; it has {', '.join(known)}. Use the version that the model was made for"
                    )
            return found

        document, seen = network([*BY_WORDS], "document"), network([*BY_WORDS, *BY_ENCODING], "seen")
        spun, planted = (
            Judgement(network([*FEATURES], side, "first"), network([*STACKING, *FEATURES], side, "second"))
            for side in ("spun", "planted")
        )
        return cls(document, seen, spun, planted, d["line"], d["threshold"], tuple(d["harm"]))

    def judge(self, document: float) -> Judgement:
        """What judges the candidates of a document that is spun at this probability."""
        return self.spun if document >= self.line else self.planted


def threshold_for(harm: Sequence[tuple[float, float]], most: float) -> float:
    """The lowest score of a harm curve that makes at most `most` edits per 10,000 clean words.

    Raises `TextrepairError` where no score of the curve is so careful.

    >>> threshold_for([(0.5, 2.1), (0.6, 0.8), (0.7, 0.3)], 1.0)
    0.6
    """
    for score, edits in harm:
        if edits <= most:
            return score
    raise TextrepairError(
        f"max_harm: {most!r} edits per 10,000 words is less than the model was ever measured at; "
        f"the least is {harm[-1][1]}"
    )


def settle(chance: float, tier: str) -> float:
    """The chance of a candidate as the fitted network gives it; an `auto` entry has earned a floor.

    >>> settle(0.8, "ask"), settle(0.8, "auto")
    (0.8, 0.95)
    """
    return max(chance, AUTO) if tier == "auto" else chance


def in_short(spun: float, words: int) -> float:
    """The probability that a text of so many words is spun, which in short ones is harder to earn.

    One odd word is much of a short text, and among the excerpts that the judgement was fitted to short ones
    are spun as often as long ones. So the odds fall there with a power of the length.

    >>> in_short(0.9, 5000), round(in_short(0.9, 30), 2)
    (0.9, 0.23)
    """
    odds = spun / (1 - spun) * math.pow(min(1.0, max(1, words) / SHORT), FALL)
    return odds / (1 + odds)
