"""Regular expressions of a lexicon, which no text can make run away."""

from __future__ import annotations

from functools import cache
from typing import Any

from textrepair.errors import TextrepairError


@cache
def compile_linear(pattern: str) -> Any:
    """A lexicon's regular expression, by RE2: it reads any text in linear time, so none can run away.

    Raises `TextrepairError` for a pattern that is none, or that only backtracking could match
    (look-around, back-references).

    >>> [m.span() for m in compile_linear(r"p\\s*<\\s*0\\.\\d+").finditer("so p < 0.05")]
    [(3, 11)]
    """
    import re2

    options = re2.Options()
    options.log_errors = False  # it would write to standard error
    try:
        return re2.compile(pattern, options)
    except re2.error as e:
        why = e.args[0].decode(errors="replace") if isinstance(e.args[0], bytes) else str(e)
        raise TextrepairError(
            f"{pattern!r} is no regular expression that runs in linear time: {why}; "
            "look-around and back-references are not possible"
        ) from None
