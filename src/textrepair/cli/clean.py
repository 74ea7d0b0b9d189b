"""`textrepair clean` and `textrepair revert`: whole corpora, and the way back."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textrepair.cli.common import (
    CannotWrite,
    Families,
    Gate,
    Lexicon,
    Lm,
    MaxHarm,
    MinScore,
    Model,
    Protect,
    ProtectPattern,
    Reranker,
    Sources,
    manners,
    settings_of,
    working,
    write_out,
)
from textrepair.errors import TextrepairError

FINE = 1_000_000  # steps of the progress bar, which begins at a whole one

if TYPE_CHECKING:
    from rich.progress import TaskID

    from textrepair.corpus.counts import Summary
    from textrepair.corpus.outcome import Outcome
    from textrepair.corpus.schedule import Workers
    from textrepair.corpus.shards import Shard

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


class Engine(str, Enum):
    """Where the workers run."""

    local = "local"
    ray = "ray"


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
    column: Annotated[
        str, typer.Option("--column", metavar="NAME", help="The column that holds the text.")
    ] = "text",
    by_line: Annotated[
        bool, typer.Option("--by-line", help="Each line of a text file is a document, not the whole file.")
    ] = False,
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
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", "-j", min=1, help="Workers, each with a model; by default one for each core."
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option("--engine", help="Workers on this machine, or on a Ray cluster.")
    ] = Engine.local,
    model: Model = "en_sci_sm",
    reranker: Reranker = None,
    lm: Lm = None,
    min_score: MinScore = None,
    max_harm: MaxHarm = None,
    gate: Gate = 0.0,
    lexicon: Lexicon = None,
    protect: Protect = None,
    protect_pattern: ProtectPattern = None,
    families: Families = None,
    sources: Sources = None,
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
    if edits_column == column:
        raise typer.BadParameter("--edits-column and --column must not be the same")
    if escape and escape == quote:  # which doubles them
        escape = ""
    if delimiter and delimiter in (quote, escape):
        raise typer.BadParameter("--delimiter must differ from --quote and --escape")
    with manners(), _corpus():
        from textrepair.corpus.cleaning import clean as run
        from textrepair.corpus.processes import Processes
        from textrepair.corpus.rows import RowOptions
        from textrepair.corpus.worker import RepairerSpec

        start: Callable[..., AbstractContextManager[Workers]] = Processes
        if engine is Engine.ray:
            from textrepair.corpus.ray import Actors

            start = Actors
        settings = settings_of(ctx)
        spec = RepairerSpec(settings.pop("name"), tuple(settings.pop("lexicon")), settings)
        with _progress() as report:
            summary = run(
                inputs,
                None if dry_run else out,
                options=RowOptions(column, by_line, edits_column, delimiter, quote, escape),
                spec=spec,
                engine=partial(start, count=workers),
                fresh=fresh,
                on_row=_print_changes if dry_run and not as_json else lambda shard, row, outcome: None,
                on_progress=report,
            )
        typer.echo(_told(summary, None if dry_run else out), err=True)
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
    with manners(), _corpus():
        from textrepair.corpus.reverting import Choice
        from textrepair.corpus.reverting import revert as run

        with working(f"Undoing edits of {out}", time.monotonic()):
            undone, kept = run(out, back, Choice(shard, row, before, kind, below))
        typer.echo(f"textrepair: {undone:,} edits undone, {kept:,} kept", err=True)


@contextmanager
def _corpus() -> Iterator[None]:
    """Say what to install where the extra is missing, and what failed where output cannot be written."""
    try:
        from textrepair.corpus.streams import OutputError
    except ModuleNotFoundError as error:
        raise TextrepairError(
            f"corpora need {error.name}, which is not installed: pip install 'textrepair[corpus]'"
        ) from None
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("textrepair: interrupted; the same command goes on where this one stopped", err=True)
        raise
    except OutputError as error:
        raise CannotWrite(str(error)) from error
    except ModuleNotFoundError as error:
        extra = "ray" if error.name == "ray" else "corpus"
        raise TextrepairError(f"{error.name} is not installed: pip install 'textrepair[{extra}]'") from None


@contextmanager
def _progress() -> Iterator[Callable[[Summary, float], None]]:
    """What reports progress, on a terminal's standard error only."""
    if not sys.stderr.isatty():
        yield lambda summary, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        waiting = bar.add_task("loading the model", total=None)
        task: TaskID | None = None
        began = time.monotonic()

        def report(summary: Summary, share: float) -> None:
            nonlocal task, began
            if task is None or not summary.new_words:  # what an earlier run did is no measure of speed
                began = time.monotonic()
                for other in (waiting, task):
                    bar.update(other, visible=False) if other is not None else None
                task = bar.add_task("", total=FINE, completed=int(share * FINE))
            speed = summary.new_words / max(0.1, time.monotonic() - began)
            told = f"{summary.documents:,} documents, {summary.spun:,} spun, {summary.edits:,} edits"
            bar.update(task, completed=share * FINE, description=f"{told}, {speed:,.0f} words/s")

        yield report


def _print_changes(shard: Shard, row: int, outcome: Outcome) -> None:
    for e in outcome.edits:
        change = f"{' '.join(e.before.split())} → {' '.join(e.after.split())}"
        write_out(
            f"{shard.name}:{row}\t{change}\t{e.kind}\t{e.score:.2f}\t{e.reason}\n".encode(
                errors="surrogateescape"
            )
        )


def _told(summary: Summary, out: Path | None) -> str:
    """The summary for people: what was done, what was refused, what could not be read."""
    s = summary
    lines = [
        f"{s.documents:,} documents, {s.words:,} words; {s.gated:,} not shown to the model, {s.spun:,} spun",
        f"{s.edits:,} edits in {s.repaired:,} documents{_counted(s.kinds)}",
    ]
    if s.reasons:
        lines[-1] += f", proposed by{_counted(s.reasons)}"
    if s.empty:
        lines.append(f"{s.empty:,} rows without text")
    if s.refused:
        where = "" if out is None else "; see rejects.jsonl in the record"
        lines.append(f"{s.refused.total():,} rows refused, left as they came{_counted(s.refused)}{where}")
    if s.left_out:
        lines.append(f"{s.left_out:,} files hidden or of other kinds left out")
    if s.before:
        lines.append(f"{s.before:,} of {s.shards:,} files were done before")
    if s.new_words:
        lines.append(f"{s.new_words / s.seconds:,.0f} words/s in {s.seconds:,.0f} s")
    lines += [f"{url}: {problem}" for url, problem in s.failed.items()]
    if s.failed:
        lines.append(_failed(len(s.failed), s.shards))
    return "\n".join(f"textrepair: {line}" for line in lines)


def _failed(failed: int, files: int) -> str:
    done = files - failed
    if not done:
        return "the file could not be done" if files == 1 else f"none of the {files:,} files could be done"
    others = "the other is" if done == 1 else f"the other {done:,} are"
    return f"{failed:,} of {files:,} files could not be done; {others}"


def _counted(counts: Counter[str]) -> str:
    return f" ({', '.join(f'{n:,} {name}' for name, n in counts.most_common())})" if counts else ""
