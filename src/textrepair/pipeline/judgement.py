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
from dataclasses import asdict, dataclass
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
class FeatureNetwork:
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

        >>> network = FeatureNetwork(("x",), (0.0,), (1.0,), ([[2.0]],), ([-1.0],))
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
        {FIRST_STAGE: odds, HAS_REPEAT: float(len(two_best[swap]) > 1), REPEAT: elsewhere(swap, odds)}
        for swap, odds in zip(swaps, said, strict=True)
    ]


# The names that the fields of a decision have in `decision.json`.
KEYS = {
    "document_by_words": "document",
    "document_by_encoding": "seen",
    "candidate_if_spun": "spun",
    "candidate_if_clean": "planted",
    "spun_document_threshold": "line",
}


@dataclass(frozen=True)
class Decision:
    """The fitted judgements of a model and their thresholds, as its `decision.json` holds them.

    `document_by_words` judges how likely a document is spun by its words alone, `document_by_encoding` judges
    it again by the words detected in it; from the probability `spun_document_threshold` on, candidates are
    judged by `candidate_if_spun`, below it by `candidate_if_clean`: there all is as it should be but
    for a few words. Edits below `threshold` are held. `harm` holds (score, edits per 10,000 clean
    words) pairs, measured. `lms`: the identities of the general language models with whose opinions the
    judgements were fitted.
    """

    document_by_words: FeatureNetwork
    document_by_encoding: FeatureNetwork
    candidate_if_spun: Judgement
    candidate_if_clean: Judgement
    spun_document_threshold: float
    threshold: float
    harm: tuple[tuple[float, float], ...]
    lms: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Decision:
        """Read `decision.json`; raises `TextrepairError` where it names a feature that there is not."""
        d = json.loads(path.read_text(encoding="utf8"))

        def network(known: Collection[str], *at: str) -> FeatureNetwork:
            found = FeatureNetwork(**reduce(getitem, at, d))
            for name in found.names:
                if name not in known:
                    raise TextrepairError(
                        f"{path}: {'.'.join(at)} names the feature {name!r}, which this textrepair "
                        f"lacks; it has {', '.join(known)}. Use the version that the model was made for"
                    )
            return found

        by_words = network([*BY_WORDS], "document")
        by_encoding = network([*BY_WORDS, *BY_ENCODING], "seen")
        if_spun, if_clean = (
            Judgement(network([*FEATURES], side, "first"), network([*STACKING, *FEATURES], side, "second"))
            for side in ("spun", "planted")
        )
        harm, lms = tuple(d["harm"]), tuple(d.get("lms", ()))
        return cls(by_words, by_encoding, if_spun, if_clean, d["line"], d["threshold"], harm, lms)

    @property
    def weighs_opinions(self) -> bool:
        """Whether a second opinion of a candidate is among what it is judged by."""
        return bool({"opinion", "opinion_words", "opinion_after"} & self.candidate_if_spun.names)

    def write(self, path: Path) -> None:
        """Write `decision.json`."""
        fields = {KEYS.get(name, name): value for name, value in asdict(self).items()}
        path.write_text(json.dumps(fields) + "\n", encoding="utf8")

    def judge(self, spun_prob: float) -> Judgement:
        """The judgement of candidates in a document that is spun with this probability."""
        return (
            self.candidate_if_spun if spun_prob >= self.spun_document_threshold else self.candidate_if_clean
        )


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


def with_auto_floor(chance: float, tier: str) -> float:
    """The probability that a candidate is right, at least `AUTO` for one of the tier `auto`.

    >>> with_auto_floor(0.8, "ask"), with_auto_floor(0.8, "auto")
    (0.8, 0.95)
    """
    return max(chance, AUTO) if tier == "auto" else chance


def discount_short_text(spun: float, words: int) -> float:
    """The probability that a text of so many words is spun, which in short ones is harder to earn.

    One odd word is much of a short text, and among the excerpts that the judgement was fitted to short ones
    are spun as often as long ones. So the odds fall there with a power of the length.

    >>> discount_short_text(0.9, 5000), round(discount_short_text(0.9, 30), 2)
    (0.9, 0.23)
    """
    odds = spun / (1 - spun) * math.pow(min(1.0, max(1, words) / SHORT), FALL)
    return odds / (1 + odds)
