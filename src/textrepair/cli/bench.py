"""`textrepair bench`: lexicons side by side, on text whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from textrepair.cli.common import MinScore, Model, manners, save
from textrepair.cli.measuring import Clean, Json, KeepGoing, Spun, progress, read_stack, show, texts


def bench(
    *,
    lexicon: Annotated[
        list[str],
        typer.Option(
            "--lexicon",
            metavar="PATH|default|none",
            help="A lexicon to measure, by itself: a file, `default` (the built-in one) or `none`; or a "
            "stack of them, `default+own.tsv`. Repeatable; the others are compared with the first.",
        ),
    ],
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
    as_json: Json = False,
    keep_going: KeepGoing = False,
) -> None:
    """Compare lexicons: what each restores in spun text, and what it breaks in clean text.

    Each lexicon is used with the model, and by itself (its `auto` entries
    put in wherever they stand). Recall and precision are of spun text,
    harm is edits per 10,000 words of clean text. Differences carry a 95 %
    bootstrap interval over texts: one that holds 0 shows no difference.

    [bold]Examples[/bold]

    textrepair bench --lexicon default --lexicon default+own.tsv --spun spun.jsonl --clean clean.jsonl.xz
    \b
    textrepair bench --lexicon none --lexicon own.tsv --spun spun.jsonl --clean clean.jsonl --plot own.png
    """
    with manners():
        entries = {name: read_stack(name, keep_going=keep_going) for name in lexicon}
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
