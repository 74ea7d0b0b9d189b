"""What every command shares: exit codes, progress, and whole files or none."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import typer

from textrepair.errors import TextrepairError
from textrepair.files import whole

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


def check_output(
    output: Path | None, name: str, read: Iterable[str | Path] = (), *, makes_folder: bool = False
) -> None:
    """Raise `TextrepairError` where a result cannot go, or would go over a file that the command reads.

    `name`: of a file that could be in the folder; `makes_folder`: the command makes the one it stands in.
    """
    if output is None:
        return
    if output.is_dir():
        raise TextrepairError(f"{output}: is a folder; name a file in it, for example {output / name}")
    if not (makes_folder or output.parent.is_dir()):
        raise TextrepairError(f"{output.parent}: no such folder; make it, or choose another place")
    if output.exists() and any(os.path.exists(path) and os.path.samefile(path, output) for path in read):
        raise TextrepairError(f"{output}: is read, and would be overwritten; choose another place")


def save(data: bytes, output: Path | None) -> None:
    """Put a result at `output`, whole or not at all; on standard output where none is named."""
    if output is None:
        write_out(data)
        return
    try:
        with whole(output, like=output if output.is_file() else None) as file:
            file.write(data)
    except OSError as error:
        raise CannotWrite(f"{output}: cannot be written: {error.strerror}") from error
