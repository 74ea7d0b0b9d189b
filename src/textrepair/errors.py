"""The one error users are meant to read: it names the thing, the value and the remedy."""

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
