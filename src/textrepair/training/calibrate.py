"""Fit the two judgements of `decision.json`: is this document spun, is this candidate right?

Clean passages and passages spun by `textrepair.training.spinner` go through the real pipeline; each
candidate becomes a row of facts, labelled by whether making it alone would give back exactly what
stood there. The gate is a logistic regression, the score a network with one small hidden layer.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from textrepair.bench.score import Gold
from textrepair.candidates import Candidate
from textrepair.decide import Network, settle, threshold_for
from textrepair.lexicon.lexicon import Lexicon
from textrepair.reading import facts_of_candidate, facts_of_document, read, shortlist
from textrepair.rerank import Scorer
from textrepair.segment import segment
from textrepair.suspects import find_suspects
from textrepair.training.spinner import Channel, log_uniform, spin_text

LEAST_SCORE = 0.5  # an edit is at least as likely right as wrong, however harmless less would be
EXCERPTS = 2  # from each document; they follow one another among the examples
STARTS = 4
HIDDEN = 24  # units; more restored nothing more on passages held out


@dataclass(frozen=True)
class Example:
    """A passage as a reader would meet it, with its gold (none when it is clean).

    `planted`: clean but for a few terms, so that nobody could call the document spun.
    """

    text: str
    gold: tuple[Gold, ...]
    planted: bool = False


def passages(
    documents: Iterable[str],
    channels: Sequence[tuple[float, Channel]],
    terms: Channel,
    *,
    clean: float,
    planted: float,
    seed: int,
) -> Iterator[Example]:
    """Each document as an example: clean, planted with tortured `terms`, or spun by one of the channels.

    `clean` and `planted` are probabilities; the channels share the rest by their weights. Where a text
    has none of the terms to plant it stays clean.
    """
    rng = np.random.default_rng(seed)
    shares = np.array([share for share, _ in channels]) / sum(share for share, _ in channels)
    for text in documents:
        kind = rng.random()
        if kind < planted:
            spun, gold = spin_text(text, terms, rng, 0.5)
            yield Example(spun, tuple(gold), planted=bool(gold))
        elif kind < planted + clean:
            yield Example(text, ())
        else:
            channel = channels[int(rng.choice(len(channels), p=shares))][1]
            spun, gold = spin_text(text, channel, rng, log_uniform(rng, 0.05, 0.8))
            yield Example(spun, tuple(gold))


def is_right(text: str, gold: Sequence[Gold], c: Candidate) -> bool:
    """Whether making `c` alone gives back the original of everything it touches.

    >>> is_right("an illness", [Gold(3, 10, ("disease",), "word")],
    ...     Candidate(3, 10, "illness", "disease", "wording", "thesaurus", "", -1.0))
    True
    """
    touched = [g for g in gold if g.start < c.end and c.start < g.end]
    if not touched:
        return False
    lo, hi = min(c.start, touched[0].start), max(c.end, touched[-1].end)
    original, at = [], lo
    for g in touched:
        original += [text[at : g.start], *(g.accept or ())[:1]]
        at = g.end
    original.append(text[at:hi])
    return (text[lo : c.start] + c.after + text[c.end : hi]).casefold() == "".join(original).casefold()


@dataclass(frozen=True)
class Judged:
    """A candidate of example `owner`: its facts, and whether it is right."""

    owner: int
    candidate: Candidate
    facts: dict[str, float]
    right: bool


def gather(
    examples: Sequence[Example], lexicon: Lexicon, reranker: Scorer, document: Network, gate: float
) -> list[Judged]:
    """Every candidate of every example that is judged, as the pipeline does it."""
    out: list[Judged] = []
    for i in range(0, len(examples), 32):
        some = examples[i : i + 32]
        readings = [read(ex.text, lexicon, document, gate) for ex in some]
        scored = reranker.score([(r.seg.text, r.candidates) for r in readings])
        for k, (ex, reading, evidence) in enumerate(zip(some, readings, scored, strict=True)):
            out += [
                Judged(i + k, c, facts_of_candidate(c, e, reading, n), is_right(ex.text, ex.gold, c))
                for c, e, n in shortlist(reading.candidates, evidence)
            ]
    return out


def fit(facts: Sequence[dict[str, float]], labels: Sequence[bool], *, hidden: int = 0) -> Network:
    """A `Network` fitted to labelled facts: a logistic regression, or with `hidden` units between.

    With hidden units it is the mean of `STARTS` networks, laid side by side as one: where the facts
    leave room, single ones differ by their random start.
    """
    names = tuple(facts[0])
    x, y = np.array([[f[n] for n in names] for f in facts]), np.array(labels)
    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-3] = 1.0  # a fact that never varied, as happens in a small corpus, has no scale
    x = (x - mean) / scale
    if hidden:
        nets = [
            MLPClassifier((hidden,), alpha=1e-3, batch_size=1024, max_iter=30, random_state=k).fit(x, y)
            for k in range(STARTS)
        ]
        weights = [np.hstack([n.coefs_[0] for n in nets]), np.vstack([n.coefs_[1] for n in nets]) / STARTS]
        biases = [
            np.concatenate([n.intercepts_[0] for n in nets]),
            np.mean([n.intercepts_[1] for n in nets], axis=0),
        ]
    else:
        line = LogisticRegression(max_iter=2000).fit(x, y)
        weights, biases = [line.coef_.T], [line.intercept_]

    return Network(
        names,
        tuple(mean.round(4).tolist()),
        tuple(scale.round(4).tolist()),
        tuple(w.round(4).tolist() for w in weights),
        tuple(b.round(4).tolist() for b in biases),
    )


def excerpt(text: str, rng: random.Random) -> str:
    """Whole sentences from a random place of a text: from one sentence to a few pages of them."""
    characters = int(math.exp(rng.uniform(math.log(120), math.log(6000))))
    if len(text) <= characters:
        return text
    at = text.find(". ", rng.randrange(len(text) - characters)) + 2  # 1 if no sentence follows: near enough
    end = text.find(". ", at + int(characters * 0.7)) + 1
    return text[at:end] if end > at else text[at : at + characters]


def document_rows(examples: Sequence[Example], lexicon: Lexicon) -> list[dict[str, float]]:
    """The facts the gate judges each example by."""
    segmented = (segment(ex.text) for ex in examples)
    return [facts_of_document(seg, find_suspects(seg, lexicon, (), ())[0]) for seg in segmented]


def fit_document(examples: Sequence[Example], facts: Sequence[dict[str, float]]) -> Network:
    """The gate, fitted on the examples that are clean or spun as a whole."""
    rows = [(f, bool(ex.gold)) for ex, f in zip(examples, facts, strict=True) if not ex.planted]
    return fit([f for f, _ in rows], [spun for _, spun in rows])


def calibrate(
    examples: Sequence[Example], lexicon: Lexicon, reranker: Scorer, path: Path, *, harm: float, gate: float
) -> dict[str, Any]:
    """Fit on three quarters of the examples, choose the threshold by harm, measure on the last quarter.

    The threshold is the lowest score at which clean passages would see at most `harm` edits per
    10,000 words. Returns the measures; writes `path`.
    """
    facts = document_rows(examples, lexicon)
    document = fit_document(examples, facts)
    whole = np.array([not ex.planted for ex in examples])
    spun = np.array(document(facts))
    rows = gather(examples, lexicon, reranker, document, gate)
    right, owner = np.array([r.right for r in rows]), np.array([r.owner for r in rows])
    test = owner // EXCERPTS % 4 == 0  # by document
    candidate = fit(
        [r.facts for r, t in zip(rows, test, strict=True) if not t], right[~test].tolist(), hidden=HIDDEN
    )
    chances = candidate([r.facts for r in rows])
    score = np.array([settle(p, r.candidate.tier) for p, r in zip(chances, rows, strict=True)])
    clean = np.array([not ex.gold for ex in examples])
    clean_words = sum(len(ex.text.split()) for ex in examples if not ex.gold)
    curve = harm_curve(score[clean[owner]], clean_words)
    # a small corpus may show no score to be so harmless: then nothing is changed unasked
    reachable = curve[-1][1] <= harm
    threshold = max(LEAST_SCORE, threshold_for(curve, harm)) if reachable else 1.0
    write_decision(path, document, candidate, gate=gate, threshold=threshold, harm=curve)
    made = (score >= threshold) & test
    gold = sum(len(ex.gold) for k, ex in enumerate(examples) if k // EXCERPTS % 4 == 0)
    bins = reliability(score[test], right[test])
    return {
        "document_auc_fitted": round(float(roc_auc_score(~clean[whole], spun[whole])), 4),
        "gate": gate_curve(spun[whole], ~clean[whole]),
        "candidate_auc_held_out": round(float(roc_auc_score(right[test], score[test])), 4),
        "clean_documents_gated": round(float((spun[clean] < gate).mean()), 4),
        "spun_documents_gated": round(float((spun[~clean & whole] < gate).mean()), 4),
        "threshold": threshold,
        "precision_held_out": round(float(right[made].mean()), 4),
        "recall_held_out": round(float(right[made].sum()) / max(1, gold), 4),
        "clean_words": clean_words,
        "spun_gold_held_out": gold,
        "calibration_error": round(calibration_error(bins), 4),
        "reliability": bins,
    }


def harm_curve(scores: np.ndarray, words: int) -> list[tuple[float, float]]:
    """(score, edits per 10,000 words) if candidates of `words` clean words were made from that score on.

    >>> harm_curve(np.array([0.2, 0.6, 0.9]), 10_000)[-3:]
    [(0.85, 1.0), (0.9, 1.0), (0.95, 0.0)]
    """
    steps = [round(0.05 * k, 2) for k in range(1, 20)]
    return [(s, round(float((scores >= s).sum()) / words * 1e4, 3)) for s in steps]


def reliability(scores: np.ndarray, right: np.ndarray, *, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean score, share right, number) of the candidates in each of `bins` equal ranges of the score.

    >>> reliability(np.array([0.91, 0.99, 0.15]), np.array([True, False, False]))
    [(0.15, 0.0, 1), (0.95, 0.5, 2)]
    """
    which = np.minimum((scores * bins).astype(int), bins - 1)
    return [
        (round(float(scores[at].mean()), 4), round(float(right[at].mean()), 4), int(at.sum()))
        for b in range(bins)
        if (at := which == b).any()
    ]


def calibration_error(bins: Sequence[tuple[float, float, int]]) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance of score and share right, by number.

    >>> calibration_error([(0.15, 0.0, 1), (0.95, 0.5, 2)])
    0.35
    """
    return round(sum(n * abs(p - share) for p, share, n in bins) / max(1, sum(n for _, _, n in bins)), 6)


def gate_curve(spun: np.ndarray, is_spun: np.ndarray) -> list[tuple[float, float, float]]:
    """(gate, share of clean documents let through, share of spun ones let through): the gate's ROC."""
    return [
        (g, round(float((spun[~is_spun] >= g).mean()), 4), round(float((spun[is_spun] >= g).mean()), 4))
        for g in (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
    ]


def write_decision(
    path: Path,
    document: Network,
    candidate: Network,
    *,
    gate: float,
    threshold: float,
    harm: Sequence[tuple[float, float]],
) -> None:
    """Write `decision.json`."""
    record = {
        "document": asdict(document),
        "candidate": asdict(candidate),
        "gate": gate,
        "threshold": threshold,
        "harm": harm,
    }
    path.write_text(json.dumps(record) + "\n", encoding="utf8")
