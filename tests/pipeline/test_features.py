"""The tables of features: what a model may name, and what each says of a candidate."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from textrepair.errors import TextrepairError
from textrepair.lexicon.lexicon import stack
from textrepair.models import find_model
from textrepair.pipeline.candidate_judgement import STACKING
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import read_document
from textrepair.pipeline.features import BY_ENCODING, BY_WORDS, FEATURES, Replaced
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.shortlist import Shortlisted, feature_rows
from textrepair.rerank import Evidence

PATH = find_model("en_sci_sm") / "decision.json"
TEXT = "We trained a convolutional mind network (CNN) on images of the immune framework."


def rows(*candidates: Candidate) -> list[dict[str, float]]:
    evidence, replaced = Evidence(-1.0, -6.0, -0.5, 1, 2.0), Replaced(0.5, 0.1, 0.9, 0.9, 0.0, 0.0)
    return feature_rows(
        [Shortlisted(c, evidence, replaced) for c in candidates], read_document(TEXT, stack(()), None)
    )


def candidate(before: str, after: str, tier: str = "") -> Candidate:
    start = TEXT.index(before)
    return Candidate(start, start + len(before), before, after, "wording", "test", tier, -1.0)


@pytest.mark.parametrize("table", [BY_WORDS, BY_ENCODING, FEATURES])
def test_every_feature_says_in_one_line_what_it_measures(table) -> None:
    for name, feature in table.items():
        assert feature.__name__ == name
        assert re.fullmatch(r"[A-Z][^\n]+\.", feature.__doc__), name
    assert not FEATURES.keys() & set(STACKING)


def test_a_candidate_has_every_feature_in_the_order_of_the_table() -> None:
    [row] = rows(candidate("mind", "neural"))
    assert [*row] == [*FEATURES]
    assert all(isinstance(value, float) for value in row.values())


def test_the_features_of_a_candidate_do_not_hang_on_which_others_there_are(monkeypatch) -> None:
    some = [
        candidate("mind", "neural"),
        candidate("immune framework", "immune system"),
        candidate("mind", "brain", "ask"),
        candidate("immune framework", "immunity", "auto"),
        candidate("framework", "system"),
    ]
    alone = [rows(c)[0] for c in some]
    assert [*rows(*some)] == alone
    monkeypatch.setattr("textrepair.pipeline.shortlist.ROWS_AT_ONCE", 2)
    assert [*rows(*some)] == alone
    assert [*rows()] == []


@pytest.mark.parametrize(
    ("feature", "better", "worse"),
    [
        ("acronym", candidate("mind", "neural"), candidate("mind", "brain")),
        ("defined", candidate("mind", "neural"), candidate("mind", "brain")),
        ("pairs_gain", candidate("framework", "system"), candidate("framework", "method")),
        ("association", candidate("framework", "system"), candidate("framework", "method")),
        ("elsewhere", candidate("framework", "network"), candidate("framework", "system")),
        ("auto", candidate("mind", "neural", "auto"), candidate("mind", "neural", "ask")),
        ("ask", candidate("mind", "neural", "ask"), candidate("mind", "neural")),
        ("shorter", candidate("immune framework", "immunity"), candidate("framework", "system")),
        ("term", candidate("immune framework", "immune system"), candidate("framework", "system")),
    ],
)
def test_a_feature_tells_candidates_apart(feature: str, better: Candidate, worse: Candidate) -> None:
    more, less = rows(better, worse)
    assert more[feature] > less[feature]


def test_the_model_of_the_package_names_features_that_there_are() -> None:
    decision = Decision.read(PATH)
    assert decision.candidate_if_spun.names | decision.candidate_if_clean.names <= FEATURES.keys()


@pytest.mark.parametrize(
    ("at", "name"),
    [
        (("document_by_words",), "doubts"),  # of an encoded document alone
        (("document_by_encoding",), "margin"),
        (("candidate_if_spun", "first"), "first"),  # of the second stage alone
        (("candidate_if_clean", "second"), "entropy"),
    ],
)
def test_a_decision_that_names_an_unknown_feature_is_refused(
    tmp_path: Path, at: tuple[str, ...], name: str
) -> None:
    decision = json.loads(PATH.read_text(encoding="utf8"))
    network = decision
    for key in at:
        network = network[key]
    network["names"][0] = name
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(decision), encoding="utf8")
    with pytest.raises(TextrepairError, match=f"decision.json: {'.'.join(at)} names the feature '{name}'"):
        Decision.read(path)


def test_a_decision_that_lacks_a_field_is_refused(tmp_path: Path) -> None:
    decision = json.loads(PATH.read_text(encoding="utf8"))
    del decision["candidate_if_clean"]
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(decision), encoding="utf8")
    with pytest.raises(TextrepairError, match=r"decision\.json: lacks candidate_if_clean; use the version"):
        Decision.read(path)
