"""Lexicons side by side: what each restores, what it breaks, which entries do it, and how sure that is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from textrepair.bench.entries import edit_reasons
from textrepair.bench.score import Change, Score, changes_of, plain, score
from textrepair.bench.texts import Text
from textrepair.edits import Edit, Repair
from textrepair.errors import missing_extra
from textrepair.lexicon.entries import Entry
from textrepair.lexicon.lexicon import Lexicon
from textrepair.models import check_model, find_model
from textrepair.pipeline.candidates import proposal
from textrepair.pipeline.decide import LEXICON, best_apart
from textrepair.pipeline.repair import Repairer
from textrepair.pipeline.segment import unsegmented
from textrepair.pipeline.written import like
from textrepair.settings import Settings

STEPS = 25  # points of a curve
DRAWS = 2000  # bootstrap samples: a percentile interval needs about as many
EMPTY = Score()


def repairer_with(stack: Iterable[Iterable[Entry]], model: str, min_score: float | None = None) -> Repairer:
    """A repairer that knows these lexicons, lowest first, and no other."""
    folder = find_model(model)
    check_model(folder)
    return Repairer(folder, Lexicon(stack), Settings(min_score=min_score))


@dataclass
class Run:
    """What a system made of the texts: a score and a number of edits for each, at one threshold.

    `points` are the same sums at other thresholds: (threshold, score, edits on clean text).
    """

    spun: list[Score] = field(default_factory=list)
    harm: list[int] = field(default_factory=list)
    clean_words: list[int] = field(default_factory=list)
    entries: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    points: dict[float, tuple[Score, int]] = field(default_factory=dict)

    @property
    def score(self) -> Score:
        """The score of all spun texts together."""
        return reduce(add, self.spun, EMPTY)

    @property
    def per_10000(self) -> float:
        """Edits per 10,000 words of clean text."""
        return sum(self.harm) / max(1, sum(self.clean_words)) * 1e4


def run(repairs: Iterable[Repair], texts: Iterable[Text], thresholds: Sequence[float] = ()) -> Iterator[Run]:
    """Count what the repairs made of the texts; yields the same run, further on, after each."""
    done = Run(points=dict.fromkeys(thresholds, (EMPTY, 0)))
    for text, repaired in zip(texts, repairs, strict=True):
        _add(done, text, repaired.edits)
        for t in thresholds:
            total, harm = done.points[t]
            edits = repaired.at(t).edits
            if text.gold is None:
                done.points[t] = total, harm + len(edits)
            else:
                done.points[t] = total + score(text.text, changes_of(edits), text.gold), harm
        yield done


def _add(done: Run, text: Text, edits: Sequence[Edit]) -> None:
    if text.gold is None:
        done.harm.append(len(edits))
        done.clean_words.append(len(text.text.split()))
    else:
        done.spun.append(score(text.text, changes_of(edits), text.gold))
        asked = done.by["text domain", text.domain]
        asked["restored"] += done.spun[-1].restored
        asked["gold"] += done.spun[-1].gold
    for edit in edits:
        alone = score(text.text, changes_of([edit]), text.gold or ())
        what = (
            "harm" if text.gold is None else "right" if alone.right else "wrong" if alone.wrong else "neutral"
        )
        listed = edit.source.startswith(LEXICON)
        domain = edit.source.removeprefix(LEXICON) if listed else "no lexicon"
        for group in (("kind", edit.kind), ("domain", domain)):
            done.by[group][what] += 1
        if listed:
            done.entries[edit.reason][what] += 1


def thresholds(lowest: float = 0.05) -> list[float]:
    """The thresholds of a curve: even steps of log odds, since scores crowd at both ends.

    >>> [round(t, 2) for t in thresholds()][:3], round(thresholds()[-1], 3)
    ([0.05, 0.07, 0.11], 0.999)
    """
    odds = np.linspace(np.log(lowest / (1 - lowest)), np.log(0.999 / 0.001), STEPS)
    return [float(t) for t in 1 / (1 + np.exp(-odds))]


def alone(lexicon: Lexicon, tiers: Sequence[str], texts: Iterable[str]) -> Iterator[Repair]:
    """Repairs without a model: every entry of these tiers is applied, longest first."""
    for text in texts:
        found = [
            (text[m.start : m.end], m, m.forms[0])
            for m in lexicon.find(unsegmented(text))
            if m.forms[0].canonical and all(f.entry.tier in tiers for f in m.forms)
        ]
        edits = [
            proposal(m.start, m.end, before, like(before, form.canonical[0]), form.entry).edit(1.0)
            for before, m, form in found
        ]
        yield Repair(text, best_apart(edits))


def coverage(lexicon: Lexicon, texts: Sequence[Text]) -> tuple[int, int]:
    """(spans for which the lexicon knows an accepted answer, spans that ask for one)."""
    covered, asked = 0, 0
    for text in texts:
        wanted = {(g.start, g.end): g.accept for g in text.gold or () if g.accept is not None}
        known: set[tuple[int, int]] = set()
        for m in lexicon.find(unsegmented(text.text)):
            forms = {plain(c) for f in m.forms for c in f.canonical}
            inside = [s for s in wanted if m.start <= s[0] and s[1] <= m.end]
            if any(plain(a) in forms for a in wanted.get((m.start, m.end), ())):
                known.add((m.start, m.end))
            elif inside and any(
                score(text.text, [Change(m.start, m.end, c)], text.gold or ()).restored for c in forms
            ):
                known.update(inside)
        covered += len(known)
        asked += len(wanted)
    return covered, asked


def difference(a: Run, b: Run) -> dict[str, tuple[float, float, float]]:
    """How much more `b` is than `a` in recall, precision and harm, each with a 95 % interval.

    The interval is a paired percentile bootstrap over texts (Efron 1979), by scipy; not a number
    where there are fewer than two texts.
    """
    x, y = (
        np.array([(s.restored, s.gold, s.right, s.right + s.wrong) for s in r.spun]).reshape(-1, 4)
        for r in (a, b)
    )
    clean = np.array(a.clean_words), np.array(a.harm), np.array(b.harm)
    return {
        "recall": _interval(_ratios, x[:, 0], x[:, 1], y[:, 0], y[:, 1]),
        "precision": _interval(_ratios, x[:, 2], x[:, 3], y[:, 2], y[:, 3]),
        "harm": _interval(_per_10000, clean[1], clean[0], clean[2], clean[0]),
    }


def _ratios(p: Any, q: Any, r: Any, s: Any, axis: int = -1) -> Any:
    below, above = np.maximum(1, q.sum(axis)), np.maximum(1, s.sum(axis))
    return r.sum(axis) / above - p.sum(axis) / below


def _per_10000(p: Any, q: Any, r: Any, s: Any, axis: int = -1) -> Any:
    return 1e4 * _ratios(p, q, r, s, axis)


def _interval(statistic: Callable[..., Any], *data: Any) -> tuple[float, float, float]:
    if len(data[0]) < 2:
        return float(statistic(*data)) if len(data[0]) else 0.0, float("nan"), float("nan")
    with missing_extra("bench"):
        from scipy.stats import bootstrap
    drawn = bootstrap(data, statistic, paired=True, n_resamples=DRAWS, method="percentile", rng=0)
    low, high = drawn.confidence_interval
    return float(statistic(*data)), float(low), float(high)


def helping_and_harming(
    done: Run, entries: Sequence[Entry], most: int = 10
) -> dict[str, list[dict[str, Any]]]:
    """The entries whose edits were most often right, and those most often wrong or on clean text."""
    rows: list[dict[str, Any]] = []
    for e in {(e.domain, e.spun): e for e in entries}.values():
        if c := sum(
            (done.entries[reason] for reason in edit_reasons(e) if reason in done.entries), Counter()
        ):
            sides = {"spun": e.spun, "canonical": e.canonical[0], "tier": e.tier}
            rows.append({**sides, **{what: c[what] for what in ("right", "wrong", "harm")}})
    helps = sorted(rows, key=lambda r: (r["wrong"] + r["harm"] - r["right"], r["spun"]))
    harms = sorted(rows, key=lambda r: (r["right"] - r["wrong"] - r["harm"], r["spun"]))
    return {
        "help": [r for r in helps if r["right"] > r["wrong"] + r["harm"]][:most],
        "harm": [r for r in harms if r["wrong"] + r["harm"]][:most],
    }
