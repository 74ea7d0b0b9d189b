"""What users read: the one error, which names the thing, the value and the remedy, and how many of what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class TextrepairError(ValueError):
    """Bad input, an unknown name, or damaged data; the command line prints it and exits with 2."""


@contextmanager
def missing_extra(name: str) -> Iterator[None]:
    """Say how to install the extra `name` where an import inside fails."""
    try:
        yield
    except ModuleNotFoundError as e:
        raise TextrepairError(f"this needs {e.name}: pip install 'textrepair[{name}]'") from None


def numbered(number: int, one: str, more: str = "") -> str:
    """How many of what, in words that fit the number; `more` is the plural where it is not made by an s.

    >>> numbered(1, "row"), numbered(1_200, "row"), numbered(0, "entry", "entries")
    ('1 row', '1,200 rows', '0 entries')
    """
    return f"{number:,} {one if number == 1 else more or one + 's'}"
