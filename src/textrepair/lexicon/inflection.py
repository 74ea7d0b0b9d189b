"""Inflection by lemminflect."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any


class _NoSpacy(MetaPathFinder):
    """As if spaCy were not installed."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if name == "spacy":
            raise ModuleNotFoundError(name=name)


@cache
def lemminflect() -> Any:
    """The library, without the hook into spaCy for which it would take seconds to import that."""
    hidden = _NoSpacy()
    sys.meta_path.insert(0, hidden)
    try:
        import lemminflect
    finally:
        sys.meta_path.remove(hidden)
    return lemminflect
