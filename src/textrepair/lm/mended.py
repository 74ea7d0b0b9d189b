"""What a language model says of wordings in a text in which other places are mended first.

A causal model reads what stands before a place, and in a spun text words were swapped there too. So it is
asked of each place as the text reads with the sure edits made, but for those that overlap the place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from textrepair.edits import Edit, splice
from textrepair.lm.opinion import LanguageModel, Opinion, Wording, opinions


def opinions_in_mended(
    model: LanguageModel, text: str, wordings: Sequence[Wording], made: Sequence[Edit]
) -> list[Opinion | None]:
    """What the model says of each wording, as `opinions` does, in the text with the edits `made`.

    These lie apart, in text order. Where some overlap a wording, both it and what stands in the text are held
    against what they make of the place, and so against each other.
    """
    starts, ends = [e.start for e in made], [e.end for e in made]
    shifts = [0, *accumulate(len(e.after) - len(e.before) for e in made)]

    def moved(offset: int) -> int:
        return offset + shifts[bisect_right(ends, offset)]

    def in_mended(w: Wording) -> Wording:
        """A wording that holds the edits it overlaps whole, with its offsets in the mended text."""
        first, behind = bisect_right(ends, w.start), bisect_left(starts, w.end)
        start = min([w.start, *starts[first:behind]])
        end = max([w.end, *ends[first:behind]])
        after = text[start : w.start] + w.after + text[w.end : end]
        return Wording(moved(start), moved(end), after)

    mended = splice(text, made)
    asked = [in_mended(w) for w in wordings]
    stands = [in_mended(Wording(w.start, w.end, text[w.start : w.end])) for w in wordings]
    each = [w for w in dict.fromkeys((*asked, *stands)) if mended[w.start : w.end] != w.after]
    said = dict(zip(each, opinions(model, mended, each), strict=True))
    return [
        _against(said.get(wording, NO_CHANGE), said[now]) if now in said else said.get(wording, NO_CHANGE)
        for wording, now in zip(asked, stands, strict=True)
    ]


NO_CHANGE = Opinion(0.0, 0.0, 0.0)  # what is said of what stands


def _against(wording: Opinion | None, now: Opinion | None) -> Opinion | None:
    """What is said of a wording, held against what is said of what stands now, for the same words."""
    if wording is None or now is None:
        return None
    return Opinion(wording.words - now.words, wording.after - now.after, now.stands + now.words)
