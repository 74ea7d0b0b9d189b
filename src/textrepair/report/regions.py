"""A repair as stretches of text: those that read the same at every threshold, and those that do not."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from textrepair.detection import Original, SwappedSpan
from textrepair.edits import Edit, Repair

STEPS = 100  # of the threshold, from 0 to 1


@dataclass(frozen=True)
class Piece:
    """A stretch of text as a state shows it: an edit, a span that was swapped and left alone, or neither."""

    text: str
    edit: Edit | None = None
    span: SwappedSpan | None = None


@dataclass(frozen=True)
class State:
    """What a region reads as at some thresholds, from the first to the last step of each of `ranges`.

    `as_made` marks the state in which the region is in the repair itself.
    """

    pieces: tuple[Piece, ...]
    ranges: tuple[tuple[int, int], ...]
    as_made: bool


@dataclass(frozen=True)
class Region:
    """A stretch of the source that an edit or a swapped span touches at some threshold, and its states.

    `probability` is the greatest of its spans and edits.
    """

    start: int
    end: int
    states: tuple[State, ...]
    probability: float


def regions(repair: Repair) -> list[Region]:
    """The regions of a repair, in text order and apart; `Repair.at` says what is made at which threshold.

    >>> repair = Repair("the sufferers", (Edit(4, 13, "sufferers", "patients", "wording", 0.605, "x"),))
    >>> [region] = regions(repair)
    >>> [(s.ranges, s.as_made) for s in region.states]
    [(((0, 60),), True), (((61, 100),), False)]
    """
    at_step = [repair.at(step / STEPS).edits for step in range(STEPS + 1)]
    spans = repair.detection.spans
    touched = {(e.start, e.end) for made in (repair.edits, *at_step) for e in made}
    places = _merged((*touched, *((s.start, s.end) for s in spans)))
    as_made, swapped = _by_place(repair.edits, places), _by_place(spans, places)
    made = [_by_place(edits, places) for edits in at_step]
    return [
        _region(repair.source, place, as_made[k], [at_one[k] for at_one in made], swapped[k])
        for k, place in enumerate(places)
    ]


T = TypeVar("T", Edit, SwappedSpan)


def _by_place(items: Iterable[T], places: Sequence[tuple[int, int]]) -> list[tuple[T, ...]]:
    """The items that lie in each place, in text order."""
    out: list[list[T]] = [[] for _ in places]
    for item in sorted(items, key=lambda x: (x.start, x.end)):
        out[bisect_right(places, (item.start, math.inf)) - 1].append(item)
    return [tuple(found) for found in out]


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap, or insert at one place, as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and (start < out[-1][1] or (start, start) == out[-1]):
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out


def _region(
    source: str,
    place: tuple[int, int],
    as_made: tuple[Edit, ...],
    at_step: Sequence[tuple[Edit, ...]],
    spans: Sequence[SwappedSpan],
) -> Region:
    ranges: dict[tuple[Edit, ...], list[tuple[int, int]]] = {as_made: []}
    for made, steps in groupby(range(STEPS + 1), key=at_step.__getitem__):
        run = [*steps]
        ranges.setdefault(made, []).append((run[0], run[-1]))
    states = tuple(
        State(tuple(_pieces(source, *place, made, spans)), tuple(found), made == as_made)
        for made, found in ranges.items()
    )
    return Region(*place, states, max(_probabilities(spans, ranges)))


def _probabilities(spans: Iterable[SwappedSpan], ranges: Iterable[Iterable[Edit]]) -> Iterator[float]:
    yield from (s.probability for s in spans)
    yield from (e.score for made in ranges for e in made)


def _pieces(
    source: str, start: int, end: int, made: Sequence[Edit], spans: Sequence[SwappedSpan]
) -> Iterator[Piece]:
    """What a region reads as once these edits are made."""
    untouched = [s for s in spans if not any(e.start < s.end and s.start < e.end for e in made)]
    items: list[Edit | SwappedSpan] = [*made, *untouched]
    at = start
    for item in sorted(items, key=lambda x: (x.start, x.end)):
        if at < item.start:
            yield Piece(source[at : item.start])
        if isinstance(item, Edit):
            yield Piece(item.before, edit=item)
        else:
            yield Piece(item.text, span=item)
        at = item.end
    if at < end:
        yield Piece(source[at:end])


def alternatives(repair: Repair, edit: Edit) -> tuple[Original, ...]:
    """What else may have stood where an edit is made."""
    found = (s for s in repair.detection.spans if s.start < edit.end and edit.start < s.end)
    return tuple(o for s in found for o in s.originals if o.text != edit.after)
