"""The formats by name, and the names of files that are written in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from textrepair.edits import Repair
from textrepair.errors import TextrepairError
from textrepair.formats import html, latex, markdown, rst, xml
from textrepair.formats.carry import carry
from textrepair.formats.prose import Prose

TEXT = "text"


class Format(NamedTuple):
    """What reads the prose of a source, what writes text as the format does, and how its files are named."""

    read: Callable[[str], Prose]
    escape: Callable[[str], str]
    suffixes: tuple[str, ...]
    begins: str  # pattern of how a source without a name begins


FORMATS = {
    "latex": Format(
        latex.read,
        latex.escape,
        (".tex", ".ltx", ".latex", ".bbl"),
        r"\\documentclass\b|\\begin\{|\\(?:title|section)\{|%[^\n]*\n\s*\\",
    ),
    "markdown": Format(
        markdown.read,
        markdown.escape,
        (".md", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd", ".mdx"),
        r"#{1,6} \S|---\r?\n|```|~~~",
    ),
    "rst": Format(rst.read, rst.escape, (".rst", ".rest"), r"\.\. (?:[\w:.-]+::|_[^\n:]+:)"),
    "html": Format(html.read, html.escape, (".html", ".htm", ".xhtml"), r"<!doctype html|<html\b"),
    "xml": Format(
        xml.read,
        xml.escape,
        (".xml", ".nxml", ".jats", ".tei"),
        r"<\?xml\b|<[^\W\d][\w.-]*(?::[\w.-]+)?[\s/>]",
    ),
}
NAMES = (TEXT, *FORMATS)


def read(source: str, name: str) -> Prose:
    """The prose of a source in the format of that name.

    A byte order mark before it is no part of it. Raises `TextrepairError` for markup whose tags do not nest.
    """
    prose = FORMATS[name].read(source.removeprefix("\ufeff"))
    if not source.startswith("\ufeff"):
        return prose
    pieces = tuple(replace(p, start=p.start + 1, end=p.end + 1) for p in prose.pieces)
    return replace(prose, source=source, pieces=pieces)


def carried(prose: Prose, repair: Repair, name: str) -> Repair:
    """The repair of a prose as that of its source."""
    return carry(prose, repair, lambda source: read(source, name), FORMATS[name].escape)


def check(name: str) -> None:
    """Raise `TextrepairError` for a format there is not."""
    if name not in NAMES:
        raise TextrepairError(f"format: there is none named {name!r}; they are {', '.join(NAMES)}")


def of_file(path: str) -> str:
    """The format that a file of that name is in; text where the name does not say.

    >>> of_file("paper.NXML"), of_file("notes")
    ('xml', 'text')
    """
    suffix = PurePath(path).suffix.lower()
    return next((name for name, f in FORMATS.items() if suffix in f.suffixes), TEXT)


def of_content(source: str) -> str:
    """The format that a source without a name looks like, by how it begins; text where it looks like none.

    >>> of_content("<!DOCTYPE html><p>"), of_content("<jats:p>So</jats:p>"), of_content("<5 mg was given")
    ('html', 'xml', 'text')
    """
    begins = source.removeprefix("\ufeff").lstrip()
    return next((name for name, f in FORMATS.items() if re.match(f.begins, begins, re.IGNORECASE)), TEXT)
