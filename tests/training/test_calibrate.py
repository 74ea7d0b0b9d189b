"""Calibration: what it fits on, what counts as right, and that a small corpus is enough for it."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from textrepair.gold import Gold
from textrepair.lexicon.lexicon import stack
from textrepair.models import find_model
from textrepair.pipeline.candidate_judgement import (
    FIRST_STAGE,
    HAS_REPEAT,
    REPEAT,
    Judgement,
    stacking_features,
)
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import detect, read_document
from textrepair.pipeline.features import log_odds
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.rerank import Evidence, Reranker, ScoringRequest, ScoringResult, ToEncode
from textrepair.rerank.masked import Unencoded
from textrepair.training import calibrate as c
from textrepair.training import examples as ex
from textrepair.training.calibration_examples import calibration_examples
from textrepair.training.card import DECISION
from textrepair.training.channels import default_channels, planted_channel
from textrepair.training.evaluation import best_of_place, held_out, measure, scores
from textrepair.training.harm import LEAST_MEASURED, LEAST_SCORE, measure_harm, set_harm
from textrepair.training.packed import pack
from textrepair.training.parallel import score_in_parallel

EVEN = FeatureNetwork(("length",), (0.0,), (1.0,), ([[0.0]],), ([0.0],))  # any document: one half
EVEN_TOO = replace(EVEN, names=("margin",))  # any candidate, too
UNSURE = Judgement(EVEN_TOO, EVEN_TOO)


class Knowing:
    """A reranker that knows the gold of the examples, and names nothing."""

    def __init__(self, examples: list[ex.Example]) -> None:
        self.gold = {example.text: example.gold for example in examples}

    def encode(self, views: list[ToEncode]):
        return [Unencoded(view.text) for view in views]

    def score_candidates(self, jobs: list[ScoringRequest]):
        return [
            ScoringResult([self.evidence(job.encoding.text, x) for x in job.candidates], []) for job in jobs
        ]

    def evidence(self, text: str, candidate: Candidate) -> Evidence:
        right = ex.is_right(text, self.gold[text], candidate)
        return Evidence(-0.5, -4.0, -0.5, 1) if right else Evidence(-4.0, -0.5, -0.5, 1)


def scored_examples_of(examples: list[ex.Example]) -> list[ex.ScoredExample]:
    return [*ex.score_examples(examples, stack(()), Knowing(examples))]


@pytest.fixture(scope="module")
def examples(corpus: Path) -> list[ex.Example]:
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf8").splitlines()]
    made = ex.passages(texts, default_channels(), planted_channel(), clean=0.35, planted=0.35, seed=7)
    return [replace(x, document=k // ex.EXCERPTS) for k, x in enumerate(made)]


def test_examples_are_clean_planted_or_spun(examples: list[ex.Example]) -> None:
    planted = [x for x in examples if x.planted]
    spun = [x for x in examples if x.gold and not x.planted]
    clean = [x for x in examples if not x.gold]
    assert min(map(len, (planted, spun, clean))) > 0.15 * len(examples)
    assert np.mean([len(x.gold) for x in planted]) < np.mean([len(x.gold) for x in spun])


@pytest.mark.parametrize(
    ("text", "gold", "words"),
    [
        ("a bosom peril", Gold(2, 13, ("breast cancer",), "phrase"), [(2, 7, "breast"), (8, 13, "cancer")]),
        ("a bosom cancer", Gold(2, 14, ("breast cancer",), "phrase"), [(2, 7, "breast")]),
        ("an ailment", Gold(3, 10, ("disease",), "word"), [(3, 10, "disease")]),
        # not as many words as there were: no word answers to another
        ("may perhaps be", Gold(0, 11, ("may",), "function"), [(0, 11, "may")]),
        ("in spite of it", Gold(0, 11, ("despite",), "phrase"), [(0, 11, "despite")]),
    ],
)
def test_gold_by_word(text: str, gold: Gold, words: list[tuple[int, int, str]]) -> None:
    assert list(ex.by_word(text, gold)) == [Gold(a, b, (w,), gold.kind) for a, b, w in words]


def judged(owner: int, start: int, end: int, after: str = "x", *, right: bool = False) -> ex.Judged:
    candidate = Candidate(start, end, "-" * (end - start), after, "wording", "test", "", -1.0)
    return ex.Judged(owner, candidate, {"fact": float(right)}, right, 0.5, False, 1.0)


@pytest.mark.parametrize(
    ("rows", "score", "made"),
    [
        ([(0, 0, 5, "a"), (0, 0, 5, "b")], [0.2, 0.9], [False, True]),
        ([(0, 0, 5, "a"), (0, 6, 9, "b")], [0.2, 0.9], [True, True]),
        ([(0, 0, 9, "a"), (0, 0, 4, "b"), (0, 5, 9, "c")], [0.5, 0.6, 0.1], [False, True, True]),
        ([(0, 0, 9, "a"), (0, 0, 4, "b"), (0, 5, 9, "c")], [0.7, 0.6, 0.1], [True, False, False]),
        ([(0, 0, 5, "a"), (1, 0, 5, "a")], [0.2, 0.9], [True, True]),  # of two texts
        ([], [], []),
    ],
)
def test_of_what_overlaps_the_likeliest_is_made(rows, score, made) -> None:
    assert best_of_place([judged(*row) for row in rows], np.array(score)).tolist() == made


def test_at_some_places_the_tables_have_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The sufferers had an ailment; the ailment of the sufferers was seen by several researchers. " * 20
    [detected] = detect([read_document(text, stack(()), EVEN)], Knowing([]))
    gold = (Gold(4, 13, ("patients",), "word"),)
    places = {(x.start, x.end) for x in detected.candidates}

    def scored(share: float) -> set[tuple[int, int]]:
        monkeypatch.setattr(ex, "SILENCED", share)
        return {(x.start, x.end) for x in ex._silence_tables(detected, gold, ex.random.Random(5)).candidates}

    assert scored(0.0) == places
    assert scored(1.0) == set()
    some = scored(0.3)
    assert 0.5 * len(places) < len(some) < 0.9 * len(places)
    # a place loses all its candidates or none
    left = ex._silence_tables(detected, gold, ex.random.Random(5)).candidates
    assert left == [x for x in detected.candidates if (x.start, x.end) in some]


def test_each_document_gives_mixed_excerpts_then_planted_ones_then_long_clean_ones(corpus: Path) -> None:
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf8").splitlines()]
    texts = [" ".join(texts[k : k + 20]) for k in range(len(texts) - 20)]
    made = calibration_examples(pack([texts]), default_channels(), default_channels(), planted_channel())
    mixed, planted, clean = (
        [x for k, x in enumerate(made) if first <= k % ex.EXCERPTS < end]
        for first, end in itertools.pairwise((0, ex.MIXED, ex.MIXED + ex.PLANTED, ex.EXCERPTS))
    )
    assert len(clean) * ex.EXCERPTS == len(made) * ex.CLEAN
    assert not any(x.gold for x in clean)
    assert np.median([len(x.text) for x in clean]) > 2 * np.median([len(x.text) for x in mixed])
    assert {(bool(x.gold), x.planted) for x in mixed} == {(False, False), (True, False), (True, True)}
    assert sum(x.planted for x in planted) > len(planted) / 2  # the others hold no term
    assert not any(x.gold and not x.planted for x in planted)


def test_excerpts_of_every_fourth_document_are_for_measuring_only(corpus: Path) -> None:
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf8").splitlines()]
    texts = [" ".join(texts[k : k + 20]) for k in range(len(texts) - 20)]
    made = calibration_examples(pack([texts]), default_channels(), default_channels(), planted_channel())
    assert len(made) == len({x.document for x in made}) * ex.EXCERPTS
    assert all(x.tested == (x.document % 4 == 0) for x in made)
    few = [x for x in made if len(x.text) < 1000][:60]
    rows = ex.judged(few, scored_examples_of(few), [0.5] * len(few))
    assert {row.tested for row in rows} == {True, False}
    assert held_out(rows).tolist() == [few[row.owner].tested for row in rows]


def test_examples_are_read_the_same_on_all_cores_as_one_after_the_other(examples: list[ex.Example]) -> None:
    folder, heard = find_model("en_sci_sm"), []
    few = examples[: 2 * ex.BATCH_EXAMPLES + 3]
    one, all_ = (
        [*ex.score_examples(few, stack(()), Reranker(folder))],
        score_in_parallel(few, folder, heard.append),
    )
    assert heard == [ex.BATCH_EXAMPLES, 2 * ex.BATCH_EXAMPLES, len(few)]
    for a, b in zip(one, all_, strict=True):
        assert a.document.seg.text == b.document.seg.text
        assert [s.candidate for s in a.candidates] == [s.candidate for s in b.candidates]
        assert [s.evidence for s in b.candidates] == [
            pytest.approx(s.evidence, abs=1e-2) for s in a.candidates
        ]


def test_clean_documents_count_for_more_and_planted_ones_for_less(examples: list[ex.Example]) -> None:
    spun = next(x for x in examples if x.gold and not x.planted)
    few = [spun, replace(spun, gold=()), replace(spun, planted=True)]
    rows = ex.judged(few, scored_examples_of(few), [0.5] * 3)
    counts = [{r.counts for r in rows if r.owner == owner} for owner in range(3)]
    assert counts == [{1.0}, {ex.CLEAN_COUNTS}, {ex.PLANTED_COUNTS}]


@pytest.mark.parametrize(
    ("line", "in_clean", "fitted"),
    [
        (0.5, True, {"spun": 50, "clean": 20}),
        (0.5, False, {"spun": 50, "clean": 75}),  # one side shows nothing right
        (0.0, True, {"spun": 75, "clean": 75}),  # or has no documents
        (2.0, True, {"spun": 75, "clean": 20}),
    ],
)
def test_each_side_is_fitted_on_its_own_rows_or_on_all(
    monkeypatch: pytest.MonkeyPatch, line: float, in_clean: bool, fitted: dict[str, int]
) -> None:
    rows = [replace(judged(k, 0, 5, right=k % 3 == 0), spun=0.9, whole=True) for k in range(60)]
    rows += [replace(judged(k, 0, 5, right=in_clean and k % 3 == 0), spun=0.1) for k in range(60, 80)]
    # spun as a whole, but looks clean
    rows += [replace(judged(k, 0, 5, right=True), spun=0.1, whole=True) for k in range(80, 85)]

    def fit(rows: list[ex.Judged]) -> Judgement:
        """As likely as it was fitted on rows."""
        share = len(rows) / 100
        even = FeatureNetwork(("fact",), (0.0,), (1.0,), ([[0.0]],), ([math.log(share / (1 - share))],))
        return Judgement(even, even)

    monkeypatch.setattr(c, "fit_judgement", fit)
    networks = c.fit_candidates(rows, np.arange(85) < 10, line)
    decision = Decision(EVEN, EVEN, *networks, line, 0.5, ())
    numbers = {
        name: round(100 * getattr(decision, f"candidate_if_{name}")([{"fact": 0.0}], [""])[0])
        for name in fitted
    }
    assert numbers == fitted
    sides = ["spun" if row.spun >= line else "clean" for row in rows]
    assert [round(100 * s) for s in scores(rows, decision)] == [fitted[side] for side in sides]


def test_what_is_measured_is_what_the_decision_does(examples: list[ex.Example], tmp_path: Path) -> None:
    path = tmp_path / "decision.json"
    rows, *spun = c.calibrate(examples, scored_examples_of(examples), path, harm=5.0, spun_from=0.5)
    decision = Decision.read(path)
    strict = measure(examples, rows, *spun, replace(decision, threshold=1.0))
    assert strict["spun_recall_held_out"] == strict["planted_recall_held_out"] == 0
    # in what looks clean, nothing is thought planted
    never = replace(
        decision.candidate_if_clean, second=replace(decision.candidate_if_clean.second, biases=([-30.0],))
    )
    doubting = replace(decision, candidate_if_clean=never)
    doubted, sure = (measure(examples, rows, *spun, d) for d in (doubting, decision))
    assert doubted["planted_recall_held_out"] < sure["planted_recall_held_out"]


def weighed(**features: float) -> dict[str, float]:
    return {**dict.fromkeys(c.SECOND_STAGE, 0.0), **features}


def test_how_science_uses_the_words_is_weighed_beside_what_the_network_says() -> None:
    """Right where the fact is 1, mostly, and more so where the candidate is bound to its neighbours."""
    rng = np.random.default_rng(1)
    rows = []
    for k in range(2000):
        fact, bond = float(rng.random() < 0.5), float(rng.random() < 0.5)
        right = bool(rng.random() < 0.1 + 0.4 * fact + 0.4 * bond)
        rows.append(replace(judged(k, 0, 5, right=right), features=weighed(fact=fact, association=bond)))
    judgement = c.fit_judgement(rows)
    assert "association" not in judgement.first.names
    assert judgement.second.names == (FIRST_STAGE, HAS_REPEAT, REPEAT, *c.SECOND_STAGE)
    for fact, bond in itertools.product((0.0, 1.0), repeat=2):
        [chance] = judgement([weighed(fact=fact, association=bond)], [""])
        assert chance == pytest.approx(0.1 + 0.4 * fact + 0.4 * bond, abs=0.07)


@pytest.mark.parametrize(
    ("chances", "swaps", "elsewhere"),
    [
        ([0.5, 0.9, 0.7], "aaa", [0.9, 0.7, 0.9]),
        ([0.9, 0.9], "aa", [0.9, 0.9]),
        ([0.5, 0.9, 0.7], "aba", [0.7, None, 0.5]),
        ([0.5], "a", [None]),
        ([], "", []),
    ],
)
def test_the_same_swap_elsewhere_is_heard_of(
    chances: list[float], swaps: str, elsewhere: list[float | None]
) -> None:
    said = stacking_features(chances, swaps)
    assert [fact[FIRST_STAGE] for fact in said] == [log_odds(p) / 4 for p in chances]
    assert [fact[HAS_REPEAT] for fact in said] == [float(p is not None) for p in elsewhere]
    assert [fact[REPEAT] for fact in said] == [0.0 if p is None else log_odds(p) / 4 for p in elsewhere]


def test_rows_count_by_their_weight() -> None:
    features, labels = [{"fact": 1.0}, {"fact": 0.0}] * 200, [k % 4 == 0 for k in range(400)]
    plain = c.fit(features, labels)
    heavy = c.fit(features, labels, [4.0 if right else 1.0 for right in labels])
    assert heavy([{"fact": 1.0}])[0] > plain([{"fact": 1.0}])[0] + 0.1


@pytest.mark.filterwarnings("error", "ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("line", [0.0, 0.5])
def test_a_small_corpus_is_calibrated(examples: list[ex.Example], tmp_path: Path, line: float) -> None:
    path = tmp_path / "decision.json"
    rows, *spun = c.calibrate(examples, scored_examples_of(examples), path, harm=5.0, spun_from=line)
    decision = Decision.read(path)
    measured = measure(examples, rows, *spun, decision)
    assert (decision.spun_document_threshold, decision.threshold) == (line, measured["threshold"])
    assert decision.judge(line) == decision.candidate_if_spun
    assert decision.judge(line - 0.01) == decision.candidate_if_clean
    assert measured["candidate_auc_held_out"] > 0.9
    assert measured["spun_recall_held_out"] > 0
    assert measured["spun_precision_held_out"] > 0.7
    assert measured["planted_gold_held_out"] > 0
    assert DECISION.keys() <= measured.keys()  # what the model card tells


@pytest.mark.parametrize(
    ("made", "harm", "threshold"),
    [
        ([0.4, 0.62, 0.7, 0.9], 2.0, 0.65),
        ([0.4, 0.62, 0.7, 0.9], 9.0, LEAST_SCORE),  # however harmless less would be
        ([0.99] * 5, 1.0, 1.0),  # no score is so harmless: nothing is changed unasked
        ([], 1.0, LEAST_SCORE),
    ],
)
def test_the_threshold_is_set_by_the_harm_on_whole_documents(
    tmp_path: Path, made: list[float], harm: float, threshold: float
) -> None:
    path = tmp_path / "decision.json"
    Decision(EVEN, EVEN, UNSURE, UNSURE, 0.5, 0.9, ((0.5, 1.0),)).write(path)
    measured = set_harm(tmp_path, [(s, 0.9, 4000) for s in made], [4000, 3000, 3000], harm=harm)
    decision = Decision.read(path)
    assert (decision.spun_document_threshold, decision.threshold, measured["threshold"]) == (
        0.5,
        threshold,
        threshold,
    )
    assert decision.harm[0] == [LEAST_MEASURED, len(made)]
    assert (measured["harm_measured_on_words"], measured["harm_measured_on_documents"]) == (10_000, 3)


def test_what_is_planted_is_thought_rarer_until_clean_documents_are_safe(tmp_path: Path) -> None:
    path = tmp_path / "decision.json"
    Decision(EVEN, EVEN, UNSURE, UNSURE, 0.5, 0.9, ((0.5, 1.0),)).write(path)
    made = [(0.6, 0.9, 4000), (0.6, 0.1, 4000), (0.7, 0.1, 4000), (0.9, 0.1, 4000)]  # one looks spun
    measured = set_harm(tmp_path, made, [4000, 3000, 3000], harm=2.0)
    decision = Decision.read(path)
    assert (
        measured["log_odds_lowered_by"] == 1.3
    )  # a little more than takes .7 below .4: the one that looks spun counts
    assert decision.candidate_if_clean([{"margin": 1.0}], [""]) == pytest.approx([1 / (1 + math.exp(1.3))])
    assert decision.candidate_if_spun([{"margin": 1.0}], [""]) == [0.5]
    assert dict(map(tuple, decision.harm))[LEAST_SCORE] == 2.0
    assert decision.threshold == LEAST_SCORE


def test_what_looks_spun_and_is_clean_is_no_reason_to_leave_planted_terms(tmp_path: Path) -> None:
    path = tmp_path / "decision.json"
    Decision(EVEN, EVEN, UNSURE, UNSURE, 0.5, 0.9, ((0.5, 1.0),)).write(path)
    made = [(0.6, 0.9, 4000)] * 3 + [(0.7, 0.1, 4000)]
    measured = set_harm(tmp_path, made, [4000, 3000, 3000], harm=2.0)
    assert (measured["log_odds_lowered_by"], measured["threshold"]) == (0.0, 0.65)


@pytest.mark.parametrize(("short", "threshold"), [(250, 0.75), (100, LEAST_SCORE)])
def test_short_documents_must_be_safe_too(tmp_path: Path, short: int, threshold: float) -> None:
    path = tmp_path / "decision.json"
    Decision(EVEN, EVEN, UNSURE, UNSURE, 0.5, 0.9, ((0.5, 1.0),)).write(path)
    lengths = [200] * short + [100_000] * 5  # 50,000 words in short ones, or too few to tell
    made = [(0.7, 0.9, 200)] * 6 + [(0.7, 0.9, 100_000)]
    measured = set_harm(tmp_path, made, lengths, harm=1.0)
    assert measured["threshold"] == threshold
    assert dict(measured["harm_in_all_documents"])[0.7] == pytest.approx(7 / sum(lengths) * 1e4, abs=1e-3)


def test_a_model_is_measured_on_the_documents_it_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(find_model("en_sci_sm"), folder)
    texts = ["The sufferers had an illness.", "We measured the response of the patients."]
    measured = measure_harm(folder, texts, harm=0.5)
    assert (measured["harm_measured_on_words"], measured["harm_measured_on_documents"]) == (12, 2)
    assert measured["harm"][0][1] > 800  # edits in 10,000 words: the first of them is not clean
    decision = Decision.read(folder / "decision.json")
    assert decision.threshold == measured["threshold"]
    assert dict(map(tuple, decision.harm)).get(decision.threshold, 0.0) <= 0.5
