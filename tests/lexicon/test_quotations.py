"""Quotations in all their marks, and texts that are about words: what stands there stays."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrepair.lexicon.opposed import opposed
from textrepair.lexicon.quotations import quotations

CASES = Path(__file__).parents[1] / "cases" / "about_words.jsonl"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("‘bosom peril’ and ‘irregular woodland’.", ["‘bosom peril’", "‘irregular woodland’"]),
        ("'Bosom peril' is not 'breast cancer'", ["'Bosom peril'", "'breast cancer'"]),
        ("„bosom peril“ statt „breast cancer“.", ["„bosom peril“", "„breast cancer“"]),
        ("»so« «so» ‚so‘ ‹so› 「so」", ["»so«", "«so»", "‚so‘", "‹so›", "「so」"]),
        ("Il dit « les malades » et", ["« les malades »"]),
        ("the ``bosom peril'' and `so' and `code`", ["``bosom peril''", "`so'", "`code`"]),
        ("“He said ‘the patients’ “odd” peril’ was” so", ["“He said ‘the patients’ “odd” peril’ was”"]),
        ("“One.\n\n“Two,” he said.", ["“One.\n\n“Two,”"]),
        ('"One.\n \n"Two," he said.', ['"One.\n \n"Two,"']),
        ("“One\n\ntwo” three", []),
        ('had it.\\n" +\n"The sufferers" + "are few', []),
        ('"The sufferers\\n" +\n  "said “no”.\\n" + "So." He "said so".', ["“no”", '"said so"']),
        ("“never closed, “so” and", ["“so”"]),
        ("the patients' data and the controls' data", []),
        ("‘The sufferers’ cells’ were lost. The doctors’ union.", ["‘The sufferers’ cells’"]),
        ("‘doctors’ and ‘sufferers’ were", ["‘doctors’", "‘sufferers’"]),
        ("5'-end, 3'-end, the 5\" pipe, it's, don't", []),
        ("Reviewer 2:\n> The sufferers\n> had it\nWe agree.", ["> The sufferers", "> had it"]),
        ("a <q>so\n\nit is</q> <blockquote cite='x'>and</blockquote>", ["<q>so\n\nit is</q>"]),
        ("5 â€“ 10 patients â€” all", []),
        ("(“" + "the sufferers " * 500 + "”)", ["“" + "the sufferers " * 500 + "”"]),
    ],
)
def test_quotations(text, quoted):
    assert [text[a:b] for a, b in quotations(text)][: len(quoted) or None] == quoted


@given(st.text("“”‘’'\"`„«»> \nabs.<q/>", max_size=60))
def test_quotations_lie_apart_in_any_text(text):
    spans = [*quotations(text)]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))


@pytest.mark.parametrize("mark", ["“a ", "'as ", '"a ', "“a\n\n", "`a ", "<q>", "> “\n"])
def test_marks_that_never_close_take_no_time(mark):
    assert len(quotations(mark * 30_000)) in (0, 1, 30_000)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("bosom peril instead of breast cancer", True),
        ("breast cancer → bosom peril", True),
        ("*bosom peril* where *breast cancer* was meant", True),
        ("bosom peril is not breast cancer", True),
        ("bosom peril\tbreast cancer", True),
        ("| breast cancer | bosom peril |", True),
        ("bosom peril,breast cancer", True),
        ("A tortured phrase: bosom peril (breast cancer)", True),
        ("bosom peril (breast cancer)", False),
        ("bosom peril(breast cancer)", False),
        ("bosom peril is common. Breast cancer is not", False),
        ("The sufferers had bosom peril. Not all breast cancer spreads", False),
        ("He had bosom peril, she had breast cancer", False),
        ("bosom peril, which was treated as long ago as in 1904 and for which breast cancer", False),
    ],
)
def test_what_a_text_sets_against_each_other(text, both):
    at = text.index("bosom peril")
    assert bool([*opposed(text, [(at, at + 11, "breast cancer")])]) is both


def test_texts_about_words_stay_and_others_do_not(repairer):
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf8").splitlines()]
    wrong = [
        (c["why"], r.text)
        for c, r in zip(cases, repairer.pipe(c["text"] for c in cases), strict=True)
        if r.text != c.get("repaired", c["text"])
    ]
    assert not wrong
