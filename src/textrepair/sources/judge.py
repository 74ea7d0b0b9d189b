"""From an alignment to the probability that the passage was made from the source."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from textrepair.sources.align import Block
from textrepair.sources.words import Token, told_by

SHORTEST, USUAL = 25, 90  # words of the shortest passages fitted to, and of usual ones
FACTS = ("same", "swapped", "left", "runs", "named", "length")
WEIGHTS = Path(__file__).with_name("judge.json")


@dataclass(frozen=True)
class Likeness:
    """Shares of the passage's words: those that `agree` in their order, and those `swapped` by the table.

    `facts` are what the probability is judged by, named in `FACTS`: what the words that agree tell, those
    that were swapped, and those that answer to nothing, each for what all tell; how many words of either side
    agree; how many of the passage's names and numbers do, which spinners leave alone; its length.
    """

    words: int
    agree: float
    swapped: float
    facts: tuple[float, ...]


def likeness(passage: Sequence[Token], source: Sequence[Token], blocks: Sequence[Block]) -> Likeness:
    """How like a passage is to the source it is aligned with."""
    told = {"same": 0.0, "swap": 0.0, "other": 0.0}
    number = {"same": 0, "swap": 0, "other": 0}
    named = {True: 0, False: 0}  # by whether they agree
    left = 0.0
    for b in blocks:
        tells = [told_by(w.lower) for w in passage[b.a : b.b]]
        told[b.tag] += sum(tells)
        number[b.tag] += b.b - b.a
        named[b.tag == "same"] += sum(w.named for w in passage[b.a : b.b])
        if b.tag == "other" and tells:
            # words beyond those that could stand for the source's, and the source's beyond the passage's
            left += sum(tells) * abs((b.b - b.a) - (b.d - b.c)) / max(b.b - b.a, b.d - b.c)
    whole = sum(told.values()) or 1.0
    words = max(1, len(passage))
    spread = sum(max(b.b - b.a, b.d - b.c) for b in blocks) or 1
    facts = (
        told["same"] / whole,
        told["swap"] / whole,
        left / whole,
        number["same"] / spread,
        (named[True] + 1) / (named[True] + named[False] + 2),
        math.log(max(words, USUAL)),
    )
    return Likeness(words, number["same"] / words, number["swap"] / words, facts)


@cache
def _weights() -> tuple[tuple[float, ...], float]:
    record = json.loads(WEIGHTS.read_text(encoding="utf8"))
    return tuple(record["weights"][name] for name in FACTS), record["bias"]


def probability(like: Likeness) -> float:
    """How likely the passage was made from the source, fitted by `benchmarks/sources.py`."""
    weights, bias = _weights()
    logit = bias + sum(w * f for w, f in zip(weights, like.facts, strict=True))
    # a few words that agree prove little, whatever their share: nothing so short was fitted to
    return min(1.0, like.words / SHORTEST) / (1 + math.exp(-max(-30.0, min(30.0, logit))))
