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


@cache
def inflect(phrase: str, pos: str, tag: str) -> str:
    """`phrase` in the inflection `tag`: the last word of a noun bends, the first of a verb.

    Empty when there is no such form.

    >>> inflect("immune system", "NOUN", "NNS"), inflect("make up", "VERB", "VBD")
    ('immune systems', 'made up')
    >>> inflect("complex", "ADJ", "JJR")
    ''
    """
    if pos == "PHRASE":
        return phrase
    words = phrase.split(" ")
    at = 0 if pos == "VERB" else -1
    if tag in ("NN", "VB", "JJ", "RB"):
        return phrase
    # an unknown noun or verb bends by rule; an unknown adjective takes *more*, not *-er*
    forms = lemminflect().getInflection(words[at], tag, inflect_oov=pos in ("NOUN", "VERB"))
    if not forms:
        return ""
    words[at] = forms[0]
    return " ".join(words)
