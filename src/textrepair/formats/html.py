"""Prose of HTML as browsers read it, by JustHTML: it builds the tree of the HTML standard, unclosed tags and
all, and tells where each text stands in the source, which html5lib and lxml do not.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from textrepair.formats.flow import LOOSE, escape, flow, is_foreign
from textrepair.formats.prose import Prose, Weaver

__all__ = ["escape", "read"]

# Elements whose text is never touched: code, formulae, quotations, what was struck out, names and forms.
NEVER = frozenset(
    """
    script style pre code kbd samp var tt textarea xmp plaintext listing math svg canvas q blockquote
    cite del s strike address time data template iframe noembed noframes noscript object embed audio
    video map select datalist option button output img input sup rp rt
    """.split()
)
BLOCKS = frozenset(
    """
    address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt
    fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe
    legend li link main menu meta nav noscript ol p plaintext pre script search section style summary
    table tbody template textarea tfoot thead title ul
    """.split()
)
# Classes by which pages tell translators, or their own scripts and styles, what is code, a formula, or data.
FIXED = frozenset(
    "notranslate highlight sourceCode codehilite dataframe math mathjax MathJax katex MathJax_Display".split()
)
CELLS, LINES = {"td", "th"}, {"tr", "br"}
TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|</?[A-Za-z][^<>\"']*(?:\"[^\"]*\"[^<>\"']*|'[^']*'[^<>\"']*)*>|<[!?/][^>]*>",
    re.DOTALL,
)
STOP = re.compile(r"[<&\r\x00]")
TEMPLATE = re.compile(r"<\?(?:php\b|=).*?(?:\?>|\Z)|<%.*?%>|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def read(source: str) -> Prose:
    """The prose of a page or a piece of one, as browsers read it.

    >>> read("<title>R&amp;D</title><p>The <b>patients</b> of <q>old</q><p>were<script>a</script> few").text
    'R&D\\n\\nThe patients of ※\\n\\nwere\\n\\n few'
    """
    from justhtml import JustHTML

    templates = [m.span() for m in TEMPLATE.finditer(source)]
    page = JustHTML(source, track_node_locations=True, sanitize=False)
    weaver = Weaver(source)
    left: list[tuple[Any, bool]] = [(page.root, True)]  # nodes, and whether each begins or ends here
    while left:
        node, begins = left.pop()
        name = node.name
        if name == "#text":
            # browsers move some text out of tables; what they moved is not touched
            if node.origin_offset is not None and node.origin_offset >= weaver.reached:
                rcdata = node.parent is not None and node.parent.name == "title"
                for start, end in _aligned(source, node.origin_offset, node.data, rcdata=rcdata):
                    _flow(weaver, start, end, templates)
            continue
        _border(weaver, name)
        if not begins:
            continue
        if name in NEVER or _is_fixed(node):
            if name == "sup":
                weaver.raised()
            elif name not in BLOCKS:
                weaver.shown()
            continue
        left.append((node, False))
        left += [(child, True) for child in reversed(node.children or ())]
    return weaver.done()


def _flow(weaver: Weaver, start: int, end: int, templates: list[tuple[int, int]]) -> None:
    """Add character data; what programs fill in is shown."""
    for first, last in templates[bisect_right(templates, start, key=itemgetter(1)) :]:
        if first >= end:
            break
        flow(weaver, start, max(start, first), LOOSE)
        weaver.shown()
        start = min(end, last)
    flow(weaver, start, end, LOOSE)


def _border(weaver: Weaver, name: str) -> None:
    """Begin or end an element."""
    if name in CELLS:
        weaver.part("\t")
    elif name in LINES:
        weaver.part("\n")
    elif name in BLOCKS:
        weaver.part()


def _is_fixed(node: Any) -> bool:
    """Whether the page itself says that an element is in another language, or not to be worded otherwise."""
    attributes = node.attrs or {}
    # a whole page is often labelled wrongly
    language = (
        "" if node.name in ("html", "body") else attributes.get("lang") or attributes.get("xml:lang") or ""
    )
    classes = (attributes.get("class") or "").split()
    return is_foreign(language) or attributes.get("translate") == "no" or not FIXED.isdisjoint(classes)


def _aligned(source: str, at: int, text: str, *, rcdata: bool) -> Iterator[tuple[int, int]]:
    """The stretches of the source, from `at` on, that a text was read from; what does not fit is left out.

    A text may go on behind tags that browsers ignore.
    """
    start, read = at, 0
    while read < len(text) and at < len(source):
        c = source[at]
        if c == "<" and not rcdata and (tag := TAG.match(source, at)):
            yield start, at
            start = at = tag.end()
        elif (
            c == "&"
            and (entity := LOOSE.match(source, at))
            and text.startswith(said := html.unescape(entity[0]), read)
        ):
            at, read = entity.end(), read + len(said)
        elif c == "\r" and text[read] == "\n":
            at, read = at + (2 if source.startswith("\r\n", at) else 1), read + 1
        elif c == text[read]:
            stop = STOP.search(source, at + 1)
            end = min(stop.start() if stop else len(source), at + len(text) - read)
            if source[at:end] != text[read : read + end - at]:
                end = at + 1
            at, read = end, read + end - at
        else:
            break
    yield start, at
