"""From evidence to a probability, from a probability to a decision.

The judgements are small networks over a few named facts, fitted by `textrepair.training.calibrate`
and stored in the model folder as `decision.json`: how likely a document is spun at all, and how likely
one candidate is what stood there before, in a document that looks spun and in one that looks clean.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from textrepair.errors import TextrepairError

AUTO = 0.95  # least score of an `auto` entry: its tier is earned by not occurring in clean text
# Words below which a text is short, and the power of its length with which the odds that it is spun fall.
# Set on clean sentences, paragraphs and abstracts (`benchmarks/results/short.json`).
SHORT, FALL = 250, 1.6
LEAST_SHARE = 0.001  # of the words of a document; that fewer of them are doubted says nothing more
MARGIN = 12.0  # nats; beyond this the model is only ever more certain, not more right


@dataclass(frozen=True)
class Network:
    """A small network over named facts, with at most one hidden layer (rectified linear).

    Facts are standardised by `mean` and `scale`; `weights` and `biases` hold one entry a layer. With
    a single layer it is a logistic regression.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[Sequence[Sequence[float]], ...]
    biases: tuple[Sequence[float], ...]

    def __call__(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """The probability, between 0 and 1, for each row of facts.

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


# Facts of how science uses the words, which the first network of a judgement is not told, and those that the
# second one weighs beside what the first says.
BY_USE = ("bond_now", "bond", "bond_share_now", "bond_share", "bond_missing", "phrase", "term", "unwritten")
WEIGHED = (*BY_USE, "replaced", "most", "least", "beside")
FIRST, AGAIN, SAID_ELSEWHERE = "first", "again", "said_elsewhere"


@dataclass(frozen=True)
class Judgement:
    """How likely candidates are right: `first` by all facts but `BY_USE`, then `second` by `WEIGHED` ones and
    by what the first said, here and where the same swap would be undone elsewhere in the document.

    Real swaps are not quite like the simulated ones that both are fitted to. A network that may make of its
    facts what it likes fits those best; a regression with small weights, on top of it, does better on others.
    """

    first: Network
    second: Network

    def __call__(self, rows: Sequence[Mapping[str, float]], swaps: Sequence[Hashable]) -> list[float]:
        """The probability, between 0 and 1, for each row of facts; `swaps` tells rows of the same swap."""
        said = said_facts(self.first(rows), swaps)
        return self.second([{**row, **of_row} for row, of_row in zip(rows, said, strict=True)])


def said_facts(chances: Sequence[float], swaps: Sequence[Hashable]) -> list[dict[str, float]]:
    """What was said of each candidate, and the most that was of another of the same swap: log odds.

    Spinners swap a word for the same one time and again; where it is surest tells of where it is not.

    >>> said_facts([0.5, 0.9], ["illness > disease", "illness > disease"])[0]["again"]
    1.0
    >>> said_facts([0.5, 0.9], ["illness > disease", "tiny > small"])[0]["said_elsewhere"]
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
        """Read `decision.json`."""
        d = json.loads(path.read_text(encoding="utf8"))
        document, seen = (Network(**d[name]) for name in ("document", "seen"))
        spun, planted = (
            Judgement(Network(**d[name]["first"]), Network(**d[name]["second"]))
            for name in ("spun", "planted")
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


def document_facts(odds: Sequence[float], unseen_pairs: float, auto: int, ask: int) -> dict[str, float]:
    """Facts of a document; `odds` holds the log odds of spun text for each of its words.

    Means and shares are per word; `unseen_pairs` is the share of neighbouring words that science
    never writes side by side; `length` is log10 of the number of words.
    """
    n = max(1, len(odds))
    return {
        "odds": sum(max(-2.0, min(3.0, o)) for o in odds) / n,
        "telling": sum(o > 1.2 for o in odds) / n,
        "unseen_pairs": unseen_pairs,
        "auto": min(auto, 5) * 1.0,
        "auto_share": min(0.1, auto / n),
        "ask_share": ask / n,
        "length": math.log10(n),
    }


def seen_facts(facts: Mapping[str, float], replaced: Collection[float]) -> dict[str, float]:
    """The facts of a document that a model has looked at.

    `replaced` holds the probability for each of its words that another one stood there. Their mean is high
    where many words are a little odd, as in a field the model does not know; the mean of their squares where
    some surely are.
    """
    n = max(1, len(replaced))
    return {
        **facts,
        "doubts": math.log10(sum(replaced) / n + LEAST_SHARE),
        "sure_doubts": math.log10(sum(p * p for p in replaced) / n + LEAST_SHARE),
    }


def candidate_facts(
    *,
    target: float,
    keep: float,
    best: float,
    pieces: int,
    replaced: float,
    closeness: float,
    tier: str,
    odds: float,
    keyness: float,
    common: float,
    gain: float,
    elsewhere: int,
    document: float,
    acronym: float,
    defined: float,
    doubts: float,
    beside: float,
    most: float,
    least: float,
    shorter: int,
    letters: int,
    tied: bool,
    fit_now: tuple[float, float],
    fit_then: tuple[float, float],
    called_for: tuple[float, float],
    bond_now: tuple[float, float, float],
    bond: tuple[float, float, float],
    term: float | None,
    unwritten: bool,
) -> dict[str, float]:
    """Facts of a candidate, all on comparable scales.

    target, keep, best: log probabilities (nats) summed over `pieces` word pieces; replaced: the log odds
    that others stood there, summed too; closeness: log probability of the swap; odds: log odds of spun text
    for the word that stands; keyness: how much commoner that word is in general English than in science,
    common: how common the candidate is in science, and gain: how much commoner than that word (all log10);
    acronym: how much better it fits the letters of an acronym that follows, and defined: its known long
    forms (log10 of papers); elsewhere: how often the candidate stands elsewhere in the document; document:
    probability that the document is spun; doubts: words elsewhere in it that were replaced, as the model sees
    it, per word; beside, most, least: the probability that the likelier of its neighbours was replaced, and
    those of its own words that are most and least likely so; shorter: words the text loses; letters: of what
    stands; tied: by a hyphen to what stays; fit_now, fit_then: how common the word pairs and triples across
    its edges are (log10 counts) as the text stands and as it would; called_for: how surely its neighbours
    call for it, and for what stands (log10 of the share of their uses); bond_now, bond: how well what stands
    and the candidate go with their neighbours (see `textrepair.lexicon.ngrams.Bond`); term: how common the
    candidate is as a phrase, if it is one (log10 count); unwritten: whether the lexicon lists what stands and
    science never writes it.
    """
    n = max(1, pieces)
    d = log_odds(document)
    margin = max(-MARGIN, min(MARGIN, target - keep))
    certain, kept = math.exp(target / n), math.exp(keep / n)
    return {
        "margin": margin / 4,
        "certain": certain,
        "kept": kept,
        "share": min(1.0, certain / max(1e-3, 1.0 - kept)),  # if what stands was replaced
        "gap": max(-8.0, (target - best) / n),
        "pieces": math.log(n),
        "replaced": max(-8.0, min(8.0, replaced / n)) / 4,
        "closeness": closeness / 4,
        "auto": float(tier == "auto"),
        "ask": float(tier == "ask"),
        "odds": max(-2.0, min(3.0, odds)),
        "keyness": max(-1.0, min(3.0, keyness)),
        "common": common / 4,
        "gain": max(-3.0, min(3.0, gain)),
        "elsewhere": math.log1p(elsewhere),
        "acronym": acronym,
        "defined": defined,
        "document": d / 4,
        "document_margin": d * margin / 16,
        "doubts": math.log10(doubts + LEAST_SHARE),
        "doubts_margin": math.log10(doubts + LEAST_SHARE) * margin / 4,
        "beside": log_odds(beside) / 4,
        "most": log_odds(most) / 4,
        "least": log_odds(least) / 4,
        "shorter": float(shorter),
        "letters": math.log1p(letters),
        "tied": float(tied),
        "pairs_now": fit_now[0] / 4,
        "pairs_gain": (fit_then[0] - fit_now[0]) / 4,
        "triples_now": fit_now[1] / 4,
        "triples_gain": (fit_then[1] - fit_now[1]) / 4,
        "called_for": called_for[0] / 2,
        "called_for_now": called_for[1] / 2,
        "bond_now": bond_now[0] / 4,
        "bond": bond[0] / 4,
        "bond_share_now": bond_now[1] / 2,
        "bond_share": bond[1] / 2,
        "bond_missing": bond[2] / 2,
        "phrase": float(term is not None),
        "term": (term or 0.0) / 4,
        "unwritten": float(unwritten),
    }


def log_odds(probability: float) -> float:
    """The log odds (nats) of a probability; what is as good as 0 or 1 has those of one in 10,000.

    >>> log_odds(0.5), round(log_odds(0.0), 2)
    (0.0, -9.21)
    """
    return math.log(max(1e-4, probability) / max(1e-4, 1 - probability))
