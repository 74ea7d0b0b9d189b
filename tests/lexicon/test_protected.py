"""What is protected without being asked, and what only looks as if it should be."""

import pytest

from textrepair.lexicon.protected import IsOutside, protected_spans


@pytest.mark.parametrize(
    ("text", "protected"),
    [
        ("They wrote “the sufferers\nhad it” then.", ["“the sufferers\nhad it”"]),
        ('a 5" pipe. The sufferers had "bosom peril" and more', ['"bosom peril"']),
        ('"The end" and "start"', ['"The end"', '"start"']),
        ("It costs $5 per sufferer and $10 per ailment.", []),
        ("where $x^2$ and \\(a+b\\) hold", ["$x^2$", "\\(a+b\\)"]),
        ("the suferers [sic] had", ["the suferers [sic]"]),
        (
            "see https://example.org/sufferers, doi:10.1000/ailment",
            ["https://example.org/sufferers,", "doi:10.1000/ailment"],
        ),
        ("as Writer et al. found", ["Writer et al"]),
        ("nation after nation rose; a point by point account", ["nation after nation"]),  # *detailed*
        ("run `sufferers.py` now", ["`sufferers.py`"]),
        ("a bosom peril (sic) too", ["a bosom peril (sic)"]),
        (
            "The run:\n2020-01-02 10:00:01 INFO start\n[2020-01-02T10:00:02Z] INFO end\nso",
            ["2020-01-02 10:00:01 INFO start", "[2020-01-02T10:00:02Z] INFO end"],
        ),
        ("“never closed and so not a quotation", []),
    ],
)
def test_built_in_protection(text, protected):
    assert [text[a:b] for a, b in sorted({*protected_spans(text, [], [])})] == protected


def test_a_users_term_is_protected_in_any_case_and_over_a_line_break():
    text = "Immune\n modulatory effects, immunemodulatory, IMMUNE MODULATORY"
    assert [text[a:b] for a, b in protected_spans(text, ["immune modulatory"], [])] == [
        "Immune\n modulatory",
        "IMMUNE MODULATORY",
    ]


def test_outside_knows_touching_from_overlapping():
    free = IsOutside([(10, 20), (5, 12)])
    assert [free(*s) for s in ((0, 5), (4, 6), (11, 12), (20, 21), (19, 30))] == [
        True,
        False,
        False,
        True,
        False,
    ]
