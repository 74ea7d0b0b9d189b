"""A larger model reads again what the small one finds spun, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import textrepair
from textrepair.models import find_model
from textrepair.pipeline.features import FEATURES, OF_LARGE, OF_WORD
from textrepair.pipeline.shortlist import feature_rows
from textrepair.rerank import Evidence, ToEncode, mean_evidence
from textrepair.training.shipping import ship

SPUN = Path("seeds/000_93fcc8338e17c8dc.txt")
CLEAN = (
    "The patients were randomly assigned to receive either the drug or placebo for twelve weeks. "
    "Blood samples were taken before and after treatment, and serum was stored at minus eighty degrees. "
) * 5


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> textrepair.Repairer:
    """The small model with itself, in eight bits, as the larger one."""
    folder = tmp_path_factory.mktemp("models") / "pair"
    shutil.copytree(find_model("en_sci_sm"), folder)
    ship(folder, "en_sci_sm")
    return textrepair.load(str(folder))


@pytest.fixture
def read_by_large(pair: textrepair.Repairer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the larger model is given to encode."""
    read: list[str] = []
    encode = type(pair.large).encode

    def spied(reranker, to_encode: list[ToEncode]):
        if reranker is pair.large:
            read.extend(view.text for view in to_encode)
        return encode(reranker, to_encode)

    monkeypatch.setattr(type(pair.large), "encode", spied)
    return read


def test_it_reads_what_is_spun(pair, read_by_large) -> None:
    pair.explain(SPUN.read_text(encoding="utf8"))
    assert read_by_large


def test_it_does_not_read_what_is_clean(pair, repairer, read_by_large) -> None:
    assert pair.explain(CLEAN) == repairer.explain(CLEAN)
    assert not read_by_large


def test_it_does_not_read_what_is_too_short_to_judge_places_in(pair, read_by_large) -> None:
    pair.explain("The sufferers with bosom peril may perhaps have an ailment.")
    assert not read_by_large


def test_the_features_of_the_larger_model_are_0_without_one(repairer) -> None:
    from textrepair.bench.stored import find_out
    from textrepair.pipeline.shortlist import chosen_widely

    found = find_out(repairer, SPUN.read_text(encoding="utf8"))
    chosen = chosen_widely(found.detected, found.scored, repairer.reranker)
    rows = feature_rows(chosen, found.detected.document, OF_LARGE)
    assert rows
    assert not any(value for row in rows for value in row.values())


def test_the_same_model_twice_says_the_same_twice(pair) -> None:
    from textrepair.bench.stored import find_out
    from textrepair.pipeline.shortlist import chosen_widely

    found = find_out(pair, SPUN.read_text(encoding="utf8"))
    chosen = chosen_widely(found.detected, found.scored, pair.reranker, large=pair.large)
    rows = feature_rows(chosen, found.detected.document, [*FEATURES])
    hidden = [row for row in rows if row["hidden"]]
    assert hidden
    for name in ("margin", "most", "near", "hidden_margin"):
        off = [abs(row[name] - row[f"large_{name}"]) for row in hidden]
        assert sorted(off)[len(off) // 2] < 0.1, name


def test_what_one_model_cannot_read_is_left_to_the_other() -> None:
    a, b = Evidence(-2.0, -4.0, -1.0, 2, 1.0), Evidence(-3.0, -1.0, -1.0, 1, 3.0)
    assert mean_evidence(a, b) == Evidence(-4.0, -3.0, -1.5, 2, 3.5)
    assert mean_evidence(a, Evidence(0.0, 0.0, 0.0, 0)) == a
    assert mean_evidence(Evidence(0.0, 0.0, 0.0, 0), b) == b


def test_words_have_a_feature_of_the_larger_model() -> None:
    assert "large_word" in OF_WORD
