"""How surely the words beside a place call for what may have stood there."""

from __future__ import annotations

import pytest

from textrepair.lexicon.ngrams import RARELY, called_for

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
    wanted, standing = called_for(left, tuple(now.split()), tuple(then.split()), right)
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
    assert called_for(left, tuple(now.split()), tuple(then.split()), right) == (RARELY, RARELY)


def test_what_stands_is_weighed_too() -> None:
    wanted, standing = called_for(("", "immune"), ("response",), ("system",), ("", ""))
    assert RARELY < standing < 0
    assert RARELY < wanted < 0
