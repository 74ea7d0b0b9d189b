"""Fit the judgements of `decision.json`: is this document spun, is this candidate right?

Documents are judged by a logistic regression, candidates by networks with one small hidden layer: one for
documents that look spun, one for those that look clean, where what is planted must stand out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.utils.parallel import Parallel, delayed

from textrepair.machine import cores
from textrepair.pipeline.candidate_judgement import (
    FIRST_STAGE,
    Judgement,
    stacking_features,
)
from textrepair.pipeline.detect import encoding_features
from textrepair.pipeline.features import log_odds
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.training.evaluation import best_of_place, held_out, scores
from textrepair.training.examples import Example, Judged, ScoredExample, judged
from textrepair.training.harm import harm_curve, safe_threshold

# Features of how science uses the words, which the first network of a judgement is not told, and those that
# the second one weighs beside what the first says.
CORPUS_FEATURES = (
    "association_now",
    "association",
    "association_share_now",
    "association_share",
    "association_missing",
    "phrase",
    "term",
    "unwritten",
)
# Those that only real spinners show, or of which simulated ones would teach too much; those asked for only
# where places are judged.
REAL_FEATURES = (
    "hidden",
    "hidden_margin",
    "hidden_certain",
    "hidden_kept",
    "hidden_gap",
    "observed",
    "observed_share",
    "observed_spun",
    "observed_canonical",
    "near",
    "near_surely",
    "length",
    "capital",
    "by_model",
    "by_term",
    "by_thesaurus",
)
SECOND_STAGE = (*CORPUS_FEATURES, "replaced", "most", "least", "beside")
NETWORKS = 4
# Units, rounds through the rows, and the weight decay with which most is learnt of what is held out: with a
# quarter of the units and 60 rounds the average precision on planted terms is .55 instead of .61, with 400
# rounds the loss rises again.
HIDDEN, ROUNDS, DECAY = 96, 150, 0.1
# Chance from which a candidate is weighed again, as the feature of what the first look said tells it; what is
# less likely would drown the rest.
LEAST_FIRST_STAGE = log_odds(0.003) / 4
# Penalty of the weights of the second stage where rows are `PENALTY_ROWS`, since fewer could not bear it.
# With a tenth of it .35 of unseen published terms are restored for .37, at as many edits of clean text and
# twice as many beside them.
PENALTY, PENALTY_ROWS = 3000.0, 10_000


def calibrate(
    examples: Sequence[Example],
    scored_examples: Sequence[ScoredExample],
    path: Path,
    *,
    harm: float,
    spun_from: float,
) -> tuple[list[Judged], list[float], list[float]]:
    """Fit a decision on three quarters of the examples, choose its threshold by harm, and write it to `path`.

    `scored_examples`: the examples as the model reads them (`textrepair.training.examples.score_examples`).
    `spun_from`: the probability from which a document counts as spun. The threshold is the lowest score at
    which clean examples would see at most `harm` edits per 10,000 words. Returns the candidates of the
    examples, and how likely each of these is spun, by its words alone and as the model sees them, for
    `textrepair.training.evaluation.measure`.
    """
    by_words = [one.document.word_features for one in scored_examples]
    as_seen = [encoding_features(one.document, one.replaced_probs) for one in scored_examples]
    document, seen = fit_document(examples, by_words), fit_document(examples, as_seen)
    rows = judged(examples, scored_examples, seen(as_seen))
    spun, planted = fit_candidates(rows, held_out(rows), spun_from)
    score = scores(rows, Decision(document, seen, spun, planted, spun_from, 1.0, ()))
    on_clean = np.array([not examples[r.owner].gold for r in rows])
    words = sum(len(ex.text.split()) for ex in examples if not ex.gold)
    curve = harm_curve(score[best_of_place(rows, score) & on_clean], words)
    threshold = safe_threshold(curve, harm)
    Decision(document, seen, spun, planted, spun_from, threshold, tuple(curve)).write(path)
    return rows, document(by_words), seen(as_seen)


def fit_document(examples: Sequence[Example], features: Sequence[dict[str, float]]) -> FeatureNetwork:
    """The judgement of documents, fitted on the examples that are clean or spun as a whole."""
    rows = [(f, bool(ex.gold)) for ex, f in zip(examples, features, strict=True) if not ex.planted]
    return fit([f for f, _ in rows], [spun for _, spun in rows])


def fit_candidates(rows: Sequence[Judged], test: np.ndarray, spun_from: float) -> tuple[Judgement, Judgement]:
    """The judgements of candidates in documents that are likely spun from `spun_from` on, and below it.

    They are fitted on the rows that the mask `test` leaves; below it without those of documents spun
    as a whole, since what is a synonym there is a matter of taste in clean text (*within*, *alongside*). A
    side that shows nothing right, or nothing else, takes the rows of both.
    """
    known = [row for row, tested in zip(rows, test, strict=True) if not tested]
    above = [row for row in known if row.spun >= spun_from]
    below = [row for row in known if row.spun < spun_from and not row.whole]
    sides = [side if len({row.right for row in side}) == 2 else known for side in (above, below)]
    spun, planted = map(fit_judgement, sides)
    return spun, planted


def fit_judgement(rows: Sequence[Judged]) -> Judgement:
    """The judgement of the candidates of one side: a network, and the regression that evens it out."""
    later = {*CORPUS_FEATURES, *REAL_FEATURES}
    features = [{name: value for name, value in r.features.items() if name not in later} for r in rows]
    first = fit(features, [r.right for r in rows], [r.counts for r in rows], hidden=HIDDEN)
    said = stacking_features(first(features), [r.swap_key for r in rows])
    open_ = [k for k, of_row in enumerate(said) if of_row[FIRST_STAGE] > LEAST_FIRST_STAGE]
    if len({rows[k].right for k in open_}) < 2:
        open_ = [*range(len(rows))]
    weighed = [name for name in SECOND_STAGE if name in rows[0].features]
    beside = [{**said[k], **{name: rows[k].features[name] for name in weighed}} for k in open_]
    second = fit_weights(beside, [rows[k].right for k in open_], [rows[k].counts for k in open_])
    return Judgement(first, second)


def fit_weights(
    features: Sequence[dict[str, float]], labels: Sequence[bool], weights: Sequence[float]
) -> FeatureNetwork:
    """A logistic regression whose weights are kept small, hard, and then scaled together to be calibrated.

    So it leans less on what tells simulated spins best, and more on all of its features alike.
    """
    penalty = max(1.0, PENALTY * min(1.0, sum(weights) / PENALTY_ROWS) ** 2)
    drawn = fit(features, labels, weights, penalty=penalty)
    [layer], [bias] = (np.array(of) for of in (drawn.weights, drawn.biases))
    x = (np.array([[f[n] for n in drawn.names] for f in features]) - drawn.mean) / drawn.scale
    scaled = LogisticRegression(C=1e6).fit(x @ layer + bias, labels, weights)
    [[slope]], [shift] = scaled.coef_, scaled.intercept_
    return replace(
        drawn,
        weights=((slope * layer).round(5).tolist(),),
        biases=((slope * bias + shift).round(5).tolist(),),
    )


def fit(
    features: Sequence[dict[str, float]],
    labels: Sequence[bool],
    weights: Sequence[float] | None = None,
    *,
    hidden: int = 0,
    penalty: float = 1.0,
) -> FeatureNetwork:
    """A network fitted to labelled features: a logistic regression (its weights cost `penalty` times their
    squares, halved), or with `hidden` units between.

    A row counts as much as its weight says, one if there are none. With hidden units it is the mean of
    `NETWORKS` networks, laid side by side as one: where the features leave room, single ones differ by their
    random start.
    """
    names = tuple(features[0])
    x, y = np.array([[f[n] for n in names] for f in features]), np.array(labels)
    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-3] = 1.0  # a feature that never varied, as happens in a small corpus, has no scale
    x = (x - mean) / scale
    if hidden:
        size = min(512, len(x))
        starts = [
            MLPClassifier((hidden,), alpha=DECAY, batch_size=size, max_iter=ROUNDS, random_state=k)
            for k in range(NETWORKS)
        ]
        fitted = Parallel(n_jobs=min(NETWORKS, cores()))
        nets = fitted(delayed(start.fit)(x, y, weights) for start in starts)
        layers = [np.hstack([n.coefs_[0] for n in nets]), np.vstack([n.coefs_[1] for n in nets]) / NETWORKS]
        biases = [
            np.concatenate([n.intercepts_[0] for n in nets]),
            np.mean([n.intercepts_[1] for n in nets], axis=0),
        ]
    else:
        line = LogisticRegression(C=1 / penalty, max_iter=2000).fit(x, y, weights)
        layers, biases = [line.coef_.T], [line.intercept_]

    return FeatureNetwork(
        names,
        tuple(mean.round(4).tolist()),
        tuple(scale.round(4).tolist()),
        tuple(w.round(4).tolist() for w in layers),
        tuple(b.round(4).tolist() for b in biases),
    )
