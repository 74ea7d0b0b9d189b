"""Quotations of a text, whatever their marks, however long, and over as many paragraphs as they take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

BLANK = re.compile(r"\n[^\S\n]*\n\s*|\r[^\S\r\n]*\r\s*|\u2029")
# opening mark → the marks that may close it
PAIRS = {
    "“": "”“",  # “so”, and “so“ where a keyboard has but one
    "”": "”",  # ”so” in the north
    "„": "“”„",
    "‟": "”",
    "‘": "’",
    "’": "’",
    "‚": "‘’",
    "«": "»",
    "»": "«»",  # »so« in German books
    "‹": "›",
    "›": "‹›",
    "「": "」",
    "『": "』",
    "``": ("''", "”", '"'),
    "`": "'’`",
    '"""': '"""',
    '""': '""',
    '"': '"',
    "'": "'",
}
# not the last character of a dash that was read in a wrong encoding (â€“, â€”)
MARK = re.compile("(?<!â€)(?:``|''|\"{2,3}|[" + "".join(mark for mark in PAIRS if len(mark) == 1) + "”」』])")
# Strings that a program joins, of which an excerpt may lack the first mark and the last: these are the
# language's, and quote nobody.
STRING = r"(?:(?:(?!\1)[^\\\n]|\\.)*\1)?"  # behind its first mark
JOINED = re.compile(rf"""(["'`]){STRING}(?:[ \t]*\+\s*\1{STRING})+""")
CLOSED_BY = {
    mark: [opening for opening, closing in PAIRS.items() if mark in closing] for mark in "”“‘’»«›‹」』'`\""
}
CLOSED_BY |= {"''": ["``"], '""': ['""'], '"""': ['"""']}
BLOCK = re.compile(r"^[ \t]{0,3}>.*$", re.MULTILINE)
ELEMENT = re.compile(
    r"<(/?)(q|blockquote|code|pre|syntaxhighlight|nowiki|math|ref)(?:\s[^<>]{0,500})?(?<!/)>", re.IGNORECASE
)
MENTION_CHARACTERS = 80  # of a mention, at most
SAID_WORDS = 3  # from which on a quotation is something said
SENTENCE_END = re.compile(r"[.!?]\s")


@dataclass
class _Open:
    """A quotation that was opened; `end`: where what may be a mere apostrophe may have closed it."""

    start: int
    end: int = 0


@lru_cache(maxsize=8)  # every family of damage and every pass asks for those of the same text
def quotations(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets of every outermost quotation with its marks, of every line of a quoted block (`> so`), and of
    elements of markup that hold quotations or code (`<q>so</q>`).

    A quotation ends in the paragraph in which it begins, unless the next one opens with its mark again, as
    printers do; one that is never closed is none, nor are the strings of a program that `+` joins.

    >>> text = "He said “it’s ‘odd’ and\\nnot so”, the patients' 5\\" pipe.\\n> So they wrote."
    >>> [text[a:b] for a, b in quotations(text)]
    ['“it’s ‘odd’ and\\nnot so”', '> So they wrote.']
    """
    spans = [*(m.span() for m in BLOCK.finditer(text)), *_elements(text)] if ">" in text else []
    outermost: list[tuple[int, int]] = []
    for start, end in sorted([*spans, *_marked(text)]):
        if not outermost or start >= outermost[-1][1]:
            outermost.append((start, end))
        elif end > outermost[-1][1]:
            outermost[-1] = outermost[-1][0], end
    return tuple(outermost)


def mentions(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of quotations of one or two words, which show them and do not say them.

    >>> text = "“cafÃ©” is what “they wrote in the cafÃ©”"
    >>> [text[a:b] for a, b in mentions(text)]
    ['“cafÃ©”']
    """
    quoted = quotations(text)
    return ((a, b) for a, b in quoted if b - a < MENTION_CHARACTERS and len(text[a:b].split()) < SAID_WORDS)


def _elements(text: str) -> Iterator[tuple[int, int]]:
    begun: dict[str, int] = {}
    for m in ELEMENT.finditer(text):
        name = m[2].lower()
        if not m[1]:
            begun.setdefault(name, m.start())
        elif name in begun:
            yield begun.pop(name), m.end()


def _marked(text: str) -> Iterator[tuple[int, int]]:
    joined = JOINED.finditer(text) if "+" in text else ()
    of_program = {at for m in joined for at in range(*m.span()) if text[at] == m[1] and text[at - 1] != "\\"}
    marks = [m for m in MARK.finditer(text) if m.start() not in of_program]
    breaks = iter([*BLANK.finditer(text)] if marks else ())
    paragraph_end = next(breaks, None)
    open_: dict[str, list[_Open]] = {mark: [] for mark in PAIRS}
    for m in marks:
        mark, goes_on = m[0], False
        while paragraph_end and paragraph_end.start() < m.start():
            goes_on = paragraph_end.end() == m.start() and bool(open_.get(mark))
            kept = open_[mark][:1] if goes_on else []
            yield from _ended(open_)
            if goes_on:
                open_[mark] = kept
            paragraph_end = next(breaks, None)
        if goes_on:
            continue
        closed = [opening for opening in CLOSED_BY.get(mark, ()) if open_[opening]]
        if closed and _closes(text, m):
            yield from _close(text, m, open_, max(closed, key=lambda opening: open_[opening][-1].start))
        elif mark in PAIRS and _opens(text, m):
            if open_[mark] and (may := open_[mark][-1]).end:
                yield may.start, may.end
                open_[mark].pop()
            open_[mark].append(_Open(m.start()))
    yield from _ended(open_)


def _close(
    text: str, m: re.Match[str], open_: dict[str, list[_Open]], opening: str
) -> Iterator[tuple[int, int]]:
    """Close the last quotation that was opened by `opening`, and forget what was opened inside it."""
    last = open_[opening][-1]
    if m[0] in "'’" and len(opening) == 1 and _possessive(text, m.end()):
        if not last.end or not SENTENCE_END.search(text, last.end, m.start()):
            last.end = m.end()
        return
    yield last.start, m.end()
    for stack in open_.values():
        while stack and stack[-1].start >= last.start:
            stack.pop()


def _ended(open_: dict[str, list[_Open]]) -> Iterator[tuple[int, int]]:
    """What may have been closed was, since nothing closes it any more."""
    for stack in open_.values():
        yield from ((o.start, o.end) for o in stack if o.end)
        stack.clear()


def _opens(text: str, m: re.Match[str]) -> bool:
    """Whether a mark stands where one may open: before a word, and behind none."""
    before, after = text[m.start() - 1 : m.start()] if m.start() else "", text[m.end() : m.end() + 1]
    if m[0] in ("``", *"“„‟‚«‹「『‘"):
        return bool(after.strip() or not before.strip())  # « so » is French
    if not after.strip():
        return False
    if len(m[0]) > 1 and not after.isalnum():
        return False  # "" is an empty string
    return not (before.isalnum() or before in ("_", ")", "]", "”", "’", m[0])) and (
        m[0] not in "'`" or after.isalpha() or after in '"“$\\'
    )


def _closes(text: str, m: re.Match[str]) -> bool:
    """Whether a mark stands where one may close: behind something, and before no word."""
    before, after = text[m.start() - 1 : m.start()] if m.start() else "", text[m.end() : m.end() + 1]
    return m[0] in "»›」』”" or (bool(before.strip()) and not (after.isalnum() or after == "_"))


def _possessive(text: str, end: int) -> bool:
    """Whether the apostrophe that ends there may be that of *the patients’ records*."""
    return text[end - 2 : end - 1] in ("s", "x", "z") and re.compile(r"\s[a-z]").match(text, end) is not None
