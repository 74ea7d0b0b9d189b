"""Four times the text takes four times the processor's time, whatever the text is."""

from __future__ import annotations

import math
import time

import pytest

STEEPEST = 1.2  # exponent of time against length; that of one slow step among fast ones shows late
WORDS = 1_000, 4_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "sufferers ",
        "The bosom peril of group A, near a black hole | and colossal data (BC), had counterfeit minds. ",
    ],
    ids=["one word", "one line of listed phrases, protected ones, cells and acronyms"],
)
def test_time_grows_with_the_length_of_a_text(repairer, unit):
    def seconds(words: int) -> float:
        text = unit * (words // len(unit.split()))
        begun = time.process_time()
        repairer.fix(text)
        return time.process_time() - begun

    seconds(200)  # what is loaded at first use
    exponents: list[float] = []
    while len(exponents) < 3 and min(exponents, default=math.inf) > STEEPEST:
        few, many = map(seconds, WORDS)
        exponents.append(math.log(many / few, WORDS[1] / WORDS[0]))
    assert min(exponents) <= STEEPEST, exponents
