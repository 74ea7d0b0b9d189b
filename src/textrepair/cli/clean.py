"""`textrepair clean` and `textrepair revert`: whole corpora, and the way back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from textrepair.cli.common import exit_codes, working, write_out
from textrepair.cli.corpora import (
    Engine,
    EngineName,
    WorkerCount,
    corpus_errors,
    print_changes,
    progress,
    starter,
    summary_lines,
)
from textrepair.cli.options import ByLine, Column, RepairerOptions, with_repairer_options
from textrepair.errors import numbered

EPILOG = """
[bold]Exit codes[/bold]

[cyan]0[/cyan] done, whether or not anything was changed
\b
[cyan]1[/cyan] the output could not be written, or something failed unexpectedly
\b
[cyan]2[/cyan] bad input or usage; files that could be read were done, the others are named
\b
[cyan]130[/cyan] interrupted, [cyan]141[/cyan] the reader of the output went away
"""


NAMED = {"none": "", "tab": "\t", "\\t": "\t", "space": " "}  # characters that are hard to type


def _character(given: str | None) -> str | None:
    if given is None:
        return None
    character = NAMED.get(given, given)
    if len(character) > 1 or character in ("\n", "\r"):
        raise typer.BadParameter(f"{given!r} is not one character; give one, or tab, or none")
    return character


@with_repairer_options
def clean(
    ctx: typer.Context,
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs in quotes, fsspec URLs.")
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="A folder or, for a single file, a file."),
    ] = None,
    column: Column = "text",
    by_line: ByLine = False,
    edits_column: Annotated[
        str | None,
        typer.Option("--edits-column", metavar="NAME", help="Put each row's edits into this column too."),
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(
            "--delimiter",
            metavar="CHAR",
            callback=_character,
            help="What parts the cells of tables (or tab, or none); by default each file tells.",
            rich_help_panel="Tables",
        ),
    ] = None,
    quote: Annotated[
        str | None,
        typer.Option(
            "--quote",
            metavar="CHAR",
            callback=_character,
            help="What quotes the cells of tables, or none; by default each file tells.",
            rich_help_panel="Tables",
        ),
    ] = None,
    escape: Annotated[
        str | None,
        typer.Option(
            "--escape",
            metavar="CHAR",
            callback=_character,
            help="What escapes quotation marks in the cells of tables, or none where they are doubled; "
            "by default each file tells.",
            rich_help_panel="Tables",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Write nothing; print each change that would be made on a line, or the counts with --json.",
        ),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, whatever an earlier run left in OUT.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the counts, and nothing else, as JSON.")
    ] = False,
    workers: WorkerCount = None,
    engine: EngineName = Engine.local,
    options: RepairerOptions,
) -> None:
    """Repair a corpus: one output file for each input file, one row for each row.

    Reads text, JSON Lines, CSV, TSV and Parquet, all but the last also as
    .gz, .zst and .xz. Other columns and the order of rows stay. A run that
    was cut off goes on where it stopped when the same command is given again.

    Beside the output, in OUT/_textrepair (or OUT.textrepair for a file):
    the edits of every row, from which `textrepair revert` undoes them, the
    counts (summary.json), and the rows that were refused (rejects.jsonl),
    which leave as they came.

    [bold]Examples[/bold]

    textrepair clean corpus/ -o repaired/
    \b
    textrepair clean abstracts.jsonl.zst -o repaired.jsonl.zst --column abstract
    \b
    textrepair clean 's3://bucket/part-*.parquet' -o repaired/ --workers 8
    \b
    textrepair clean corpus/ --dry-run | less
    """
    if out is None and not dry_run:
        raise typer.BadParameter("say where to write with -o OUT, or try with --dry-run")
    if out == Path("-"):
        raise typer.BadParameter("the record of a run stands beside its output, so that - cannot be it")
    if edits_column == column:
        raise typer.BadParameter("--edits-column and --column must not be the same")
    if escape and escape == quote:  # which doubles them
        escape = ""
    if delimiter and delimiter in (quote, escape):
        raise typer.BadParameter("--delimiter must differ from --quote and --escape")
    with exit_codes(), corpus_errors():
        from textrepair.corpus.cleaning import clean as run
        from textrepair.corpus.rows import RowOptions
        from textrepair.corpus.worker import RepairerSpec

        settings = options.settings()
        spec = RepairerSpec(settings.pop("name"), tuple(settings.pop("lexicon")), settings)
        with progress() as report:
            summary = run(
                inputs,
                None if dry_run else out,
                options=RowOptions(column, by_line, edits_column, delimiter, quote, escape),
                spec=spec,
                engine=starter(engine, workers),
                fresh=fresh,
                on_row=print_changes if dry_run and not as_json else lambda shard, row, outcome: None,
                on_progress=report,
            )
        typer.echo(summary_lines(summary, None if dry_run else out), err=True)
        if as_json:
            write_out(json.dumps(summary.to_dict(), indent=2).encode() + b"\n")
        if summary.failed:
            raise typer.Exit(2)


def revert(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What `textrepair clean -o` wrote.")],
    *,
    back: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="BACK", help="Where to write; as for clean, but not OUT."),
    ],
    shard: Annotated[
        str | None, typer.Option("--file", metavar="NAME", help="Only edits in this file of OUT.")
    ] = None,
    row: Annotated[int | None, typer.Option("--row", min=0, help="Only edits in this row (from 0).")] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="WORDS", help="Only edits of these words.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only edits of this kind.")] = None,
    below: Annotated[
        float | None, typer.Option("--below", min=0.0, max=1.0, help="Only edits that score less than this.")
    ] = None,
) -> None:
    """Undo edits of a corpus that `textrepair clean` repaired: all of them, or those that fit.

    Writes every file of OUT to BACK, with the chosen edits undone; OUT and
    its record stay as they are. Options that choose add up.

    [bold]Examples[/bold]

    textrepair revert repaired/ -o as_it_was/
    \b
    textrepair revert repaired/ -o without/ --before ailment
    \b
    textrepair revert repaired.jsonl -o stricter.jsonl --below 0.95
    """
    with exit_codes(), corpus_errors():
        from textrepair.corpus.reverting import Choice
        from textrepair.corpus.reverting import revert as run

        with working(f"Undoing edits of {out}", time.monotonic()):
            undone, kept = run(out, back, Choice(shard, row, before, kind, below))
        typer.echo(f"textrepair: {numbered(undone, 'edit')} undone, {kept:,} kept", err=True)
