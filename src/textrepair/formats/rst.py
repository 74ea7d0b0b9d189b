r"""Prose of reStructuredText, told by its indentation; of directives only those known to hold prose are read.

docutils, the kept parser, runs directives as it reads them, and does not tell where a text stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from textrepair.formats.prose import Prose, Weaver

# Directives whose text begins on their own line, and those that have a title or a signature there.
ADMONITIONS = frozenset(
    "note warning tip hint important caution danger attention error seealso todo rubric centered".split()
)
TITLED = frozenset(
    """
    admonition topic sidebar figure container compound class only abstract dedication versionadded
    versionchanged deprecated function method staticmethod classmethod attribute data exception module option
    describe table list-table tab tab-item dropdown card grid grid-item tabs details collapse
    """.split()
)
DIRECTIVE = re.compile(r"\.\.\s+(?P<name>[\w:.+-]+)::(?:\s+|$)")
EXPLICIT = re.compile(r"\.\.(?:\s|$)|__\s")  # any other: a comment, a target, a substitution, a citation
NOTE = re.compile(r"\.\.\s+\[(?:\d+|#[\w.-]*|\*)\]\s+")
# what Sphinx says of a function; other fields are names, or settings of a directive
FIELD = re.compile(
    r":(?:param|arg|argument|key|keyword|returns?|yields?|raises?|except|exception)\b[^:\n]*:\s+"
)
ANY_FIELD = re.compile(r":[^:\s`][^:\n]*:(?:\s|$)")
ITEM = re.compile(r"(?:[-*+•‣⁃]|\(?(?:\d+|#|[A-Za-z]|[ivxlcdm]+)[.)])\s+(?=\S)")
OPTION = re.compile(r"--?\w")  # of a command
RULE = re.compile(r"([!-/:-@[-`{-~])\1{2,}$")
BORDER = re.compile(r"=+(?:\s+=+)+$|\+(?:[-=]+\+)+$")  # of a table
UNREAD = re.compile(r">>>|\|(?:\s|$)")  # Python sessions, lines set by hand
TOKEN = re.compile(
    r"(?P<object>``.{1,2000}?``|:[\w:.+-]{1,60}:`[^`]+`|`[^`<]+`(?:_{1,2}|:[\w:.+-]{1,60}:)?"
    r"|\|[^|\s][^|\n]*\|_{0,2}|(?<!\w)[A-Za-z\d](?:[\w.-]{0,80}[A-Za-z\d])?_{1,2}(?!\w)|\[[A-Za-z][\w.-]*\]_)"
    r"|(?P<note>\s?\[(?:\d+|#[\w.-]*|\*)\]_)|`(?P<text>[^`<]{1,500}?)\s{0,9}<[^`<>]{1,500}>`_{0,2}"
    r"|(?P<mark>\*{1,2}(?=\S)|(?<=\S)\*{1,2})|\\(?P<escaped>[\s\S])|(?P<colon>::)(?=\s*\Z)"
    r"|(?P<wrap>\n[ \t]+)",
    re.DOTALL,
)
ESCAPED = re.compile(r"[\\*`|]|_(?!\w)")


class _Line(NamedTuple):
    start: int  # of its text in the source
    end: int
    indent: int
    text: str


def escape(text: str) -> str:
    r"""reStructuredText that reads as `text`.

    >>> print(escape("5 * x_"))
    5 \* x\_
    """
    return ESCAPED.sub(r"\\\g<0>", text)


def read(source: str) -> Prose:
    r"""The prose of reStructuredText; titles, which are as long as the line below, are no part of it.

    >>> read("Sow\n===\n\n* The *few* are ``it``::\n\n    code\n\n.. note:: And [1]_\n   so.\n").text
    'The few are ※:\n\nAnd\nso.'
    """
    weaver = Weaver(source)
    lines = [*_lines(source)]
    bodies = [0]  # the indents of what is open
    at = 0
    while at < len(lines):
        line = lines[at]
        while bodies[-1] > line.indent and line.text:
            bodies.pop()
        marker = _marker(line.text)
        if line.indent > bodies[-1] and lines[at - 1].text:
            bodies.append(line.indent)  # of what the line above defines
        if not line.text:
            at += 1
        elif line.indent > bodies[-1]:  # a quotation
            at = _inside(lines, at, bodies[-1])
        elif behind := _unread(lines, at):
            at = behind
        elif marker is None:
            end = at + 1
            while end < len(lines) and lines[end].text and lines[end].indent == line.indent:
                end += 1
            weaver.part()
            _paragraph(weaver, line.start, lines[end - 1].end)
            at = _inside(lines, end, line.indent) if lines[end - 1].text.endswith("::") else end
        else:
            weaver.part()
            below = lines[at + 1].indent if at + 1 < len(lines) and lines[at + 1].text else 0
            indent = below if below > line.indent else _below(lines, at, line.indent + marker)
            bodies.append(indent)
            rest = line.text[marker:]
            lines[at] = _Line(line.end - len(rest), line.end, indent, rest)
    return weaver.done()


def _lines(source: str) -> Iterator[_Line]:
    for m in re.finditer(r"([ \t]*)([^\r\n]*)(?:\r\n|\r|\n|\Z)", source):
        text = m[2].rstrip()
        yield _Line(m.start(2), m.start(2) + len(text), len(m[1].expandtabs()), text)


def _marker(text: str) -> int | None:
    """How long what stands before the prose of a line is, if it opens a body; None where it does not."""
    if m := DIRECTIVE.match(text):
        name = m["name"].rpartition(":")[2]
        return m.end() if name in ADMONITIONS else len(text) if name in TITLED else None
    found = NOTE.match(text) or FIELD.match(text) or ITEM.match(text)
    return found.end() if found else None


def _inside(lines: list[_Line], at: int, indent: int) -> int:
    """The first line from `at` on that is not indented deeper."""
    while at < len(lines) and (not lines[at].text or lines[at].indent > indent):
        at += 1
    return at


def _below(lines: list[_Line], at: int, least: int) -> int:
    """The indent of the next line that is not empty, if it may belong to what begins at line `at`."""
    below = next((lines[k].indent for k in range(at + 1, len(lines)) if lines[k].text), 0)
    return below if lines[at].indent < below <= least else least


def _unread(lines: list[_Line], at: int) -> int | None:
    """The line behind what begins at line `at` and is no prose; None where prose begins."""
    text, below = lines[at].text, lines[at + 1].text if at + 1 < len(lines) else ""
    if BORDER.match(text):
        while at < len(lines) and lines[at].text:
            at += 1
            if BORDER.match(lines[at - 1].text) and (at == len(lines) or not lines[at].text):
                break
            if at < len(lines) and not lines[at].text and text.startswith("="):
                at += 1  # an empty line within a table
        return at
    if RULE.match(text):
        titled = at + 2 < len(lines) and below and RULE.match(lines[at + 2].text)
        return at + 3 if titled else at + 1
    if RULE.match(below):
        return at + 2
    if UNREAD.match(text):
        while at < len(lines) and lines[at].text:
            at += 1
        return at
    opens = EXPLICIT.match(text) or ANY_FIELD.match(text) or OPTION.match(text)
    return _inside(lines, at + 1, lines[at].indent) if opens and _marker(text) is None else None


def _paragraph(weaver: Weaver, at: int, end: int) -> None:
    """Add the prose of a paragraph."""
    while m := TOKEN.search(weaver.source, at, end):
        weaver.plain(at, m.start())
        at = m.end()
        if m["object"]:
            weaver.shown()
        elif m["note"]:
            weaver.raised()
        elif m["text"]:
            _paragraph(weaver, *m.span("text"))
        elif m["escaped"] and not m["escaped"].isspace():
            weaver.atom(m.start(), at, m["escaped"])
        elif m["colon"]:
            weaver.atom(m.start(), at, ":")
        elif m["wrap"]:
            weaver.atom(m.start(), at, "\n")
    weaver.plain(at, end)
