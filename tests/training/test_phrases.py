"""Phrases that spinners write for single words: drawn from a thesaurus, and drawn often enough."""

from collections import Counter

import numpy as np
import pytest

from textrepair.training.channels import (
    BY_PHRASES,
    default_channels,
    phrase_triples,
    read_listed,
    thesaurus_triples,
)
from textrepair.training.spinner import spin
from textrepair.training.thesaurus.thesauri import phrases

MYTHES = """UTF-8
occur|2
(verb)|happen|take place|come about
(verb)|exist|be (generic term)
outcome|1
(noun)|result|end result|consequence (generic term)|physical phenomenon (generic term)
union|4
(noun)|labor union|trade union
(noun)|sexual union|coming together
(noun)|state of matter
(noun)|act of joining
"""
SCIENCE = Counter(
    dict.fromkeys("occur occurs occurred occurring outcome outcomes union unions".split(), 1000)
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "th.dat"
    path.write_text(MYTHES, encoding="utf8")
    return phrases(path, SCIENCE)


def test_phrases_bend_like_the_word_they_stand_for(table):
    assert set(table["occurring"]) == {"taking place", "coming about"}
    assert {"took place", "came about"} < set(table["occurred"])  # which may be a participle, too
    assert set(table["outcomes"]) == {"end results"}


@pytest.mark.parametrize("phrase", ["trade union", "physical phenomenon", "act of joining"])
def test_what_only_says_more_or_is_far_is_no_paraphrase(table, phrase):
    """One says the word again, one is a kind of thing, one stands in a late sense."""
    assert not any(phrase in options for options in table.values())


def test_a_later_sense_weighs_less(table):
    assert table["union"]["coming together"] > table["union"]["state of matter"]


def test_single_words_keep_their_share_beside_phrases():
    singles = thesaurus_triples(1.0)
    of_singles, of_phrases = (
        sum(w for canonical, _, w in triples if canonical == "occur")
        for triples in (singles, phrase_triples(singles))
    )
    assert 0 < of_phrases <= BY_PHRASES * of_singles * 1.001


@pytest.mark.parametrize("number", range(4))
def test_every_default_spinner_writes_some_phrases(number):
    _, channel = default_channels()[number]
    draws = (spin(["occur"], channel, np.random.default_rng(seed), 1.0) for seed in range(300))
    assert {len(s.words) for swaps in draws for s in swaps} >= {1, 2}


def test_phrases_listed_by_hand_have_half_of_what_phrases_weigh():
    listed = {w: {o for o in others if " " in o} for w, others in read_listed().items()}
    triples = phrase_triples(thesaurus_triples(1.0))
    by_hand = sum(w for canonical, spun, w in triples if spun in listed.get(canonical, ()))
    both = sum(w for canonical, _, w in triples if listed.get(canonical))
    assert 0.5 < by_hand / both < 0.9  # more than half, since of some words WordNet has no phrase
