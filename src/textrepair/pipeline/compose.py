"""Edits of a second round, which stand on what the first one made, as edits of the source."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from textrepair.edits import Edit, Held, Repair, splice

_E = TypeVar("_E", bound=Edit)


def _placed(edits: Iterable[Edit]) -> Iterator[tuple[int, int, Edit]]:
    """Each edit with its place in the text that all of them make."""
    shift = 0
    for e in sorted(edits):
        yield e.start + shift, e.start + shift + len(e.after), e
        shift += len(e.after) - (e.end - e.start)


class _OffsetMap:
    """The text between two rounds of edits, and the way from it back to the source."""

    def __init__(self, source: str, first: Iterable[Edit]) -> None:
        self.source = source
        self.placed = list(_placed(first))
        self.text = splice(source, (e for *_, e in self.placed))
        self._los, self._his = [p[0] for p in self.placed], [p[1] for p in self.placed]

    def touched(self, start: int, end: int) -> set[int]:
        """Which of `placed` a span of this text touches."""
        return set(range(bisect_right(self._his, start), bisect_left(self._los, end)))

    def _offset(self, offset: int, *, end: bool) -> int:
        """The source offset of an offset outside every placed edit.

        A deletion that sits exactly at `offset` lies before a start and behind an end.
        """
        i = bisect_right(self._his, offset)
        while end and i and self.placed[i - 1][0] == offset:
            i -= 1
        return offset + (self.placed[i - 1][2].end - self.placed[i - 1][1] if i else 0)

    def source_span(self, lo: int, hi: int, touched: Sequence[tuple[int, int, Edit]]) -> tuple[int, int]:
        """The span of the source for a span here that holds all of the placed edits it touches."""
        start = self._offset(lo, end=False)
        end = start if lo == hi else self._offset(hi, end=True)
        if touched:
            start = touched[0][2].start if lo == touched[0][0] else start
            end = touched[-1][2].end if hi == touched[-1][1] else end
        return start, end

    def back(self, group: Sequence[_E], on: Iterable[int]) -> tuple[int, int, _E]:
        """One edit of the source, and its span here, for edits of this text and placed ones they touch."""
        touched = [self.placed[i] for i in sorted(on)]
        lo = min([b.start for b in group] + [p[0] for p in touched])
        hi = max([b.end for b in group] + [p[1] for p in touched])
        inside = [replace(b, start=b.start - lo, end=b.end - lo) for b in group]
        start, end = self.source_span(lo, hi, touched)
        score = min([b.score for b in group] + [p[2].score for p in touched])
        after = splice(self.text[lo:hi], inside)
        before = self.source[start:end]
        return lo, hi, replace(group[0], start=start, end=end, before=before, after=after, score=score)


def map_to_source(source: str, first: Iterable[Edit], held: Iterable[_E]) -> list[_E]:
    """`held`, which stands on what `first` makes of `source`, as it stands on `source`.

    >>> from textrepair.edits import Held
    >>> a = Edit(0, 1, "x", "yyy", "wording", 0.9, "one")
    >>> [h] = map_to_source("x w", [a], [Held(4, 5, "w", "v", "wording", 0.2, "two")])
    >>> h.start, h.end, h.before
    (2, 3, 'w')
    """
    offset_map = _OffsetMap(source, first)
    carried = (offset_map.back([h], offset_map.touched(h.start, h.end))[2] for h in held)
    return [h for h in carried if h.before != h.after]


def source_spans(source: str, first: Iterable[Edit]) -> Callable[[int, int], tuple[int, int]]:
    """What leads a span of the text that `first` makes back to `source`, grown to hold all edits it touches.

    >>> source_spans("x w", [Edit(0, 1, "x", "yyy", "wording", 0.9, "one")])(4, 5)
    (2, 3)
    """
    offset_map = _OffsetMap(source, first)

    def back(start: int, end: int) -> tuple[int, int]:
        touched = [offset_map.placed[i] for i in sorted(offset_map.touched(start, end))]
        lo, hi = min([start, *(p[0] for p in touched)]), max([end, *(p[1] for p in touched)])
        return offset_map.source_span(lo, hi, touched)

    return back


def after_damage(source: str, mended: Sequence[Edit], held: Iterable[Held], synonyms: Repair) -> Repair:
    """The repair of `source` that first makes the edits `mended` and then does what `synonyms` does.

    `held`: what of the damage was not mended.
    """
    if not mended:
        return replace(synonyms, held=tuple(sorted((*held, *synonyms.held))))
    made = compose(source, mended, synonyms.edits)
    all_held = sorted((*held, *map_to_source(source, mended, synonyms.held)))
    detection = synonyms.detection.moved(source, source_spans(source, mended))
    return Repair(source, made, tuple(all_held), synonyms.spun, detection)


def output_spans(edits: Iterable[Edit]) -> Iterator[tuple[int, int]]:
    """Where what the edits write stands once they are made: offsets in the repaired text.

    >>> edits = Edit(0, 1, "x", "yy", "wording", 0.9, ""), Edit(2, 3, "z", "", "wording", 0.9, "")
    >>> list(output_spans(edits))
    [(0, 2), (3, 3)]
    """
    return ((start, end) for start, end, _ in _placed(edits))


def compose(source: str, first: Iterable[Edit], second: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits on `source` that do what `first` and then, on its result, `second` does.

    Where an edit of `second` touches text that `first` wrote, the two become one edit over the
    union of their reach, with the lower score, since both must be right.

    >>> a = Edit(0, 1, "x", "yy", "wording", 0.9, "one")
    >>> b = Edit(1, 3, "y ", "z ", "wording", 0.8, "two")
    >>> compose("x w", [a], [b])
    (Edit(start=0, end=2, before='x ', after='yz ', kind='wording', score=0.8, reason='two'),)
    """
    offset_map = _OffsetMap(source, first)
    used: set[int] = set()
    groups: list[tuple[list[Edit], set[int]]] = []  # edits of `second`, and what they touch
    for b in sorted(second):
        on = offset_map.touched(b.start, b.end)
        if on & used:
            groups[-1][0].append(b)
            groups[-1][1].update(on)
        else:
            groups.append(([b], on))
        used |= on
    # what comes out, each with its place in the middle text
    pieces: list[tuple[int, int, Edit]] = [offset_map.back(group, on) for group, on in groups]
    pieces += [p for i, p in enumerate(offset_map.placed) if i not in used]
    out: list[Edit] = []
    for *_, e in sorted(pieces, key=lambda p: (p[0], p[1], p[2].start)):
        if e.before == e.after:
            continue
        if out and out[-1].start == out[-1].end == e.start == e.end:
            # offsets alone no longer say which of two insertions at one place comes first
            out[-1] = replace(out[-1], after=out[-1].after + e.after, score=min(out[-1].score, e.score))
        else:
            out.append(e)
    return tuple(sorted(out))
