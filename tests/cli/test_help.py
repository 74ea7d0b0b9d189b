"""`--help` says what was written for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner

from textrepair import cli

STYLE = re.compile(r"(?<!\\)\[/?(?:bold|cyan|red|green)\]")
BRACKETS = re.compile(r"[^\s\[]*\\?\[[^\]]*\]")


def commands(command: click.Command, *name: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield name, command
    for sub, below in getattr(command, "commands", {}).items():
        yield from commands(below, *name, sub)


@pytest.mark.parametrize(("name", "command"), list(commands(typer.main.get_command(cli.app))))
def test_no_bracket_is_eaten_as_markup(name: tuple[str, ...], command: click.Command) -> None:
    shown = CliRunner().invoke(cli.app, [*name, "--help"], env={"COLUMNS": "200"}).stdout
    shown = " ".join(shown.replace("│", " ").split())
    written = [command.help or "", *(getattr(p, "help", None) or "" for p in command.params)]
    for text in written:
        for found in BRACKETS.findall(STYLE.sub("", " ".join(text.split()))):
            assert found.replace("\\", "") in shown
