"""What the commands on lexicons share: reading lexicons and texts, and telling how far they are."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textrepair.cli.common import save
from textrepair.errors import TextrepairError

if TYPE_CHECKING:
    from rich.table import Table

    from textrepair.bench.texts import Text
    from textrepair.lexicon.entries import Entry

MOST_MESSAGES = 20  # messages of one kind that a terminal is told; the rest is counted

Name = Annotated[str, typer.Argument(metavar="PATH|default", help="A lexicon (TSV), or the built-in one.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write here, not on standard output."),
]
KeepGoing = Annotated[
    bool,
    typer.Option(
        "--keep-going",
        help="Leave out rows that cannot be read, name them on standard error, and go on with the others.",
    ),
]
Clean = Annotated[
    list[Path] | None,
    typer.Option(
        "--clean",
        metavar="FILE",
        help="Clean text, where every change is harm: JSON lines with `text` (plain, .gz, .bz2, .xz) or "
        "plain text. Repeatable.",
    ),
]
Spun = Annotated[
    list[Path] | None,
    typer.Option(
        "--spun",
        metavar="FILE",
        help="Spun text: JSON lines with `text` and what was swapped in it, as `expect` (a list of "
        "\\[spun, canonical]), `original` (the whole text as it was) or `gold` (offsets); or "
        "decisions of textrepair review. Repeatable.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print everything measured as JSON.")]


def read_lexicon(name: str, *, keep_going: bool) -> list[Entry]:
    """The entries of a lexicon by path or name; bad rows are named, and end the work if they must."""
    from textrepair.lexicon.entries import named

    entries, problems = named(name)
    if problems and not keep_going:
        raise TextrepairError(
            f"{problems[0]}\ntextrepair: {len(problems)} rows of {name} cannot be read; mend them, or leave "
            "them out with --keep-going"
        )
    tell(problems)
    return entries


def read_stack(name: str, *, keep_going: bool) -> list[list[Entry]]:
    """The lexicons of a stack, lowest first: their names, joined by `+`."""
    names = [name] if Path(name).exists() else name.split("+")
    return [read_lexicon(n, keep_going=keep_going) for n in names]


def tell(messages: Sequence[str]) -> None:
    """Messages for standard error, the first ones in full."""
    for message in messages[:MOST_MESSAGES]:
        typer.echo(f"textrepair: {message}", err=True)
    if len(messages) > MOST_MESSAGES:
        typer.echo(f"textrepair: and {len(messages) - MOST_MESSAGES} more", err=True)


def texts(clean: Sequence[Path] | None, spun: Sequence[Path] | None) -> Iterator[Text]:
    """The texts of the files, one after the other."""
    from textrepair.bench.texts import read_texts

    if not clean and not spun:
        raise TextrepairError("nothing to measure on: give clean text with --clean, spun text with --spun")
    for path in clean or ():
        yield from read_texts(path)
    for path in spun or ():
        yield from read_texts(path, spun=True)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Any]:
    """A bar on a terminal's standard error; the result is called with how much was done."""
    if not sys.stderr.isatty():
        yield lambda amount: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda amount: bar.advance(task, amount)


def show(tables: Iterable[Table]) -> None:
    """Tables on standard output, wide where there is no terminal to ask."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    with console.capture() as capture:
        for table in tables:
            console.print(table)
            console.print()
    save(capture.get().encode(sys.stdout.encoding, errors="backslashreplace"), None)
