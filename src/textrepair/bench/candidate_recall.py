"""Candidate recall: for how many gold answers is the right wording among the candidates at all?

What is not among them can be neither ranked nor decided, so this bounds the recall of everything after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textrepair.bench.score import Gold, changes_of, score
from textrepair.pipeline.candidates import Candidate, agree


@dataclass(frozen=True)
class CandidateRecall:
    """Gold answers, how many of them were reachable, places with candidates, and candidates in all."""

    asked: int
    reached: int
    places: int
    candidates: int

    def __add__(self, other: CandidateRecall) -> CandidateRecall:
        """That of both texts together."""
        return CandidateRecall(
            self.asked + other.asked,
            self.reached + other.reached,
            self.places + other.places,
            self.candidates + other.candidates,
        )

    @property
    def recall(self) -> float:
        """Share of the gold answers that were reachable."""
        return self.reached / max(1, self.asked)


def candidate_recall(text: str, gold: Sequence[Gold], candidates: Iterable[Candidate]) -> CandidateRecall:
    """Which gold answers the candidates could give, one candidate at a time or one for each word.

    >>> gold = [Gold(2, 13, ("breast cancer",), "terminology")]
    >>> words = [("bosom", "breast", 2), ("peril", "cancer", 8), ("peril", "risk", 8)]
    >>> found = [Candidate(k, k + len(a), a, b, "wording", "", "", 0.0) for a, b, k in words]
    >>> candidate_recall("A bosom peril.", gold, found)
    CandidateRecall(asked=1, reached=1, places=2, candidates=3)
    """
    found = list(candidates)
    reached = 0
    asked = [g for g in gold if g.accept is not None]
    for g in asked:
        near = [c for c in found if c.start < g.end and g.start < c.end]
        reached += any(_restores(text, g, (c,)) for c in near) or _word_by_word(text, g, near)
    return CandidateRecall(len(asked), reached, len({(c.start, c.end) for c in found}), len(found))


def _restores(text: str, gold: Gold, chosen: Sequence[Candidate]) -> bool:
    # with their articles, as they are made
    edits = agree(text, [candidate.edit(0.0) for candidate in chosen])
    return score(text, changes_of(edits), [gold]).restored == 1


def _word_by_word(text: str, gold: Gold, near: Sequence[Candidate]) -> bool:
    """Whether candidates side by side, chosen greedily for one answer, restore it together."""
    for answer in gold.accept or ():
        wanted = set(answer.casefold().split())
        chosen: list[Candidate] = []
        for c in sorted(near, key=lambda c: (c.start, c.start - c.end)):
            fits = set(c.after.casefold().split()) <= wanted
            if fits and (not chosen or c.start >= chosen[-1].end):
                chosen.append(c)
        if chosen and _restores(text, gold, chosen):
            return True
    return False
