"""What each part of the judgement of places is worth, on real pages left out of what it was fitted to.

    python benchmarks/places.py --pages FOLDER [--lm FOLDER_OR_GGUF] [--store build/bench/places.pickle]

All candidates of the first pass are judged as in a spun document, each page by what was fitted without its
fold; the threshold is the lowest at which all pages together keep precision .85. What the models say is kept
in `--store`, which is to be deleted when code, tables or weights change. Writes
benchmarks/results/places.json.
"""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sklearn.exceptions import ConvergenceWarning

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.bench.fitting import (
    OPINIONS,
    PageRows,
    asked_of,
    fit_places,
    precise_threshold,
    read_rows,
    score_at,
)
from textrepair.bench.pages import fold_of, read_pages
from textrepair.lm import open_language_model
from textrepair.models import find_model
from textrepair.pipeline.places import PlaceJudgement, with_rivals

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/places.json"
STORE = ROOT / "build/bench/places.pickle"
HIDDEN = ("hidden", "hidden_margin", "hidden_certain", "hidden_kept", "hidden_gap")
HABITS = ("habit", "habit_number")
Judged = list[tuple[PageRows, list[float]]]
Scores = Callable[[PlaceJudgement, PageRows], list[float]]


def as_it_is(judge: PlaceJudgement, p: PageRows) -> list[float]:
    """The mean of both, in log odds."""
    return judge(p.rows, p.alone, p.spans).candidates


def third_alone(judge: PlaceJudgement, p: PageRows) -> list[float]:
    """Whether each candidate is right, by the third answer."""
    return judge.right(with_rivals(p.rows, p.alone, p.spans))


def two_answers(judge: PlaceJudgement, p: PageRows) -> list[float]:
    """The product of the other two, which the mean and the third answer leave."""
    pairs = zip(as_it_is(judge, p), third_alone(judge, p), strict=True)
    odds = [(mean / (1 - mean)) ** 2 * (1 - third) / third for mean, third in pairs]
    return [o / (1 + o) for o in odds]


def blind(p: PageRows) -> PageRows:
    """The page without what it tells other pages of its swaps."""
    other = replace(p)
    other.__dict__["swaps"] = {}  # where the cached property keeps them
    return other


def left_out(pages: Sequence[PageRows]) -> Iterator[tuple[PlaceJudgement, PageRows]]:
    """Each page, and the judgement fitted without its fold."""
    for fold in sorted({fold_of(p.page.id) for p in pages}):
        others = [p for p in pages if fold_of(p.page.id) != fold]
        judge = fit_places(others)
        yield from ((judge, p.seeing(others)) for p in pages if fold_of(p.page.id) == fold)


def figures(judged: Judged) -> dict[str, float]:
    """The threshold that keeps the precision, and what is restored by it."""
    threshold = precise_threshold(judged)
    total = score_at(judged, threshold)
    return {
        "threshold": threshold,
        "restored": round(total.recall, 4),
        "precision": round(total.fair_precision, 4),
    }


def rows_of(folder: Path, model: str, lm: str | None, kept: Path) -> tuple[str | None, list[PageRows]]:
    """What the models say of the pages, from `kept` if it is there, and which language model it was."""
    if kept.exists():
        identity, rows = pickle.loads(kept.read_bytes())
        return identity, rows
    repairer = textrepair.load(model, families=["synonyms"])
    asked = open_language_model(lm) if lm else None
    identity = asked.identity if asked else None
    rows = [read_rows(repairer, page) for page in read_pages(folder)]
    if asked:
        rows = asked_of(rows, asked)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps((identity, rows)))
    return identity, rows


def main(
    *,
    pages: Annotated[Path, typer.Option(help="Folder of real spun pages with gold.")],
    model: Annotated[str, typer.Option(help="A built-in model or a folder.")] = "en_sci_sm",
    lm: Annotated[str | None, typer.Option(help="A general language model, folder or GGUF file.")] = None,
    kept: Annotated[Path, typer.Option("--store", help="What the models said.")] = STORE,
) -> None:
    """Measure the variants, and write them."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    identity, with_lm = rows_of(pages, model, lm, kept)
    rows = [p.without(OPINIONS) for p in with_lm]
    fitted = [*left_out(rows)]
    made: dict[str, Any] = {"each candidate alone": figures([(p, p.alone) for p in rows])}
    variants: dict[str, Scores] = {
        "places": as_it_is, "places, two answers": two_answers, "places, the third answer": third_alone,
    }  # fmt: skip
    for name, scores in variants.items():
        made[name] = figures([(p, scores(judge, p)) for judge, p in fitted])
    less = {
        "places, without what hidden words tell": [p.without(HIDDEN) for p in rows],
        "places, without habits": [p.without(HABITS) for p in rows],
        "places, without swaps of other pages": [*map(blind, rows)],
    }
    if identity:
        less["places, with the opinions of a language model"] = with_lm
    for name, some in less.items():
        made[name] = figures([(p, as_it_is(judge, p)) for judge, p in left_out(some)])
    record = {
        "what": "real pages, first pass, each judged by what was fitted without its fold, at the lowest "
        "threshold at which all keep precision .85",
        **circumstances(find_model(model), textrepair.load(model, families=["synonyms"])),
        "lm": identity,
        "pages": len(rows),
        "swaps": sum(len([g for g in p.page.gold if g.accept]) for p in rows),
        "rows": made,
    }
    for name, of in made.items():
        print(f"{name:60} {of['restored']:.3f} at {of['precision']:.3f} (threshold {of['threshold']})")
    OUT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
