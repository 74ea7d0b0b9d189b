"""Where the original is at hand: an index, the likeliest originals of a text, what they restore."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textrepair.edits import Repair
from textrepair.errors import missing_extra

if TYPE_CHECKING:
    from textrepair.sources.retriever import Encoder, Retriever

REMOTE = "opensearch+"  # how the URL of an index begins that an engine holds


def opened(sources: str, encoder: Encoder | None = None) -> Retriever:
    """What finds passages in `sources`: the folder of an index, or the URL of one in OpenSearch.

    Vectors that the index holds are asked if an `encoder` is given. Raises `TextrepairError` for an index
    there is not, or one half-built, damaged, of another version, or with vectors by another encoder.
    """
    if sources.startswith(REMOTE):
        with missing_extra("opensearch"):
            from textrepair.sources.opensearch import OpenSearch
        return OpenSearch(sources)
    with missing_extra("sources"):
        from textrepair.sources.index import Index
    return Index(Path(sources), encoder)


def restoring(
    sources: str | None, encoder: Encoder
) -> Callable[[Repair, float, Sequence[re.Pattern[str]]], Repair] | None:
    """A function that restores a repair's text from an index of `sources`; None where none is given.

    Raises what `opened` raises.
    """
    if sources is None:
        return None
    with missing_extra("sources"):
        from textrepair.sources.restore import restored
    index = opened(sources, encoder)
    return lambda repair, min_score, protected: restored(repair, index, min_score, protected)
