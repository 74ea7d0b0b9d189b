"""Four times the text takes four times the processor's time, whatever the text is."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

import pytest

from textrepair.edits import Edit, Repair
from textrepair.formats import table as formats

STEEPEST = 1.2  # exponent of time against length
WORDS = 1_000, 4_000


def exponent(work: Callable[[str], object], unit: str) -> float:
    """The least of three exponents of time against length, measured until one is small enough."""

    def seconds(words: int) -> float:
        text = unit * (words // len(unit.split()))
        begun = time.process_time()
        work(text)
        return time.process_time() - begun

    seconds(200)  # what is loaded at first use
    least = math.inf
    for _ in range(3):
        if least > STEEPEST:
            few, many = map(seconds, WORDS)
            least = min(least, math.log(many / few, WORDS[1] / WORDS[0]))
    return least


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
    assert exponent(repairer.fix, unit) <= STEEPEST


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("html", "sufferers "),
        ("latex", "\\emph{sufferers} of $x$ % note\n"),
        ("markdown", "*sufferers* of `x` and\n"),
        ("markdown", "sufferers <code>x\n"),
    ],
)
def test_time_grows_with_the_length_of_markup(name, unit):
    def edited(source: str) -> Repair:
        prose = formats.read(source, name)
        edits = [
            Edit(*m.span(), m[0], "patients", "wording", 0.9, "x")
            for m in re.finditer("sufferers", prose.text)
        ]
        return formats.carried(prose, Repair(prose.text, tuple(edits)), name)

    assert exponent(edited, unit) <= STEEPEST
