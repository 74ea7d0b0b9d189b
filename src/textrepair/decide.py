"""From evidence to a probability, from a probability to a decision.

Both judgements are logistic models over a few named facts, fitted by `textrepair.training.calibrate`
and stored in the model folder as `decision.json`: how likely a document is spun at all (the gate),
and how likely one candidate is what stood there before.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textrepair.edits import Edit

MARGIN = 12.0  # nats; beyond this the model is only ever more certain, not more right


@dataclass(frozen=True)
class Facts:
    """What is known of one candidate in its place; see `candidate_facts` for units."""

    values: Mapping[str, float]


@dataclass(frozen=True)
class Logistic:
    """A logistic model over named facts: probability = 1 / (1 + exp(-(bias + sum of w * x)))."""

    weights: Mapping[str, float]
    bias: float

    def __call__(self, facts: Mapping[str, float]) -> float:
        """The probability for one set of facts, between 0 and 1.

        >>> round(Logistic({"x": 2.0}, -1.0)({"x": 1.0}), 3)
        0.731
        """
        z = self.bias + sum(w * facts[name] for name, w in self.weights.items())
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, z))))


@dataclass(frozen=True)
class Decision:
    """The fitted models and their lines: documents below `gate` are left alone, edits below
    `threshold` are held.
    """

    document: Logistic
    candidate: Logistic
    gate: float
    threshold: float

    @classmethod
    def read(cls, path: Path) -> Decision:
        """Read `decision.json`."""
        d = json.loads(path.read_text(encoding="utf8"))
        return cls(Logistic(**d["document"]), Logistic(**d["candidate"]), d["gate"], d["threshold"])


def document_facts(odds: Sequence[float], auto: int, ask: int) -> dict[str, float]:
    """Facts of a document: `odds` holds the log odds of spun text for each of its words.

    Means and shares are per word; `length` is log10 of the number of words.
    """
    n = max(1, len(odds))
    return {
        "odds": sum(max(-2.0, min(3.0, o)) for o in odds) / n,
        "telling": sum(o > 1.2 for o in odds) / n,
        "auto": min(auto, 5) * 1.0,
        "auto_share": min(0.1, auto / n),
        "ask_share": ask / n,
        "length": math.log10(n),
    }


def candidate_facts(
    *,
    target: float,
    keep: float,
    best: float,
    pieces: int,
    closeness: float,
    tier: str,
    odds: float,
    keyness: float,
    gain: float,
    elsewhere: int,
    document: float,
    shorter: int,
    fit_now: tuple[float, float],
    fit_then: tuple[float, float],
) -> dict[str, float]:
    """Facts of a candidate, all on comparable scales.

    target, keep, best: log probabilities (nats) summed over `pieces` word pieces; closeness: log
    probability of the swap; odds: log odds of spun text for the word that stands; keyness: how much
    commoner that word is in general English than in science, gain: how much commoner the candidate
    is in science than that word (both log10); elsewhere: how often the candidate stands elsewhere in
    the document; document: probability that the document is spun; shorter: words the text loses;
    fit_now, fit_then: how common the word pairs and triples across its edges are (log10 counts) as
    the text stands and as it would.
    """
    n = max(1, pieces)
    margin = max(-MARGIN, min(MARGIN, target - keep))
    d = math.log(max(1e-4, document) / max(1e-4, 1 - document))
    return {
        "margin": margin / 4,
        "certain": math.exp(target / n),
        "kept": math.exp(keep / n),
        "gap": max(-8.0, (target - best) / n),
        "pieces": math.log(n),
        "closeness": closeness / 4,
        "auto": float(tier == "auto"),
        "ask": float(tier == "ask"),
        "odds": max(-2.0, min(3.0, odds)),
        "keyness": max(-1.0, min(3.0, keyness)),
        "gain": max(-3.0, min(3.0, gain)),
        "elsewhere": math.log1p(elsewhere),
        "document": d / 4,
        "document_margin": d * margin / 16,
        "shorter": float(shorter),
        "pairs_now": fit_now[0] / 4,
        "pairs_gain": (fit_then[0] - fit_now[0]) / 4,
        "triples_now": fit_now[1] / 4,
        "triples_gain": (fit_then[1] - fit_now[1]) / 4,
    }


def overlaps(a: Edit, b: Edit) -> bool:
    """Whether two edits touch the same characters."""
    return a.start < b.end and b.start < a.end


def count_words(words: Iterable[str]) -> Counter[str]:
    """How often each word stands in the document."""
    return Counter(words)
