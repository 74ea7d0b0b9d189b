"""How a traced passage looks to a person: beside its likeliest source, word by word."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from textrepair.sources.trace import Source, Traced
from textrepair.sources.words import Token
from textrepair.view import visible

LIKELY = 0.5  # from this probability on a source is drawn, not only named


def side_by_side(console: Console, text: str, passage: Traced, path: str = "") -> None:
    """Print a passage of `text`: its likeliest source beside it, and the others by name."""
    coloured = console.color_system is not None and not console.no_color
    bold = "bold" if coloured else ""
    console.print(Text(f"{visible(path)} {passage.start:,}–{passage.end:,}".strip(), style=bold))
    if not passage.sources:
        console.print("  no source\n")
        return
    for source in passage.sources:
        told = f"{source.probability:.2f}  {source.agree:.0%} agree, {source.swapped:.0%} swapped"
        name = f"{visible(source.document)} {source.start:,}–{source.end:,}"
        console.print(Text(f"  {told}  {name}"), soft_wrap=True)
    best = passage.sources[0]
    if best.probability >= LIKELY:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(1, 3, 1, 0), expand=True)
        table.add_column(ratio=1)
        table.add_column(ratio=1)
        table.add_row(*drawn(text, best, coloured))
        console.print(Padding(table, (0, 0, 0, 2)))
    else:
        console.print()


def drawn(text: str, source: Source, coloured: bool) -> tuple[Text, Text]:
    """The passage and its source, with the words marked that differ: swapped, then other ones.

    Without colours the marks of `wdiff` stand in, as for a repair.
    """
    p, s = source.passage, source.words
    left, right = Text(), Text()
    at, there = p[0].start, 0
    for b in source.blocks:
        marks = ("[-", "-]", "red"), ("{+", "+}", "green")
        at = _put(left, text, at, p[b.a : b.b], b.tag, marks[0], coloured)
        there = _put(right, source.text, there, s[b.c : b.d], b.tag, marks[1], coloured)
    left.append(visible(text[at : p[-1].end + 1].rstrip("\n")))
    right.append(visible(source.text[there:]))
    return left, right


def _put(
    out: Text,
    text: str,
    at: int,
    words: Sequence[Token],
    tag: str,
    mark: tuple[str, str, str],
    coloured: bool,
) -> int:
    """Append what stands from `at` to the end of `words`, marked if they differ; returns that end."""
    if not words:
        return at
    start, end = words[0].start, words[-1].end
    out.append(visible(text[at:start]))
    before, after, colour = mark
    if tag == "same":
        out.append(visible(text[start:end]))
    elif coloured:
        out.append(visible(text[start:end]), colour if tag == "swap" else f"{colour} italic")
    else:
        out.append(f"{before}{visible(text[start:end])}{after}")
    return end
