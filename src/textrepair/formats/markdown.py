"""Prose of Markdown, by markdown-it-py with tables, strikethrough, formulae and footnotes.

It knows the lines of each block; within a paragraph it is told by our recording what each of its rules read.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from textrepair.formats import html
from textrepair.formats.markdown_marks import TAG, Mark, marks, parser
from textrepair.formats.prose import Prose, Weaver

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[ \t]*\r?\n(?:.*\r?\n)*?(?:\1|\.\.\.)[ \t]*(?:\r?\n|\Z)")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
# roles and labels of MyST; citations, attributes, what is set high or low in Pandoc; what MDX puts in; boxes,
# emoji, templates, Obsidian
LITERAL = re.compile(
    r"\{[\w:.-]+\}(?=`|\Z)|(?<!\w):[a-z\d_+-]+:(?!\w)|~[^\s~]{1,40}~|\^[^\s^]{1,40}\^"
    r"|(?<!\w)-?@[\w:.#$%&+?<>~/-]*\w|\{[#.:=][^{}\n]*\}|(?<=[)\]`])\{[^{}\n]*=[^{}\n]*\}"
    r"|\{/\*.*?\*/\}|\{[A-Za-z_$][\w$]*(?:[.(\[][^{}\n]{0,200})?\}|(?m:^\([\w:.-]+\)=[ \t]*$)"
    r"|\[[ xX]\](?= )|\{\{.{0,500}?\}\}|\{%.{0,500}?%\}|!?\[\[[^\[\]\n]+\]\](?!\()|%%.{1,500}?%%"
)
# what is left out over the lines of the source, whatever blocks they make
BORDER = r"[ \t]*-{2,}(?:[ \t]+-{2,})+[ \t]*\n"  # between the head and the rows of a table of Pandoc
LEFT_OUT = re.compile(
    r"\\begin\{(\w+\*?)\}(?s:.*?)\\end\{\1\}"  # of LaTeX
    r"|^[ \t]*\+[-=:+]+\+[ \t]*\n(?:[ \t]*[|+].*\n?)+"  # tables whose columns are drawn or aligned
    rf"|^-{{5,}}[ \t]*\n(?:.*\n){{1,9}}?{BORDER}(?:.*\n){{1,200}}?-{{5,}}[ \t]*$|^(?:.+\n)?{BORDER}(?:.+\n?)+"
    r"|\{(?:\{<|%-?)\s*(?:highlight|raw)\b(?s:.*?)\{(?:\{<|%-?)\s*(?:end|/\s*)(?:highlight|raw)"
    # of Hugo and Jekyll; of MDX
    r"|^import\b(?:\s*\{[^{}]*\})?.*\bfrom [\"'].*|^import [\"'].*"
    r"|^export (?:const|let|var|default|function|class|async)\b.*(?:\n.+)*",
    re.MULTILINE,
)
BRACKETED = re.compile(  # formulae, and what commands of LaTeX are given
    r"\\\((?:[^\\]|\\[^)]){1,2000}\\\)|\\\[(?:[^\\]|\\[^\]]){1,2000}\\\]"
    r"|\\[A-Za-z]+\*?(?:\[[^\]\n]*\])*(?:\{[^{}\n]*\})+|\\@ref\([^()\n]*\)"
)
ESCAPED = re.compile(r"[\\`*_\[\]~$|^]|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
BLOCKS = frozenset(
    """
    paragraph_open paragraph_close heading_open list_item_open table_open table_close fence code_block hr
    math_block math_block_label footnote_open html_block
    """.split()
)


def escape(text: str) -> str:
    r"""Markdown that reads as `text`.

    >>> escape("p < 0.05 in *so*")
    'p < 0.05 in \\*so\\*'
    """
    return ESCAPED.sub(r"\\\g<0>", text)


def read(source: str) -> Prose:
    """The prose of Markdown; quotations, code, formulae and the targets of links are no part of it.

    >>> read("# So\\n\\nThe **few** [are](x.html) `it` &amp; \\\\*so\\\\*\\n> He said\\n").text
    'So\\n\\nThe few are ※ & *so*'
    """
    front = FRONT_MATTER.match(source)
    first = front.end() if front else 0
    body = source[first:]
    lines = [(first + m.start(), first + m.end()) for m in LINE.finditer(body)]
    reader = _Reader(parser(), {}, [m.span() for m in LEFT_OUT.finditer(source, first)])
    tokens = reader.parser.parse(body, reader.env)
    weaver = Weaver(source)
    quoted = 0  # quotations that are open, by `>` or as elements of HTML
    cursor = (-1, 0)  # line and offset behind the last cell
    for k, token in enumerate(tokens):
        if token.type == "blockquote_open":
            quoted += 1
        elif token.type == "blockquote_close":
            quoted -= 1
        elif token.type in ("th_open", "td_open"):
            weaver.part("\t")
        elif token.type == "tr_open":
            weaver.part("\n")
        elif token.type == "html_block" and token.map:
            start, end = lines[token.map[0]][0], lines[token.map[1] - 1][1]
            if not quoted:
                weaver.part()
                weaver.embed(html.read(source[start:end]), start)
            quoted = max(0, quoted + _opened(source[start:end]))
        elif token.type in BLOCKS:
            weaver.part()
        elif token.map and not quoted:
            cell = tokens[k - 1].type in ("th_open", "td_open")
            places = list(_places(source, lines, token, cell, cursor))
            if cell and places:
                cursor = token.map[0], places[-1][2] + places[-1][1] - places[-1][0]
            if places:
                _weave(weaver, reader, token.content, places)
    return weaver.done()


class _Reader(NamedTuple):
    """What a paragraph is read with: the parser, what it knows, and what of the source is left out."""

    parser: MarkdownIt
    env: dict[str, Any]
    left_out: list[tuple[int, int]]


def _opened(block: str) -> int:
    """How many elements that are never touched a block of HTML leaves open, less those it closes."""
    return sum(-1 if m[1] else 1 for m in TAG.finditer(block) if m[2].lower() in html.NEVER & html.BLOCKS)


def _places(
    source: str, lines: list[tuple[int, int]], token: Token, cell: bool, cursor: tuple[int, int]
) -> Iterator[tuple[int, int, int]]:
    """Where the lines of a paragraph stand: (start, end) in it, and the start in the source.

    Nothing where they are not found as they are, since tabs were expanded for example.
    """
    found, at = [], 0
    for k, line in enumerate(token.content.split("\n")):
        number = token.map[0] + k  # type: ignore[index]
        start, end = lines[number] if number < len(lines) else (0, 0)
        written, said = source[start:end].rstrip(), line.strip()
        lead = len(line) - len(line.lstrip())
        if cell:
            place = written.find(said, cursor[1] - start if cursor[0] == number else 0)
        elif written.endswith(said):
            place = len(written) - len(said)
        else:  # a heading with marks behind it
            place = written.find(said)
        if place < 0 or (not said and k):
            return
        found.append((at + lead, at + lead + len(said), start + place))
        at += len(line) + 1
    yield from found


def _weave(weaver: Weaver, reader: _Reader, content: str, places: list[tuple[int, int, int]]) -> None:
    """Add the prose of a paragraph, and of its footnotes behind it."""
    found = marks(reader.parser, reader.env, content)
    found += [Mark(m.start(), m.end(), None) for m in BRACKETED.finditer(content)]
    found += [
        Mark(a + max(0, start - p), min(b, a + end - p), None)
        for a, b, p in places
        for start, end in reader.left_out
        if start < p + b - a and p < end
    ]
    notes: list[tuple[int, int]] = []
    breaks = [Mark(a[1], b[0], "\n") for a, b in pairwise(places)]
    taken = sorted((m.start, m.end) for m in found if m.end > m.start)
    furthest = [-1, *accumulate((end for _, end in taken), max)]
    breaks = [b for b in breaks if furthest[bisect_left(taken, (b.end, 0))] <= b.start]
    broken = set(breaks)
    starts = [start for start, _, _ in places]

    def there(at: int, *, end: bool = False) -> int:
        """The offset in the source of one in the paragraph."""
        k = bisect_right(starts, at) - 1
        start, stop, place = places[k] if k >= 0 else (at, at, 0)
        if start <= at < stop or (end and start < at <= stop):
            return place + at - start
        k = bisect_left(starts, at)
        return places[k][2] if k < len(places) else places[-1][2] + places[-1][1] - places[-1][0]

    def plain(start: int, end: int) -> None:
        for a, b, place in places[max(0, bisect_right(starts, start) - 1) : bisect_left(starts, end)]:
            lo, hi = max(a, start), min(b, end)
            at = lo
            if lo < hi:
                for m in LITERAL.finditer(content, lo, hi):
                    weaver.plain(place + at - a, place + m.start() - a)
                    weaver.shown()
                    at = m.end()
                weaver.plain(place + at - a, place + hi - a)

    at = 0
    for mark in sorted([*found, *breaks], key=lambda m: (m.start, -m.end)):
        if mark.start < at:
            continue
        plain(at, mark.start)
        notes += filter(None, [mark.note])
        if mark.text is None:
            weaver.shown()
        elif mark.text:
            place = there(mark.start, end=mark in broken), there(mark.end, end=mark not in broken)
            weaver.atom(*place, mark.text)
        at = mark.end
    plain(at, len(content))
    for lo, hi in notes:
        inside = [(max(a, lo), min(b, hi), p - a) for a, b, p in places if a < hi and lo < b]
        weaver.part()
        _weave(weaver, reader, content[lo:hi], [(a - lo, b - lo, a + by) for a, b, by in inside])
