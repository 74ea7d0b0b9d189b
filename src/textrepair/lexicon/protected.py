"""Stretches of text no edit may touch: quotations, references, formulae, names, and what users name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from textrepair.errors import TextrepairError

# name → pattern; bounded repeats, so that no text makes one run away
PATTERNS = {
    "url": r"\b(?:https?://|www\.)[^\s<>\"]{1,2000}",
    "doi": r"\b(?:doi:\s?\S{1,200}|10\.\d{4,9}/\S{1,200})",
    "e-mail": r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}",
    "code": r"`[^`\n]{1,200}`",
    "formula": r"\$[^$\n]{1,500}\$|\\\([^\n]{1,500}?\\\)|\\[a-zA-Z]{2,20}\{[^{}\n]{0,200}\}",
    "quotation": r"“[^”\n]{1,400}”|\"[^\"\n]{1,400}\"|«[^»\n]{1,400}»",
    "sic": r"(?:[\w-]{1,60}\s){1}\[sic\]",
    "person": r"\b[A-Z][\w’'-]{1,30}(?:\s[A-Z]{1,3}\b)?,?\set\sal\b",
}


def compile_patterns(patterns: Iterable[str]) -> list[re.Pattern[str]]:
    """Users' regular expressions; `TextrepairError` names one that does not compile."""
    out = []
    for p in patterns:
        try:
            out.append(re.compile(p))
        except re.error as e:
            raise TextrepairError(f"protect_patterns: {p!r} is no regular expression: {e}") from None
    return out


_BUILT_IN = compile_patterns(PATTERNS.values())


def protected_spans(
    text: str, terms: Sequence[str], patterns: Sequence[re.Pattern[str]]
) -> Iterator[tuple[int, int]]:
    """Offsets of everything protected: the built-in patterns, users' terms (any case), users' patterns.

    >>> list(protected_spans("He wrote “the sufferers”.", [], []))
    [(9, 24)]
    """
    own = [re.compile(rf"(?<!\w){re.escape(t)}(?!\w)", re.IGNORECASE) for t in terms]
    for pattern in (*_BUILT_IN, *own, *patterns):
        for m in pattern.finditer(text):
            if m.end() > m.start():
                yield m.span()
