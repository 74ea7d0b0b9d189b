"""What passages without a source are measured on must have none."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """benchmarks/source_texts.py, opened as the scripts beside it do."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("source_texts")


def words(number: int, word: str = "word") -> str:
    return " ".join([word.capitalize(), *[word] * (number - 1)])


@pytest.mark.parametrize(
    ("own", "quoted", "kept"),
    [
        ((20, 60), 20, True),  # one passage
        ((20, 60), 40, False),  # half as many as its own words
        ((60, 40, 18), 44, False),  # cut so that the quotation is a passage for itself
        ((60, 60), 20, True),  # cut, and the quotation stays with other words
        ((80,), 20, True),  # a sentence alone
    ],
)
def test_a_quotation_is_a_small_part_of_every_passage(
    own: tuple[int, ...], quoted: int, kept: bool, texts: ModuleType
) -> None:
    text = ". ".join(map(words, own)) + "."
    made = texts.quoting(text, f"{words(quoted, 'quoted')}. {words(9)}.")
    assert bool(made) == kept
    assert made.count("quoted") == (quoted - 1 if kept else 0)
