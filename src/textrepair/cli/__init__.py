"""The command line, one module for each group of commands.

textrepair itself is imported when there is work to do, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from textrepair.cli.bench import bench
from textrepair.cli.clean import EPILOG as CLEAN_EPILOG
from textrepair.cli.clean import clean, revert
from textrepair.cli.common import EPILOG
from textrepair.cli.lexicon import lexicon
from textrepair.cli.repair import explain, fix
from textrepair.cli.report import report
from textrepair.cli.review import review
from textrepair.cli.screen import EPILOG as SCREEN_EPILOG
from textrepair.cli.screen import screen
from textrepair.cli.sources import index, trace
from textrepair.cli.train import spin, train

app = typer.Typer(
    name="textrepair",
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with local variables would spill the document
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"textrepair {version('textrepair')}")
        raise typer.Exit


@app.callback()
def textrepair(
    *,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Put back the words that were swapped out of scientific text, and say why.

    Text that an article spinner went over says [red]sufferers[/red] for [green]patients[/green] and
    [red]bosom peril[/red] for [green]breast cancer[/green]. textrepair restores the words it is
    sure of, and changes nothing else.
    """


for command in (fix, explain, report, review, index, trace, revert, bench, train, spin):
    app.command(epilog=EPILOG)(command)
app.command(epilog=CLEAN_EPILOG)(clean)
app.command(epilog=SCREEN_EPILOG)(screen)
app.add_typer(lexicon)


def main() -> None:
    """Run the command line and exit with one of the documented codes."""
    try:
        app(prog_name="textrepair")
    except KeyboardInterrupt:
        sys.exit(130)
