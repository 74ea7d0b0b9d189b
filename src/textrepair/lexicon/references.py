"""References in plain text: lists under their heading, and single ones by their authors, year and pages.

What stands in them is the title of another's work, whose words are cited and are not the author's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from textrepair.first_look import FindMatches, finding

HEADING = re.compile(
    r"^[ \t#*_=]*(?:(?:\d{1,2}|[IVX]{1,4})\.?[ \t]+)?(?:references?(?:[ \t]+(?:and notes|cited|list))?"
    r"|bibliography|works cited|(?:cited )?literature(?: cited)?)[ \t:.*_=]*$"
    # and where a page lost its lines: "References 1. Smith J."
    r"|\b(?-i:References|REFERENCES|Bibliography)[ \t]*:?[ \t]+(?=[\[(]?1[\]).])",
    re.IGNORECASE | re.MULTILINE,
)
MARKER = r"[ \t]*(?:[-*•·]|\(?\[?\d{1,3}[\]).]{0,2})?[ \t]*"
YEAR = r"\b(?:1[5-9]|20)\d\d[a-z]?\b"
FAMILY, INITIALS = r"[^\W\d_a-z][\w’'-]{1,25}(?:\s[^\W\d_a-z][\w’'-]{1,25})?", r"(?:[^\W\d_a-z]\.?[ -]?){1,3}"
NAME = (
    rf"(?:{FAMILY},?\s{INITIALS}(?<![ -])|{INITIALS}{FAMILY})"
    r"(?:(?=[,;:(&]|\s(?:and\b|&|et\sal|[\d(]))|(?<=\.)(?=\s))"
)
# a volume with its pages, as one style or another writes it
PLACE = (
    rf"{YEAR}\)?\s?[;:]\s?(?:\d{{1,4}}\s?(?:\([^()\n]{{1,12}}\))?\s?[:,]\s?)?[A-Za-z]?\d[\w–-]*"
    rf"|{YEAR},\s?\d{{1,4}}\s?(?:\(\d{{1,4}}\))?\s?[:,]\s?[A-Za-z]?\d[\w–-]*"
    r"|\b\d{1,4}\s?\(\d[^()\n]{0,8}\)\s?[:,]?\s?[A-Za-z]?\d[\w–-]*|\b\d{1,4}\s?:\s?\d{1,5}\s?[-–]\s?\d+"
    r"|\bpp?\.\s?\d[\w–-]*|\b[Vv]ol\.?\s?\d+"
)
ENTRY = re.compile(rf"^{MARKER}{NAME}(?:(?!\n[ \t]*\n).){{10,400}}?(?:{PLACE})", re.MULTILINE | re.DOTALL)
# of files of references: BibTeX, RIS
RECORD = re.compile(
    r"^[ \t]*@[A-Za-z]{3,20}[ \t]?\{[^\s,{}]{1,100},.{1,20000}?^[ \t]*\}|^TY  - .{1,20000}?^ER  -",
    re.MULTILINE | re.DOTALL,
)
# a line of a list of references, by its heading
LISTED = re.compile(
    rf"^{MARKER}(?:{NAME}|{FAMILY},\s[^\W\d_a-z])|{YEAR}[^\n]*(?:{PLACE})|(?:{PLACE})[^\n]*{YEAR}"
    rf"|\bdoi\b|https?://|{NAME}[^\n]*{YEAR}",
    re.MULTILINE,
)
WRAPPED = 4  # lines that one reference may go on for without a sign of being one
LINE = re.compile(r"[^\n]+")
PROSE = 160  # characters from which on a line is a paragraph


OF_REFERENCES = (HEADING, ENTRY, RECORD)


def references(text: str, matches: FindMatches | None = None) -> Iterator[tuple[int, int]]:
    """Offsets of the references of a text, as far as they can be told.

    `matches`: a first look at the text for `OF_REFERENCES`, if one was taken.

    >>> text = "So it is.\\n\\nReferences\\n1. Doe J. On\\nsafety. 2019.\\n\\nAppendix A"
    >>> [text[a:b] for a, b in references(text)]
    ['\\n1. Doe J. On\\nsafety. 2019.']
    >>> [*references("The method of Doe J, Nature 2019;5:7 was used.")]
    []
    """
    matches = matches or finding(text)
    for heading in matches(HEADING):
        end, unsure = heading.end(), 0
        for line in LINE.finditer(text, heading.end()):
            if not line[0].strip():
                continue
            if LISTED.search(line[0]) or (re.search(YEAR, line[0]) and len(line[0]) < PROSE):
                end, unsure = line.end(), 0
            elif len(line[0]) > PROSE or (unsure := unsure + 1) > WRAPPED:
                break
        if end > heading.end():
            yield heading.end(), end
    yield from (m.span() for pattern in (ENTRY, RECORD) for m in matches(pattern))
