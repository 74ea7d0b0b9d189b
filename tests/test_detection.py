"""What was swapped is told with its probability, originals and reason, and agrees with what is repaired."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

import textrepair
from textrepair import Detection, Repair, Repairer
from textrepair.pipeline.swapped import sentence_spun, swapped_share

SPUN = (
    "The sufferers with bosom peril were treated. Their insusceptible framework was frail, and the "
    "medication impacted it."
)


@pytest.fixture(scope="module")
def found(repairer: Repairer) -> Repair:
    return repairer.explain(SPUN)


def test_spans_lie_apart_in_order_and_on_what_they_say(found: Repair) -> None:
    spans = found.detection.spans
    assert spans
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(found.source[s.start : s.end] == s.text for s in spans)
    assert all(0.1 <= s.probability <= 1 for s in spans)
    assert all(sum(o.probability for o in s.originals) <= 1.001 and len(s.originals) <= 5 for s in spans)


def test_what_is_made_is_told_and_a_word_at_least_as_likely(found: Repair) -> None:
    told = {(s.start, s.end): s for s in found.detection.spans}
    assert found.edits
    for edit in found.edits:
        span = told[edit.start, edit.end]
        assert span.probability >= edit.score or " " in edit.before
        assert edit.after in [o.text for o in span.originals]


def test_listed_phrases_name_their_entry(found: Repair) -> None:
    (span,) = [s for s in found.detection.spans if s.text == "bosom peril"]
    assert span.reason.startswith("lexicon:biomedical 'bosom peril'")
    assert span.source == "lexicon:biomedical"
    assert span.originals[0].text == "breast cancer"


def test_a_word_without_candidates_is_told_as_the_model_sees_it(found: Repair) -> None:
    assert {(s.reason, s.source) for s in found.detection.spans if not s.originals} <= {("model", "model")}


def test_sentences_and_share_follow_from_the_same_words(found: Repair) -> None:
    detection = found.detection
    assert [SPUN[s.start : s.end] for s in detection.sentences] == SPUN.split(" Their ")[:1] + [
        "Their " + SPUN.split(" Their ")[1]
    ]
    assert all(s.probability > 0.7 for s in detection.sentences)
    low, high = detection.interval
    assert 0 <= low <= detection.swapped <= high <= 1
    assert detection.spun == found.spun


def test_clean_text_has_no_likely_span(repairer: Repairer) -> None:
    text = (
        "The patients with breast cancer were treated at the hospital, and none of them died within a year."
    )
    detection = repairer.detect(text)
    assert not detection.at(0.5).spans
    assert detection.swapped < 0.05


def test_the_three_ways_agree(found: Repair, repairer: Repairer) -> None:
    assert repairer.detect(SPUN) == found.detection
    assert textrepair.detect(SPUN) == found.detection


def test_spans_stand_on_the_source_when_damage_was_mended_before(repairer: Repairer) -> None:
    text = "Given theirsafety, the sufferers with bosom peril were treated."
    repair = repairer.explain(text)
    assert any(e.before == "theirsafety" for e in repair.edits)
    assert "bosom peril" in [s.text for s in repair.detection.spans]
    assert all(text[s.start : s.end] == s.text for s in repair.detection.spans)


def test_spans_stand_on_the_markup(repairer: Repairer) -> None:
    text = "<p>The <i>sufferers</i> of R&amp;D were treated for bosom peril.</p>"
    detection = repairer.only(format="html").detect(text)
    told = {s.text for s in detection.spans}
    assert {"sufferers", "bosom peril"} <= told
    assert all(text[s.start : s.end] == s.text for s in detection.spans)


def test_what_the_user_protects_is_not_told() -> None:
    repairer = textrepair.load(protect=["sufferers"])
    assert "sufferers" not in [s.text for s in repairer.detect(SPUN).spans]


@pytest.mark.parametrize("text", ["", " \n", "1234 !!", "\ud800", "word"])
def test_texts_of_little_or_nothing(repairer: Repairer, text: str) -> None:
    detection = repairer.detect(text)
    assert isinstance(detection, Detection)
    assert detection.source == text
    assert detection.spans == ()
    assert 0 <= detection.swapped <= 1


def test_plain_values_leave_out_the_source_and_stand_in_those_of_the_repair(found: Repair) -> None:
    values = found.detection.to_dict()
    assert "source" not in values
    assert json.loads(json.dumps(found.to_dict()))["detection"] == json.loads(json.dumps(values))


@pytest.mark.parametrize("probs", [[0.0] * 50, [1.0] * 50, [0.01] * 5_000, [0.3] * 40, [0.2, 0.9], []])
def test_an_interval_is_wider_than_chance_and_within_bounds(probs: list[float]) -> None:
    share, (low, high) = swapped_share(probs)
    _, (least, most) = swapped_share(probs, shared=0.0)
    assert 0 <= low <= least <= share <= most <= high <= 1


def test_the_shared_error_does_not_shrink_with_length() -> None:
    for probs in ([0.3] * 300, [0.3] * 30_000):
        _, (low, high) = swapped_share(probs)
        assert high - low > 0.2


def test_a_sentence_of_words_that_stand_is_not_spun_and_one_of_a_swapped_word_is() -> None:
    assert sentence_spun([0.0] * 30) == 0
    assert sentence_spun([0.0, 1.0]) == 1
    assert sentence_spun([0.2, 0.3]) < sentence_spun([0.2, 0.6])
