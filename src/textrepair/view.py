"""How a `Repair` looks to a person: a word diff in context, and why each change was made.

With colours, what went is red and struck out, what came is green and underlined. Without them
the marks of `wdiff` stand in: `[-sufferers-]{+patients+}`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from textrepair.edits import Edit, Repair
from textrepair.errors import numbered

CONTEXT = 80  # characters shown on each side of a change
TOGETHER = 6  # changes in one excerpt, so that their reasons stand near them
MOST_CHARACTERS = 160  # characters of one removed or inserted passage that are shown

# A text must not be able to move the cursor or recolour the terminal it is shown on.
_CONTROLS: dict[int, int | None] = {
    0xFEFF: None,  # a byte order mark takes no place
    **{c: 0x2400 + c for c in range(0x20) if chr(c) not in "\n\t"},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}


def summary(repairs: Sequence[Repair]) -> str:
    """One line on what was done, to one document or to several.

    >>> summary([Repair("a b", (Edit(0, 1, "a", "x", "wording", 0.9, "r"),), (), 0.75)])
    '1 change (1 wording), 0 held back, spun: 0.75'
    >>> summary([Repair("a"), Repair("b")])
    'no changes in 2 documents, 0 held back'
    """
    kinds = Counter(e.kind for r in repairs for e in r.edits)
    total = kinds.total()
    line = numbered(total, "change") if total else "no changes"
    if kinds:
        line += f" ({', '.join(f'{n:,} {kind}' for kind, n in kinds.most_common())})"
    if len(repairs) > 1:
        changed = sum(bool(r.edits) for r in repairs)
        line += f" in {f'{changed:,} of ' if changed else ''}{numbered(len(repairs), 'document')}"
    line += f", {sum(len(r.held) for r in repairs):,} held back"
    return line + (f", spun: {repairs[0].spun:.2f}" if len(repairs) == 1 else "")


def show(console: Console, repair: Repair, *, title: str | None = None, held: bool = False) -> None:
    """Print `repair` on `console`: excerpts with their changes and, with `held`, what was held back.

    >>> r = Repair("the sufferers", (Edit(4, 13, "sufferers", "patients", "terminology", 0.9, "lexicon"),))
    >>> show(Console(width=80), r)
      the [-sufferers-]{+patients+}#1
    <BLANKLINE>
      #1  sufferers → patients  terminology  0.90  lexicon
    <BLANKLINE>
    """
    # NO_COLOR keeps bold and strike in Rich; a struck-out word needs more than that to be told apart.
    coloured = console.color_system is not None and not console.no_color
    if title is not None and (repair.edits or (held and repair.held)):
        console.print(Text(visible(title), style="bold" if coloured else ""))
        console.print()
    number = 1
    for start, end, edits in _excerpts(repair):
        excerpt = _excerpt(repair.source, start, end, edits, number, coloured)
        console.print(_indented(excerpt))
        console.print()
        table = _table(["bold cyan", "", "", "", "dim"], coloured)
        for n, e in enumerate(edits, number):
            table.add_row(f"#{n}", _change(e, coloured), e.kind, f"{e.score:.2f}", Text(visible(e.reason)))
        console.print(_indented(table))
        console.print()
        number += len(edits)
    if held and repair.held:
        console.print(Text("held back", style="bold" if coloured else ""))
        console.print()
        table = _table(["yellow", "", "", "", "dim"], coloured)
        for h in repair.held:
            table.add_row(
                Text(visible(h.why_not)),
                _change(h, False),
                h.kind,
                f"{h.score:.2f}",
                Text(visible(f"{h.reason}, at {h.start:,}: {_around(repair.source, h)}")),
            )
        console.print(_indented(table))
        console.print()


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, 2), expand=False)


def _excerpts(repair: Repair) -> Iterator[tuple[int, int, Sequence[Edit]]]:
    """The stretches of the source to show, in order and apart, each with its edits."""
    source, edits = repair.source, repair.edits
    groups: list[list[Edit]] = []
    for e in edits:
        near = groups and e.start - groups[-1][-1].end <= 2 * CONTEXT
        if near and len(groups[-1]) < TOGETHER:
            groups[-1].append(e)
        else:
            groups.append([e])
    starts = [_word_edge(source, max(g[0].start - CONTEXT, 0), g[0].start, forward=True) for g in groups]
    ends = [_word_edge(source, g[-1].end, min(g[-1].end + CONTEXT, len(source))) for g in groups]
    for i in range(1, len(groups)):
        if starts[i] < ends[i - 1]:  # two excerpts meet: part them, between sentences if possible
            starts[i] = ends[i - 1] = _parting(source, groups[i - 1][-1].end, groups[i][0].start)
    yield from zip(starts, ends, groups, strict=True)


def _word_edge(source: str, lo: int, hi: int, *, forward: bool = False) -> int:
    """The edge of an excerpt, moved inwards to a word's edge, and never across a blank line."""
    blanks = [m.span() for m in re.finditer(r"\r?\n\s*\n", source[lo:hi])]
    if blanks:
        return lo + (blanks[-1][1] if forward else blanks[0][0])
    if (forward and lo == 0) or (not forward and hi == len(source)):
        return lo if forward else hi
    spaces = [m.start() for m in re.finditer(r"\s", source[lo:hi])]
    if not spaces:
        return lo if forward else hi
    return lo + (spaces[0] + 1 if forward else spaces[-1])


def _parting(source: str, lo: int, hi: int) -> int:
    """A place between two changes to cut: after a sentence, else after a word, else half way."""
    gap, middle = source[lo:hi], (hi - lo) / 2
    for pattern in (r"[.!?\n]\s+", r"\s+"):
        cuts = [m.end() for m in re.finditer(pattern, gap)]
        if cuts:
            return lo + min(cuts, key=lambda c: abs(c - middle))
    return lo + len(gap) // 2


def _excerpt(source: str, start: int, end: int, edits: Sequence[Edit], number: int, coloured: bool) -> Text:
    """`source[start:end]` with the changes marked in it."""
    text, at = Text(), start
    text.append("… " if start and source[start - 1] != "\n" else "", style="dim" if coloured else "")
    for n, e in enumerate(edits, number):
        text.append(visible(source[at : e.start]))
        _mark(text, e, coloured)
        text.append(f"#{n} " if source[e.end : e.end + 1].isalnum() else f"#{n}", "cyan" if coloured else "")
        at = e.end
    text.append(visible(source[at:end].rstrip()))
    text.append(" …" if source[end : end + CONTEXT].strip() else "", style="dim" if coloured else "")
    return text


def _mark(text: Text, edit: Edit, coloured: bool) -> None:
    """Append what went and what came."""
    before, after = (_shortened(visible(t)) for t in (edit.before, edit.after))
    if coloured:
        text.append(before, "red strike")
        text.append(" " if before and after else "")
        text.append(after, "green underline")
    else:
        text.append(f"[-{before}-]" if before else "")
        text.append(f"{{+{after}+}}" if after else "")


def _change(edit: Edit, coloured: bool) -> Text:
    """A change as a table shows it, on one line and with its outer blanks visible."""
    before, after = (_edges(_shortened(visible(t), MOST_CHARACTERS // 2)) for t in (edit.before, edit.after))
    text = Text()
    text.append(before or "(nothing)", "red" if coloured and before else "")
    text.append(" → ")
    return text.append(after or "(nothing)", "green" if coloured and after else "")


def _table(styles: Iterable[str], coloured: bool) -> Table:
    """A bare table of number, change, kind, score and reason."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for i, style in enumerate(styles):
        table.add_column(style=style if coloured else None, no_wrap=i in (0, 2, 3))
    return table


def visible(text: str) -> str:
    """`text` with its control characters as pictures; line ends stay."""
    return text.replace("\r\n", "\n").translate(_CONTROLS)


def _shortened(text: str, longest: int = MOST_CHARACTERS) -> str:
    """`text`, its middle left out if it is long."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]} […] {text[-half:]}"


def _edges(text: str) -> str:
    """`text` on one line, with the blanks at its edges made visible."""
    inner = text.strip(" ")
    lead = len(text) - len(text.lstrip(" "))
    shown = "␣" * lead + inner + "␣" * (len(text) - lead - len(inner))
    return shown.replace("\n", "⏎").replace("\t", "⇥")


def _around(source: str, edit: Edit) -> str:
    """A few words round an edit, on one line."""
    lo, hi = max(edit.start - 25, 0), min(edit.end + 25, len(source))
    return f"…{' '.join(source[lo:hi].split())}…"
