"""Measure detection on real spun pages, whose text is not part of this project.

    python benchmarks/detection.py --pages FOLDER [--clean FILE.jsonl.xz] [--decisions FOLDER]

Prints what of `pipeline/swapped.py` is fitted to real pages: the line that leads from the model's log odds to
those of real pages, how far words of a sentence are independent, and the error that words of a document
share. Writes benchmarks/results/detection.json: how well swapped words, sentences and shares are told by the
words alone, fitted without the pages of a page's own fold, how well by the spans that `detect` gives, and how
many words of clean texts are told. Figures only. With `--decisions FOLDER` the spans of a page are told by
the `fold_N.json` that was fitted without its fold. `screening.py` measures whole documents.
"""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from sklearn.linear_model import LogisticRegression

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.bench.pages import FOLDS, Page, fold_of, read_pages
from textrepair.bench.score import Row, auc, calibration_error, recall_at, sentence_rows, word_rows
from textrepair.bench.stored import Stored, judged, store
from textrepair.models import find_model, weights_sha256
from textrepair.pipeline.features import log_odds
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.swapped import sentence_spun, swapped_share, word_swapped

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/detection.json"
PRECISIONS = (0.9, 0.8, 0.61)
READ = 20  # clean texts
Spans = list[tuple[int, int, float]]


def by_words(stored: Stored, line: tuple[float, float] | None) -> Spans:
    """Each word with the probability that it was swapped, or the model's own without a line."""
    spun = stored.detected.document.spun_prob
    return [
        (start, end, word_swapped(p, spun, line) if line else p)
        for (start, end), p in stored.detected.replaced_probs.items()
    ]


def fitted(pages: Sequence[tuple[Page, Stored]]) -> tuple[float, float]:
    """The line (Platt 1999) of these pages."""
    rows = [r for page, s in pages for r in word_rows(page.text, page.gold, by_words(s, None))]
    odds = np.array([[log_odds(r.probability)] for r in rows])
    model = LogisticRegression(C=1e6).fit(odds, [r.label for r in rows])
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Recall at three precisions, the area under the ROC curve, and the expected calibration error."""
    recalls = {f"recall_at_{p}": round(recall_at(rows, p).recall, 4) for p in PRECISIONS}
    error = round(calibration_error(rows), 4)
    return {"number": len(rows), **recalls, "roc_auc": round(auc(rows), 4), "calibration_error": error}


def sentences_of(page: Page, probs: Spans, independent: float) -> list[Row]:
    """A row for each sentence, as `detect` tells it by these words."""
    rows = sentence_rows(page.text, page.gold, probs)
    return [Row(sentence_spun([r.probability], independent), r.label) for r in rows]


def fitted_independence(told: Sequence[tuple[Page, Spans]]) -> float:
    """How far words of a sentence are independent: the likeliest power, by steps of a thousandth."""
    rows = [r for page, probs in told for r in sentences_of(page, probs, 1.0)]
    left = np.clip(np.array([1 - r.probability for r in rows]), 1e-9, 1.0)
    labels = np.array([r.label for r in rows], dtype=bool)

    def likelihood(power: float) -> float:
        none = np.clip(np.power(left, power), 1e-9, 1 - 1e-9)
        return float(np.where(labels, np.log(1 - none), np.log(none)).sum())

    return max((step / 1000 for step in range(50, 2000)), key=likelihood)


def fitted_error(told: Sequence[tuple[Page, Spans]]) -> float:
    """The standard deviation of the shared error, by the method of moments: what chance does not explain."""
    beyond = []
    for page, probs in told:
        rows = word_rows(page.text, page.gold, probs)
        chance = sum(r.probability * (1 - r.probability) for r in rows)
        error = sum(r.label - r.probability for r in rows)
        beyond.append((error**2 - chance) / chance**2)  # an error of 1 in log odds moves the sum by `chance`
    return math.sqrt(max(0.0, float(np.mean(beyond))))


def rows_of(told: Iterable[tuple[Page, Spans]]) -> dict[str, Any]:
    """The figures of words and sentences."""
    pages = [*told]
    return {
        name: figures([r for page, spans in pages for r in rows(page.text, page.gold, spans)])
        for name, rows in (("words", word_rows), ("sentences", sentence_rows))
    }


def clean_figures(repairer: textrepair.Repairer, texts: Sequence[str]) -> dict[str, Any]:
    """What is told in clean texts."""
    found = [r.detection for r in repairer.pipe(texts[:READ])]
    words = sum(len(d.source.split()) for d in found)
    sure = {str(p): sum(len(d.at(p).spans) for d in found) for p in (0.1, 0.5, 0.9)}
    return {
        "documents": len(found), "words": words, "spans_by_probability": sure,
        "swapped": round(sum(d.swapped for d in found) / max(1, len(found)), 4),
        "most_spun": max(d.spun for d in found),
    }  # fmt: skip


def main(
    pages: Annotated[Path, typer.Option(help="Folder of pages.")],
    clean: Annotated[Path | None, typer.Option(help="Clean texts, JSON lines, .xz.")] = None,
    model: Annotated[str, typer.Option(help="Model name or folder.")] = "en_sci_sm",
    keep: Annotated[Path, typer.Option("--store", help="Where what was read is kept.")] = ROOT
    / "build/bench",
    decisions: Annotated[Path | None, typer.Option(help="Folder of fold_N.json, fitted by fold.")] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Measure, print, and write benchmarks/results/detection.json."""
    repairer, folder = textrepair.load(model), find_model(model)
    all_pages = read_pages(pages)
    stored = store(repairer, [p.text for p in all_pages], keep, weights_sha256(folder))
    both = [*zip(all_pages, stored, strict=True)]
    line = fitted(both)
    print(f"slope {line[0]:.3f}, intercept {line[1]:.3f}")
    lines = [fitted([b for b in both if fold_of(b[0].id) != fold]) for fold in range(FOLDS)]
    # each page by the line of the others, and what follows fitted to the others
    left_out = [(p, by_words(s, lines[fold_of(p.id)])) for p, s in both]
    others = [[t for t in left_out if fold_of(t[0].id) != fold] for fold in range(FOLDS)]
    powers, errors = [fitted_independence(o) for o in others], [fitted_error(o) for o in others]
    print(f"independent {fitted_independence(left_out):.3f}, shared error {fitted_error(left_out):.3f}")
    found = []
    for page, s in both:
        if decisions is not None:
            repairer.decision = Decision.read(decisions / f"fold_{fold_of(page.id)}.json")
        found.append(judged(repairer, s).detection)
    repairer.decision = Decision.read(folder / "decision.json")
    report: dict[str, Any] = {
        "what": "swapped words and sentences told on real spun pages; by_words is calibrated by fold",
        **circumstances(folder, repairer),
        "spans_left_out": decisions is not None,
        "line": [round(x, 3) for x in line],
        "as_the_model_says": rows_of((p, by_words(s, None)) for p, s in both),
        "independent": fitted_independence(left_out),
        "shared_error": round(fitted_error(left_out), 3),
        "by_words": rows_of(left_out),
        "by_spans": rows_of(
            (p, [(s.start, s.end, s.probability) for s in d.spans])
            for p, d in zip(all_pages, found, strict=True)
        ),
        "sentences_left_out": {
            "as_if_independent": figures([r for p, w in left_out for r in sentences_of(p, w, 1.0)]),
            "fitted": figures([r for p, w in left_out for r in sentences_of(p, w, powers[fold_of(p.id)])]),
        },
        "swapped_share_left_out": {
            "chance_alone": intervals(left_out, [0.0] * FOLDS),
            "fitted": intervals(left_out, errors),
        },
        "pages": len(all_pages),
    }
    if clean is not None:
        with lzma.open(clean, "rt", encoding="utf8") as file:
            texts = [json.loads(row)["text"] for row in file]
        report["clean"] = clean_figures(repairer, texts)
    print(json.dumps(report, indent=1))
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


def intervals(told: Sequence[tuple[Page, Spans]], errors: Sequence[float]) -> dict[str, Any]:
    """Of how many pages the share of swapped words lies in its interval, by the shared error of each fold."""
    hits, widths = 0, []
    for page, probs in told:
        rows = word_rows(page.text, page.gold, probs)
        _, (low, high) = swapped_share([r.probability for r in rows], errors[fold_of(page.id)])
        hits += low <= sum(r.label for r in rows) / len(rows) <= high
        widths.append(high - low)
    return {"pages": len(told), "inside": hits, "mean_width": round(float(np.mean(widths)), 4)}


if __name__ == "__main__":
    typer.run(main)
