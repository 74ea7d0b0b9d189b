"""What every command shares: settings as options, exit codes, progress, and whole files or none."""

from __future__ import annotations

import math
import os
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from textrepair.errors import TextrepairError

PATIENCE_SECONDS = 2.0  # seconds of silence before a terminal is told what is going on

EPILOG = """
[bold]Exit codes[/bold]

[cyan]0[/cyan] done, whether or not anything was changed
\b
[cyan]1[/cyan] something failed unexpectedly
\b
[cyan]2[/cyan] bad input or usage; nothing was written
\b
[cyan]130[/cyan] interrupted, [cyan]141[/cyan] the reader of the output went away
"""


def _probability(score: float | None) -> float | None:
    if score is not None and math.isnan(score):  # which is neither below nor above a bound
        raise typer.BadParameter("must be a number from 0 to 1")
    return score


Model = Annotated[
    str,
    typer.Option("--model", metavar="NAME", help="Name or folder of the model.", rich_help_panel="Settings"),
]
Reranker = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        metavar="NAME",
        help="Folder or Hugging Face name of a masked language model to judge with instead of the model's "
        "own. Slower, and its scores are not calibrated.",
        rich_help_panel="Settings",
    ),
]
Lm = Annotated[
    str | None,
    typer.Option(
        "--lm",
        metavar="NAME",
        help="Folder, Hugging Face name or GGUF file of a causal language model, for a second opinion of "
        "what is doubted in spun text. It takes seconds a page. GGUF needs textrepair\\[lm].",
        rich_help_panel="Settings",
    ),
]
MinScore = Annotated[
    float | None,
    typer.Option(
        "--min-score",
        min=0.0,
        max=1.0,
        callback=_probability,
        help="Make changes with at least this probability of being right; "
        "higher changes less. The model brings its own default.",
        rich_help_panel="Settings",
    ),
]
MaxHarm = Annotated[
    float | None,
    typer.Option(
        "--max-harm",
        min=0.0,
        metavar="N",
        help="Instead of --min-score: be as bold as makes at most N changes per 10,000 words of clean text, "
        "by the model's measured curve.",
        rich_help_panel="Settings",
    ),
]
Gate = Annotated[
    float,
    typer.Option(
        "--gate",
        min=0.0,
        max=1.0,
        callback=_probability,
        metavar="P",
        help="Do not show the model documents less likely spun than this: 0.5 reads clean text several times "
        "faster, and misses single terms planted in it.",
        rich_help_panel="Settings",
    ),
]
Lexicon = Annotated[
    list[str] | None,
    typer.Option(
        "--lexicon",
        metavar="PATH",
        help="A lexicon (TSV) of your own to use as well. Repeatable.",
        rich_help_panel="Settings",
    ),
]
Protect = Annotated[
    list[str] | None,
    typer.Option(
        "--protect", metavar="TERM", help="A term never to change. Repeatable.", rich_help_panel="Settings"
    ),
]
ProtectPattern = Annotated[
    list[str] | None,
    typer.Option(
        "--protect-pattern",
        metavar="REGEX",
        help="Never change what this regular expression matches. Repeatable.",
        rich_help_panel="Settings",
    ),
]
Families = Annotated[
    list[str] | None,
    typer.Option(
        "--families",
        metavar="NAME,…",
        help="Repair only these: synonyms, furniture, advertisements, numbers, characters, words, "
        "truncation. Repeatable; everything by default.",
        rich_help_panel="Settings",
    ),
]
Sources = Annotated[
    str | None,
    typer.Option(
        "--sources",
        metavar="INDEX",
        help="An index that textrepair index made: where it holds the original, its words are restored.",
        rich_help_panel="Settings",
    ),
]
Html = Annotated[
    bool,
    typer.Option("--html", help="The input is HTML: repair its main text. Needs textrepair\\[html]."),
]


Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="NAME",
        help="What the files are written in: text, latex, markdown, xml or html; of markup only the prose is "
        "edited. auto goes by the name of a file, and of standard input by how it begins.",
    ),
]


def settings_of(ctx: typer.Context) -> dict[str, Any]:
    """What `textrepair.load` is given, from the options that all ways to repair share."""
    given = ctx.params  # repeatable options that were not given are empty lists here
    settings = {
        "name": given["model"],
        "lexicon": given["lexicon"] or (),
        "protect": given["protect"] or (),
        "protect_patterns": given["protect_pattern"] or (),
        **{name: given[name] for name in ("reranker", "lm", "min_score", "max_harm", "gate", "sources")},
    }
    if given["families"]:  # names, or commas between names
        names = (name.strip() for value in given["families"] for name in value.split(","))
        settings["families"] = [name for name in names if name]
    return settings


class CannotWrite(Exception):
    """Writing a result failed; not the fault of the input."""


@contextmanager
def exit_codes() -> Iterator[None]:
    """Turn what users can mend into a message, and what pipes and Ctrl-C do into quiet exits."""
    try:
        yield
    except TextrepairError as error:
        typer.echo(f"textrepair: {error}", err=True)
        raise typer.Exit(2) from None
    except CannotWrite as error:
        typer.echo(f"textrepair: {error}", err=True)
        raise typer.Exit(1) from None
    except BrokenPipeError:
        # The interpreter flushes standard output once more as it ends, which must not fail again.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(141) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@contextmanager
def working(what: str, began: float) -> Iterator[None]:
    """Show `what` on a terminal's standard error once the work has taken more than `PATIENCE_SECONDS`."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.markup import escape

    status = Console(stderr=True).status(escape(what))
    timer = threading.Timer(max(0.0, began + PATIENCE_SECONDS - time.monotonic()), status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # so that a status about to start is not left standing
        status.stop()


def write_out(data: bytes) -> None:
    """Write `data` on standard output, line ends untouched."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotWrite(f"standard output: {error.strerror}") from error


def replace_file(path: Path, data: bytes, *, like: Path | None = None) -> None:
    """Put `data` at `path` in one step, with the mode and owner of `like` if it is given."""
    umask = os.umask(0)
    os.umask(umask)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = 0o666 & ~umask
        if like is not None:
            status = like.stat()
            mode = stat.S_IMODE(status.st_mode)
            with suppress(OSError, AttributeError):  # only root may give files away; Windows has no owners
                os.chown(temporary, status.st_uid, status.st_gid)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def save(data: bytes, output: Path | None) -> None:
    """Put a result at `output`, whole or not at all; on standard output where none is named."""
    if output is None:
        write_out(data)
        return
    try:
        replace_file(output, data, like=output if output.is_file() else None)
    except OSError as error:
        raise CannotWrite(f"{output}: cannot be written: {error.strerror}") from error
