"""Words of spun documents are judged by all that was said of them before, where a decision knows how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import textrepair
from textrepair import Repairer
from textrepair.edits import Edit
from textrepair.lexicon.lexicon import stack
from textrepair.lexicon.observed import published_swaps
from textrepair.pipeline.detect import DetectedDocument, read_document
from textrepair.pipeline.features import OF_WORD
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.pipeline.word_judgement import word_rows

TEXT = "The sufferers were treated with care."
ALL_SWAPPED = FeatureNetwork(("replaced",), (0.0,), (1.0,), ([[0.0]],), ([3.0],))


@pytest.fixture
def detected() -> DetectedDocument:
    document = read_document(TEXT, stack(()), None)
    return DetectedDocument(document, None, {(w.start, w.end): 0.1 for w in document.seg.words}, [], [])


def test_each_word_has_every_feature_and_those_of_the_places_that_hold_it(detected: DetectedDocument) -> None:
    start = TEXT.index("sufferers")
    place = (start, start + len("sufferers"))
    edit = Edit(*place, "sufferers", "patients", "terminology", 0.8, "test")
    rows = word_rows(detected, [edit], {place: 0.9}, published_swaps())
    assert [*rows] == [*detected.replaced_probs]
    assert all([*row] == [*OF_WORD] for row in rows.values())
    other = rows[TEXT.index("treated"), TEXT.index("treated") + len("treated")]
    assert rows[place]["swapped"] > other["swapped"]
    assert rows[place]["right"] > other["right"]
    assert (rows[place]["no_place"], other["no_place"]) == (0.0, 1.0)
    assert rows[place]["observed_spun"] > other["observed_spun"]


def test_an_edit_says_nothing_of_the_words_that_it_leaves(detected: DetectedDocument) -> None:
    start, end = TEXT.index("treated"), TEXT.index(" care")
    place = (start, end)
    edit = Edit(*place, "treated with", "managed with", "wording", 0.8, "test")
    rows = word_rows(detected, [edit], {place: 0.9}, published_swaps())
    left, changed = rows[end - len("with"), end], rows[start, start + len("treated")]
    assert (changed["no_place"], left["no_place"]) == (0.0, 1.0)
    assert changed["right"] > left["right"]


def test_spans_are_told_by_the_judgement_of_words_in_documents_that_look_spun(repairer: Repairer) -> None:
    spun = Path("seeds/000_93fcc8338e17c8dc.txt").read_text(encoding="utf8")
    sure = textrepair.load()
    sure.decision = replace(sure.decision, word_if_spun=ALL_SWAPPED)
    without = textrepair.load()
    without.decision = replace(without.decision, word_if_spun=None)
    told, fewer = sure.detect(spun), without.detect(spun)
    assert len(told.spans) > len(fewer.spans)
    assert min(span.probability for span in told.spans) > 0.9
    assert told.swapped == fewer.swapped  # the share is told by the words as the model sees them
    clean = "We measured the height of 40 children. " * 10
    assert sure.detect(clean) == without.detect(clean) == repairer.detect(clean)
