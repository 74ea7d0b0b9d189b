"""How a traced passage looks to a person: beside its likeliest source, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from textrepair.sources.columns import LIKELY, Cell, flagged, rows
from textrepair.sources.trace import Traced
from textrepair.view import visible

Mark = tuple[str, str, str]  # what opens and closes it, and its colour
GONE, COME, PURPOSE = ("[-", "-]", "red"), ("{+", "+}", "green"), ("[!", "!]", "bold magenta")
MARKS: dict[str, tuple[Mark, Mark]] = {
    "same": (("", "", ""), ("", "", "")),
    "swap": (GONE, COME),
    "other": (("[-", "-]", "red italic"), ("{+", "+}", "green italic")),
    "differs": (PURPOSE, PURPOSE),
}


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
    if best.probability < LIKELY:
        console.print()
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 3, 0, 0), expand=True)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    for row in rows(text, best):
        table.add_row(*drawn(row, coloured))
    console.print(Padding(table, (1, 0, 1, 2)))
    for cell in flagged(text, best):
        here, there = (visible(side) or "nothing" for side in (cell.passage, cell.source))
        console.print(Text(f"  ! {here}, where the source has {there}"), soft_wrap=True)
    console.print()


def drawn(row: Sequence[Cell], coloured: bool) -> tuple[Text, Text]:
    """A sentence and what stands in its source, with what differs marked; without colours as `wdiff` does."""
    left, right = Text(), Text()
    for cell in row:
        for out, side, marks in zip((left, right), (cell.passage, cell.source), MARKS[cell.tag], strict=True):
            opened, closed, style = marks
            shown = visible(re.sub(r"\s+", " ", side))
            if not shown or coloured or not opened:
                out.append(shown, style if coloured else "")
            else:
                out.append(f"{opened}{shown}{closed}")
    return left, right
