"""`textrepair review`: a local page to accept, reject or correct each edit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textrepair.cli.common import check_output, exit_codes
from textrepair.cli.documents import read
from textrepair.cli.options import Format, RepairerOptions, with_repairer_options
from textrepair.cli.repair import repair_all
from textrepair.errors import TextrepairError, missing_extra

if TYPE_CHECKING:
    from textrepair.edits import Repair


@with_repairer_options
def review(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A text, PDF, or what textrepair explain --json wrote (.jsonl)."),
    ],
    *,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", "-o", metavar="PATH", help="Where decisions go; FILE.decisions.jsonl if left out."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="The port to answer at; 0 takes a free one.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
    format: Format = "auto",
    options: RepairerOptions,
) -> None:
    """Accept, reject or correct each change on a local page; Ctrl-C ends it.

    The page shows every change and the likely swapped words that were left
    alone. Keys: j and k go to the next and the one before, a accepts,
    r rejects, e corrects, u undoes. Each decision is on the disk at once,
    in a file bound to the text; the same command goes on with it. Only this
    machine is answered, at an address that nobody can guess.

    What was corrected becomes a lexicon with textrepair lexicon mine.

    [bold]Examples[/bold]

    textrepair review paper.txt
    \b
    textrepair explain --json corpus/*.txt > edits.jsonl; textrepair review edits.jsonl
    \b
    textrepair lexicon mine paper.txt.decisions.jsonl -o own.tsv
    """
    with exit_codes():
        with missing_extra("review"):
            from textrepair.review.proposals import Reviewable
            from textrepair.review.serving import bound, serve

        from textrepair.decisions import Decisions, hash_of

        listener = bound(port)
        path = decisions or file.with_name(f"{file.name}.decisions.jsonl")
        check_output(path, f"{file.name}.decisions.jsonl", [file])
        texts, repairs = _to_review(ctx, file, format, options)
        log = Decisions(path, [hash_of(text) for text in texts])
        asked = Reviewable([*repairs])

        _tell(f"{len(asked.proposals):,} to decide; decisions go to {log.path}; Ctrl-C ends")
        serve(asked, log, listener, browser=browser, tell=_tell)
        counts = ", ".join(f"{n:,} {verdict}" for verdict, n in sorted(log.counts().items())) or "none"
        _tell(f"decisions in {log.path}: {counts}")


def _tell(line: str) -> None:
    typer.echo(f"textrepair: {line}", err=True)


def _to_review(
    ctx: typer.Context, file: Path, format: str, options: RepairerOptions
) -> tuple[list[str], Iterable[tuple[str, Repair]]]:
    """Texts as they stand in their file, and their repairs by its name, made as they are asked for."""
    if file.suffix == ".jsonl":
        repairs = _explained(file)
        return [repair.source for _, repair in repairs], repairs
    documents = read(ctx, [str(file)], format, pdf=True)
    made = ((d.path, repair) for d, repair in repair_all(documents, **options.settings()))
    return [d.data.decode(d.encoding) for d in documents], made


def _explained(file: Path) -> list[tuple[str, Repair]]:
    """The repairs that `textrepair explain --json` wrote."""
    from textrepair.edits import Repair
    from textrepair.files import lines

    repairs = []
    for number, line in lines(file):
        try:
            values = json.loads(line)
            repairs.append((str(values["file"]), Repair.from_dict(values)))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise TextrepairError(
                f"{file}:{number}: is not what textrepair explain --json writes; "
                "make such a file of your texts, or name a text"
            ) from None
    if not repairs:
        raise TextrepairError(f"{file}: is empty; textrepair explain --json makes such files")
    return repairs
