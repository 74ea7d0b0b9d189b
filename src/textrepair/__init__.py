"""textrepair puts back the words that article spinners swapped out of scientific text.

>>> import textrepair
>>> textrepair.fix("The sufferers were treated for bosom peril.")
'The patients were treated for breast cancer.'
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from os import PathLike, fspath
from typing import TYPE_CHECKING

from textrepair.detection import Detection
from textrepair.edits import Edit, Held, Repair
from textrepair.errors import TextrepairError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textrepair.pipeline.loading import load
    from textrepair.pipeline.repair import Repairer

__all__ = [
    "Detection", "Edit", "Held", "Repair", "Repairer", "TextrepairError", "detect", "explain", "fix", "load",
]  # fmt: skip
__version__ = version("textrepair")


def __getattr__(name: str) -> object:
    # what the first repair needs takes a while to import: nothing pays for it before
    if name in ("Repairer", "load"):
        from textrepair.pipeline import loading

        return getattr(loading, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _default() -> Repairer:
    from textrepair.pipeline.loading import load

    return load()


@cache
def _beside(sources: str) -> Repairer:
    return _default().beside(sources)


def _for(families: Sequence[str] | None, sources: str | PathLike[str] | None, format: str) -> Repairer:
    repairer = _default() if sources is None else _beside(fspath(sources))
    return repairer.only(families, format=format)


def fix(
    text: str,
    *,
    families: Sequence[str] | None = None,
    sources: str | PathLike[str] | None = None,
    format: str = "text",
) -> str:
    """`text` with its swapped words put back and its damage mended, by the default model and lexicon.

    `families` names what is repaired, everything by default: synonyms, furniture, advertisements, numbers,
    characters, words, truncation. `sources` is the folder of an index that `textrepair index` made: where
    it holds the original, its words are restored. `format` says what `text` is written in: text, latex,
    markdown, xml, html; of markup only the prose is read and edited. Raises `TypeError` when `text` is not a
    `str`, and `TextrepairError` for a family, an index or a format there is not, and for XML whose tags do
    not nest.

    >>> fix("Given theirsafety, the sufferers were treated.", families=["words"])
    'Given their safety, the sufferers were treated.'
    >>> fix("<p>The <i>sufferers</i> had bosom peril &amp; were treated.</p>", format="html")
    '<p>The <i>patients</i> had breast cancer &amp; were treated.</p>'
    """
    return _for(families, sources, format).fix(text)


def explain(
    text: str,
    *,
    families: Sequence[str] | None = None,
    sources: str | PathLike[str] | None = None,
    format: str = "text",
) -> Repair:
    """The repair of `text`: every edit with its kind, score and reason, and what was held back.

    `families`, `sources` and `format` are those of `fix`; the reason of an edit names its family, or the
    document and the place it was restored from. Raises what `fix` raises.
    """
    return _for(families, sources, format).explain(text)


def detect(text: str, *, format: str = "text") -> Detection:
    """What was swapped in `text`, restored or not: spans and sentences, each with its probability.

    `format` is that of `fix`. What `explain` returns holds it too. Raises what `fix` raises.

    >>> found = detect("The sufferers were treated for bosom peril.")
    >>> [(s.text, s.originals[0].text) for s in found.at(0.9).spans]
    [('sufferers', 'patients'), ('bosom peril', 'breast cancer')]
    """
    return _for(None, None, format).detect(text)
