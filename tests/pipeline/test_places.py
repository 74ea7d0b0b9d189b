"""What is asked of every place of a spun document: was it swapped, and what stood there?"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

import textrepair
from textrepair.errors import TextrepairError
from textrepair.lexicon.observed import published_swaps
from textrepair.pipeline.features import log_odds
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.pipeline.places import AMONG, PlaceJudgement, with_rivals

MODEL = Path("models/en_sci_sm")
SPUN = Path("seeds/000_93fcc8338e17c8dc.txt")
HERE, THERE = (0, 9), (10, 14)


def network(**weights: float) -> FeatureNetwork:
    bias = weights.pop("bias", 0.0)
    names = tuple(weights)
    return FeatureNetwork(
        names, (0.0,) * len(names), (1.0,) * len(names), ([[w] for w in weights.values()],), ([bias],)
    )


BY_X = PlaceJudgement(swapped=network(x=2.0), original=network(x=2.0), right=network(x=1.0))


def test_near_synonyms_share_what_stood_there_and_still_show_that_the_place_was_swapped() -> None:
    alone, both = (BY_X([{"x": 1.0}] * n, [0.5] * n, [HERE] * n) for n in (1, 2))
    assert both.swapped == alone.swapped
    assert both.candidates[0] == both.candidates[1] < alone.candidates[0]
    assert sum(both.candidates) > alone.candidates[0]


def test_a_score_is_the_mean_of_the_product_of_both_answers_and_of_whether_it_is_right() -> None:
    scores = BY_X([{"x": 1.0}, {"x": -1.0}], [0.6, 0.2], [HERE, HERE])
    odds = [math.exp(2.0), math.exp(-2.0)]
    swapped = 1 / (1 + math.exp(-2.0))  # by the favourite, which is the first
    assert scores.swapped[HERE] == pytest.approx(swapped)
    product = [swapped * o / (1 + sum(odds)) for o in odds]
    right = [1 / (1 + math.exp(-1.0)), 1 / (1 + math.exp(1.0))]
    assert [log_odds(s) for s in scores.candidates] == pytest.approx(
        [(log_odds(p) + log_odds(r)) / 2 for p, r in zip(product, right, strict=True)]
    )


def test_of_no_candidates_nothing_is_said() -> None:
    assert BY_X([], [], []) == ([], {})


def test_places_do_not_share() -> None:
    one = BY_X([{"x": 1.0}], [0.5], [HERE])
    two = BY_X([{"x": 1.0}, {"x": 3.0}], [0.5, 0.9], [HERE, THERE])
    assert two.candidates[0] == one.candidates[0]


def test_a_candidate_knows_its_rivals_at_its_place_and_at_those_that_overlap_it() -> None:
    spans = [HERE, HERE, (5, 14), THERE]
    rows = with_rivals([{}] * 4, [0.5, 0.9, 0.7, 0.5], spans)
    assert all(set(row) == {*AMONG} for row in rows)
    assert rows[0]["second"] == rows[0]["best"] == pytest.approx(math.log(9))
    assert rows[1]["second"] == 0.0
    assert [row["overlapping"] for row in rows[:2]] == [pytest.approx(math.log(0.7 / 0.3))] * 2
    assert rows[2]["overlapping"] == pytest.approx(math.log(9))
    assert rows[3]["number"] == 0.0


def test_a_decision_with_places_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = PlaceJudgement(
        network(margin=1.0, best=0.5), network(observed=1.0, bias=-1.0), network(margin=0.5, alone=1.0)
    )
    made = replace(
        Decision.read(MODEL / "decision.json"),
        place_if_spun=known, threshold_if_spun=0.6, fitted_to=("page-1", "page-2"),
        seen=(("timberland", "forest", 2),),
    )  # fmt: skip
    made.write(tmp_path / "decision.json")
    read = Decision.read(tmp_path / "decision.json")
    assert (read.threshold_if_spun, read.fitted_to) == (0.6, ("page-1", "page-2"))
    more, of_package = (swaps(("timberland",), ("forest",)) for swaps in (read.observed, published_swaps()))
    assert more.swap == of_package.swap + 2
    row = {"margin": 0.3, "observed": 1.0}
    assert read.place_if_spun is not None
    assert read.place_if_spun([row], [0.5], [HERE]) == known([row], [0.5], [HERE])
    assert [read.threshold_at(spun) for spun in (0.0, 1.0)] == [read.threshold, 0.6]
    assert {"margin", "observed"} <= read.names(1.0)


def test_a_feature_that_places_name_and_there_is_not_is_refused(tmp_path: Path) -> None:
    record = json.loads((MODEL / "decision.json").read_text(encoding="utf8"))
    unknown = {"names": ["charm"], "mean": [0.0], "scale": [1.0], "weights": [[[1.0]]], "biases": [[0.0]]}
    record["place_if_spun"] = {"swapped": unknown, "original": unknown, "right": unknown}
    (tmp_path / "decision.json").write_text(json.dumps(record), encoding="utf8")
    with pytest.raises(TextrepairError, match=r"place_if_spun\.swapped names the feature 'charm'"):
        Decision.read(tmp_path / "decision.json")


def test_edits_record_the_threshold_they_were_judged_by() -> None:
    seed_text = SPUN.read_text(encoding="utf8")
    repairer = textrepair.load(families=["synonyms"])
    repair = repairer.explain(seed_text)
    by_model = {repairer.decision.threshold_at(repair.spun)}
    assert {e.threshold for e in (*repair.edits, *repair.held)} == by_model
    strict = textrepair.load(families=["synonyms"], min_score=0.9).explain(seed_text)
    assert {e.threshold for e in strict.edits} == {0.9}
