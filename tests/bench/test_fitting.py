"""The judgement of places is fitted to pages with gold, and its threshold to pages left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from textrepair.bench.fitting import UNKNOWN, PageRows, fit_places, fit_to_pages, label
from textrepair.bench.pages import Page
from textrepair.errors import TextrepairError
from textrepair.gold import Gold
from textrepair.lexicon.lexicon import stack
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import DetectedDocument, read_document
from textrepair.pipeline.features import Replaced
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.shortlist import Shortlisted
from textrepair.rerank import Evidence

WORDS = 30  # of a page, each a place with two candidates


def page_rows(name: str, rng: np.random.Generator) -> PageRows:
    """A page of words, half of them swapped, of which the feature `hint` tells the original."""
    text = "word " * WORDS
    gold, chosen, rows, labels = [], [], [], []
    evidence, replaced = Evidence(-1.0, -2.0, -0.5, 1), Replaced(0.5, 0.1, 0.9, 0.9, 0.0, 0.0)
    for k in range(WORDS):
        start, end = 5 * k, 5 * k + 4
        swapped = rng.random() < 0.5
        if swapped:
            gold.append(Gold(start, end, ("term",), "word"))
        for after in ("term", "name"):
            right = swapped and after == "term"
            candidate = Candidate(start, end, "word", after, "wording", "thesaurus", "", -1.0)
            chosen.append(Shortlisted(candidate, evidence, replaced))
            rows.append({"hint": float(right) + rng.normal(0, 0.3), "noise": rng.normal()})
            labels.append(int(right))
    page = Page(name, text, tuple(gold), "physics", "heavy")
    document = read_document(text, stack(()), None)
    doubted = {(w.start, w.end): 0.5 for w in document.seg.words}
    return PageRows(
        page,
        DetectedDocument(document, None, doubted, [], []),
        chosen,
        rows,
        [0.5 + 0.4 * row["noise"] / 4 for row in rows],
        labels,
    )


@pytest.fixture
def pages() -> list[PageRows]:
    rng = np.random.default_rng(1)
    return [page_rows(f"page-{k}", rng) for k in range(12)]


def test_what_was_fitted_tells_originals_on_other_pages(pages: list[PageRows]) -> None:
    judge = fit_places(pages[:9])
    for p in (page.seeing(pages[:9]) for page in pages[9:]):
        scores = judge(p.rows, p.alone, p.spans).candidates
        right = [s for s, of in zip(scores, p.labels, strict=True) if of == 1]
        wrong = [s for s, of in zip(scores, p.labels, strict=True) if of == 0]
        assert np.mean(right) > 2 * np.mean(wrong)


def test_the_threshold_and_the_pages_are_recorded(pages: list[PageRows]) -> None:
    made = fit_to_pages(Decision.read(Path("models/en_sci_sm/decision.json")), pages)
    assert made.threshold_if_spun is not None
    assert 0.3 <= made.threshold_if_spun < 0.9
    assert made.fitted_to == tuple(sorted(p.page.id for p in pages))
    assert made.seen == (("word", "term", 2 * len(pages)),)  # twice a page at most


def test_a_page_sees_the_swaps_of_others_and_not_its_own(pages: list[PageRows]) -> None:
    def seen(p: PageRows) -> float:
        return next(
            row["observed"]
            for row, candidate in zip(p.rows, p.candidates, strict=True)
            if candidate.after == "term"
        )

    assert seen(pages[0].seeing(pages[:1])) == seen(pages[0].seeing([])) < seen(pages[0].seeing(pages[:2]))


def test_a_few_pages_are_refused(pages: list[PageRows]) -> None:
    with pytest.raises(TextrepairError, match="4 pages are too few"):
        fit_to_pages(Decision.read(Path("models/en_sci_sm/decision.json")), pages[:4])


@pytest.mark.parametrize(
    ("start", "end", "after", "expected"),
    [(2, 7, "cancer", 1), (2, 7, "danger", 0), (14, 17, "some", 0), (8, 13, "cures", UNKNOWN)],
)
def test_a_candidate_is_right_wrong_or_neither(start: int, end: int, after: str, expected: int) -> None:
    text = "A peril heals all day."
    gold = (Gold(2, 7, ("cancer",), "word"), Gold(8, 13, None, "word"))
    page = Page("p", text, gold, "medicine", "light")
    candidate = Candidate(start, end, text[start:end], after, "wording", "thesaurus", "", -1.0)
    assert label(page, candidate) == expected
