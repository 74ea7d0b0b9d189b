"""A doubted place is read once more with its words hidden: what stands there then says nothing."""

from __future__ import annotations

import itertools

import pytest

from textrepair import Repairer
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.hidden import hidden_evidence, joined, shared

TEXT = "The sufferers were treated with a novel {} of the drug, and most of them recovered within a week."
WORDS = ("dose", "amount")


def of(text: str, before: str, after: str) -> Candidate:
    start = text.index(before)
    return Candidate(start, start + len(before), before, after, "wording", "test", "", -1.0)


def test_what_stands_in_a_hidden_place_tells_nothing(repairer: Repairer) -> None:
    targets = []
    for word in WORDS:
        text = TEXT.format(word)
        [evidence] = hidden_evidence(repairer.reranker, text, [of(text, word, "formulation")])
        targets.append(evidence.target)
    assert targets[0] == pytest.approx(targets[1], abs=1e-3)


def test_candidates_keep_their_order_whatever_reading_they_share(repairer: Repairer) -> None:
    text = TEXT.format("dose")
    candidates = [of(text, *pair) for pair in (
        ("drug", "compound"), ("sufferers", "patients"), ("novel dose", "new dose"), ("novel", "new"),
    )]  # fmt: skip
    together = hidden_evidence(repairer.reranker, text, candidates)
    alone = [hidden_evidence(repairer.reranker, text, [c])[0] for c in candidates[:2]]
    assert [e.pieces for e in together] == [1, 2, 1, 1]
    assert together[0].keep == pytest.approx(alone[0].keep, abs=2)


def test_no_candidate_takes_no_reading(repairer: Repairer) -> None:
    assert hidden_evidence(repairer.reranker, TEXT, []) == []


def test_places_of_one_reading_stand_apart_and_what_overlaps_is_hidden_together() -> None:
    spans = [(0, 4), (5, 9), (10, 14), (12, 20), (22, 26)]
    rows = shared(spans)
    assert sorted(span for row in rows for span in row) == spans
    assert all(a[1] + 2 <= b[0] for row in rows for a, b in itertools.pairwise(row))
    assert joined(spans)[10, 14] == joined(spans)[12, 20] == (10, 20)
