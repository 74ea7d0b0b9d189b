"""textrepair puts back the words that article spinners swapped out of scientific text.

>>> import textrepair
>>> textrepair.fix("The sufferers were treated for bosom peril.")
'The patients were treated for breast cancer.'
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from textrepair.edits import Edit, Held, Repair
from textrepair.errors import TextrepairError

if TYPE_CHECKING:
    from textrepair.repairer import Repairer, load

__all__ = ["Edit", "Held", "Repair", "Repairer", "TextrepairError", "explain", "fix", "load"]
__version__ = version("textrepair")


def __getattr__(name: str) -> object:
    # torch and spaCy take seconds to import: nothing pays for them before the first repair
    if name in ("Repairer", "load"):
        from textrepair import repairer

        return getattr(repairer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _default() -> Repairer:
    from textrepair.repairer import load

    return load()


def fix(text: str) -> str:
    """`text` with its swapped words put back, by the default model and lexicon.

    Raises `TypeError` when `text` is not a `str`.
    """
    return _default().fix(text)


def explain(text: str) -> Repair:
    """The repair of `text`: every edit with its kind, score and reason, and what was held back.

    Raises `TypeError` when `text` is not a `str`.
    """
    return _default().explain(text)
