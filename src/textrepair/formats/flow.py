"""Character data of XML and HTML: entities are read as what they stand for, lines as they flow."""

from __future__ import annotations

import html
import re

from textrepair.formats.prose import Weaver

# an entity, or white space with a line end in it, which is a space as any other
STRICT = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][\w.:-]{0,40});|[ \t]*[\r\n]\s*")
# browsers do without the semicolon
LOOSE = re.compile(r"&(?:#\d{1,7};?|#[xX][\da-fA-F]{1,6};?|[A-Za-z][A-Za-z\d]{1,31};?)|[ \t]*[\r\n]\s*")


def flow(weaver: Weaver, start: int, end: int, special: re.Pattern[str] = STRICT) -> None:
    """Add the character data `source[start:end]` to the prose; entities nobody knows stand as objects."""
    at = start
    for m in special.finditer(weaver.source, start, end):
        weaver.plain(at, m.start())
        at = m.end()
        if not m[0].startswith("&"):
            weaver.atom(m.start(), m.end(), " ")
        elif (read := html.unescape(m[0])) != m[0]:
            weaver.atom(m.start(), m.end(), read)
        elif special is STRICT:
            weaver.shown()
        else:
            weaver.plain(m.start(), m.end())
    weaver.plain(at, end)


def escape(text: str) -> str:
    """Character data that reads as `text`.

    >>> escape("p < 0.05 & so")
    'p &lt; 0.05 &amp; so'
    """
    return html.escape(text, quote=False)


def is_foreign(language: str) -> bool:
    """Whether a tag of language names another than English.

    >>> [is_foreign(tag) for tag in ("de", "en-GB", "eng", "", "x-none")]
    [True, False, False, False, False]
    """
    return re.match(r"(?!en(?:g|glish)?\b)[a-z]{2,}", language.strip(), re.IGNORECASE) is not None
