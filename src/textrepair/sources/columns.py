"""A traced passage beside its source, as rows of what stands on either side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textrepair.sources.align import Block
from textrepair.sources.restore import why_not
from textrepair.sources.stretches import stretches
from textrepair.sources.trace import Source, Traced
from textrepair.sources.words import Token

LIKELY = 0.5  # from this probability on a source is drawn, not only named


@dataclass(frozen=True)
class Cell:
    """What answers to each other on both sides.

    `tag` is *same*, *swap* (pairs of the candidate table), *other* (a wording that differs), or *differs*
    (what no spinner changes: a number, a name, the meaning, or much text that one side alone has).
    """

    passage: str
    source: str
    tag: str


@dataclass(frozen=True)
class Beside:
    """A source, the passage and what stands in the source, row by row, and what the copier changed."""

    source: Source
    rows: tuple[tuple[Cell, ...], ...]
    flagged: tuple[Cell, ...]


def beside(text: str, traced: Iterable[Traced]) -> list[Beside]:
    """The passages of `text` that have a likely source, each with the likeliest."""
    best = (t.sources[0] for t in traced if t.sources and t.sources[0].probability >= LIKELY)
    return [Beside(s, tuple(map(tuple, rows(text, s))), tuple(flagged(text, s))) for s in best]


def rows(text: str, source: Source) -> Iterator[list[Cell]]:
    """The passage of `text` that `source` is for, sentence by sentence, beside what stands there.

    Read in order, the cells give the passage from its first to its last word, and the source's stretch.
    """
    p, s = source.passage, source.words
    here, there = p[0].start, 0
    row: list[Cell] = []
    for b in _by_sentence(p, stretches(p, s, source.blocks)):
        gone, come = p[b.a : b.b], s[b.c : b.d]
        start, first = (gone[0].start if gone else here), (come[0].start if come else there)
        end, last = (gone[-1].end if gone else here), (come[-1].end if come else there)
        if here < start or there < first:
            row.append(Cell(text[here:start], source.text[there:first], "same"))
        if row and gone and gone[0].opens:
            yield row
            row = []
        before, after = text[start:end], source.text[first:last]
        differs = b.tag != "same" and why_not(source, b, before, after)
        row.append(Cell(before, after, "differs" if differs else b.tag))
        here, there = end, last
    yield row


def _by_sentence(p: Sequence[Token], blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks, those of words that are the same cut where a sentence of the passage opens."""
    for b in blocks:
        opens = [n for n in range(b.a + 1, b.b) if p[n].opens] if b.tag == "same" else []
        if not opens:
            yield b
        for start, end in pairwise([b.a, *opens, b.b] if opens else []):
            yield Block("same", start, end, b.c + start - b.a, b.c + end - b.a)


def flagged(text: str, source: Source) -> list[Cell]:
    """What the copier may have changed on purpose, on one line each; nothing restores it."""
    cells = (cell for row in rows(text, source) for cell in row if cell.tag == "differs")
    return [Cell(" ".join(c.passage.split()), " ".join(c.source.split()), c.tag) for c in cells]
