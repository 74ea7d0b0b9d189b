"""From an alignment to the probability that the passage was made from the source."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from textrepair.sources.align import Block
from textrepair.sources.words import Token, rarity, spun_odds

THIRDS = 3  # parts of a passage of which the one that agrees least is a fact of its own
SURE = 0.95  # from this probability on a source is restored from, and speaks for other passages
FELLOW = 50.0  # times likelier is a document the source of a passage if it surely is that of another one
FACTS = ("same", "swapped", "left", "runs", "named", "evidence", "least", "odds")
WEIGHTS = Path(__file__).with_name("judge.json")


@dataclass(frozen=True)
class Likeness:
    """Shares of the passage's words: those that `agree` in their order, and those `swapped` by the table.

    `facts` are what the probability is judged by, named in `FACTS`: what the words that agree tell, those
    that were swapped, and those that answer to nothing, each for what all tell; how many words of either side
    agree; how many of the passage's names and numbers do, which spinners leave alone; how much tells for the
    source at all, which is little in a short passage; the share of it in the third that agrees least, since
    a quotation or a set phrase does not reach through; how much more spun the words that differ read.
    """

    agree: float
    swapped: float
    facts: tuple[float, ...]


def likeness(passage: Sequence[Token], source: Sequence[Token], blocks: Sequence[Block]) -> Likeness:
    """How like a passage is to the source it is aligned with."""
    told = {"same": 0.0, "swap": 0.0, "other": 0.0}
    number = {"same": 0, "swap": 0, "other": 0}
    named = {True: 0, False: 0}  # by whether they agree
    each: list[tuple[float, float]] = []  # what a word tells, and what of it tells for the source
    left = odds = 0.0
    for b in blocks:
        tells = [rarity(w.lower) for w in passage[b.a : b.b]]
        told[b.tag] += sum(tells)
        number[b.tag] += b.b - b.a
        named[b.tag == "same"] += sum(w.named for w in passage[b.a : b.b])
        each += [(t, 0.0 if b.tag == "other" else t) for t in tells]
        if b.tag == "other" and tells:
            # words beyond those that could stand for the source's, and the source's beyond the passage's
            left += sum(tells) * abs((b.b - b.a) - (b.d - b.c)) / max(b.b - b.a, b.d - b.c)
        if b.tag != "same":
            odds += sum(spun_odds(w.lower) for w in passage[b.a : b.b])
            odds -= sum(spun_odds(w.lower) for w in source[b.c : b.d])
    whole = sum(told.values()) or 1.0
    words = max(1, len(passage))
    spread = sum(max(b.b - b.a, b.d - b.c) for b in blocks) or 1
    facts = (
        told["same"] / whole,
        told["swap"] / whole,
        left / whole,
        number["same"] / spread,
        (named[True] + 1) / (named[True] + named[False] + 2),
        math.log1p(told["same"] + told["swap"]),
        _least(each),
        odds / (words - number["same"] + 3),
    )
    return Likeness(number["same"] / words, number["swap"] / words, facts)


def _least(each: Sequence[tuple[float, float]]) -> float:
    """The share of what a third's words tell that tells for the source, in the third where it is least."""
    size = max(1, len(each) // THIRDS)
    thirds = [each[:size], each[size : 2 * size], each[2 * size :]]
    return min((sum(a for _, a in t) + 0.5) / (sum(a for a, _ in t) + 1) for t in thirds)


@cache
def _weights() -> tuple[tuple[float, ...], float]:
    record = json.loads(WEIGHTS.read_text(encoding="utf8"))
    return tuple(record["weights"][name] for name in FACTS), record["bias"]


def probability(like: Likeness) -> float:
    """How likely the passage was made from the source, fitted by `benchmarks/source_fit.py`."""
    weights, bias = _weights()
    logit = bias + sum(w * f for w, f in zip(weights, like.facts, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def as_fellow(probability: float) -> float:
    """How likely a document is a passage's source, if it surely is that of another passage of the text.

    >>> round(as_fellow(0.3), 2), as_fellow(0.0)
    (0.96, 0.0)
    """
    return probability * FELLOW / (1 + probability * (FELLOW - 1))
