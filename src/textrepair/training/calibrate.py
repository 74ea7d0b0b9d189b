"""Fit the judgements of `decision.json`: is this document spun, is this candidate right?

Clean passages, clean ones with a few terms planted in them, and passages spun as a whole by
`textrepair.training.spinner` go through the real pipeline; each candidate becomes a row of facts, labelled
by whether making it alone would give back exactly what stood there. Documents are judged by a logistic
regression, candidates by networks with one small hidden layer: one for documents that look spun, one for
those that look clean, where what is planted must stand out. Since every swap the simulated spinners know
stands in the tables, at some places the tables are kept from having a say: real spinners know more.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from textrepair.bench.score import Gold
from textrepair.candidates import Candidate
from textrepair.decide import Network, settle
from textrepair.edits import Edit, best_apart
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.protected import Outside
from textrepair.reading import Reading, ask, facts_of_candidate, facts_of_document, read, shortlist
from textrepair.rerank import Scorer
from textrepair.segment import segment
from textrepair.suspects import find_suspects
from textrepair.training.harm import harm_curve, safe_threshold
from textrepair.training.spinner import Channel, log_uniform, plant, spin_text

EXCERPTS = 2  # from each document; they follow one another among the examples
STARTS = 4
ROUNDS = 60  # through the rows; with thirty, what is planted was found half as often
HIDDEN = 24  # units; more restored nothing more on passages held out
UNTOLD = 0.3  # share of places where the tables have no say
CLEAN_COUNTS = 4.0  # times a clean document counts: among the examples they are rarer than among papers


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
    """Each document as an example: clean, planted with tortured terms, or spun by one of the channels.

    `clean` and `planted` are probabilities; the channels share the rest by their weights. Half of what is
    planted are the `terms`, where a text holds any; else terms of the text are tortured by a channel.
    """
    rng = np.random.default_rng(seed)
    shares = np.array([share for share, _ in channels]) / sum(share for share, _ in channels)
    for text in documents:
        kind = rng.random()
        channel = channels[int(rng.choice(len(channels), p=shares))][1]
        if kind < planted:
            spun, gold = spin_text(text, terms, rng, 0.5) if rng.random() < 0.5 else (text, [])
            if not gold:
                spun, gold = plant(text, channel, rng)
            words = tuple(part for g in gold for part in by_word(spun, g))
            yield Example(spun, words, planted=bool(words))
        elif kind < planted + clean:
            yield Example(text, ())
        else:
            spun, gold = spin_text(text, channel, rng, log_uniform(rng, 0.05, 0.8))
            yield Example(spun, tuple(gold))


def by_word(text: str, gold: Gold) -> Iterator[Gold]:
    """The gold of a term word by word, where it has as many words spun as it had before.

    >>> [(g.start, g.accept) for g in by_word("A bosom peril.", Gold(2, 13, ("breast cancer",), "phrase"))]
    [(2, ('breast',)), (8, ('cancer',))]
    """
    words = list(re.finditer(r"\S+", text[gold.start : gold.end]))
    [before] = gold.accept or ("",)
    originals = before.split()
    if len(words) != len(originals):
        yield gold
        return
    for word, original in zip(words, originals, strict=True):
        if word[0] != original:
            yield Gold(gold.start + word.start(), gold.start + word.end(), (original,), gold.kind)


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
    """A candidate of example `owner`: its facts, and whether it is right.

    `spun`: the probability that the document it stands in is spun; `whole`: whether it is, as a whole;
    `counts`: what the row counts in a fit.
    """

    owner: int
    candidate: Candidate
    facts: dict[str, float]
    right: bool
    spun: float
    whole: bool
    counts: float


def gather(
    examples: Sequence[Example], lexicon: Lexicon, reranker: Scorer, document: Network, *, seed: int = 5
) -> list[Judged]:
    """Every candidate of every example that is judged, as the pipeline does it, but for what is untold."""
    rng = random.Random(seed)
    out: list[Judged] = []
    for i in range(0, len(examples), 32):
        some = examples[i : i + 32]
        readings = [_untold(read(ex.text, lexicon, document), ex.gold, rng) for ex in some]
        for k, (ex, reading, found) in enumerate(zip(some, readings, ask(readings, reranker), strict=True)):
            out += [
                Judged(
                    i + k,
                    c,
                    facts_of_candidate(c, e, reading, n),
                    is_right(ex.text, ex.gold, c),
                    reading.spun,
                    bool(ex.gold) and not ex.planted,
                    1.0 if ex.gold else CLEAN_COUNTS,
                )
                for c, e, n in shortlist(found)
            ]
    return out


def _untold(reading: Reading, gold: Sequence[Gold], rng: random.Random) -> Reading:
    """The reading without what the tables say at a share of the swaps, and at as many of the other words."""
    swapped = Outside((g.start, g.end) for g in gold)
    places = [(g.start, g.end) for g in gold]
    places += [(w.start, w.end) for w in reading.seg.words if swapped(w.start, w.end)]
    told = Outside(place for place in places if rng.random() < UNTOLD)
    return replace(reading, candidates=[c for c in reading.candidates if told(c.start, c.end)])


def fit(
    facts: Sequence[dict[str, float]],
    labels: Sequence[bool],
    weights: Sequence[float] | None = None,
    *,
    hidden: int = 0,
) -> Network:
    """A `Network` fitted to labelled facts: a logistic regression, or with `hidden` units between.

    A row counts as much as its weight says, one if there are none. With hidden units it is the mean of
    `STARTS` networks, laid side by side as one: where the facts leave room, single ones differ by their
    random start.
    """
    names = tuple(facts[0])
    x, y = np.array([[f[n] for n in names] for f in facts]), np.array(labels)
    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-3] = 1.0  # a fact that never varied, as happens in a small corpus, has no scale
    x = (x - mean) / scale
    if hidden:
        size = min(512, len(x))
        nets = [
            MLPClassifier((hidden,), alpha=1e-3, batch_size=size, max_iter=ROUNDS, random_state=k).fit(
                x, y, weights
            )
            for k in range(STARTS)
        ]
        layers = [np.hstack([n.coefs_[0] for n in nets]), np.vstack([n.coefs_[1] for n in nets]) / STARTS]
        biases = [
            np.concatenate([n.intercepts_[0] for n in nets]),
            np.mean([n.intercepts_[1] for n in nets], axis=0),
        ]
    else:
        line = LogisticRegression(max_iter=2000).fit(x, y, weights)
        layers, biases = [line.coef_.T], [line.intercept_]

    return Network(
        names,
        tuple(mean.round(4).tolist()),
        tuple(scale.round(4).tolist()),
        tuple(w.round(4).tolist() for w in layers),
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
    """The facts each example is judged by as a document."""
    segmented = (segment(ex.text) for ex in examples)
    return [facts_of_document(seg, find_suspects(seg, lexicon, (), ())[0]) for seg in segmented]


def fit_document(examples: Sequence[Example], facts: Sequence[dict[str, float]]) -> Network:
    """The judgement of documents, fitted on the examples that are clean or spun as a whole."""
    rows = [(f, bool(ex.gold)) for ex, f in zip(examples, facts, strict=True) if not ex.planted]
    return fit([f for f, _ in rows], [spun for _, spun in rows])


def calibrate(
    examples: Sequence[Example], lexicon: Lexicon, reranker: Scorer, path: Path, *, harm: float, line: float
) -> dict[str, Any]:
    """Fit on three quarters of the examples, choose the threshold by harm, measure on the last quarter.

    `line`: the probability from which a document counts as spun. The threshold is the lowest score at
    which clean passages would see at most `harm` edits per 10,000 words. Returns the measures; writes
    `path`.
    """
    facts = document_rows(examples, lexicon)
    document = fit_document(examples, facts)
    whole = np.array([not ex.planted for ex in examples])
    spun = np.array(document(facts))
    rows = gather(examples, lexicon, reranker, document)
    right, owner = np.array([r.right for r in rows]), np.array([r.owner for r in rows])
    test = owner // EXCERPTS % 4 == 0  # by document
    networks, score = fit_candidates(rows, test, line)
    first = best_of_place(rows, score)
    clean = np.array([not ex.gold for ex in examples])
    clean_words = sum(len(ex.text.split()) for ex in examples if not ex.gold)
    curve = harm_curve(score[first & clean[owner]], clean_words)
    threshold = safe_threshold(curve, harm)
    write_decision(path, document, **networks, line=line, threshold=threshold, harm=curve)
    measured: dict[str, float] = {}
    planted = np.array([ex.planted for ex in examples])
    for name, side in (("spun", ~clean & ~planted), ("planted", planted)):
        made = first & test & side[owner] & (score >= threshold)
        gold = sum(len(ex.gold) for k, ex in enumerate(examples) if side[k] and k // EXCERPTS % 4 == 0)
        measured |= {
            f"{name}_precision_held_out": round(float(right[made].mean()), 4) if made.any() else math.nan,
            f"{name}_recall_held_out": round(float(right[made].sum()) / max(1, gold), 4),
            f"{name}_gold_held_out": gold,
        }
    bins = reliability(score[test], right[test], np.array([r.counts for r in rows])[test])
    return {
        "document_auc_fitted": round(float(roc_auc_score(~clean[whole], spun[whole])), 4),
        "line": gate_curve(spun[whole], ~clean[whole]),
        "candidate_auc_held_out": round(float(roc_auc_score(right[test], score[test])), 4),
        "clean_documents_below_line": round(float((spun[clean] < line).mean()), 4),
        "spun_documents_below_line": round(float((spun[~clean & whole] < line).mean()), 4),
        "threshold": threshold,
        **measured,
        "clean_words": clean_words,
        "calibration_error": round(calibration_error(bins), 4),
        "reliability": bins,
    }


def fit_candidates(
    rows: Sequence[Judged], test: np.ndarray, line: float
) -> tuple[dict[str, Network], np.ndarray]:
    """The networks for documents on either side of the line, and the score of every row.

    They are fitted on the rows that the mask `test` leaves; below the line without those of documents spun
    as a whole, since what is a synonym there is a matter of taste in clean text (*within*, *alongside*). A
    side that shows nothing right, or nothing else, takes the rows of both.
    """
    networks, score = {}, np.zeros(len(rows))
    for name, above in (("spun", True), ("planted", False)):
        side = [k for k, r in enumerate(rows) if (r.spun >= line) == above]
        fitted = [rows[k] for k in side if not test[k] and (above or not rows[k].whole)]
        if len({r.right for r in fitted}) < 2:
            fitted = [r for r, held_out in zip(rows, test, strict=True) if not held_out]
        networks[name] = fit(
            [r.facts for r in fitted],
            [r.right for r in fitted],
            [r.counts for r in fitted],
            hidden=HIDDEN,
        )
        judged = [rows[k] for k in side]
        chances = networks[name]([r.facts for r in judged])
        score[side] = [settle(p, r.candidate.tier) for p, r in zip(chances, judged, strict=True)]
    return networks, score


def best_of_place(rows: Sequence[Judged], score: np.ndarray) -> np.ndarray:
    """Which rows would be made, at whatever score: of those that overlap, the likeliest.

    `score` holds one of each row; so does the mask that is returned.
    """
    of_owner: dict[int, dict[Edit, int]] = {}
    for k, (row, s) in enumerate(zip(rows, score, strict=True)):
        c = row.candidate
        edit = Edit(c.start, c.end, c.before, c.after, c.kind, float(s), c.origin)
        of_owner.setdefault(row.owner, {})[edit] = k
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


def gate_curve(spun: np.ndarray, is_spun: np.ndarray) -> list[tuple[float, float, float]]:
    """(probability, share of clean documents from it on, share of spun ones): the ROC of a gate or line."""
    return [
        (g, round(float((spun[~is_spun] >= g).mean()), 4), round(float((spun[is_spun] >= g).mean()), 4))
        for g in (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
    ]


def write_decision(
    path: Path,
    document: Network,
    spun: Network,
    planted: Network,
    *,
    line: float,
    threshold: float,
    harm: Sequence[tuple[float, float]],
) -> None:
    """Write `decision.json`."""
    networks = {"document": document, "spun": spun, "planted": planted}
    record = {
        **{name: asdict(network) for name, network in networks.items()},
        "line": line,
        "threshold": threshold,
        "harm": harm,
    }
    path.write_text(json.dumps(record) + "\n", encoding="utf8")
