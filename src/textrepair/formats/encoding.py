"""In which encoding a file of markup is written."""

from __future__ import annotations

import codecs
import re

DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)""")


def encoding_of(data: bytes, name: str) -> str:
    """The encoding of a file in the format of that name.

    UTF-8 where it is that; else what the file declares; else, of HTML, the one that browsers take. Of files
    that do not come out as they went in it is said that they are no UTF-8.

    >>> encoding_of(b"<p>caf\\xe9", "html"), encoding_of("<p>café".encode(), "html")
    ('windows-1252', 'utf-8')
    """
    if _holds(data, "utf-8") or name not in ("html", "xml"):
        return "utf-8"
    if name == "html":
        from justhtml import JustHTML

        declared = JustHTML(data[:1024]).encoding or ""
    else:
        found = DECLARED.match(data)
        declared = found[1].decode() if found else ""
    return declared if _holds(data, declared) else "utf-8"


def _holds(data: bytes, encoding: str) -> bool:
    """Whether the data comes out of this encoding as it went in."""
    try:
        codecs.lookup(encoding)
        return data.decode(encoding).encode(encoding) == data
    except (LookupError, UnicodeError, ValueError):
        return False
