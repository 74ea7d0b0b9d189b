"""`textrepair report`: one page on what was swapped in some documents, to be read, printed and passed on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textrepair.cli.common import check_output, exit_codes, save
from textrepair.cli.documents import Document, read
from textrepair.cli.options import Format, Html, RepairerOptions, with_repairer_options
from textrepair.cli.repair import Files, repair_all

if TYPE_CHECKING:
    from textrepair.sources.columns import Beside


@with_repairer_options
def report(
    ctx: typer.Context,
    files: Files = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="PAGE", help="Where the page goes; standard output if left out."
        ),
    ] = None,
    format: Format = "auto",
    html: Html = False,
    options: RepairerOptions,
) -> None:
    """Write one HTML page that shows what was swapped, what was put back, and why.

    The page needs no network. It holds the text with every change, marks
    swapped words that were left alone, tells reasons and alternatives on
    hover and on keyboard focus, and has filters, a slider for the
    threshold, and a summary to paste into a comment. Of a PDF it shows the
    text. With --sources, passages that have a likely source stand beside it.

    [bold]Examples[/bold]

    textrepair report paper.txt -o report.html
    \b
    textrepair report --html page.html -o report.html
    \b
    textrepair report corpus/*.txt > report.html
    """
    with exit_codes():
        check_output(out, "report.html", files or ())
        documents = read(ctx, files, format, html=html, pdf=True)
        repairs = [
            ("standard input" if document.path == "-" else document.path, repair)
            for document, repair in repair_all(documents, **options.settings())
        ]
        from textrepair.report.page import page

        there = _beside(documents, options.sources) if options.sources else ()
        save(page(repairs, there).encode(errors="replace"), out)
        from textrepair.view import summary

        typer.echo(f"textrepair: {summary([repair for _, repair in repairs])}", err=True)


def _beside(documents: Sequence[Document], sources: str) -> list[list[Beside]]:
    """For each document its passages that have a likely source, and what stands there."""
    from textrepair.formats import table as formats
    from textrepair.rerank import PassageEncoder
    from textrepair.sources import opened
    from textrepair.sources.columns import beside
    from textrepair.sources.trace import trace

    index = opened(sources, PassageEncoder())
    texts = [formats.read(d.text, d.format).text for d in documents]
    return [beside(text, trace(text, index)) for text in texts]
