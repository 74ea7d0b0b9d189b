"""`textrepair bench`: a model, or lexicons side by side, on text whose answers are known."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from textrepair.cli.common import check_output, exit_codes, save
from textrepair.cli.measuring import Clean, Json, KeepGoing, Spun, progress, read_stack, show, texts
from textrepair.cli.options import MinScore, Model
from textrepair.errors import TextrepairError


def bench(
    gold: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="GOLD.jsonl",
            help="Spun text whose answers are known, to measure the model on: JSON lines with `text`, and "
            "`gold`, `expect` or `original` as for --spun.",
        ),
    ] = None,
    *,
    lexicon: Annotated[
        list[str] | None,
        typer.Option(
            "--lexicon",
            metavar="PATH|default|none",
            help="A lexicon to measure, by itself: a file, `default` (the built-in one) or `none`; or a "
            "stack of them, `default+own.tsv`. Repeatable; the others are compared with the first.",
        ),
    ] = None,
    clean: Clean = None,
    spun: Spun = None,
    model: Model = "en_sci_sm",
    min_score: MinScore = None,
    plot_to: Annotated[
        Path | None,
        typer.Option(
            "--plot",
            metavar="FILE.png",
            help="Draw precision and harm over recall, for every threshold. Needs textrepair\\[bench].",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PAGE.html",
            help="Write what was measured on GOLD.jsonl as a page, with pictures and what went wrong. It "
            "holds passages of your texts. Needs textrepair\\[bench].",
        ),
    ] = None,
    as_json: Json = False,
    keep_going: KeepGoing = False,
) -> None:
    """Measure the model on gold, or compare lexicons: what is restored, and what is broken.

    On GOLD.jsonl: what is restored and how precisely, which swapped words are
    told, whether a right candidate is there, and how far scores can be
    trusted, with 95 % bootstrap intervals over texts. The terms are defined
    in benchmarks/README.md.

    Each lexicon is used with the model, and by itself (its `auto` entries
    put in wherever they stand). Recall and precision are of spun text,
    harm is edits per 10,000 words of clean text. Differences carry a 95 %
    bootstrap interval over texts: one that holds 0 shows no difference.

    [bold]Examples[/bold]

    textrepair bench my_gold.jsonl --output report.html
    \b
    textrepair bench --lexicon default --lexicon default+own.tsv --spun spun.jsonl --clean clean.jsonl.xz
    \b
    textrepair bench --lexicon none --lexicon own.tsv --spun spun.jsonl --clean clean.jsonl --plot own.png
    """
    with exit_codes():
        if bool(gold) == bool(lexicon):
            raise TextrepairError("give either GOLD.jsonl, to measure the model on, or lexicons to compare")
        check_output(out, "report.html", gold or ())
        check_output(plot_to, "plot.png", [*(clean or ()), *(spun or ()), *(lexicon or ())])
        if gold:
            _on_gold(gold, model, min_score, out, as_json)
            return
        if out is not None:
            raise TextrepairError("--output is for GOLD.jsonl; a comparison of lexicons is drawn with --plot")
        entries = {name: read_stack(name, keep_going=keep_going) for name in lexicon or ()}
        read = list(texts(clean, spun))
        from textrepair.bench.plots import figure, plot
        from textrepair.bench.report import compare, tables

        if plot_to is not None:
            figure()  # fails now, not after an hour, where the extra is missing
        with progress("Repairing", len(read) * len(entries)) as advance:
            result, runs = compare(entries, read, model=model, min_score=min_score, advance=advance)
        if plot_to is not None:
            save(plot(runs), plot_to)
        if as_json:
            save((json.dumps(result, indent=1, ensure_ascii=False) + "\n").encode(), None)
        else:
            show(tables(result))


def _on_gold(paths: list[Path], model: str, min_score: float | None, out: Path | None, as_json: bool) -> None:
    from textrepair.bench.own import figures, on_gold, report
    from textrepair.bench.page import page
    from textrepair.bench.plots import figure
    from textrepair.pipeline.loading import load

    if out is not None:
        figure()  # fails now, not after an hour, where the extra is missing
    read = list(texts(None, paths))
    if not read:
        raise TextrepairError(
            f"{', '.join(map(str, paths))}: no text to measure on; give one JSON object a line"
        )
    made = []
    with progress("Repairing", len(read)) as advance:
        for one in on_gold(load(model, min_score=min_score), read):
            made.append(one)
            advance(1)
    result = figures(made)
    if out is not None:
        about = {
            "gold": ", ".join(path.name for path in paths),
            "model": model,
            "textrepair": version("textrepair"),
        }
        save(page(made, result, about).encode(), out)
    if as_json:
        save((json.dumps(result, indent=1) + "\n").encode(), None)
    elif out is None:
        show(report(result))
