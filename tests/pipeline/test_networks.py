"""Small networks over named features: a text of any length costs them little memory."""

from __future__ import annotations

import tracemalloc

from textrepair.pipeline.networks import ROWS_AT_ONCE, FeatureNetwork

NETWORK = FeatureNetwork(("x", "y"), (0.5, 1.0), (2.0, 1.0), ([[2.0], [-1.0]],), ([-1.0],))


def rows(number: int):
    return ({"x": k % 7 * 1.0, "y": k % 3 * 1.0} for k in range(number))


def test_rows_are_judged_alike_however_many_there_are():
    alone = [p for k in range(21) for p in NETWORK([*rows(21)][k : k + 1])]
    assert NETWORK(rows(0)) == []
    assert [round(p, 12) for p in NETWORK(rows(ROWS_AT_ONCE + 21))[:21]] == [round(p, 12) for p in alone]
    assert len(NETWORK(rows(2 * ROWS_AT_ONCE))) == 2 * ROWS_AT_ONCE


def test_rows_that_are_made_as_they_are_judged_are_not_held():
    def most(number: int) -> int:
        tracemalloc.start()
        NETWORK(rows(number))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    judged = 8 * ROWS_AT_ONCE
    assert most(judged) < most(ROWS_AT_ONCE) + judged * 80  # a probability and its place in the list, at most
