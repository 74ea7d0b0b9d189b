"""Whole sentences: those that read again as they were, which is what a reader of one wants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from textrepair.bench.score.restoration import WAYS, Change, restored_spans, verdicts
from textrepair.gold import Gold
from textrepair.pipeline.segment import segment


def exact_sentences(source: str, changes: Iterable[Change], gold: Sequence[Gold]) -> tuple[int, int]:
    """How many sentences or lines with a swap read as they were, and how many there are.

    All their spans that have an answer are restored, and none of their edits is wrong. Neutral spans do not
    count.

    >>> gold = [Gold(4, 13, ("patients",), "word"), Gold(19, 28, ("patients",), "word")]
    >>> exact_sentences("The sufferers. The sufferers.", [Change(4, 13, "patients")], gold)
    (1, 2)
    """
    made = [c for c in changes if source[c.start : c.end] != c.after]
    asked = [g for g in gold if g.accept is not None]
    restored, _, _ = restored_spans(source, made, asked)
    told = verdicts(source, made, gold)
    opens = [w.start for w in segment(source).words if w.opens]

    def sentence(at: int) -> int:
        return int(np.searchsorted(opens, at, side="right"))

    wanted = {sentence(g.start) for g in asked}
    failed = {sentence(g.start) for k, g in enumerate(asked) if k not in restored}
    failed |= {sentence(c.start) for c in made if told[c] in WAYS}
    return len(wanted - failed), len(wanted)
