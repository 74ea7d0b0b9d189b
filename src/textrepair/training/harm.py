"""Harm: the edits a model makes in clean text, and the threshold that keeps them few."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from textrepair.lexicon.lexicon import stack
from textrepair.pipeline.judgement import threshold_for
from textrepair.pipeline.repair import Repairer
from textrepair.settings import Settings

# However few edits of clean text score less, an edit must be about as likely right as wrong: of hand-written
# swaps, which no simulation made, six in ten that score .4 to .5 are right.
LEAST_SCORE = 0.4
SHORT_WORDS = 400  # of a short document, at most
ENOUGH_SHORT_WORDS = 50_000  # of all short documents together, for their harm to be measured
LEAST_MEASURED = 0.3  # score from which harm is measured on whole documents
MOST_SHIFTED = 3.0  # nats


def measure_harm(folder: Path, texts: Iterable[str], *, harm: float) -> dict[str, Any]:
    """Measure the harm of a calibrated model on whole clean documents, and see to it that it is small.

    Excerpts are fewer words, and look spun more easily. See `set_harm`.
    """
    repairer = Repairer(folder, stack(()), Settings(min_score=LEAST_MEASURED, families=("synonyms",)))
    made: list[tuple[float, float, int]] = []
    lengths = []
    for repair in repairer.pipe(texts):
        lengths.append(len(repair.source.split()))
        made += [(e.score, repair.spun, lengths[-1]) for e in repair.edits]
    return set_harm(folder, made, lengths, harm=harm)


def set_harm(
    folder: Path, made: Sequence[tuple[float, float, int]], lengths: Sequence[int], *, harm: float
) -> dict[str, Any]:
    """Fit a model's decision to the edits it makes in whole clean documents of so many words.

    `made`: their scores from `LEAST_MEASURED` on, each with the probability that its document is spun and
    the words of that. Harm is that in all documents or that in the short ones, whichever is more: most
    words stand in long texts, and short ones tell less of themselves. How rare planted terms are among
    papers the examples cannot say, so the odds of the judgement in documents that look clean are lowered
    until at most `harm` edits in 10,000 words reach `LEAST_SCORE` (a shift of the prior: Saerens et al.
    2002), those in documents that look spun among them unless they alone are more; then the threshold is
    set by all. Rewrites `decision.json`; returns the threshold, the harm curve, that of all documents
    together, the shift (nats), and the words and documents it was measured on.
    """
    path = folder / "decision.json"
    decision = json.loads(path.read_text(encoding="utf8"))
    scores, spun, words = np.array(made).reshape(-1, 3).T
    below = spun < decision["spun_document_threshold"]
    odds = np.log(scores / np.maximum(1 - scores, 1e-9))
    words_in_short = sum(n for n in lengths if n < SHORT_WORDS)
    kinds = [(words >= 0, sum(lengths)), (words < SHORT_WORDS, words_in_short)][
        : 1 + (words_in_short >= ENOUGH_SHORT_WORDS)
    ]
    allowed = [harm * n / 1e4 for _, n in kinds]
    above = [(~below & (scores >= LEAST_SCORE) & kind).sum() for kind, _ in kinds]
    most = [n - a if a <= n else n for n, a in zip(allowed, above, strict=True)]
    shift = 0.0
    while shift < MOST_SHIFTED:
        shifted = 1 / (1 + np.exp(below * shift - odds))
        reach = below & (shifted >= LEAST_SCORE)
        if all((reach & kind).sum() <= n for n, (kind, _) in zip(most, kinds, strict=True)):
            break
        shift = round(shift + 0.05, 2)
    curves = [[p for p in harm_curve(shifted[kind], n) if p[0] >= LEAST_MEASURED] for kind, n in kinds]
    curve = [max(points) for points in zip(*curves, strict=True)]
    threshold = safe_threshold(curve, harm)
    decision["candidate_if_clean"]["second"]["biases"][-1][0] -= shift
    decision |= {"threshold": threshold, "harm": curve}
    path.write_text(json.dumps(decision) + "\n", encoding="utf8")
    return {
        "threshold": threshold,
        "harm": curve,
        "harm_in_all_documents": curves[0],
        "log_odds_lowered_by": shift,
        "harm_measured_on_words": sum(lengths),
        "harm_measured_on_documents": len(lengths),
    }


def safe_threshold(curve: Sequence[tuple[float, float]], harm: float) -> float:
    """The lowest score of a harm curve, from `LEAST_SCORE` on, that is so harmless.

    Where none is, as a small corpus may show, it is 1: nothing is changed unasked.

    >>> safe_threshold([(0.3, 0.9), (0.6, 0.5)], 1.0), safe_threshold([(0.6, 2.0)], 1.0)
    (0.4, 1.0)
    """
    return max(LEAST_SCORE, threshold_for(curve, harm)) if curve[-1][1] <= harm else 1.0


def harm_curve(scores: np.ndarray, words: int) -> list[tuple[float, float]]:
    """(score, edits per 10,000 words) if those edits of `words` clean words were made that reach the score.

    >>> harm_curve(np.array([0.2, 0.6, 0.9]), 10_000)[-3:]
    [(0.85, 1.0), (0.9, 1.0), (0.95, 0.0)]
    """
    steps = [round(0.05 * k, 2) for k in range(1, 20)]
    return [(s, round(float((scores >= s).sum()) / words * 1e4, 3)) for s in steps]
