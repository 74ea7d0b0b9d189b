"""Terms are found by the acronym that follows them, where they are none of its known long forms."""

import pytest

from textrepair.lexicon.acronyms import long_forms
from textrepair.pipeline.acronym_terms import find_defined


def anywhere(start, end):
    return True


def nowhere(start, end):
    return False


def defined(text, is_free=anywhere):
    return {(text[t.start : t.end], t.canonical) for t in find_defined(text, is_free, anywhere)}


@pytest.mark.parametrize(
    ("text", "stands", "canonical"),
    [
        (
            "A convolution brain organization (CNN).",
            "convolution brain organization",
            "convolutional neural network",
        ),
        ("With a concealed Markov (HMM) on top.", "concealed Markov", "hidden Markov model"),
        ("Of sickness of Parkinson (PD).", "Parkinson", "Parkinson's disease"),
        ("The Joined together Kingdom (UK).", "Joined together Kingdom", "United Kingdom"),
        ("By information\nprocurement (DAQ).", "information\nprocurement", "data acquisition"),
        ("With heart-rate changeability (HRV).", "heart-rate changeability", "heart rate variability"),
        ("The cardiovascular illness (CVD).", "cardiovascular illness", "cardiovascular disease"),
    ],
)
def test_an_acronym_calls_for_its_long_form(text, stands, canonical):
    assert (stands, canonical) in defined(text)


@pytest.mark.parametrize(
    "text",
    [
        "A convolutional neural network (CNN).",
        "Convolutional Neural Networks (CNNs).",
        "Parkinson’s disease (PD).",
        "They broadcast daily news (CNN).",
        "A convolution brain organization; it (CNN) failed.",
        "A convolution brain organization (QZXJ).",
        "(CNN)",
        "",
    ],
)
def test_known_long_forms_and_other_words_are_let_be(text):
    assert defined(text) == set()


def test_protected_text_has_none():
    assert defined("A convolution brain organization (CNN).", is_free=lambda start, end: False) == set()


def test_long_forms_are_lower_case_but_for_names():
    assert long_forms()["HMM"]["hidden", "markov", "model"][0] == "hidden Markov model"
    assert all(papers >= 2 for forms in long_forms().values() for _, papers in forms.values())


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("A convolution neural system (CNN).", True),
        ("The completely linked (FC) layer.", True),
        # the letters fit both; a word lost; one no table knows; no synonym among them
        ("The internal limiting membrane (ILM).", False),
        ("A concealed Markov (HMM).", False),
        ("A faulty neural network (CNN).", False),
        ("A convolution neural network (CNN).", False),
    ],
)
def test_sure_is_what_answers_word_by_word_and_fits_the_letters(text, sure):
    assert any(t.tier == "auto" for t in find_defined(text, anywhere, nowhere)) is sure


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("A faulty neural network (CNN).", "convolutional neural network"),
        ("Some convolutional neural arrangements (CNNs).", "convolutional neural networks"),
        ("A convolutional neural arrangement (CNN).", "convolutional neural network"),
        ("By gleaming electron microscopy (SEM).", "scanning electron microscopy"),
        ("A suboptimal neural architecture (CNN).", "convolutional neural network"),
        # the letters fit both; fewer words; none that answers; no usual long form
        ("A convective neural network (CNN).", ""),
        ("Of atrial flutter (AF).", ""),
        ("A concealed Markov (HMM).", ""),
        ("They broadcast nightly news (CNN).", ""),
    ],
)
def test_where_all_that_differs_is_odd_the_usual_long_form_is_sure(text, canonical):
    sure = [t.canonical for t in find_defined(text, anywhere, anywhere) if t.tier]
    assert sure[:1] == ([canonical] if canonical else [])
    assert not any(t.tier for t in find_defined(text, anywhere, nowhere))
