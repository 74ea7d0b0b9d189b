"""Edits without the words at their ends that they leave as they are: only what differs was swapped."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from textrepair.edits import Edit
from textrepair.pipeline.decide import LEXICON

WORD = re.compile(r"\S+")


class Shared(NamedTuple):
    """How many words at either end of an edit stay as they are."""

    left: int
    right: int


def shared_words(edit: Edit) -> Shared:
    """How many words at its ends an edit leaves; none of what a lexicon lists, which is one term.

    At least one word is left between them on both sides.

    >>> shared_words(Edit(3, 19, "irregular number", "random number", "terminology", 0.9, "model"))
    Shared(left=0, right=1)
    """
    before, after = edit.before.split(), edit.after.split()
    most = 0 if edit.source.startswith(LEXICON) else min(len(before), len(after)) - 1
    left = 0
    while left < most and before[left] == after[left]:
        left += 1
    right = 0
    while right < most - left and before[-1 - right] == after[-1 - right]:
        right += 1
    return Shared(left, right)


def narrowed(edit: Edit, shared: Shared | None = None) -> Edit:
    """An edit without the words at its ends that stay, or without so many of them.

    >>> e = narrowed(Edit(3, 19, "irregular number", "random number", "terminology", 0.9, "model"))
    >>> e.start, e.end, e.before, e.after
    (3, 12, 'irregular', 'random')
    """
    left, right = shared or shared_words(edit)
    if not left and not right:
        return edit
    before, after = ([m.span() for m in WORD.finditer(words)] for words in (edit.before, edit.after))
    first, last = before[left][0], before[-1 - right][1]
    becomes = edit.after[after[left][0] : after[-1 - right][1]]
    at = (edit.start + first, edit.start + last)
    return replace(edit, start=at[0], end=at[1], before=edit.before[first:last], after=becomes)
