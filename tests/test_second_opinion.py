"""A second opinion: asked for where it is worth it, 0 without one, refused where nothing weighs it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from textrepair import Repairer, TextrepairError, load
from textrepair.edits import Edit
from textrepair.lm import Opinion, Wording, opinions, opinions_in_mended
from textrepair.lm.opinion import Branch
from textrepair.models import find_model, write_manifest
from textrepair.pipeline import repair
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import read_document
from textrepair.pipeline.features import Replaced
from textrepair.pipeline.shortlist import Shortlisted, feature_rows, with_opinions
from textrepair.rerank import Evidence

TEXT = "Treatment of an illness of the mind. It was an ailment."
SPUN = "The sufferers with bosom peril were treated with chemotherapy. They were followed for years. "


class Letters:
    """A language model of single letters, which likes vowels; `asked` counts the branches it was asked of."""

    longest, pieces, identity = 512, 256, "letters"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, text: str) -> tuple[list[int], list[int]]:
        return [0, *(min(255, ord(c)) for c in text)], [0, *range(len(text))]

    def read(
        self, ids: Sequence[int], own: Sequence[int], branches: Sequence[Branch]
    ) -> tuple[dict[int, float], list[list[float]]]:
        self.asked += ["".join(map(chr, b.ids)) for b in branches]
        return {k: like(ids[k]) for k in own}, [[*map(like, b.ids)] for b in branches]


def like(piece: int) -> float:
    return -1.0 if chr(piece) in "aeiou" else -2.0


def scored(before: str, after: str, doubt: float) -> Shortlisted:
    start = TEXT.index(before)
    candidate = Candidate(start, start + len(before), before, after, "wording", "test", "", -1.0)
    return Shortlisted(
        candidate, Evidence(-1.0, -6.0, -0.5, 1, 2.0), Replaced(0.5, 0.1, doubt, doubt, 0.0, 0.0)
    )


def test_only_doubted_places_are_asked_of_with_their_articles(repairer: Repairer) -> None:
    model, document = Letters(), read_document(TEXT, repairer.lexicon, None)
    chosen = [scored("illness", "disease", 0.5), scored("mind", "brain", 0.05)]
    told = with_opinions(chosen, [0.5, 0.5], 0.9, document, model)
    assert told[0].opinion is not None
    assert told[1].opinion is None
    [branch] = model.asked
    assert branch.startswith(" disease of")  # behind the a of *an*


def test_a_place_is_asked_of_as_the_text_reads_with_sure_edits_elsewhere(repairer: Repairer) -> None:
    document = read_document(TEXT, repairer.lexicon, None)
    chosen = [scored("illness", "disease", 0.5), scored("ailment", "disorder", 0.5)]
    untouched = with_opinions(chosen, [0.5, 0.5], 0.9, document, Letters())
    model = Letters()
    told = with_opinions(chosen, [0.95, 0.5], 0.9, document, model)
    # what the edit of the place itself made is held against what stands there
    assert [s.opinion and s.opinion.words for s in told] == [s.opinion and s.opinion.words for s in untouched]
    assert any("isorder" in branch for branch in model.asked)


@pytest.mark.parametrize(
    ("made", "wording", "alone"),
    [
        ([], "a", "xx abc yy"),
        (["xx"], "abc", "oo abc yy"),
        (["abc"], "abc", "xx abc yy"),  # its own edit is none of those around it
        (["xx", "yy"], "abc", "oo abc e"),
    ],
)
def test_edits_around_a_wording_are_made_before_it_is_asked_of(
    made: list[str], wording: str, alone: str
) -> None:
    text, becomes = "xx abc yy", {"xx": "oo", "abc": "iii", "yy": "e"}
    edits = [Edit(text.index(w), text.index(w) + len(w), w, becomes[w], "wording", 0.9, "test") for w in made]
    start = text.index(wording)
    asked = [Wording(start, start + len(wording), w) for w in ("iii", "eeeo", wording)]
    told = opinions_in_mended(Letters(), text, asked, edits)
    at = alone.index(wording)
    expected = opinions(Letters(), alone, [Wording(at, at + len(wording), w) for w in ("iii", "eeeo")])
    assert [o and (o.words, o.after) for o in told[:2]] == [o and (o.words, o.after) for o in expected]
    assert told[2] == Opinion(0.0, 0.0, told[2].stands if told[2] else 1.0)


def test_features_are_log_ratios_and_0_without_an_opinion(repairer: Repairer) -> None:
    document, one = read_document(TEXT, repairer.lexicon, None), scored("illness", "disease", 0.5)
    names = ["opinion", "opinion_words", "opinion_after"]
    rows = feature_rows([one, one._replace(opinion=Opinion(2.0, -40.0, -9.0))], document, names)
    assert [[*row.values()] for row in rows] == [[0.0, 0.0, 0.0], [1.0, 0.5, -3.0]]


def changed_model(folder: Path, **fields: object) -> Path:
    """A copy of the small model with some fields of its decision replaced."""
    shutil.copytree(find_model("en_sci_sm"), folder)
    decision = json.loads((folder / "decision.json").read_text())
    (folder / "decision.json").write_text(json.dumps({**decision, **fields}))
    write_manifest(folder)
    return folder


def test_a_judgement_that_weighs_no_opinion_refuses_a_language_model(tmp_path: Path) -> None:
    folder = changed_model(tmp_path / "model", place_with_lm=None)
    with pytest.raises(TextrepairError, match="without a second opinion"):
        load(str(folder), lm="some-folder")


def one_feature(name: str, weight: float, bias: float) -> dict[str, object]:
    return {"names": [name], "mean": [0.0], "scale": [1.0], "weights": [[[weight]]], "biases": [[bias]]}


@pytest.fixture
def weighing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repairer:
    """A model whose judgement of spun documents weighs opinions, beside a language model of letters."""
    places = {
        "swapped": one_feature("best", 1.0, 2.0),
        "original": one_feature("opinion_words", -100.0, 2.0),
        "right": one_feature("opinion_words", -100.0, 2.0),
    }
    fields = {"place_with_lm": places, "threshold_with_lm": 0.3, "lms": ["letters"]}
    folder = changed_model(tmp_path / "model", **fields)
    monkeypatch.setattr(repair, "open_language_model", lambda name: Letters())
    return load(str(folder), lm="any")


def test_an_opinion_is_weighed_in_spun_documents_alone(weighing: Repairer) -> None:
    assert weighing.calibrated
    made = weighing.explain(SPUN * 12)
    assert weighing.lm.asked
    weighing.lm.asked.clear()
    weighing.decision = replace(weighing.decision, spun_document_threshold=1.1)
    assert weighing.explain(SPUN * 12).edits != made.edits
    assert not weighing.lm.asked


def test_no_opinion_is_asked_of_texts_too_short_for_places_to_be_judged(weighing: Repairer) -> None:
    assert weighing.explain(SPUN * 4).spun >= weighing.decision.spun_document_threshold
    assert not weighing.lm.asked


def test_another_language_model_is_not_calibrated(weighing: Repairer) -> None:
    weighing.decision = replace(weighing.decision, lms=("others",))
    assert not weighing.calibrated


@pytest.mark.parametrize("value", ["", 3])
def test_a_value_that_names_no_model_is_refused(value: object) -> None:
    with pytest.raises(TextrepairError, match=r"lm: .* is no model"):
        load(lm=value)
