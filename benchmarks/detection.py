"""Measure detection on real spun pages, whose text is not part of this project.

    python benchmarks/detection.py --pages FOLDER [--clean FILE.jsonl.xz] [--decisions FOLDER]

Prints the line that leads from the model's log odds to those of real pages (`pipeline/swapped.py`), fitted to
all of them, and writes benchmarks/results/detection.json: how well swapped words and sentences are told by
the words alone, calibrated without the pages of a page's own fold, and by the spans that `detect` gives; how
many words of clean texts are told; and how many documents the cheap first look passes on. Figures only. With
`--decisions FOLDER` the spans of a page are told by the `fold_N.json` that was fitted without its fold.
"""

from __future__ import annotations

import json
import lzma
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
from textrepair.files import sha256
from textrepair.models import find_model
from textrepair.pipeline.detect import read_document
from textrepair.pipeline.features import log_odds
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.swapped import word_swapped

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/detection.json"
PRECISIONS = (0.9, 0.8, 0.61)
GATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
LOOKED_AT, READ = 300, 20  # clean texts that are looked at, and that the model reads
NEVER = 2.0  # a gate that no probability reaches
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


def rows_of(told: Iterable[tuple[Page, Spans]]) -> dict[str, Any]:
    """The figures of words and sentences."""
    pages = [*told]
    return {
        name: figures([r for page, spans in pages for r in rows(page.text, page.gold, spans)])
        for name, rows in (("words", word_rows), ("sentences", sentence_rows))
    }


def clean_figures(
    repairer: textrepair.Repairer, texts: Sequence[str], pages: Sequence[Stored]
) -> dict[str, Any]:
    """What is told in clean texts, and how many of these and of the pages pass the first look."""

    def first_look(text: str) -> tuple[float, bool]:
        seen = read_document(text, repairer.lexicon, repairer.decision.document_by_words, gate=NEVER)
        return seen.spun_prob, seen.to_encode  # which it then is for a listed phrase alone

    def passed(looks: Sequence[tuple[float, bool]], gate: float) -> dict[str, int]:
        likely, listed = sum(p >= gate for p, _ in looks), sum(p >= gate or phrase for p, phrase in looks)
        return {"by_words": likely, "or_listed_phrase": listed}

    clean = [first_look(t) for t in texts[:LOOKED_AT]]
    spun = [first_look(s.detected.document.seg.text) for s in pages]
    found = [r.detection for r in repairer.pipe(texts[:READ])]
    words = sum(len(d.source.split()) for d in found)
    sure = {str(p): sum(len(d.at(p).spans) for d in found) for p in (0.1, 0.5, 0.9)}
    return {
        "documents": len(clean),
        "first_look": [
            {"gate": gate, "clean": passed(clean, gate), "pages": passed(spun, gate)} for gate in GATES
        ],
        "read": {"documents": len(found), "words": words, "spans_by_probability": sure,
                 "swapped": round(sum(d.swapped for d in found) / max(1, len(found)), 4),
                 "most_spun": max(d.spun for d in found)},
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
    stored = store(repairer, [p.text for p in all_pages], keep, sha256(folder / "model.safetensors"))
    both = [*zip(all_pages, stored, strict=True)]
    line = fitted(both)
    print(f"slope {line[0]:.3f}, intercept {line[1]:.3f}")
    lines = [fitted([b for b in both if fold_of(b[0].id) != fold]) for fold in range(FOLDS)]
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
        "by_words": rows_of((p, by_words(s, lines[fold_of(p.id)])) for p, s in both),
        "by_spans": rows_of(
            (p, [(s.start, s.end, s.probability) for s in d.spans])
            for p, d in zip(all_pages, found, strict=True)
        ),
        "pages": len(all_pages),
        "swapped_share_in_interval": swapped_in_interval(all_pages, found),
    }
    if clean is not None:
        with lzma.open(clean, "rt", encoding="utf8") as file:
            texts = [json.loads(row)["text"] for row in file]
        report["clean"] = clean_figures(repairer, texts, stored)
    print(json.dumps(report, indent=1))
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


def swapped_in_interval(pages: Sequence[Page], found: Sequence[textrepair.Detection]) -> int:
    """Of how many pages the share of swapped words lies in the interval that is told."""
    hits = 0
    for page, d in zip(pages, found, strict=True):
        labels = [r.label for r in word_rows(page.text, page.gold, [])]
        share = sum(labels) / max(1, len(labels))
        hits += d.interval[0] <= share <= d.interval[1]
    return hits


if __name__ == "__main__":
    typer.run(main)
