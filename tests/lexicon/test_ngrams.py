"""How surely the words beside a place call for what may have stood there, and how well words go together."""

from __future__ import annotations

import marisa_trie
import pytest

from textrepair.lexicon.entries import DATA, Entry
from textrepair.lexicon.lexicon import Lexicon, stack
from textrepair.lexicon.ngrams import (
    RARELY,
    Association,
    association,
    associations,
    context_log_probs,
    log_count,
    shared,
)
from textrepair.training.frequencies import write_unwritten

NOTHING = ("", "")


@pytest.mark.parametrize(
    ("left", "now", "then", "right"),
    [
        (NOTHING, "beat", "pulse", ("oximetry", "")),
        (NOTHING, "beat oximetry", "pulse oximetry", NOTHING),
        (("precision", "and"), "recollect", "recall", NOTHING),
        (("", "tensile"), "firmness", "strength", ("", "")),
        (NOTHING, "the tensile firmness of", "the tensile strength of", NOTHING),
    ],
)
def test_neighbours_that_stand_beside_little_else_call_for_it(
    left: tuple[str, str], now: str, then: str, right: tuple[str, str]
) -> None:
    wanted, standing = context_log_probs(left, tuple(now.split()), tuple(then.split()), right)
    assert wanted > -1
    assert standing == RARELY


@pytest.mark.parametrize(
    ("left", "now", "then", "right"),
    [
        (NOTHING, "illness", "disease", NOTHING),
        (("", "qqqq"), "illness", "disease", NOTHING),
        (NOTHING, "really", "", NOTHING),
        (NOTHING, "human beings", "human", NOTHING),
    ],
)
def test_without_neighbours_nothing_is_called_for(
    left: tuple[str, str], now: str, then: str, right: tuple[str, str]
) -> None:
    assert context_log_probs(left, tuple(now.split()), tuple(then.split()), right) == (RARELY, RARELY)


def test_what_stands_is_weighed_too() -> None:
    wanted, standing = context_log_probs(("", "immune"), ("response",), ("system",), ("", ""))
    assert RARELY < standing < 0
    assert RARELY < wanted < 0


@pytest.mark.parametrize(
    ("now", "then", "ends"),
    [
        ("a b c", "a x c", (1, 1)),
        ("a b", "a b", (2, 0)),
        ("a b", "a", (1, 0)),
        ("b a", "a", (0, 1)),
        ("a a", "a", (1, 0)),  # no word is shared twice
        ("a", "b", (0, 0)),
        ("", "b", (0, 0)),
    ],
)
def test_what_two_phrases_share_at_their_ends(now: str, then: str, ends: tuple[int, int]) -> None:
    assert shared(now.split(), then.split()) == ends


@pytest.mark.parametrize(
    ("left", "now", "then", "right"),
    [
        (("", "independent"), "element", "component", ("analysis", "")),
        (NOTHING, "utilitarian bunches", "functional groups", NOTHING),
        (("the", "greenhouse"), "gas discharges", "gas emissions", NOTHING),
        # what goes leaves its neighbours side by side
        (("", "the"), "immune bodily system", "immune system", NOTHING),
        (NOTHING, "gastric lymph carcinoma", "gastric carcinoma", NOTHING),
    ],
)
def test_what_science_writes_side_by_side_is_bound_closer(
    left: tuple[str, str], now: str, then: str, right: tuple[str, str]
) -> None:
    stands, would = associations(left, tuple(now.split()), tuple(then.split()), right)
    assert would.strength > max(1.0, stands.strength)
    assert would.share > stands.share


@pytest.mark.parametrize("row", [["", "of", "the", ""], ["", "system", "", ""], ["immune", "", "system", ""]])
def test_small_words_and_words_apart_are_not_bound(row: list[str]) -> None:
    assert association(row, {1, 2}) == Association(0.0, RARELY, 0.0)


def test_common_words_that_never_meet_are_missed() -> None:
    assert (
        association(["", "were", "study", ""], {2}).missing
        > 1
        > association(["", "sooty", "quandary", ""], {2}).missing
    )


# Listed phrases that science never writes ----------------------------------------------------------


def test_every_phrase_told_unwritten_is_one_the_lexicon_asks_for() -> None:
    forms = stack(()).forms
    listed = marisa_trie.Trie().mmap(str(DATA / "unwritten.marisa"))
    assert len(listed) > 20_000
    for phrase in listed:
        tiers = {form.entry.tier for form in forms[phrase]}
        assert "ask" in tiers, phrase
        assert "never" not in tiers, phrase
    assert not [phrase for phrase in listed if log_count(phrase) > 1]


def test_phrases_that_some_text_holds_are_written(tmp_path) -> None:
    def entry(spun: str, tier: str = "ask") -> Entry:
        return Entry(spun, () if tier == "never" else ("x y",), "NOUN", "g", tier, "why")

    asked = [entry(w) for w in ("kidney rock", "tail chance", "divider stress", "ailment")]
    others = [entry("bosom peril", "auto"), entry("black hole", "never"), entry("black hole")]
    texts = ["The Tail\nChances were low.", "A kidney, rock.", "A non-divider stress."]
    lexicon, path = Lexicon([[*asked, *others]]), tmp_path / "unwritten.marisa"
    number = write_unwritten(path, lexicon, texts)
    found = set(marisa_trie.Trie().load(str(path)))
    assert len(found) == number
    assert {"kidney rock", "kidney rocks", "tail chance", "divider stress"} <= found
    assert found.isdisjoint({"tail chances", "ailment", "bosom peril", "black hole"})
