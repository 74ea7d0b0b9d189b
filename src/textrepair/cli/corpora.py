"""What the commands on corpora share: errors, progress, what was done told to people."""

from __future__ import annotations

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

from textrepair.cli.common import CannotWrite, write_out
from textrepair.errors import TextrepairError, numbered

if TYPE_CHECKING:
    from rich.progress import TaskID

    from textrepair.corpus.counts import Summary
    from textrepair.corpus.outcome import Outcome
    from textrepair.corpus.schedule import Workers
    from textrepair.corpus.shards import Shard
    from textrepair.corpus.worker import RepairerSpec

PROGRESS_STEPS = 1_000_000  # steps of the progress bar, which begins at a whole one


class Engine(str, Enum):
    """Where the workers run."""

    local = "local"
    ray = "ray"


WorkerCount = Annotated[
    int | None,
    typer.Option("--workers", "-j", min=1, help="Workers, each with a model; by default one for each core."),
]
EngineName = Annotated[Engine, typer.Option("--engine", help="Workers on this machine, or on a Ray cluster.")]


def starter(engine: Engine, workers: int | None) -> Callable[[RepairerSpec], AbstractContextManager[Workers]]:
    """What starts so many workers."""
    if engine is Engine.ray:
        from textrepair.corpus.ray import Actors

        return partial(Actors, count=workers)
    from textrepair.corpus.processes import Processes

    return partial(Processes, count=workers)


@contextmanager
def corpus_errors() -> Iterator[None]:
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
def progress() -> Iterator[Callable[[Summary, float], None]]:
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
                task = bar.add_task("", total=PROGRESS_STEPS, completed=int(share * PROGRESS_STEPS))
            speed = summary.new_words / max(0.1, time.monotonic() - began)
            told = f"{numbered(summary.documents, 'document')}, {summary.spun:,} spun"
            told += f", {numbered(summary.edits, 'edit')}" if summary.edits else ""
            bar.update(task, completed=share * PROGRESS_STEPS, description=f"{told}, {speed:,.0f} words/s")

        yield report


def print_changes(shard: Shard, row: int, outcome: Outcome) -> None:
    """Write each change of a row on a line of standard output."""
    for e in outcome.edits:
        change = f"{' '.join(e.before.split())} → {' '.join(e.after.split())}"
        write_out(
            f"{shard.name}:{row}\t{change}\t{e.kind}\t{e.score:.2f}\t{e.reason}\n".encode(
                errors="surrogateescape"
            )
        )


def summary_lines(summary: Summary, out: Path | None) -> str:
    """The summary for people: what was done, what was refused, what could not be read."""
    s = summary
    lines = [
        f"{numbered(s.documents, 'document')}, {numbered(s.words, 'word')}; "
        f"{s.gated:,} not shown to the model, {s.spun:,} spun",
        f"{numbered(s.edits, 'edit')} in {numbered(s.repaired, 'document')}{counted(s.kinds)}",
    ]
    if s.reasons:
        lines[-1] += f", proposed by{counted(s.reasons)}"
    if s.empty:
        lines.append(f"{numbered(s.empty, 'row')} without text")
    if s.refused:
        where = "" if out is None else "; see rejects.jsonl in the record"
        lines.append(
            f"{numbered(s.refused.total(), 'row')} refused, left as found{counted(s.refused)}{where}"
        )
    if s.left_out:
        lines.append(f"{numbered(s.left_out, 'file')} left out, hidden or of another kind")
    if s.before:
        lines.append(f"{s.before:,} of {numbered(s.shards, 'file')} done before")
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


def counted(counts: Counter[str]) -> str:
    """Counts in brackets, the greatest first; nothing where there are none."""
    return f" ({', '.join(f'{n:,} {name}' for name, n in counts.most_common())})" if counts else ""
