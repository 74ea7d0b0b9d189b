"""How far the judgements can be trusted: measured on the examples they were not fitted to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from textrepair.edits import Edit
from textrepair.pipeline.decide import best_apart
from textrepair.pipeline.judgement import Decision, with_auto_floor
from textrepair.training.examples import Example, Judged


def held_out(rows: Sequence[Judged]) -> np.ndarray:
    """Which rows are for measuring only."""
    return np.array([row.tested for row in rows], dtype=bool)


def scores(rows: Sequence[Judged], decision: Decision) -> np.ndarray:
    """The score of each row, as the pipeline would give it."""
    out = np.zeros(len(rows))
    for judge in (decision.candidate_if_spun, decision.candidate_if_clean):
        at = [k for k, r in enumerate(rows) if decision.judge(r.spun) is judge]
        chances = judge([rows[k].features for k in at], [rows[k].swap_key for k in at])
        out[at] = [with_auto_floor(p, rows[k].candidate.tier) for p, k in zip(chances, at, strict=True)]
    return out


def measure(
    examples: Sequence[Example],
    rows: Sequence[Judged],
    by_words: Sequence[float],
    seen: Sequence[float],
    decision: Decision,
) -> dict[str, Any]:
    """The measures of a decision, as the model card tells them.

    `rows`: the candidates of the `examples`; `by_words`, `seen`: how likely each of these is spun, by its
    words alone and as the model sees them.
    """
    score, test = scores(rows, decision), held_out(rows)
    right, owner = np.array([r.right for r in rows]), np.array([r.owner for r in rows])
    first_judged, of_document = np.array(by_words), np.array(seen)
    clean, planted = np.array([not ex.gold for ex in examples]), np.array([ex.planted for ex in examples])
    whole = ~planted
    first, spun_from = best_of_place(rows, score), decision.spun_document_threshold
    measured: dict[str, float] = {}
    for name, side in (("spun", ~clean & whole), ("planted", ~clean & planted)):
        made = first & test & side[owner] & (score >= decision.threshold)
        gold = sum(len(ex.gold) for k, ex in enumerate(examples) if side[k] and ex.tested)
        measured |= {
            f"{name}_precision_held_out": round(float(right[made].mean()), 4) if made.any() else math.nan,
            f"{name}_recall_held_out": round(float(right[made].sum()) / max(1, gold), 4),
            f"{name}_gold_held_out": gold,
        }
    bins = reliability(score[test], right[test], np.array([r.counts for r in rows])[test])
    return {
        "by_words_auc_fitted": round(float(roc_auc_score(~clean[whole], first_judged[whole])), 4),
        "by_encoding_auc_fitted": round(float(roc_auc_score(~clean[whole], of_document[whole])), 4),
        "by_words_roc": document_roc(first_judged[whole], ~clean[whole]),
        "by_encoding_roc": document_roc(of_document[whole], ~clean[whole]),
        "candidate_auc_held_out": round(float(roc_auc_score(right[test], score[test])), 4),
        "clean_documents_that_look_clean": round(float((of_document[clean] < spun_from).mean()), 4),
        "spun_documents_that_look_clean": round(float((of_document[~clean & whole] < spun_from).mean()), 4),
        "threshold": decision.threshold,
        "harm": decision.harm,
        **measured,
        "clean_words": sum(len(ex.text.split()) for ex in examples if not ex.gold),
        "calibration_error": round(calibration_error(bins), 4),
        "reliability": bins,
    }


def best_of_place(rows: Sequence[Judged], score: np.ndarray) -> np.ndarray:
    """Which rows would be made, at whatever score: of those that overlap, the likeliest.

    `score` holds one of each row; so does the mask that is returned.
    """
    of_owner: dict[int, dict[Edit, int]] = {}
    for k, (row, s) in enumerate(zip(rows, score, strict=True)):
        of_owner.setdefault(row.owner, {})[row.candidate.edit(float(s))] = k
    first = np.zeros(len(rows), bool)
    for edits in of_owner.values():
        first[[edits[e] for e in best_apart(edits)]] = True
    return first


def reliability(
    scores: np.ndarray, right: np.ndarray, counts: np.ndarray, *, bins: int = 10
) -> list[tuple[float, float, int]]:
    """(mean score, share right, number) of the candidates in each of `bins` equal ranges of the score.

    Each candidate is as many as `counts` says.

    >>> reliability(np.array([0.91, 0.99, 0.15]), np.array([True, False, False]), np.array([1, 1, 4]))
    [(0.15, 0.0, 4), (0.95, 0.5, 2)]
    """
    which = np.minimum((scores * bins).astype(int), bins - 1)
    return [
        (
            round(float(np.average(scores[at], weights=counts[at])), 4),
            round(float(np.average(right[at], weights=counts[at])), 4),
            int(counts[at].sum()),
        )
        for b in range(bins)
        if (at := which == b).any()
    ]


def calibration_error(bins: Sequence[tuple[float, float, int]]) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance of score and share right, by number.

    >>> calibration_error([(0.15, 0.0, 1), (0.95, 0.5, 2)])
    0.35
    """
    return round(sum(n * abs(p - share) for p, share, n in bins) / max(1, sum(n for _, _, n in bins)), 6)


def document_roc(spun: np.ndarray, is_spun: np.ndarray) -> list[tuple[float, float, float]]:
    """(probability, share of clean documents from it on, share of spun ones): the ROC of a judgement."""
    return [
        (g, round(float((spun[~is_spun] >= g).mean()), 4), round(float((spun[is_spun] >= g).mean()), 4))
        for g in (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
    ]
