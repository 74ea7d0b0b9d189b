"""`textrepair screen`: which documents of a corpus look spun, the most suspicious first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textrepair.cli.common import check_output, exit_codes, save
from textrepair.cli.corpora import Engine, EngineName, WorkerCount, corpus_errors, counted, progress, starter
from textrepair.cli.options import ByLine, Column, Lexicon, Model, Protect, ProtectPattern
from textrepair.errors import numbered

if TYPE_CHECKING:
    from textrepair.corpus.counts import Summary
    from textrepair.corpus.screening import Screened

FIRST_LOOK = 0.06  # reads one clean document in ten: benchmarks/results/screening.json

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
    column: Column = "text",
    by_line: ByLine = False,
    gate: Annotated[
        float,
        typer.Option(
            "--gate",
            min=0.0,
            max=1.0,
            metavar="P",
            help="The first look, by words alone: documents less likely spun are not shown to the model, "
            "but for what stands near a listed phrase. 0 reads everything.",
        ),
    ] = FIRST_LOOK,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, whatever an earlier run left beside TABLE.")
    ] = False,
    workers: WorkerCount = None,
    engine: EngineName = Engine.local,
    model: Model = "en_sci_sm",
    lexicon: Lexicon = None,
    protect: Protect = None,
    protect_pattern: ProtectPattern = None,
) -> None:
    """Tell which documents of a corpus look spun: a table of one row a document, the most suspicious first.

    Reads what `textrepair clean` reads, and PDF, and changes nothing. A row has the
    probability that the document is spun, as a whole or in places, the share of its words that were
    swapped, how many spans in 1,000 words, the surest phrases with their
    originals and offsets, and the lexicons that list them. English alone.

    Beside the table, in TABLE.textrepair, stands what was read: a run that
    was cut off goes on where it stopped when the same command is given
    again, and one over a folder that has grown reads only what is new.

    A high probability is a reason to look closer, no proof of misconduct.

    [bold]Examples[/bold]

    textrepair screen manuscripts/ -o screened.csv
    \b
    textrepair screen abstracts.jsonl.zst --column abstract --min 0.5 --top 100
    \b
    textrepair screen docs/*.txt --format github --fail-on 0.9
    """
    with exit_codes(), corpus_errors():
        from textrepair.corpus import screened as tables
        from textrepair.corpus.finding import ScreenerSpec
        from textrepair.corpus.rows import RowOptions
        from textrepair.corpus.screening import screen as run

        table = None if out == "-" else Path(out)
        check_output(table, "screened.csv", makes_folder=True)
        write = tables.writer(format, out)
        settings = {"gate": gate, "protect": protect or (), "protect_patterns": protect_pattern or ()}
        with progress() as report:
            found, summary = run(
                inputs,
                table and table.with_name(f"{table.name}.textrepair"),
                options=RowOptions(column, by_line),
                spec=ScreenerSpec(model, tuple(lexicon or ()), settings),
                engine=starter(engine, workers),
                fresh=fresh,
                on_progress=report,
            )
        shown = [s for s in found if s.probability >= least][:top]
        save(write(shown), table)
        for line in _summary_lines(summary, found, shown):
            typer.echo(f"textrepair: {line}", err=True)
        if summary.failed:
            raise typer.Exit(2)
        if fail_on is not None and any(s.probability >= fail_on for s in found):
            raise typer.Exit(1)


def _summary_lines(summary: Summary, found: Sequence[Screened], shown: Sequence[Screened]) -> Iterator[str]:
    """What was read and what was not, for people."""
    from textrepair.corpus.finding import NOT_ENGLISH

    s = summary
    yield (
        f"{numbered(s.documents, 'document')}, {numbered(s.words, 'word')}; "
        f"{numbered(len(shown), 'row')} in the table"
    )
    if foreign := sum(row.note == NOT_ENGLISH for row in found):
        yield f"{numbered(foreign, 'document')} not English, and not scored"
    if s.empty:
        yield f"{numbered(s.empty, 'row')} without text"
    if s.refused:
        yield f"{numbered(s.refused.total(), 'row')} not read{counted(s.refused)}; see the column note"
    if s.left_out:
        yield f"{numbered(s.left_out, 'file')} left out, hidden or of another kind"
    if s.before:
        yield f"{s.before:,} of {numbered(s.shards, 'file')} read before"
    if s.new_words:
        yield f"{s.speed:,.0f} words/s in {s.seconds:,.0f} s"
    yield from (f"{url}: {problem}" for url, problem in s.failed.items())
