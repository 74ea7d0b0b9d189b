"""Where the original is at hand: an index, the likeliest originals of a text, what they restore."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from textrepair.edits import Repair
from textrepair.errors import missing_extra


def restoring(sources: str | None) -> Callable[[Repair, float, Sequence[re.Pattern[str]]], Repair] | None:
    """A function that restores a repair's text from an index of `sources`; None where none is given.

    Raises `TextrepairError` for an index there is not, or one half-built, damaged or of another version.
    """
    if sources is None:
        return None
    with missing_extra("sources"):
        from textrepair.sources.index import Index
        from textrepair.sources.restore import restored
    index = Index(Path(sources))
    return lambda repair, min_score, protected: restored(repair, index, min_score, protected)
