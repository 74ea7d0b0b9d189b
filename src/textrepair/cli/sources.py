"""`textrepair index` and `textrepair trace`: where a text was made from."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textrepair.cli.common import exit_codes, working, write_out
from textrepair.cli.corpora import corpus_errors
from textrepair.cli.documents import read
from textrepair.cli.options import ByLine, Column, Html
from textrepair.cli.repair import WIDTH, Files
from textrepair.errors import numbered

if TYPE_CHECKING:
    from textrepair.sources.manifest import Manifest
    from textrepair.sources.trace import Traced


def index(
    inputs: Annotated[
        list[str], typer.Argument(metavar="CORPUS...", help="Files, folders, globs in quotes, fsspec URLs.")
    ],
    *,
    out: Annotated[
        Path, typer.Option("--output", "-o", metavar="INDEX", help="The folder of the index, new or not.")
    ],
    column: Column = "text",
    by_line: ByLine = False,
    dense: Annotated[
        bool,
        typer.Option(
            "--dense",
            help="Keep a vector of each passage too, which finds what hardly a word tells of; many times "
            "slower. Needs textrepair\\[dense].",
        ),
    ] = False,
) -> None:
    """Index a corpus, so that what was made from it can be traced.

    Reads what `textrepair clean` reads. A document is named by its row's
    id, if there is one, else by file and row. What is in the index already
    is passed over: give more files to add them, and the same command to go
    on where one was cut off.

    [bold]Examples[/bold]

    textrepair index papers/ -o papers.index
    \b
    textrepair index abstracts.jsonl.zst --column abstract -o papers.index
    """
    with exit_codes(), corpus_errors():
        from textrepair.corpus.rows import RowOptions
        from textrepair.errors import missing_extra

        with missing_extra("sources"):
            from textrepair.corpus.indexing import index as run

        with _progress() as report:
            done = run(inputs, out, options=RowOptions(column, by_line), dense=dense, on_progress=report)
        m = done.manifest
        indexed = (
            numbered(m.documents, "document"), numbered(m.words, "word"), numbered(m.passages, "passage")
        )  # fmt: skip
        lines = [f"{out} holds {', '.join(indexed)}"]
        if m.copies:
            lines.append(f"{m.copies:,} passages left out that stand there several times already")
        if done.refused:
            lines.append(f"{numbered(done.refused, 'row')} refused")
        if done.before:
            lines.append(f"{done.before:,} of {numbered(done.shards, 'file')} there before")
        if done.words:
            lines.append(f"{done.words / done.seconds:,.0f} words/s in {done.seconds:,.0f} s")
        lines += [f"{url}: {problem}" for url, problem in done.failed.items()]
        typer.echo("\n".join(f"textrepair: {line}" for line in lines), err=True)
        if done.failed:
            raise typer.Exit(2)


def trace(
    ctx: typer.Context,
    files: Files = None,
    *,
    index: Annotated[
        str,
        typer.Option(
            "--index", metavar="INDEX", help="What `textrepair index -o` made, or a URL of OpenSearch."
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line for each passage, with its offsets.")
    ] = False,
    html: Html = False,
) -> None:
    """Say which documents of an index a text was made from, passage by passage.

    Shows each passage beside its likeliest original: the probability that
    it was made from it, and how many of its words agree, in their order,
    or were swapped for synonyms. A paper on the same subject is none, and
    what agrees in every word is a copy.

    [bold]Examples[/bold]

    textrepair trace page.txt --index papers.index
    \b
    textrepair trace page.txt --index papers.index --json | jq '.sources[0]'
    """
    with exit_codes():
        from textrepair.errors import missing_extra

        documents = read(ctx, files, "text", html=html)
        from textrepair.rerank import PassageEncoder
        from textrepair.sources import opened

        there = opened(index, PassageEncoder())
        with missing_extra("sources"):
            from textrepair.sources.trace import trace as run
        began = time.monotonic()
        found = passages = 0
        for document in documents:
            text = document.text
            by = len(document.data.decode()) - len(text)  # a byte order mark
            several = {"file": document.path} if len(documents) > 1 else {}
            with working(f"Tracing {document.path}", began):
                for passage in run(text, there):
                    passages += 1
                    found += bool(passage.sources and passage.sources[0].probability >= 0.5)
                    if as_json:
                        record = {**several, **passage.to_dict()}
                        record |= {"start": passage.start + by, "end": passage.end + by}
                        write_out(json.dumps(record, ensure_ascii=False).encode() + b"\n")
                    else:
                        _show(text, passage, document.path if several else "")
        typer.echo(f"textrepair: {found:,} of {numbered(passages, 'passage')} with a likely source", err=True)


def _show(text: str, passage: Traced, path: str) -> None:
    """The human view of one passage: its likeliest source beside it, and the others by name."""
    from rich.console import Console

    from textrepair.sources.view import side_by_side

    console = Console(highlight=False, width=None if sys.stdout.isatty() or os.getenv("COLUMNS") else WIDTH)
    with console.capture() as capture:
        side_by_side(console, text, passage, path)
    write_out(capture.get().encode(sys.stdout.encoding or "utf8", errors="backslashreplace"))


@contextmanager
def _progress() -> Iterator[Callable[[Manifest, float], None]]:
    """What reports progress, on a terminal's standard error only."""
    if not sys.stderr.isatty():
        yield lambda manifest, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def report(manifest: Manifest, share: float) -> None:
            bar.update(task, completed=share, description=numbered(manifest.passages, "passage"))

        yield report
