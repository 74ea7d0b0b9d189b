"""The case files: what must be repaired, what must be left alone, what is known to fail."""

import json
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"


def cases(name):
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf8").splitlines()]


@pytest.mark.parametrize("case", cases("in_the_wild"), ids=lambda c: c["why"])
def test_in_the_wild(repairer, case):
    text = repairer.fix(case["text"])
    missing = [canonical for _, canonical in case["expect"] if canonical not in text]
    assert not missing, text


@pytest.mark.parametrize("case", cases("known_failures"), ids=lambda c: c["why"])
@pytest.mark.xfail(strict=True, reason="known failure: fix it, then move the case to in_the_wild")
def test_known_failures(repairer, case):
    text = repairer.fix(case["text"])
    if "expect" in case:
        assert all(canonical in text for _, canonical in case["expect"]), text
    else:
        assert text == case["text"]


def test_clean_text_is_left_alone(repairer):
    changed = [
        [(e.before, e.after) for e in r.edits]
        for r in repairer.pipe(c["text"] for c in cases("negative"))
        if r.edits
    ]
    assert not changed


def test_the_wording_of_a_listed_phrase_may_be_the_authors(repairer):
    """At most one passage in fifty is changed; each holds a phrase that spinners write too."""
    passages = cases("own_wording")
    changed = [
        (c["why"], e.before, e.after)
        for c, r in zip(passages, repairer.pipe(c["text"] for c in passages), strict=True)
        for e in r.edits
    ]
    assert len({why for why, _, _ in changed}) <= len(passages) / 50, changed


@pytest.mark.slow
def test_no_trap_is_sprung(repairer):
    """Spun or not: what a trap says to keep stands in the output, letter for letter."""
    traps = cases("traps")
    lost = [
        (c["why"], word, r.text)
        for c, r in zip(traps, repairer.pipe(c["text"] for c in traps), strict=True)
        for word in c["keep"]
        if word not in r.text
    ]
    assert not lost


@pytest.mark.slow
def test_synthetic_recall_and_precision(repairer):
    """A floor well under what is measured, so that only a real loss trips it."""
    from textrepair.bench.__main__ import case_gold
    from textrepair.bench.score import Change, score

    spun = cases("synthetic")
    scores = [
        score(
            c["text"], [Change(e.start, e.end, e.after) for e in r.edits], case_gold(c["text"], c["expect"])
        )
        for c, r in zip(spun, repairer.pipe(c["text"] for c in spun), strict=True)
    ]
    total = scores[0]
    for s in scores[1:]:
        total += s
    assert total.recall >= 0.2
    assert total.precision >= 0.7


def test_no_case_stands_in_two_files():
    names = ("in_the_wild", "known_failures", "negative", "own_wording", "synthetic", "traps")
    texts = [(c["text"], n) for n in names for c in cases(n)]
    assert len({t for t, _ in texts}) == len(texts)
