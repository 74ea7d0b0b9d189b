"""What is protected without being asked, and what only looks as if it should be."""

import re

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
        (
            "seen (Strong and Rich, 2019; Savage, 2018) by Hunt (2011), in 2019 (12)",
            ["Strong and Rich, 2019", "Savage, 2018", "Hunt (2011"],
        ),
        ("“never closed and so not a quotation", []),
    ],
)
def test_built_in_protection(text, protected):
    assert [text[a:b] for a, b in sorted({*protected_spans(text, [], [])})] == protected


@pytest.mark.parametrize(
    "text",
    [
        "free {{Infobox|name=peril}} free ${peril} free",
        "free \\[ peril\n\\] free \\begin{align} peril \\end{align} free",
        "free row[\"peril\"] free row['peril'] free",
        "free:\n\n.. code:: c\n\n   peril\n\nfree",
        "free\n#+BEGIN_SRC c\nperil\n#+END_SRC\nfree\n[source,c]\n----\nperil\n----\nfree",
        "free <nowiki>peril</nowiki> free <ref name='x'/> free <ref>peril</ref> free",
        "free:\n\n    pip install peril\n    export A=peril\n\nfree by Mr. Peril",
        "free\n[a.peril]\nperil = peril\nfree\n\n--- a/peril\n+++ b/peril\n@@ -1 @@\n-peril\n+peril\n\nfree",
        "free\n[03:04:06] WARN peril\nfree\nTraceback (most recent call last):\n  peril\nE: peril\nfree",
        "free\n@book{a1,\n  title = {peril},\n}\nfree\nTY  - JOUR\nTI  - peril\nER  - \nfree",
    ],
)
def test_what_is_written_for_machines_is_protected_and_no_more(text):
    is_free = IsOutside(protected_spans(text, [], []))
    found = [(m[0], is_free(*m.span())) for m in re.finditer("free|[Pp]eril", text)]
    assert found == [(word, word == "free") for word, _ in found]


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
