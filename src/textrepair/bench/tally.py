"""Measured pages added up: the figures of a group of pages, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import add
from typing import Any

from textrepair.bench.candidate_recall import CandidateRecall
from textrepair.bench.pages import NO_CANDIDATES, Measured
from textrepair.bench.score import (
    WAYS,
    Row,
    Score,
    area,
    auc,
    calibration_error,
    interval,
    recall_at,
    reliability,
)

PRECISIONS = (0.9, 0.8, 0.61)  # at which the recall of swapped words is told


def total(pages: Sequence[Measured]) -> Score:
    """The score of all pages together."""
    return reduce(add, (m.score for m in pages), Score())


def tally(pages: Sequence[Measured], *, sure: bool = False) -> dict[str, Any]:
    """The figures of the pages together; with `sure`, 95 % intervals over documents as well."""
    words, sentences, favourites = (
        [*chain.from_iterable(getattr(m, name) for m in pages)]
        for name in ("words", "sentences", "favourites")
    )
    single, several = (
        reduce(add, (getattr(m, name) for m in pages), NO_CANDIDATES) for name in ("single", "several")
    )
    out = {
        "pages": len(pages),
        "words": sum(m.page.words for m in pages),
        **restoration(total(pages)),
        "meaning_flipped": sum(m.flips for m in pages),
        "exact_sentences": sum(m.exact[0] for m in pages),
        "spun_sentences": sum(m.exact[1] for m in pages),
        "detection": {
            "words": _detection(words),
            "sentences": {**_detection(sentences), "number": len(sentences)},
        },
        "candidates": {
            "single": _reached(single), "several": _reached(several), "all": _reached(single + several),
            "a_place": round(single.candidates / max(1, single.places), 2),
        },
        "calibration": {
            "error": _rounded(calibration_error(favourites)), "favourites": len(favourites),
            "bins": [[_rounded(b.probability), _rounded(b.share), b.number] for b in reliability(favourites)],
        },
    }  # fmt: skip
    if sure:
        out["intervals"] = {name: [*map(_rounded, interval(pages, of))] for name, of in STATISTICS.items()}
    return out


def restoration(s: Score) -> dict[str, Any]:
    """A score's counts and ratios, without any of its text."""
    return {
        "swaps": s.gold,
        "restored": s.restored,
        "touched": s.touched,
        "right": s.right,
        **{way: s.ways.get(way, 0) for way in WAYS},
        "recall": _rounded(s.recall),
        "precision": _rounded(s.fair_precision),
        "precision_strict": _rounded(s.precision),
    }


def _detection(rows: Sequence[Row]) -> dict[str, Any]:
    points = {precision: recall_at(rows, precision) for precision in PRECISIONS}
    return {
        **{f"recall_at_{p}": _rounded(point.recall) for p, point in points.items()},
        "threshold_at_0.9": _rounded(points[0.9].threshold),
        "average_precision": _rounded(area(rows)),
        "roc_auc": _rounded(auc(rows)),
    }


def _reached(r: CandidateRecall) -> dict[str, Any]:
    return {"swaps": r.asked, "reached": r.reached, "recall": _rounded(r.recall)}


def _rounded(figure: float) -> float | None:
    return round(figure, 4) if figure == figure else None


def _recall_of_words(pages: Sequence[Measured]) -> float:
    return recall_at(chain.from_iterable(m.words for m in pages), 0.9).recall


STATISTICS: Mapping[str, Callable[[list[Measured]], float]] = {
    "recall": lambda pages: total(pages).recall,
    "precision": lambda pages: total(pages).fair_precision,
    "words_recall_at_0.9": _recall_of_words,
}

COLUMNS = (
    "pages", "swaps", "restored", "precision", "partly", "other", "beside", "words at .90", ".80", ".61",
    "sentences", "candidates: single", "several", "calibration",
)  # fmt: skip


def table(groups: Mapping[str, Mapping[str, Any]]) -> str:
    """Tallies as Markdown, a row a group."""

    def row(name: str, t: Mapping[str, Any]) -> list[str]:
        words, candidates = t["detection"]["words"], t["candidates"]
        shares = [
            *(words[f"recall_at_{p}"] for p in PRECISIONS),
            t["detection"]["sentences"]["roc_auc"],
            candidates["single"]["recall"],
            candidates["several"]["recall"],
            t["calibration"]["error"],
        ]
        counts = [str(t[name]) for name in ("partly", "other", "beside")]
        return [
            name, str(t["pages"]), str(t["swaps"]), share(t["recall"]), share(t["precision"]), *counts,
            *map(share, shares),
        ]  # fmt: skip

    lines = [("", *COLUMNS), ("---",) * (len(COLUMNS) + 1), *(row(n, t) for n, t in groups.items())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def share(figure: float | None) -> str:
    """A share as tables show it.

    >>> share(0.256), share(1.0), share(None)
    ('.26', '1.00', '')
    """
    if figure is None:
        return ""
    return f"{figure:.2f}".removeprefix("0") if figure < 1 else f"{figure:.2f}"
