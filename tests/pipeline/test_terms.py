"""Canonical terms of several words: found where each word was swapped, not where science writes so."""

import pytest

from textrepair.pipeline.segment import segment
from textrepair.pipeline.terms import find_terms


def terms(text, is_free=lambda start, end: True):
    return {
        (text[t.start : t.end], t.canonical)
        for t in find_terms(segment(text), is_free, lambda start, end: True)
    }


@pytest.mark.parametrize(
    ("text", "swapped", "canonical"),
    [
        ("The likelihood thickness was fitted.", "likelihood thickness", "probability density"),
        ("It needs vitality stockpiling today.", "vitality stockpiling", "energy storage"),
        ("The\nlikelihood\nthickness was fitted.", "likelihood\nthickness", "probability density"),
        ("An irregular timberland was grown.", "irregular timberland", "random forest"),
        (
            "A counterfeit neural organization.",
            "counterfeit neural organization",
            "artificial neural network",
        ),
        ("The flag to commotion proportion fell.", "flag to commotion proportion", "signal to noise ratio"),
    ],
)
def test_words_swapped_back_make_a_term(text, swapped, canonical):
    assert (swapped, canonical) in terms(text)


@pytest.mark.parametrize(
    "text",
    [
        "The probability density was fitted.",
        "Patients with breast cancer were included in the present study.",
        "The likelihood; thickness was fitted.",
        "The likelihood.\n\nThickness was fitted.",
        "Likelihood",
        "",
    ],
)
def test_what_science_writes_and_what_marks_divide_is_no_term(text):
    assert terms(text) == set()


def test_protected_text_has_no_terms():
    assert terms("The likelihood thickness was fitted.", is_free=lambda start, end: False) == set()
