"""Measure on real spun pages, whose text is not part of this project.

    python benchmarks/real_pages.py --pages FOLDER [--model en_sci_sm] [--min-score .3]
    python benchmarks/real_pages.py --pages FOLDER --quick

FOLDER holds `ID.txt`, `ID.gold.jsonl` (the scorer's format) and `ID.meta.json` (`field`, `density`) for each
page. Writes benchmarks/results/real_pages.json: figures and facts only, never text. The terms are those of
benchmarks/README.md.

With `--quick` pages are read once and kept in `--store`; then the shortlist, the judgement and the threshold
are measured again in seconds, on the first pass alone and without the repair of damage (.28 restored for
.29). Nothing is written.

With `--decisions FOLDER` every page is judged by the `fold_N.json` of its fold
(`textrepair.bench.pages.fold_of`), which was fitted without the pages of that fold. A decision names the
pages it was fitted to in `fitted_to`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.bench.compare import thresholds
from textrepair.bench.pages import Measured, Page, fold_of, measure, read_pages
from textrepair.bench.score import Score, changes_of, score
from textrepair.bench.stored import Stored, judged, store
from textrepair.bench.tally import restoration, table, tally
from textrepair.edits import Repair
from textrepair.models import find_model, weights_sha256
from textrepair.pipeline.judgement import Decision

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/real_pages.json"
STORE = ROOT / "build/bench"
DENSITIES = ("heavy", "moderate", "light")


def repaired(
    repairer: textrepair.Repairer, pages: Sequence[Page], stored: Sequence[Stored], quick: bool
) -> list[Repair]:
    """The repair of each page, or its first pass."""
    return [judged(repairer, s) for s in stored] if quick else list(repairer.pipe(p.text for p in pages))


def along(pages: Sequence[Page], repairs: Sequence[Repair]) -> list[dict[str, Any]]:
    """Recall and precision at other thresholds."""
    out = []
    for threshold in thresholds():
        total = Score()
        for page, repair in zip(pages, repairs, strict=True):
            total += score(page.text, changes_of(repair.at(threshold).edits), page.gold)
        out.append({"threshold": round(threshold, 4), **restoration(total)})
    return out


def groups(measured: Sequence[Measured]) -> dict[str, list[Measured]]:
    """All pages, and those of each density and field."""
    out: dict[str, list[Measured]] = defaultdict(list, {"all": [*measured]})
    out |= {d: [m for m in measured if m.page.density == d] for d in DENSITIES}
    for m in sorted(measured, key=lambda m: m.page.field):
        out[m.page.field.partition(" /")[0]].append(m)
    return out


def main(
    pages: Annotated[Path | None, typer.Option(help="Folder of pages; there is no default.")] = None,
    model: Annotated[str, typer.Option(help="Model name or folder.")] = "en_sci_sm",
    min_score: Annotated[float | None, typer.Option(help="Threshold, if not the model's own.")] = None,
    decisions: Annotated[Path | None, typer.Option(help="Folder of fold_N.json, fitted by fold.")] = None,
    lm: Annotated[str | None, typer.Option(help="A general language model, for its second opinion.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="First pass only, from what is stored.")] = False,
    keep: Annotated[Path, typer.Option("--store", help="Where what was read is kept.")] = STORE,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Measure, print, and write benchmarks/results/real_pages.json."""
    if pages is None:
        raise typer.BadParameter(
            "give --pages FOLDER: real spun pages as ID.txt, ID.gold.jsonl and ID.meta.json; they are not "
            "part of this project"
        )
    all_pages = read_pages(pages)
    repairer = textrepair.load(model, min_score=min_score, lm=lm)
    folder = find_model(model)
    stored = store(repairer, [p.text for p in all_pages], keep, weights_sha256(folder))
    paths = {fold_of(p.id): folder / "decision.json" for p in all_pages}
    if decisions is not None:
        paths = {fold: decisions / f"fold_{fold}.json" for fold in paths}
    measured: dict[str, Measured] = {}
    repairs: dict[str, Repair] = {}
    fitted_to: dict[int, list[str]] = {}
    for fold, path in paths.items():
        fitted_to[fold] = json.loads(path.read_text(encoding="utf8")).get("fitted_to", [])
        decision = Decision.read(path)
        repairer.decision = decision.with_opinions() if lm else decision
        if min_score is None:
            repairer.min_score = repairer.decision.threshold
        some = [k for k, p in enumerate(all_pages) if fold_of(p.id) == fold]
        of_fold = [all_pages[k] for k in some], [stored[k] for k in some]
        for page, s, repair in zip(*of_fold, repaired(repairer, *of_fold, quick), strict=True):
            repairs[page.id] = repair
            found = [candidate for candidate, _ in s.scored]
            measured[page.id] = measure(page, repair, repairer.min_score, found)
    in_order = [measured[p.id] for p in all_pages]
    result = {
        name: tally(some, sure=not quick and name in ("all", *DENSITIES))
        for name, some in groups(in_order).items()
    }
    print(table(result))
    if quick:
        return
    report = {
        "what": "real spun pages; of words and sentences, those told by the spans of detect",
        **circumstances(folder, repairer),
        "groups": result,
        "curve": along(all_pages, [repairs[p.id] for p in all_pages]),
        "pages": [
            {"id": m.page.id, "field": m.page.field, "density": m.page.density, "fold": fold_of(m.page.id),
             "left_out": m.page.id not in fitted_to[fold_of(m.page.id)], "spun": m.spun,
             "threshold": m.threshold, **tally([m])}
            for m in in_order
        ],
    }  # fmt: skip
    out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
