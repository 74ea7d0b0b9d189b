"""`textrepair screen`: which documents of a corpus look spun, the most suspicious first."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from textrepair.cli.common import (
    Lexicon,
    Model,
    Protect,
    ProtectPattern,
    manners,
    save,
    working,
)
from textrepair.cli.corpora import corpus_errors

FIRST_LOOK = 0.05  # see benchmarks/results/detection.json

EPILOG = """
[bold]Exit codes[/bold]

[cyan]0[/cyan] done
\b
[cyan]1[/cyan] with --fail-on: a document is at least so likely spun; or the table could not be written
\b
[cyan]2[/cyan] bad input or usage; files that could be read were screened, the others are named
\b
[cyan]130[/cyan] interrupted, [cyan]141[/cyan] the reader of the output went away
"""


def screen(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs in quotes, fsspec URLs.")
    ],
    *,
    out: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="TABLE",
            help="A .csv, .jsonl or .parquet file; - is standard output.",
        ),
    ] = "-",
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="csv, jsonl, parquet or github (annotations); by default as TABLE is called, else csv.",
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, metavar="N", help="Only the N most suspicious documents.")
    ] = None,
    least: Annotated[
        float,
        typer.Option("--min", min=0.0, max=1.0, metavar="P", help="Only documents at least so likely spun."),
    ] = 0.0,
    fail_on: Annotated[
        float | None,
        typer.Option(
            "--fail-on", min=0.0, max=1.0, metavar="P", help="Exit with 1 if a document is so likely spun."
        ),
    ] = None,
    column: Annotated[
        str, typer.Option("--column", metavar="NAME", help="The column that holds the text.")
    ] = "text",
    by_line: Annotated[
        bool, typer.Option("--by-line", help="Each line of a text file is a document, not the whole file.")
    ] = False,
    gate: Annotated[
        float,
        typer.Option(
            "--gate",
            min=0.0,
            max=1.0,
            metavar="P",
            help="The first look, by words alone: documents less likely spun are not shown to the model, "
            "unless they hold a listed phrase. 0 reads everything.",
        ),
    ] = FIRST_LOOK,
    model: Model = "en_sci_sm",
    lexicon: Lexicon = None,
    protect: Protect = None,
    protect_pattern: ProtectPattern = None,
) -> None:
    """Tell which documents of a corpus look spun: a table of one row a document, the most suspicious first.

    Reads what `textrepair clean` reads and changes nothing. A row has the
    probability that the document is spun, the share of its words that were
    swapped, how many spans in 1,000 words, the surest phrases with their
    originals and offsets, and the lexicons that list them. English alone.

    A high probability is a reason to look closer, no proof of misconduct.

    [bold]Examples[/bold]

    textrepair screen manuscripts/ -o screened.csv
    \b
    textrepair screen abstracts.jsonl.zst --column abstract --min 0.5 --top 100
    \b
    textrepair screen docs/*.txt --format github --fail-on 0.9
    """
    with manners(), corpus_errors():
        from textrepair.corpus import screened as tables
        from textrepair.corpus.rows import RowOptions
        from textrepair.corpus.screening import screen as run

        write = tables.writer(format, out)
        began = time.monotonic()
        with working(f"Screening {', '.join(inputs)}", began):
            import textrepair

            repairer = textrepair.load(
                model,
                lexicon=lexicon or (),
                protect=protect or (),
                protect_patterns=protect_pattern or (),
                gate=gate,
            )
            found, account = run(inputs, repairer, options=RowOptions(column, by_line))
        shown = [s for s in found if s.probability >= least][:top]
        save(write(shown), None if out == "-" else Path(out))
        lines = [
            f"{account.documents:,} documents, {account.words:,} words; {len(shown):,} told",
            *(f"{url}: {problem}" for url, problem in account.failed.items()),
        ]
        if account.empty or account.refused:
            lines.append(f"{account.empty:,} rows without text, {account.refused:,} refused")
        if foreign := sum(bool(s.note) for s in found):
            lines.append(f"{foreign:,} documents are not English, and not scored")
        for line in lines:
            typer.echo(f"textrepair: {line}", err=True)
        if account.failed:
            raise typer.Exit(2)
        if fail_on is not None and any(s.probability >= fail_on for s in found):
            raise typer.Exit(1)
