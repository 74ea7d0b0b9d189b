"""How changes and swapped words are marked in HTML that a notebook shows, in colours for light and dark."""

from __future__ import annotations

import html
from collections.abc import Iterable

# translucent, so that they do on white as on black
WENT = "color:inherit;background:rgba(220,50,50,.28);text-decoration:line-through"
CAME = "color:inherit;background:rgba(40,170,80,.28);text-decoration:underline"
LEFT = "text-decoration:underline {style} rgb(205,125,0) 2px"
STYLES = ((0.9, "double"), (0.5, "solid"), (0.0, "dotted"))  # of a line, from which probability on


def changed(before: str, after: str, why: str) -> str:
    """A change: what went in red and struck out, what came in green and underlined, a space between.

    >>> "</del> <ins" in changed("sufferers", "patients", "wording, 0.90, model")
    True
    """
    went = f'<del style="{WENT}">{html.escape(before)}</del>' if before else ""
    came = f'<ins style="{CAME}">{html.escape(after)}</ins>' if after else ""
    return f'<span title="{html.escape(why)}">{went}{" " if went and came else ""}{came}</span>'


def left_alone(text: str, probability: float, why: str) -> str:
    """Swapped words that stand as they were, underlined by how likely they were swapped."""
    style = LEFT.format(style=next(style for least, style in STYLES if probability >= least))
    return f'<span title="{html.escape(why)}" style="{style}">{html.escape(text)}</span>'


def marked(source: str, marks: Iterable[tuple[int, int, str]]) -> str:
    """A text in which each mark, start, end and HTML, stands for what lies there; marks lie apart, in order.

    >>> marked("a < b", [(4, 5, "<b>b</b>")])
    '<div class="textrepair" style="white-space:pre-wrap">a &lt; <b>b</b></div>'
    """
    out, at = [], 0
    for start, end, mark in marks:
        out += [html.escape(source[at:start]), mark]
        at = end
    out.append(html.escape(source[at:]))
    return f'<div class="textrepair" style="white-space:pre-wrap">{"".join(out)}</div>'
