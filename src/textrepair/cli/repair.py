"""`textrepair fix` and `textrepair explain`: plain text in, repaired text or the reasons out.

Bytes outside the edits leave as they came: input is decoded strictly, without touching line ends or a
byte order mark, and all of it is read and checked before anything is written.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textrepair.cli.common import CannotWrite, exit_codes, working, write_out
from textrepair.cli.documents import Document, read
from textrepair.cli.options import Format, Html, RepairerOptions, with_repairer_options
from textrepair.errors import TextrepairError
from textrepair.files import whole

if TYPE_CHECKING:
    from textrepair.edits import Repair

WIDTH = 100  # columns of the human view where there is no terminal to ask


Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE|-", help="Files of text or markup; - or nothing reads standard input."),
]


@with_repairer_options
def fix(
    ctx: typer.Context,
    files: Files = None,
    *,
    in_place: Annotated[
        bool,
        typer.Option(
            "--in-place",
            "-i",
            help="Write each repaired file over the original, which is kept as FILE.orig.",
        ),
    ] = False,
    format: Format = "auto",
    html: Html = False,
    options: RepairerOptions,
) -> None:
    """Print the repaired text, and nothing else, on standard output.

    Everything outside the changes comes out byte for byte as it went in.
    A one-line summary goes to standard error. Several files come out one
    after the other, in the order given.

    [bold]Examples[/bold]

    textrepair fix paper.txt > repaired.txt
    \b
    textrepair fix --in-place corpus/*.txt
    \b
    pdftotext paper.pdf - | textrepair fix --protect "immune modulatory" | less
    \b
    textrepair fix --html --families furniture,advertisements page.html > page.txt
    """
    if html and format not in ("auto", "html"):
        raise typer.BadParameter(f"--html reads web pages, not {format}: leave out one of them", ctx=ctx)
    if in_place and html:
        raise typer.BadParameter(
            "--in-place would write text over HTML; to edit the page itself say --format html", ctx=ctx
        )
    if in_place and (not files or "-" in files):
        raise typer.BadParameter("standard input cannot be repaired in place; name files", ctx=ctx)
    with exit_codes():
        documents = read(ctx, _once(files) if files and in_place else files, format, html=html)
        results = repair_all(documents, **options.settings())
        repairs = []
        if in_place:
            done = list(results)
            _overwrite([(d, r) for d, r in done if r.text != r.source])
            repairs = [r for _, r in done]
        else:
            for document, repair in results:
                write_out(document.encoded(repair.text))
                repairs.append(repair)
        from textrepair.view import summary

        kept = "; originals kept as *.orig" if in_place and any(r.edits for r in repairs) else ""
        typer.echo(f"textrepair: {summary(repairs)}{kept}", err=True)


@with_repairer_options
def explain(
    ctx: typer.Context,
    files: Files = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line for each document, with its offsets.")
    ] = False,
    as_diff: Annotated[bool, typer.Option("--diff", help="A unified diff that `patch -p1` applies.")] = False,
    held: Annotated[bool, typer.Option("--held", help="List also what was held back, and why.")] = False,
    format: Format = "auto",
    html: Html = False,
    options: RepairerOptions,
) -> None:
    """Show each change in its context, with its kind, its score and the reason for it.

    The score is the probability that the change is right. Offsets in --json
    count code points from the start of the file, and what was held back is
    always part of it.

    [bold]Examples[/bold]

    textrepair explain paper.txt
    \b
    textrepair explain --held --min-score 0.9 paper.txt
    \b
    textrepair explain --diff paper.txt > changes.diff; patch -p1 < changes.diff
    \b
    textrepair explain --json corpus/*.txt | jq '.edits[].after'
    """
    if as_json and as_diff:
        raise typer.BadParameter("--json and --diff exclude each other", ctx=ctx)
    if as_diff and html:
        raise typer.BadParameter("a diff of the main text cannot be applied to its HTML", ctx=ctx)
    if as_diff and held:
        raise typer.BadParameter("a diff holds only changes that were made: leave out --held", ctx=ctx)
    with exit_codes():
        documents = read(ctx, files, format, html=html)
        results = repair_all(documents, **options.settings())
        if as_json:
            for document, repair in results:
                line = json.dumps({"file": document.path, **repair.to_dict()}, ensure_ascii=False)
                # Some readers end a line at these three too.
                line = line.translate({c: f"\\u{c:04x}" for c in (0x85, 0x2028, 0x2029)})
                write_out(f"{line}\n".encode())
        elif as_diff:
            from textrepair.edits import unified_diff

            for document, repair in results:
                name = "stdin" if document.path == "-" else document.path
                write_out(document.encoded(unified_diff(repair, name)))
        else:
            _show(results, held=held, titles=len(documents) > 1)


def repair_all(documents: Sequence[Document], **settings: Any) -> Iterator[tuple[Document, Repair]]:
    """Each document with its repair; a terminal is told what goes on when it takes long."""
    began = time.monotonic()
    with working("Loading the model…", began):
        import textrepair

        repairer = textrepair.load(**settings)
        repairs = itertools.chain.from_iterable(
            repairer.only(format=format).pipe(d.text for d in some)
            for format, some in itertools.groupby(documents, lambda d: d.format)
        )
    if settings["lm"] and not repairer.calibrated:
        typer.echo("textrepair: scores are not calibrated: the model was not fitted with this --lm", err=True)
    for n, document in enumerate(documents, 1):
        with working(f"Repairing {n} of {len(documents)}: {document.path}", began):
            repair = next(repairs)
        yield document, document.as_read(repair)


def _show(results: Iterable[tuple[Document, Repair]], *, held: bool, titles: bool) -> None:
    """The human view of each repair, and a line on all of them."""
    from rich.console import Console

    from textrepair.view import show, summary

    # Rich reads COLUMNS; without it and without a terminal it would fold at 80.
    width = None if sys.stdout.isatty() or os.getenv("COLUMNS") else WIDTH
    console = Console(highlight=False, width=width)
    repairs = []

    def write(captured: str) -> None:
        folded = re.sub(r" +$", "", captured, flags=re.MULTILINE)
        write_out(folded.encode(sys.stdout.encoding, errors="backslashreplace"))

    for document, repair in results:
        with console.capture() as capture:
            show(console, repair, title=document.path if titles else None, held=held)
        write(capture.get())
        repairs.append(repair)
    with console.capture() as capture:
        console.print(summary(repairs), style="" if console.no_color else "bold", soft_wrap=True)
    write(capture.get())


def _once(files: Sequence[str]) -> list[str]:
    """The files, of those that are the same by several paths one."""
    return list({os.path.realpath(path): path for path in files}.values())


def _overwrite(results: Sequence[tuple[Document, Repair]]) -> None:
    """Write each repair over its file, which is kept beside it as `.orig`; check all before any."""
    # The file a link points to is repaired, not the link.
    targets = {Path(d.path).resolve(): (d, r) for d, r in results}
    for target, (document, _) in targets.items():
        backup = _backup(target)
        if not target.is_file():
            raise TextrepairError(f"{document.path}: only a regular file can be repaired in place")
        if target.read_bytes() != document.data:
            raise TextrepairError(f"{document.path}: changed meanwhile; nothing was written")
        if backup.exists() and backup.read_bytes() != document.data:
            raise TextrepairError(
                f"{backup}: exists already and is another text; move it away first. Nothing was written"
            )
    for target, (document, repair) in targets.items():
        try:
            if not _backup(target).exists():
                with whole(_backup(target), like=target) as file:
                    file.write(document.data)
            with whole(target, like=target) as file:
                file.write(document.encoded(repair.text))
        except OSError as error:
            raise CannotWrite(f"{document.path}: cannot be written: {error.strerror}") from error


def _backup(target: Path) -> Path:
    return target.with_name(target.name + ".orig")
