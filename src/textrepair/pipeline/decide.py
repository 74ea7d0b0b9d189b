"""Which of the proposed edits are made: those above the threshold, and of overlapping ones the best.

The one place that decides: for candidates, for damage, and for `Repair.at`.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Protocol, TypeVar

LEXICON, RERANKER = "lexicon:", "reranker:"  # how the names of these sources begin


class Proposed(Hashable, Protocol):
    """What a decision needs to know of an edit; `textrepair.edits.Edit` has it."""

    @property
    def start(self) -> int:
        """Offset of its first character in the source."""

    @property
    def end(self) -> int:
        """Offset behind its last character."""

    @property
    def before(self) -> str:
        """What stands there."""

    @property
    def after(self) -> str:
        """What would stand there."""

    @property
    def score(self) -> float:
        """The probability that it is right."""

    @property
    def source(self) -> str:
        """The name of what proposed it."""

    def __lt__(self, other: Any, /) -> bool:
        """Whether it comes before another in the text."""


WORD = 0.002  # what each word of a listed phrase adds to its score where edits overlap
P = TypeVar("P", bound=Proposed)


def decide(
    proposed: Iterable[P],
    min_score: float,
    choose: Callable[[Iterable[P]], tuple[P, ...]] | None = None,
) -> tuple[tuple[P, ...], list[tuple[P, str]]]:
    """The edits that are made, in text order, and the others, each with why it is not.

    Of those that score `min_score` or more `choose` (by default `best_together`) picks; the rest is held for
    its `low-score`, or for the `overlap` with a better one.
    """
    pool = list(proposed)
    made = (choose or best_together)(e for e in pool if e.score >= min_score)
    done = set(made)
    return made, [(e, "overlap" if e.score >= min_score else "low-score") for e in pool if e not in done]


def best_apart(edits: Iterable[P]) -> tuple[P, ...]:
    """The edits that remain when of two overlapping ones the better scored stays; in text order.

    Of two listed phrases that score nearly the same the one of more words stays. Ties go to the longer edit,
    then to the earlier, so the result does not hang on input order.
    """
    kept: list[P] = []  # in text order, so that only neighbours can overlap
    for e in sorted(edits, key=lambda e: (-_worth(e), e.start - e.end, e)):
        at = bisect_left(kept, (e.start, e.end), key=lambda k: (k.start, k.end))
        before, after = kept[at - 1 : at], kept[at : at + 1]
        if any(k.end > e.start for k in before) or any(k.start < e.end for k in after):
            continue
        if any((k.start, k.end) == (e.start, e.end) for k in after):
            continue  # two insertions at one place are rivals too
        kept.insert(at, e)
    return tuple(kept)


def _worth(edit: Proposed) -> float:
    return edit.score + WORD * edit.before.count(" ") * _is_listed_phrase(edit)


_START, _END = attrgetter("start"), attrgetter("end")
SURE = 0.8  # least probability of what a wider edit changes beyond the narrower ones it takes the place of


def best_together(edits: Iterable[P]) -> tuple[P, ...]:
    """Those of `best_apart`, but for wider edits that do the same and more, and are sure of the rest.

    A listed phrase need do no more than the edits that it takes the place of.

    A wider edit scores less than a narrower one inside it, since all of it must be right; the chance that
    the rest of it is right, once the narrower one is, is the ratio of their scores. What would cut a listed
    phrase in two is none of them.

    >>> from textrepair.edits import Edit
    >>> one = Edit(0, 6, "supply", "provide", "wording", 0.9, "x")
    >>> both = Edit(0, 14, "supply crucial", "provide important", "terminology", 0.8, "x")
    >>> [e.after for e in best_together([one, both])]
    ['provide important']
    """
    pool = _uncut(list(edits))
    kept = list(best_apart(pool))
    for wide in sorted(pool, key=lambda e: (-e.score, e)):
        # what is kept lies apart and in text order, so that its ends are in order too
        first, behind = bisect_right(kept, wide.start, key=_END), bisect_left(kept, wide.end, key=_START)
        inner = kept[first:behind]
        if (
            inner
            and wide not in inner
            and wide.start <= inner[0].start
            and inner[-1].end <= wide.end
            and all(_words(e.after) <= _words(wide.after) for e in inner)
            and sum(len(_changed(e)) for e in inner) < len(_changed(wide)) + _is_listed_phrase(wide)
            and wide.score >= SURE * math.prod(e.score for e in inner)
        ):
            kept[first:behind] = [wide]
    return tuple(kept)


def _uncut(edits: Sequence[P]) -> list[P]:
    """The edits without those of the reranker's own candidates that begin or end inside a listed phrase.

    *appointed to get* → *assigned to receive* would leave the rest of *get hold of* behind.
    """
    by_start, by_end = sorted(edits, key=_START), sorted(edits, key=_END)
    cut: set[P] = set()
    for phrase in edits:
        if _is_listed_phrase(phrase):
            cut.update(e for e in _within(phrase, by_start, _START) if e.end > phrase.end)
            cut.update(e for e in _within(phrase, by_end, _END) if e.start < phrase.start)
    return [e for e in edits if e not in cut or not e.source.startswith(RERANKER)]


def _within(phrase: P, edits: Sequence[P], offset: Callable[[P], int]) -> Sequence[P]:
    """Those of the `edits`, sorted by an `offset` of theirs, of which it lies inside the phrase."""
    first = bisect_right(edits, phrase.start, key=offset)
    return edits[first : bisect_left(edits, phrase.end, key=offset)]


def _is_listed_phrase(edit: Proposed) -> bool:
    return edit.source.startswith(LEXICON) and " " in edit.before


def _words(text: str) -> set[str]:
    return set(text.lower().replace("-", " ").split())


def _changed(edit: Proposed) -> set[str]:
    return _words(edit.before) - _words(edit.after)
