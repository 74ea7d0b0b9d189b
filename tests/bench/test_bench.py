"""The scorer: what counts as restored, wrong, neutral."""

import pytest

from textrepair.bench.__main__ import case_gold, changes_between
from textrepair.bench.score import Change, Gold, score

TEXT = "The sufferers had a advantage of tiny size."
GOLD = [
    Gold(4, 13, ("patients",), "terminology"),
    Gold(18, 29, ("a benefit", "benefit"), "terminology"),
    Gold(33, 37, None, "neutral"),
]


@pytest.mark.parametrize(
    ("changes", "restored", "right", "wrong"),
    [
        ([], 0, 0, 0),
        ([Change(4, 13, "patients")], 1, 1, 0),
        ([Change(4, 13, "Patients")], 1, 1, 0),
        ([Change(4, 13, "people")], 0, 0, 1),
        ([Change(0, 13, "The patients")], 1, 1, 0),
        ([Change(0, 13, "Some patients")], 0, 0, 1),
        ([Change(20, 29, "benefit")], 1, 1, 0),
        ([Change(18, 20, ""), Change(20, 29, "benefit")], 1, 2, 0),
        ([Change(33, 37, "small")], 0, 0, 0),
        ([Change(38, 42, "volume")], 0, 0, 1),
        ([Change(4, 13, "sufferers")], 0, 0, 0),
    ],
)
def test_score(changes, restored, right, wrong):
    s = score(TEXT, changes, GOLD)
    assert (s.restored, s.right, s.wrong) == (restored, right, wrong)


def test_scores_add_up():
    one = score(TEXT, [Change(4, 13, "patients")], GOLD)
    two = one + score(TEXT, [Change(4, 13, "people")], GOLD)
    assert (two.gold, two.restored, two.wrong) == (4, 1, 1)
    assert two.by_kind == {"terminology": (1, 4)}
    assert two.precision == 0.5


def test_changes_between_two_texts_are_word_edits():
    changes = changes_between("The sufferers had it.", "The patients had it.", 10)
    assert [(c.start, c.end, c.after) for c in changes] == [(14, 23, "patients")]


def test_case_gold_takes_repeated_words_in_order():
    text = "ailment and ailment"
    assert [(g.start, g.end) for g in case_gold(text, [("ailment", "disease")] * 2)] == [(0, 7), (12, 19)]
