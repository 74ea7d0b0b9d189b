"""What mkdocs asks while it builds the site: puts the help of every command into its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

WIDTH = 80  # columns, which a page of the site holds


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """The Markdown of a page as it is to be read."""
    if page.file.src_uri != "reference/commands.md":
        return markdown
    return "\n\n".join([markdown, *(f"## {name}\n\n```text\n{text}\n```" for name, text in helps())])


def helps() -> Iterator[tuple[str, str]]:
    """Every command with its help, those of a group after it."""
    from typer.main import get_command
    from typer.testing import CliRunner

    from textrepair.cli import app

    def walk(command: Any, path: list[str]) -> Iterator[tuple[str, str]]:
        environment = {"COLUMNS": str(WIDTH), "TERM": "dumb", "NO_COLOR": "1"}
        result = CliRunner().invoke(app, [*path, "--help"], env=environment)
        lines = (line.rstrip() for line in result.output.replace("\b", "").splitlines())
        yield " ".join(["textrepair", *path]), "\n".join(lines).strip("\n")
        for name, sub in getattr(command, "commands", {}).items():
            yield from walk(sub, [*path, name])

    yield from walk(get_command(app), [])
