"""Idioms are proposed where a word of them is doubted, and what spinners are known to write is judged."""

from __future__ import annotations

import pytest

from textrepair.lexicon.entries import default_entries
from textrepair.lexicon.habits import habits_for, idioms_from
from textrepair.lexicon.lexicon import Lexicon
from textrepair.pipeline.candidates import Candidate, find_candidates
from textrepair.pipeline.segment import segment
from textrepair.pipeline.shortlist import NARROW, Breadth, shortlist
from textrepair.pipeline.suspects import find_listed, with_synonyms
from textrepair.rerank import Evidence


def proposed(text: str, doubted: str) -> set[tuple[str, str]]:
    seg = segment(text)
    listed, is_free = find_listed(seg, Lexicon([default_entries()]), (), ())
    suspects = with_synonyms(seg, listed, is_free)
    at = text.index(doubted)

    def is_doubted(start: int, end: int) -> bool:
        return start < at + len(doubted) and at < end

    found = find_candidates(seg, suspects, is_free, is_doubted, lambda start, end: False)
    return {(c.before, c.after) for c in found}


@pytest.mark.parametrize(
    ("text", "doubted", "swap"),
    [
        ("Be that as it may, it grew.", "may", ("Be that as it may", "Nevertheless")),
        ("It is fit for growth.", "fit", ("fit for", "capable of")),
        ("Metals, for example, iron rust.", "example", ("for example,", "such as")),
    ],
)
def test_an_idiom_is_proposed_where_a_word_of_it_is_doubted(text, doubted, swap) -> None:
    assert swap in proposed(text, doubted)
    assert swap not in proposed(text, text.split()[-1].rstrip("."))


def test_an_idiom_does_not_reach_over_a_full_stop() -> None:
    assert not [before for before, _ in proposed("It may be. That as it may, is.", "be") if "." in before]


def test_the_longest_idiom_of_a_row_and_shorter_ones_are_found() -> None:
    row = "despite the fact that it".split()
    assert (4, "although") in {(n, canonical) for n, canonical, _ in idioms_from(row)}
    assert not [*idioms_from(["photosynthesis", "rate"])]
    assert not [*idioms_from([])]


def test_what_spinners_are_known_to_write_is_judged_before_what_a_model_likes_better() -> None:
    canonical, rank = next(iter(habits_for("exhibit").items()))
    known = Candidate(0, 7, "exhibit", canonical, "wording", "x", "", -4.0)
    liked = [Candidate(0, 7, "exhibit", f"liked{k}", "wording", "x", "", -4.0) for k in range(2)]
    scored = [(known, Evidence(-4.0, -2.0, 0.0, 1)), *((c, Evidence(-3.0, -2.0, 0.0, 1)) for c in liked)]
    wide = Breadth(favourites=2, hopeless=-5.0, habitual=3.0 * (1 + rank))
    assert known in [s.candidate for s in shortlist(scored, {}, breadth=wide)]
    assert known not in [s.candidate for s in shortlist(scored, {}, breadth=NARROW._replace(favourites=2))]
