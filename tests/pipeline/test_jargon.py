"""A word that a document uses as its own stays; a term that is planted time and again does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from textrepair.lexicon.lexicon import Lexicon, stack
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import read_document
from textrepair.pipeline.jargon import is_own, own_words

TEXT = "A blunder loses the game. The blunder rate rose, and most blunders came late. A swift end followed."


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return stack(())


def sum_of(chances):
    return {"sum": sum(chances)}


def by_sum(rows):
    """A judge to whom a document is spun whose words are doubted ten times over."""
    return [min(0.99, row["sum"] / 10) for row in rows]


def found(text: str, doubts: dict[str, float], lexicon: Lexicon) -> set[str]:
    document = read_document(text, lexicon, None)
    replaced = {(w.start, w.end): doubts.get(w.lower, 0.01) for w in document.seg.words}
    return set(own_words(document, replaced, sum_of, by_sum))


BLUNDER = {"blunder": 0.9, "blunders": 0.9}


@pytest.mark.parametrize(
    ("text", "doubts", "own"),
    [
        (TEXT, BLUNDER, {"blund"}),
        (TEXT.replace("most blunders", "most of them"), BLUNDER, set()),  # twice is not often
        (TEXT, {}, set()),  # nobody doubts it
        (TEXT * 4, BLUNDER | {"swift": 0.9}, {"blund"}),
        (TEXT * 8, BLUNDER | {"swift": 0.9}, {"blund"}),  # the first sentence names it
        ("They sat.\n" + TEXT * 8, BLUNDER | {"swift": 0.9}, set()),
        (TEXT * 30, BLUNDER | {"swift": 0.9, "game": 0.9}, set()),  # spun without it
    ],
)
def test_a_words_own_are_those_without_which_a_document_looks_clean(text, doubts, own, lexicon) -> None:
    assert found(text, doubts, lexicon) & {"blund"} == own


@pytest.mark.parametrize(
    ("text", "before", "after", "own"),
    [
        (TEXT, "blunder", "error", True),
        (TEXT, "blunder rate", "error rate", True),
        (TEXT, "blunder rate", "error frequency", False),  # more than that word
        (
            "The blunder rate rose. The blunder rate fell. A blunder rate was told.",
            "blunder rate",
            "x rate",
            False,
        ),
    ],
)
def test_a_candidate_is_spared_that_changes_nothing_else(text, before, after, own, lexicon) -> None:
    document = replace(read_document(text, lexicon, None), own_words=frozenset({"blund"}))
    start = text.index(before)
    candidate = Candidate(start, start + len(before), before, after, "wording", "test", "ask", -1.0)
    assert is_own(candidate, document) == own
