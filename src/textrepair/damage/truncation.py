"""Words cut off where a text begins or ends: repaired where the text itself has the word, else flagged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from textrepair.damage.dictionary import highest_zipf, log_uses
from textrepair.damage.page import Page, Proposal
from textrepair.lexicon.words import science

FIRST = re.compile(r"\s{0,99}([A-Z]?[a-z]{2,30})(?![\w'’-])")
LAST = re.compile(r"(?<![\w'’.@/-])([a-z]{3,30})(\.{0,3}|…)\s{0,99}\Z")
LETTERS_LOST = 2  # letters lost
LETTERS_LEFT = 5  # letters left; fewer begin too many words


def find(page: Page) -> Iterator[Proposal]:
    """The first and the last word, where they are no words but parts of one.

    >>> text = "The efficacy is unknown. We studied the effic."
    >>> [(text[p.start : p.end], p.after) for p in find(Page(text))]
    [('effic', 'efficacy')]
    """
    text = page.text
    first, last = FIRST.match(text), LAST.search(text, max(0, len(text) - 200))
    if first and " " in text[first.end() : first.end() + 1] and not _word(first[1].lower()):
        yield from _completed(page, first.span(1), "start of the text", str.endswith)
    if last and last.start() and not _word(last[1]):
        yield from _completed(page, last.span(1), "end of the text", str.startswith)


def _word(word: str) -> bool:
    """Whether a word is listed for science, or common; lists of English hold many a scrap."""
    return log_uses(word) > 0 or highest_zipf(word) > 2.0


def _completed(
    page: Page, span: tuple[int, int], rule: str, fits: Callable[[str, str], bool]
) -> Iterator[Proposal]:
    stands = page.text[slice(*span)]
    part = stands.lower()

    def completes(word: str) -> bool:
        return len(word) >= len(part) + LETTERS_LOST and fits(word, part)

    here = [w for w in page.counts if completes(w) and _word(w)]
    if page.counts[part] > 1:
        return  # used elsewhere: a word of this text
    if len(here) == 1 and len(part) >= LETTERS_LEFT:
        after = here[0].capitalize() if stands[0].isupper() else here[0]
        yield Proposal(*span, after, "truncation", rule, f"the text has {here[0]!r}")
    elif any(map(completes, science())):
        yield Proposal(*span, stands, "truncation", "cut off")
