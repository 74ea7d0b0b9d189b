"""The records every other room speaks in: `Edit`, `Held`, `Repair`, and how they are spliced.

Offsets are code points of the text as given; nothing is normalised before or after.
The idea of an explanation that can be replayed and undone is ftfy's (`fix_and_explain`,
`apply_plan`); here it is kept on offsets, so that one change can be undone alone.
"""

from __future__ import annotations

import difflib
import html
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from typing import TypeVar

KINDS = ("terminology", "wording", "artifact", "injected", "furniture", "number", "truncation")


@dataclass(frozen=True, order=True)
class Edit:
    """One change: `source[start:end]`, which reads `before`, becomes `after`.

    `kind` is one of `KINDS`; `score` is the calibrated probability (0 to 1) that the edit is
    right; `reason` says what proposed it.

    >>> Edit(4, 13, "sufferers", "patients", "terminology", 0.98, "lexicon:biomedical")
    Edit(start=4, end=13, before='sufferers', after='patients', kind='terminology', score=0.98, \
reason='lexicon:biomedical')
    """

    start: int
    end: int
    before: str
    after: str
    kind: str
    score: float
    reason: str


@dataclass(frozen=True, order=True)
class Held(Edit):
    """An edit that was considered and not made; `why_not` is the short name of the reason.

    A `flag` marks damage whose repair nobody can know: `after` repeats `before`, and `score` is the
    probability that something is wrong there.
    """

    why_not: str = "low-score"


@dataclass(frozen=True)
class Repair:
    """What `explain` returns: the source, the edits made, the edits held back.

    `spun` is the probability (0 to 1) that the document is spun at all.

    >>> r = Repair("the sufferers", (Edit(4, 13, "sufferers", "patients", "terminology", .9, "x"),))
    >>> r.text
    'the patients'
    >>> r.revert(r.edits[0]).text
    'the sufferers'
    """

    source: str
    edits: tuple[Edit, ...] = ()
    held: tuple[Held, ...] = ()
    spun: float = 0.0

    @property
    def text(self) -> str:
        """The source with every edit made."""
        return splice(self.source, self.edits)

    def revert(self, edit: Edit) -> Repair:
        """The same repair without `edit`, whose original characters stand again.

        Raises `ValueError` when `edit` is not one of `edits`.
        """
        if edit not in self.edits:
            raise ValueError(f"{edit!r} is not among the {len(self.edits)} edits of this repair")
        kept = tuple(e for e in self.edits if e != edit)
        held = Held(**asdict(edit), why_not="reverted")
        return replace(self, edits=kept, held=tuple(sorted((*self.held, held))))

    def at(self, min_score: float) -> Repair:
        """The same repair under another threshold, without running anything again.

        Edits that score below `min_score` are held; held ones that were only short of score
        are made, best first, where they do not overlap. What a guard, a protected term or a
        user's `revert` holds stays held.

        >>> r = Repair("a b", (), (Held(0, 1, "a", "x", "wording", .4, "r"),))
        >>> r.at(0.3).text
        'x b'
        """
        pool: list[Edit] = [*self.edits]
        held: list[Held] = []
        for h in self.held:
            if h.why_not in ("low-score", "overlap"):
                pool.append(Edit(*(getattr(h, f) for f in Edit.__dataclass_fields__)))
            else:
                held.append(h)
        enough = [e for e in pool if e.score >= min_score]
        made = best_together(enough)
        done = set(made)
        held += [
            Held(**asdict(e), why_not="overlap" if e.score >= min_score else "low-score")
            for e in pool
            if e not in done
        ]
        return replace(self, edits=made, held=tuple(sorted(held)))

    def to_dict(self) -> dict[str, object]:
        """Plain values only, ready for JSON; `text` is included so that a reader needs no code."""
        return {**asdict(self), "text": self.text}

    def _repr_html_(self) -> str:
        """The text as a notebook shows it: struck out what went, underlined what came, why on hover."""
        out, at = [], 0
        for e in self.edits:
            why = html.escape(f"{e.kind}, {e.score:.2f}, {e.reason}", quote=True)
            out += [
                html.escape(self.source[at : e.start]),
                f'<span title="{why}"><del>{html.escape(e.before)}</del>'
                f"<ins>{html.escape(e.after)}</ins></span>",
            ]
            at = e.end
        out.append(html.escape(self.source[at:]))
        return f'<div class="textrepair" style="white-space:pre-wrap">{"".join(out)}</div>'


def splice(source: str, edits: Iterable[Edit]) -> str:
    """`source` with `edits` made.

    Raises `ValueError` on an edit that overlaps another, leaves the text, or whose `before`
    is not what stands there: such an edit belongs to another text.

    >>> splice("a b", [Edit(2, 3, "b", "c", "wording", 1, "x")])
    'a c'
    """
    out, at = [], 0
    for e in sorted(edits):
        fits = at <= e.start <= e.end <= len(source) and source[e.start : e.end] == e.before
        if not fits:
            raise ValueError(f"{e!r} does not fit the text: after offset {at}, {source[e.start : e.end]!r}")
        out += [source[at : e.start], e.after]
        at = e.end
    return "".join([*out, source[at:]])


def best_apart(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that remain when of two overlapping ones the better scored stays; in text order.

    Ties go to the longer edit, then to the earlier, so the result does not hang on input order.
    """
    kept: list[Edit] = []  # in text order, so that only neighbours can overlap
    for e in sorted(edits, key=lambda e: (-e.score, e.start - e.end, e)):
        at = bisect_left(kept, (e.start, e.end), key=lambda k: (k.start, k.end))
        before, after = kept[at - 1 : at], kept[at : at + 1]
        if any(k.end > e.start for k in before) or any(k.start < e.end for k in after):
            continue
        if any((k.start, k.end) == (e.start, e.end) for k in after):
            continue  # two insertions at one place are rivals too
        kept.insert(at, e)
    return tuple(kept)


SURE = 0.8  # least probability of what a wider edit changes beyond the narrower ones it takes the place of


def best_together(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Those of `best_apart`, but for wider edits that do the same and more, and are sure of the rest.

    A wider edit scores less than a narrower one inside it, since all of it must be right; the chance that
    the rest of it is right, once the narrower one is, is the ratio of their scores. What would cut a listed
    phrase in two is none of them.

    >>> one = Edit(0, 6, "supply", "provide", "wording", 0.9, "x")
    >>> both = Edit(0, 14, "supply crucial", "provide important", "terminology", 0.8, "x")
    >>> [e.after for e in best_together([one, both])]
    ['provide important']
    """
    pool = _uncut(list(edits))
    kept = list(best_apart(pool))
    for wide in sorted(pool, key=lambda e: (-e.score, e)):
        inner = [e for e in kept if e.start < wide.end and wide.start < e.end]
        if (
            inner
            and wide not in inner
            and wide.start <= inner[0].start
            and inner[-1].end <= wide.end
            and all(_words(e.after) <= _words(wide.after) for e in inner)
            and sum(len(_changed(e)) for e in inner) < len(_changed(wide))
            and wide.score >= SURE * math.prod(e.score for e in inner)
        ):
            kept = sorted([e for e in kept if e not in inner] + [wide])
    return tuple(kept)


_START, _END = attrgetter("start"), attrgetter("end")


def _uncut(edits: Sequence[Edit]) -> list[Edit]:
    """The edits without those of the reranker's own candidates that begin or end inside a listed phrase.

    *appointed to get* → *assigned to receive* would leave the rest of *get hold of* behind.
    """
    by_start, by_end = sorted(edits, key=_START), sorted(edits, key=_END)
    cut: set[Edit] = set()
    for phrase in edits:
        if phrase.reason.startswith("lexicon:") and " " in phrase.before:
            cut.update(e for e in _within(phrase, by_start, _START) if e.end > phrase.end)
            cut.update(e for e in _within(phrase, by_end, _END) if e.start < phrase.start)
    return [e for e in edits if e not in cut or not e.reason.startswith("reranker:")]


def _within(phrase: Edit, edits: Sequence[Edit], offset: Callable[[Edit], int]) -> Sequence[Edit]:
    """Those of the `edits`, sorted by an `offset` of theirs, of which it lies inside the phrase."""
    first = bisect_right(edits, phrase.start, key=offset)
    return edits[first : bisect_left(edits, phrase.end, key=offset)]


def _words(text: str) -> set[str]:
    return set(text.lower().split())


def _changed(edit: Edit) -> set[str]:
    return _words(edit.before) - _words(edit.after)


_E = TypeVar("_E", bound=Edit)


def _placed(edits: Iterable[Edit]) -> Iterator[tuple[int, int, Edit]]:
    """Each edit with its place in the text that all of them make."""
    shift = 0
    for e in sorted(edits):
        yield e.start + shift, e.start + shift + len(e.after), e
        shift += len(e.after) - (e.end - e.start)


class _Middle:
    """The text between two rounds of edits, and the way from it back to the source."""

    def __init__(self, source: str, first: Iterable[Edit]) -> None:
        self.source = source
        self.placed = list(_placed(first))
        self.text = splice(source, (e for *_, e in self.placed))
        self._los, self._his = [p[0] for p in self.placed], [p[1] for p in self.placed]

    def touched(self, b: Edit) -> set[int]:
        """Which of `placed` an edit of this text touches."""
        return set(range(bisect_right(self._his, b.start), bisect_left(self._los, b.end)))

    def _offset(self, offset: int, *, end: bool) -> int:
        """The source offset of an offset outside every placed edit.

        A deletion that sits exactly at `offset` lies before a start and behind an end.
        """
        i = bisect_right(self._his, offset)
        while end and i and self.placed[i - 1][0] == offset:
            i -= 1
        return offset + (self.placed[i - 1][2].end - self.placed[i - 1][1] if i else 0)

    def back(self, group: Sequence[_E], on: Iterable[int]) -> tuple[int, int, _E]:
        """One edit of the source, and its reach here, for edits of this text and the placed ones they"
        " touch.
        """
        touched = [self.placed[i] for i in sorted(on)]
        lo = min([b.start for b in group] + [p[0] for p in touched])
        hi = max([b.end for b in group] + [p[1] for p in touched])
        inside = [replace(b, start=b.start - lo, end=b.end - lo) for b in group]
        start = self._offset(lo, end=False)
        end = start if lo == hi else self._offset(hi, end=True)
        if touched:
            start = touched[0][2].start if lo == touched[0][0] else start
            end = touched[-1][2].end if hi == touched[-1][1] else end
        score = min([b.score for b in group] + [p[2].score for p in touched])
        after = splice(self.text[lo:hi], inside)
        before = self.source[start:end]
        return lo, hi, replace(group[0], start=start, end=end, before=before, after=after, score=score)


def carry_back(source: str, first: Iterable[Edit], held: Iterable[_E]) -> list[_E]:
    """`held`, which stands on what `first` makes of `source`, as it stands on `source`.

    >>> a = Edit(0, 1, "x", "yyy", "wording", 0.9, "one")
    >>> [h] = carry_back("x w", [a], [Held(4, 5, "w", "v", "wording", 0.2, "two")])
    >>> h.start, h.end, h.before
    (2, 3, 'w')
    """
    middle = _Middle(source, first)
    carried = (middle.back([h], middle.touched(h))[2] for h in held)
    return [h for h in carried if h.before != h.after]


def written(edits: Iterable[Edit]) -> Iterator[tuple[int, int]]:
    """Where what the edits write stands once they are made: offsets in the repaired text.

    >>> list(written([Edit(0, 1, "x", "yy", "wording", 0.9, ""), Edit(2, 3, "z", "", "wording", 0.9, "")]))
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
    middle = _Middle(source, first)
    used: set[int] = set()
    groups: list[tuple[list[Edit], set[int]]] = []  # edits of `second`, and what they touch
    for b in sorted(second):
        on = middle.touched(b)
        if on & used:
            groups[-1][0].append(b)
            groups[-1][1].update(on)
        else:
            groups.append(([b], on))
        used |= on
    # what comes out, each with its place in the middle text
    pieces: list[tuple[int, int, Edit]] = [middle.back(group, on) for group, on in groups]
    pieces += [p for i, p in enumerate(middle.placed) if i not in used]
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


def unified_diff(repair: Repair, name: str) -> str:
    """The repair as a unified diff that `patch` applies; empty when nothing changed."""
    # only "\n" ends a line for `patch`; `splitlines` would also break at form feeds and others
    before, after = (re.findall(r"[^\n]*\n|[^\n]+", t) for t in (repair.source, repair.text))
    tab = "\t" if " " in name else ""  # without it `patch` ends the name at the first space
    lines = difflib.unified_diff(before, after, f"a/{name}{tab}", f"b/{name}{tab}")
    return "".join(x if x.endswith("\n") else x + "\n\\ No newline at end of file\n" for x in lines)
