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

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from textrepair.bench.score import Gold
from textrepair.candidates import Candidate
from textrepair.decide import Network
from textrepair.lexicon.lexicon import Lexicon
from textrepair.reading import facts_of_candidate, facts_of_document, read, shortlist
from textrepair.rerank import Reranker
from textrepair.segment import segment
from textrepair.suspects import find_suspects
from textrepair.training.spinner import Channel, log_uniform, spin_text

LEAST_SCORE = 0.4  # scores fitted on simulated spins run low on real pages; lower ones are never worth it
EXCERPTS = 2  # from each document; they follow one another among the examples
HIDDEN = 24  # units; more restored nothing more on passages held out


@dataclass(frozen=True)
class Example:
    """A passage as a reader would meet it, with its gold (none when it is clean)."""

    text: str
    gold: tuple[Gold, ...]


def passages(
    documents: Iterable[str], channels: Sequence[tuple[float, Channel]], *, clean: float, seed: int
) -> Iterator[Example]:
    """Each document as an example: left clean with probability `clean`, else spun by a channel, by share."""
    rng = np.random.default_rng(seed)
    shares = np.array([share for share, _ in channels]) / sum(share for share, _ in channels)
    for text in documents:
        if rng.random() < clean:
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


def gather(
    examples: Sequence[Example], lexicon: Lexicon, reranker: Reranker, document: Network
) -> tuple[list[dict[str, float]], list[bool], list[int]]:
    """Facts and label of every candidate of every example, and the example each belongs to."""
    facts: list[dict[str, float]] = []
    labels: list[bool] = []
    owners: list[int] = []
    for i in range(0, len(examples), 32):
        some = examples[i : i + 32]
        readings = [read(ex.text, lexicon, document) for ex in some]
        scored = reranker.score([(r.seg.text, r.candidates) for r in readings])
        for k, (ex, reading, evidence) in enumerate(zip(some, readings, scored, strict=True)):
            for c, e, doubts in shortlist(reading.candidates, evidence):
                facts.append(facts_of_candidate(c, e, reading, doubts))
                labels.append(is_right(ex.text, ex.gold, c))
                owners.append(i + k)
    return facts, labels, owners


def fit(facts: Sequence[dict[str, float]], labels: Sequence[bool], *, hidden: int = 0) -> Network:
    """A `Network` fitted to labelled facts: a logistic regression, or with `hidden` units between."""
    names = tuple(facts[0])
    x, y = np.array([[f[n] for n in names] for f in facts]), np.array(labels)
    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-3] = 1.0  # a fact that never varied, as happens in a small corpus, has no scale
    x = (x - mean) / scale
    if hidden:
        net = MLPClassifier((hidden,), alpha=1e-3, batch_size=1024, max_iter=30, random_state=0).fit(x, y)
        weights, biases = net.coefs_, net.intercepts_
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


def calibrate(
    examples: Sequence[Example], lexicon: Lexicon, reranker: Reranker, path: Path, *, harm: float, gate: float
) -> dict[str, float]:
    """Fit on three quarters of the examples, choose the threshold by harm, measure on the last quarter.

    The threshold is the lowest score at which the clean passages would see at most `harm` edits per
    10,000 words. Returns the measures; writes `path`.
    """
    facts, labels = [], []
    for ex in examples:
        seg = segment(ex.text)
        facts.append(facts_of_document(seg, find_suspects(seg, lexicon, (), ())[0]))
        labels.append(bool(ex.gold))
    document = fit(facts, labels)
    rows, right, owner = gather(examples, lexicon, reranker, document)
    y, of = np.array(right), np.array(owner)
    held_out = of // EXCERPTS % 4 == 0  # by document
    candidate = fit([r for r, h in zip(rows, held_out, strict=True) if not h], y[~held_out], hidden=HIDDEN)
    scores = np.array(candidate(rows))
    clean = np.array([not examples[k].gold for k in of])
    clean_words = sum(len(ex.text.split()) for ex in examples if not ex.gold)
    spun = np.array(document(facts))
    worst = np.sort(scores[clean & (spun[of] >= gate)])[::-1]
    allowed = int(harm * clean_words / 1e4)
    threshold = max(LEAST_SCORE, round(float(worst[min(allowed, len(worst) - 1)]) + 0.001, 3))
    write_decision(path, document, candidate, gate=gate, threshold=threshold)
    made = (scores >= threshold) & held_out
    gold = sum(len(ex.gold) for k, ex in enumerate(examples) if k // EXCERPTS % 4 == 0)
    return {
        "document_auc_fitted": round(float(roc_auc_score(labels, spun)), 4),
        "candidate_auc_held_out": round(float(roc_auc_score(y[held_out], scores[held_out])), 4),
        "clean_documents_gated": round(float((spun[~np.array(labels)] < gate).mean()), 4),
        "spun_documents_gated": round(float((spun[np.array(labels)] < gate).mean()), 4),
        "threshold": threshold,
        "precision_held_out": round(float(y[made].mean()), 4),
        "recall_held_out": round(float(y[made].sum()) / max(1, gold), 4),
        "clean_words": clean_words,
        "spun_gold_held_out": gold,
    }


def write_decision(
    path: Path, document: Network, candidate: Network, *, gate: float, threshold: float
) -> None:
    """Write `decision.json`."""
    record = {
        "document": asdict(document),
        "candidate": asdict(candidate),
        "gate": gate,
        "threshold": threshold,
    }
    path.write_text(json.dumps(record) + "\n", encoding="utf8")
