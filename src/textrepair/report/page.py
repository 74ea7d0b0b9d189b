"""The page itself, and the summary one can paste into a comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import jinja2

from textrepair.detection import SwappedSpan
from textrepair.edits import Edit, Repair
from textrepair.errors import numbered
from textrepair.pipeline.decide import RERANKER
from textrepair.report.regions import Region, alternatives, regions
from textrepair.view import visible

if TYPE_CHECKING:
    from textrepair.sources.columns import Beside

BARS = 100  # of the strip that shows where in a document the swaps lie
BLOCK = 2_000  # characters
SUREST = 8  # phrases of the summary


class Part(NamedTuple):
    """A line, or part of one, that never changes; or a region with its number."""

    text: str
    region: Region | None = None
    number: int = 0


@dataclass(frozen=True)
class Section:
    """A document as the page shows it: its regions, the text around them, and passages beside sources."""

    name: str
    repair: Repair
    regions: Sequence[Region]
    beside: Sequence[Beside] = ()

    def blocks(self) -> Iterator[list[Part]]:
        """The text in order, in blocks of some lines: a browser lays out only those that are in sight."""
        block, characters = list[Part](), 0
        for part in self._parts():
            block.append(part)
            characters += len(part.text)
            if characters >= BLOCK and part.text.endswith("\n"):
                yield block
                block, characters = [], 0
        yield block

    def _parts(self) -> Iterator[Part]:
        at = 0
        for number, region in enumerate(self.regions):
            yield from map(Part, visible(self.repair.source[at : region.start]).splitlines(keepends=True))
            yield Part("", region, number)
            at = region.end
        yield from map(Part, visible(self.repair.source[at:]).splitlines(keepends=True))

    def bars(self) -> list[tuple[float, int]]:
        """Each part of the document: the share of the most that lies there, and its first region."""
        length = max(1, len(self.repair.source))
        totals, first = [0.0] * BARS, [-1] * BARS
        for number, region in enumerate(self.regions):
            bar = min(BARS - 1, region.start * BARS // length)
            totals[bar] += region.probability
            first[bar] = number if first[bar] < 0 else first[bar]
        most = max([1.0, *totals])
        return [(total / most, number) for total, number in zip(totals, first, strict=True)]

    def summary(self) -> str:
        """A few lines for a comment: figures, the surest phrases, and what they do not prove."""
        return summary(self.repair, self.name)


def summary(repair: Repair, name: str) -> str:
    """What was found in a text, to be pasted into a comment.

    >>> print(summary(Repair("a b", spun=0.25), "paper.txt").splitlines()[0])
    paper.txt, read by textrepair: probability 0.25 that words were swapped in it.
    """
    found = repair.detection
    low, high = found.interval
    lines = [
        f"{name}, read by textrepair: probability {repair.spun:.2f} that words were swapped in it.",
        f"Of its words {found.swapped:.1%} ({low:.1%} to {high:.1%}) were likely swapped; "
        f"proposed: {numbered(len(repair.edits), 'change')}.",
    ]
    surest = sorted((s for s in found.spans if s.probability >= 0.5), key=lambda s: -s.probability)
    listed = dict.fromkeys(_phrase(s) for s in surest)
    lines += [f"- {phrase}" for phrase in [*listed][:SUREST]]
    lines.append("Such wordings are a reason to look closer, no proof of misconduct.")
    return "\n".join(lines)


def _phrase(span: SwappedSpan) -> str:
    text = " ".join(span.text.split())
    if not span.originals:
        return f"“{text}”"
    best = span.originals[0]
    return f"“{text}”, {'likely' if best.probability >= 0.5 else 'perhaps'} “{best.text}”"


def page(repairs: Sequence[tuple[str, Repair]], beside: Sequence[Sequence[Beside]] = ()) -> str:
    """The HTML of a report on the repairs of these documents; it needs nothing but itself.

    `beside` are for each document its passages that have a likely source, to be shown side by side.
    """
    sections = [
        Section(name, repair, regions(repair), there)
        for (name, repair), there in zip(repairs, beside or [()] * len(repairs), strict=True)
    ]
    here = files(__package__)
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: here.joinpath(name).read_text(encoding="utf8")),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    shown = [*_items(sections)]
    return environment.get_template("page.html").render(
        sections=sections,
        kinds=Counter(item.kind for item in shown),
        families=Counter(family(item) for item in shown),
        alternatives=alternatives,
        family=family,
        visible=visible,
        version=version("textrepair"),
    )


def _items(sections: Sequence[Section]) -> Iterator[Edit | SwappedSpan]:
    """What can be filtered: each edit and each swapped span once."""
    pieces = (p for s in sections for r in s.regions for state in r.states for p in state.pieces)
    yield from {item: None for p in pieces if (item := p.edit or p.span)}


def family(item: Edit | SwappedSpan) -> str:
    """The short name of what proposed it: a lexicon, the model, an acronym, a source, a family of damage."""
    return "model" if item.source.startswith(RERANKER) else item.source
