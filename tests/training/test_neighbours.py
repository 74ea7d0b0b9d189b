"""Words of any kind that are related: what the oddest of the simulated spinners puts for a word."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from textrepair.lexicon.guard import flips_meaning, respelled
from textrepair.training.channels import (
    NEIGHBOURS,
    UNSEEN_PAIRS,
    default_channels,
    far_triples,
    read_listed,
    training_channels,
    unseen,
)
from textrepair.training.thesaurus.neighbours import ALIKE, neighbours, write_neighbours

# cosines fall from left to right; the mean of all is nearly nought
ANGLES = {
    "increase": 0, "rise": 10, "raised": 15, "decrease": 20, "increases": 25, "increased": 30,
    "increasing": 35, "increasingly": 40, "banana": 200,
}  # fmt: skip


def unit(degrees: float) -> np.ndarray:
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


@pytest.fixture
def near() -> list[str]:
    vectors = {word: unit(angle) for word, angle in ANGLES.items()}
    vectors["balance"] = -sum(vectors.values())
    return neighbours(["increase"], list(ANGLES), vectors)["increase"]


def test_neighbours_come_nearest_first_and_no_farther_than_they_are_related(near: list[str]) -> None:
    assert near[:2] == ["rise", "raised"]
    assert not {"increase", "banana"} & set(near)


def test_opposites_are_no_neighbours(near: list[str]) -> None:
    assert "decrease" not in near


def test_a_few_forms_of_the_word_itself_are_enough(near: list[str]) -> None:
    assert [w for w in near if w.startswith("incr")] == ["increases", "increased", "increasing"][:ALIKE]


def test_what_is_written_is_read_again(tmp_path, near: list[str]) -> None:
    assert write_neighbours(tmp_path / "near.tsv.gz", {"increase": near}) == 1
    assert read_listed(tmp_path / "near.tsv.gz") == {"increase": near}


def test_the_neighbours_that_come_with_the_package_flip_no_meaning() -> None:
    pairs = [(word, other) for word, others in read_listed(NEIGHBOURS).items() for other in others]
    assert len(pairs) > 100_000
    assert not [p for p in pairs[::50] if flips_meaning(*p) or respelled(*p)]


def test_the_far_spinner_puts_listed_and_other_words_alike() -> None:
    weight = Counter[str]()
    for canonical, spun, share in far_triples():
        assert not unseen(f"{canonical}>{spun}", UNSEEN_PAIRS)
        if canonical == "disease":
            weight[spun] += share
    assert weight["illness"] > weight["malady"] > 0
    assert 1.5 < weight.total() <= 2.0  # about half of it are neighbours


def test_only_training_knows_the_far_spinner() -> None:
    assert len(training_channels()) == len(default_channels()) + 1
    shares = [share for share, _ in training_channels()]
    assert shares[-1] / sum(shares) == pytest.approx(0.25)
