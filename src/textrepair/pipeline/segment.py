"""Words with offsets, which know where sentences begin, and phrases.

Words are spaCy's but for one in a thousand (`benchmarks/segmentation.py`); spaCy itself takes a second to
import, and brings torch with it, which takes two more.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

# Characters that no UTF-8 holds, or that tokenizers drop, are read as U+FFFD; what is white, as line breaks
# and tabs are, as a space. One for one, so that every offset stays that of the text as given.
UNREADABLE = re.compile("[\x00\ud800-\udfff]")
LAYOUT = re.compile(r"[^\S ]")

# A run of letters, but for what makes it part of a name, a number or a formula: a digit that touches it or
# follows a hyphen (IL-2), a bracket that opens (f(x)), an apostrophe before it (the s of Crohn's), the dot
# of an initial or an abbreviation.
SHORT = r"(?:[^\W\d_]|vs|dr|mrs?|ms|st|prof|jr)\."
LETTERS = re.compile(
    rf"(?<!\w)(?<!\w['’])(?!{SHORT}|and/or\b)[^\W\d_]+(?!\w|[-\u2010]\d|\(\w|['’]t\b)", re.IGNORECASE
)
ENDING = re.compile(r"(?<![^\w\s])[^\w\s.!?]*[.!?][^\w\s]*\Z")  # looked for once in a run of marks
ABBREVIATED = re.compile(rf"(?<!\w){SHORT}[^\w\s]*\Z", re.IGNORECASE)

BLANK_LINE = re.compile(r"\n\s*\n|\r\s*\r(?!\n)|\u2029")
DASHES, LINE_END = "\u2010\u2011-", r"(?:[ \t]{0,3}\r?\n[ \t]{0,3})?"
CHUNK = re.compile(r"\S+")  # what stands between two spaces
BETWEEN = " -\t\n\r\xa0\u2009\u202f"  # what may stand between two words that belong together


class Word(NamedTuple):
    """One token of letters: offsets, lower-case form, and whether it opens a sentence or a line."""

    start: int
    end: int
    lower: str
    opens: bool


@dataclass(frozen=True)
class Segmented:
    """A text and its words of letters."""

    text: str
    words: tuple[Word, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [w.start for w in self.words]

    def inside(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that begin inside a span.

        >>> [w.lower for w in segment("In (the immune system) of mice").inside(4, 21)]
        ['the', 'immune', 'system']
        """
        return self.words[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def neighbours(self, start: int, end: int) -> tuple[tuple[str, str], tuple[str, str]]:
        """The two words on each side of a span, nearest ones inside; empty across a mark or a gap.

        >>> segment("In (the immune system) of mice").neighbours(8, 14)
        (('', 'the'), ('system', ''))
        """
        k = bisect_left(self._starts, start)
        left, at = ["", ""], start
        for i in (1, 2):
            w = self.words[k - i] if k - i >= 0 else None
            if w is None or self.text[w.end : at].strip(BETWEEN):
                break
            left[-i], at = w.lower, w.start
        k = bisect_left(self._starts, end)
        right, at = ["", ""], end
        for i in (0, 1):
            w = self.words[k + i] if k + i < len(self.words) else None
            if w is None or self.text[at : w.start].strip(BETWEEN):
                break
            right[i], at = w.lower, w.end
        return (left[0], left[1]), (right[0], right[1])


def readable(text: str) -> str:
    """`text` as tokenizers can read it, of the same length.

    >>> readable("a\\x00b\\nc") == "a\\ufffdb c"
    True
    """
    return LAYOUT.sub(" ", UNREADABLE.sub("\ufffd", text))


def segment(text: str) -> Segmented:
    """Split `text` into its words, which know where sentences begin.

    >>> [w.lower for w in segment("The T-cell count (5, by IL-2) fell, e.g. Crohn's.").words]
    ['the', 't', 'cell', 'count', 'by', 'fell', 'crohn']
    >>> [w.lower for w in segment("No! (We saw E. coli grow.) Then it died.").words if w.opens]
    ['no', 'we', 'then']
    """
    words: list[Word] = []
    read, at = readable(text), 0
    for line in text.split("\n"):
        opens = True
        for chunk in read[at : at + len(line)].split(" "):
            if chunk:
                found, ends = _words(chunk)
                for a, b, lower in found:
                    words.append(Word(at + a, at + b, lower, opens))
                    opens = False
                opens = ends
            at += len(chunk) + 1
    return Segmented(text, tuple(words))


@lru_cache(maxsize=1 << 15)  # the same few thousand make up most of any text
def _words(chunk: str) -> tuple[tuple[tuple[int, int, str], ...], bool]:
    """(start, end, lower-case word) of what stands between two spaces, and whether it ends a sentence."""
    word = chunk[:-1] if chunk[-1] in ",;" else chunk
    if word.isalpha():  # as most are
        return ((0, len(word), word.lower()),), False
    ends = ENDING.search(chunk) is not None and not ABBREVIATED.search(chunk)
    return tuple((*m.span(), m[0].lower()) for m in LETTERS.finditer(chunk)), ends


def _places(text: str) -> Callable[[int], int]:
    """What leads from an offset in the text with its words one space apart back to the text as given."""
    runs = [m.span() for m in CHUNK.finditer(text)]
    dense_starts = list(itertools.accumulate((b - a + 1 for a, b in runs), initial=0))

    def place(at: int) -> int:
        run = bisect_right(dense_starts, at) - 1
        return runs[run][0] + at - dense_starts[run]

    return place


def unsegmented(text: str) -> Segmented:
    """`text` without its words: enough to find phrases in, and quicker."""
    return Segmented(text, ())


def phrase_finder(phrases: Iterable[str]) -> Callable[[Segmented], Iterator[tuple[int, int, str]]]:
    """A function that finds any of the lower-case `phrases` in a text, in any letter case.

    It yields (start, end, phrase), overlapping ones too, in text order, the longer first; whole words
    only, and never a part of a hyphenated or an apostrophised negation (*don't* holds no *don*).

    >>> find = phrase_finder(["bosom peril"])
    >>> list(find(segment("Bosom  peril; non-bosom peril.")))
    [(0, 12, 'bosom peril')]
    """
    from ahocorasick_rs import AhoCorasick, Implementation

    # compact, since the lexicon is built at every start and texts are short
    listed = list(phrases)
    automaton = AhoCorasick(listed, implementation=Implementation.ContiguousNFA)

    def find(seg: Segmented) -> Iterator[tuple[int, int, str]]:
        text = readable(seg.text)
        # words one space apart, whatever the layout
        dense = " ".join(text.split())
        lower = dense.lower()
        if len(lower) != len(dense):  # a few capitals have two lower-case characters
            lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in dense)
        found = automaton.find_matches_as_indexes(lower, overlapping=True)
        if not found:
            return
        place = _places(text) if len(dense) < len(text) else int
        for number, a, b in sorted(found, key=lambda f: (f[1], -f[2])):
            if not _whole(lower, a, b):
                continue
            start, end = place(a), place(b - 1) + 1
            if not hyphenated(seg.text, start, end) and not BLANK_LINE.search(seg.text, start, end):
                yield start, end, listed[number]

    return find


def _whole(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` begins and ends with whole words."""
    left, right = text[start - 1 : start], text[end : end + 3]
    return not (left.isalnum() or left == "_" or right[:1].isalnum() or right[:1] == "_") and not (
        right[:1] in "'’" and right[1:2] == "t" and not right[2:].isalnum()
    )


# a word, or what stands for a formula in the prose of markup
TIED = re.compile(rf"[\w※][{DASHES}]{LINE_END}\Z"), re.compile(rf"[{DASHES}]{LINE_END}[\w※]")


def hyphenated(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is tied by a hyphen to a word outside it, be it on the next line.

    >>> hyphenated("life-saving", 5, 11), hyphenated("life-\\nsaving", 6, 12), hyphenated("a - b", 4, 5)
    (True, True, False)
    """
    before, after = TIED
    return bool(before.search(text[max(0, start - 9) : start]) or after.match(text, end, end + 9))
