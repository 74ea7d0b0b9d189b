"""How a restored word is written: letter case, white space, and the article before it."""

import pytest

from textrepair.edits import Edit, splice
from textrepair.pipeline.candidates import agree, article_for
from textrepair.pipeline.written import like


def edits(text, *pairs):
    out, at = [], 0
    for before, after in pairs:
        at = text.index(before, at)
        out.append(Edit(at, at + len(before), before, after, "wording", 0.9, "test"))
        at += len(before)
    return out


@pytest.mark.parametrize(
    ("text", "pairs", "repaired"),
    [
        ("There is a advantage of it.", [("advantage", "benefit")], "There is a benefit of it."),
        ("It is an illness.", [("illness", "disease")], "It is a disease."),
        ("An illness", [("illness", "disease")], "A disease"),
        ("a\nailment", [("ailment", "illness")], "an\nillness"),
        (
            "It is usually a sickness.",
            [("is usually a", "is a"), ("sickness", "illness")],
            "It is an illness.",
        ),
        ("It is usually a effect.", [("is usually a", "is a")], "It is an effect."),
        ("vitamin A illness", [("A", "D"), ("illness", "disease")], "vitamin D disease"),
        ("hepatitis A sickness", [("sickness", "illness")], "hepatitis A illness"),
        ("data" + " " * 19 + "bug", [("bug", "illness")], "data" + " " * 19 + "illness"),
        ("type-a sickness", [("sickness", "illness")], "type-a illness"),
        ("within an MRI", [("within an", "in an")], "in an MRI"),
        ("He saw area of it.", [("area", "region")], "He saw region of it."),
        ("an old illness", [("old illness", "disease")], "a disease"),
    ],
)
def test_articles_agree_and_edits_stay_apart(text, pairs, repaired):
    assert splice(text, agree(text, edits(text, *pairs))) == repaired


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("hour", "an"),
        ("university", "a"),
        ("one", "a"),
        ("uninformed", "an"),
        ("European", "a"),
        ("umbrella", "an"),
        ("urine", "a"),
        ("urgent", "an"),
        ("unidentified", "an"),
        ("usable", "a"),
    ],
)
def test_article_follows_the_sound(word, article):
    assert article_for(word) == article


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("Sufferers", "patients", "Patients"),
        ("SUFFERERS", "patients", "PATIENTS"),
        ("crohn's malady", "Crohn's disease", "Crohn's disease"),
        ("bosom\nperil", "breast cancer", "breast\ncancer"),
        ("in\nspite of", "despite", "despite"),
        ("lately", "in recent years", "in recent years"),
        ("A", "the", "The"),
        ("Flag to Commotion Proportion", "signal to noise ratio", "Signal to Noise Ratio"),
        ("Kinson's Malady", "Parkinson's disease", "Parkinson's Disease"),
        ("Bosom peril", "breast cancer", "Breast cancer"),
        ("Concealed Markov", "hidden Markov model", "Hidden Markov model"),
        ("The Ailment", "the disease", "The Disease"),
    ],
)
def test_letter_case_and_white_space_are_kept(before, after, written):
    assert like(before, after) == written
