"""Glued and split words: a space lost or gained, a hyphen from a line break, a heading run into its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from textrepair.damage import spaces
from textrepair.damage.dictionary import (
    PART,
    PREFIXES,
    combining,
    cut,
    highest_zipf,
    known,
    log_uses,
    may_be_cut,
    run_together,
)
from textrepair.damage.numbers import UNITS
from textrepair.damage.page import Page, Proposal
from textrepair.first_look import FindMatches, FirstLook
from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.words import zipf_in_english

DASHES = r"\-\u2010"
# what stands alone between blanks and plain marks: no part of a compound, an address, a formula, a name, no
# key in a row, nor what a value is given to
GLUED = re.compile(
    r"(?<![\w\-\u2010-\u2015/\\@.'’&#_~$])(?<!::)(?<!\w,)[A-Za-z][a-z]{4,39}"
    r"(?![\w\-\u2010-\u2015/\\@'’(_~$]|[.,]\w|\s?[=<>~!]?=)"
)
GLUED_LETTERS = range(5, 41)  # of such a word
AROUND = 60  # characters on either side that tell the language
ENGLISH = 3.0  # zipf from which a word is surely English
LONGER = re.compile(r"[^\W\d_]{4,}")  # which languages seldom share
WRITTEN = 1.0  # log10 count of a word that science does write
SHORT_LETTERS = 7  # letters; what is shorter and unknown is mostly a name
FREQUENT = 3.0  # log10 count of a pair of words that is likelier than a new word with that ending
SUFFIXES = frozenset(
    "able age al ally ance ate based board cy ed en er ers es ese ever fold ful hood ic ics ide ified ify in"
    " ine ing ings ion ions ise ish ism ist ists ite ity ive ize less let like line lines ly man men ment"
    " ments ness or ose ous out s self ship side sis some son tic tion tions type types up ward wards ware"
    " ways wide wise work worthy y".split()
)
CHEMICAL = ("yl", "oxy", "ol", "ine", "ene", "oid", "o")  # such names are written as one word or as two
ENDINGS = frozenset(
    "al ally ance ances ation ations ed ence ences ing ings ity ment ments ness sion sions tion tions".split()
)
QUALITY = "ness"  # what authors set apart themselves, to speak of the word: *connected-ness*
# words that tie others together, and so stand beside anything
TIES = frozenset(
    "a an and are as at between by for from has have is its of on or than that the their these this to was"
    " we were when which with".split()
)
# a small word run into an acronym, a figure into what it counts
OWN = frozenset(  # no glued words
    "anelastic endif forall foreach graphon howto inits instanceof montecarlo pushforward sizeof"
    " typeof".split()
)
TIED = frozenset("and are for from has have of that the was were which with".split())  # end no names
DETERMINERS = frozenset("all each for from our the their these this those we with".split())
NAMES = frozenset("Andis Foran Froman Thein Toone Weare".split())  # that read as two words
BEGINS = re.compile(r"(?:\A|[.!?:;]|\n\s*\n)[\s\"“‘(\[]*\Z")  # what stands before a sentence
INTO_ACRONYM = re.compile(
    r"(?<![\w.@/_-])(?:of|and|the|with|from|that|which|between)(?=[A-Z]{2,}s?(?![A-Za-z_/@(]))"
)
COUNTED = re.compile(
    r"(?<![\w.,/-])\d{1,4}(?=(?:patients|participants|subjects|individuals|women|men|children|infants|adults"
    r"|cases|controls|studies|trials|samples|mice|rats|centuries|years|months|weeks|days|hours|minutes)"
    r"(?![\w-]|\.\w))"
)
# a mark run into the word behind or before it
COMMA = re.compile(
    r"(?<![\w.,;:/@\u2010-\u2015-])([A-Za-z][a-z]{2,}|\w+\)),(?=([a-z]{3,})(?:[ .;:)]|,\s|\Z))"
)
BRACKET = re.compile(r"(?<![\w./@-])[A-Za-z]?[a-z]{4,}(?=\([nN] ?= ?\d)")
FUNCTIONS = frozenset("function mean median print range round sample test".split())  # of code, as names go
INTO = {
    "glued to an acronym": INTO_ACRONYM,
    "glued to a figure": COUNTED,
    "bracket without a space": BRACKET,
}
HYPHEN = re.compile(rf"(?<![\w{DASHES}/])([A-Za-z]?[a-z]+)[{DASHES}]([a-z]{{2,}})(?![\w{DASHES}/])")
LINE_END = re.compile(
    rf"(?<![\w{DASHES}/])([A-Za-z]?[a-z]+)[{DASHES}][ \t]{{0,8}}(\r?\n)[ \t]{{0,8}}"
    rf"([a-z]{{2,}})(?![\w{DASHES}/])([.,;:!?)]{{0,3}})[ \t]?"
)
# the same once lines were joined: "popu- lation"; "pre- and post-" is no word cut in two
JOINED = re.compile(
    rf"(?<![\w{DASHES}/])([A-Za-z]?[a-z]+)[{DASHES}] (?!(?:and|or|to|nor|but|versus|vs|as|than)\b)"
    rf"([a-z]{{2,}})(?![\w{DASHES}/])"
)
SUSPENDED = re.compile(rf"[{DASHES}]\s(?:and|or|to)\s\Z")  # before "pre- or post- process"
SPACED = re.compile(r"(?<!\S)(?:[a-z] ){4,30}[a-z](?!\S)|(?<!\S)(?:[A-Z] ){4,30}[A-Z](?!\S)")
HEADINGS = (
    "abstract aim aims background conclusion conclusions design discussion findings funding importance"
    " interpretation intervention interventions introduction keywords limitations measurements methods"
    " objective objectives outcomes participants patients purpose rationale results setting summary".split()
)
OF_NAMES = frozenset("design funding setting summary".split())  # headings that begin names
RUN_IN = re.compile(
    r"(?<![\w.@/_-])(?:(?:(?<![^\n])|(?<=[.!?:;)]\s))({})(?=[A-Z])|({})(?=[A-Z][a-z])"
    r"|((?<=[A-Z]\s)[A-Z]{{3,}})(?=[A-Z][a-z]))"
    r"([A-Z][a-z]*)(?![\w./_@(-])".format(
        "|".join(h.capitalize() for h in HEADINGS), "|".join(h.upper() for h in HEADINGS)
    )
)
OPENERS = frozenset(
    "additionally after all also although among an and another as at because both but conversely despite due"
    " during each finally first for from furthermore given hence here how however if in indeed"
    " interestingly it its"
    " many moreover most nevertheless no notably of on one only other our overall patients results several"
    " similarly since some such that the their then there therefore these they this those though thus to"
    " two under unlike until using was we were what when whereas whether which while who with within".split()
)
# a sentence's end, reference numbers behind it, and what opens another
SENTENCES = re.compile(
    r"(?:(?<![\w.@/_\\-])(?:([A-Za-z]?[a-z]+)|[A-Z]{2,8}\d{3,})|[)\]%])"
    r"([.?!](?:\d{1,3}(?:[,–-]\d{1,3}){0,9}(?=[A-Z][a-z])|\[[\d, –-]{1,30}\])?)"
    rf"(?=([A-Z][a-z]*)(?:['’]s)?(?:[ \t\r\n,]|\Z)|(?:{'|'.join(HEADINGS).upper()})\s[A-Z])"
)

LOOK = FirstLook([COMMA, *INTO.values(), LINE_END, JOINED, SPACED, RUN_IN, SENTENCES])


def find(page: Page) -> Iterator[Proposal]:
    """Every word of the text that lost or gained a space or a hyphen, with what it was.

    >>> text = "Cells have significantimmune effects and im-munological activities."
    >>> [(text[p.start : p.end], p.after) for p in find(Page(text))]
    [('significantimmune', 'significant immune'), ('im-munological', 'immunological')]
    """
    matches = LOOK(page.text)
    yield from _glued(page)
    yield from _without_space(matches)
    yield from _hyphens(page.text)
    yield from _line_ends(page, matches)
    yield from spaces.find(page.text)
    yield from _spaced(matches)
    yield from _headings(page, matches)


@lru_cache(maxsize=1 << 16)
def _odd(word: str) -> bool:
    """Whether a lower-case word may be two or more that were run together."""
    return run_together(word) or not (len(word) < SHORT_LETTERS or known(word) or not may_be_cut(word))


def _glued(page: Page) -> Iterator[Proposal]:
    if not any(len(word) in GLUED_LETTERS and _odd(word) for word in page.counts):
        return
    odd = {written for written in set(GLUED.findall(page.text)) if _odd(written.lower())}
    for m in GLUED.finditer(page.text) if odd else ():
        word = m[0].lower()
        # a word of several uses is a term of this text; a spinner or a converter glues at random
        if m[0] not in odd or word in OWN or (page.counts[word] > 2 and not run_together(word)):
            continue
        parts = cut(word)
        if not parts or len(parts) > 4 or (m[0] != word and not _opens(page.text, m, parts)):
            continue
        tied = any(p in TIES for p in parts)
        if tied and not _in_english(page.text, *m.span()):
            continue
        several = word.endswith("s") and known(word[:-1])
        if not tied and (page.technical or several or page.counts[word] > 1):
            continue
        pairs = [log_count(f"{a} {b}") for a, b in pairwise(parts)]
        if parts[0] in PREFIXES and parts[1] not in TIES and not (tied and pairs[0] >= FREQUENT):
            continue
        if parts[-1] in SUFFIXES and not (tied and pairs[-1] >= FREQUENT):
            continue
        if not tied and (len(parts) > 2 or not all(pairs) or m[0] != word):
            continue  # two terms of science may be one new term, and two names a brand
        if not tied and (parts[0].endswith(CHEMICAL) or len(parts[-1]) < 4):
            continue
        rule = ("glued words" if all(pairs) else "glued, rarely neighbours") if tied else "glued terms"
        between = "-" if not tied and log_uses("-".join(parts)) > pairs[0] else " "
        after = m[0][: len(parts[0])] + between + " ".join(parts[1:])
        yield Proposal(m.start(), m.end(), after, "artifact", rule)


def _in_english(text: str, start: int, end: int) -> bool:
    """Whether half of the longer words around a span are English: *importanta* is a word elsewhere."""
    around = LONGER.findall(f"{text[max(0, start - AROUND) : start]} {text[end : end + AROUND]}")
    return 2 * sum(highest_zipf(w.lower()) >= ENGLISH for w in around) >= len(around)


def _opens(text: str, m: re.Match[str], parts: tuple[str, ...]) -> bool:
    """Whether glued words with a capital are no name: *Ofthe* opens a sentence, *Hasan* and *Bethe* are."""
    if m[0] in NAMES:
        return False
    unheard = not zipf_in_english(m[0].lower()) or run_together(m[0].lower())
    tied = len(parts) == 2 and parts[1] in TIES and len(parts[0]) >= (4 if parts[1] in TIED else 6)
    if unheard and (tied or (parts[0] in DETERMINERS and len(parts[1]) > 4)):
        return True  # too long for a name that nobody knows: *Effectof*, *Theproposed*
    if parts[0] not in OPENERS or not BEGINS.search(text, max(0, m.start() - 9), m.start()):
        return False
    behind = re.compile(r"\s([a-z]+)(?! al\b)").match(text, m.end())
    return behind is not None and log_count(f"{parts[-1]} {behind[1]}") > 0


def _without_space(matches: FindMatches) -> Iterator[Proposal]:
    """A mark, an acronym or a figure run into a word."""
    for m in matches(COMMA):
        if m[2] in OPENERS and (m[1][-1] == ")" or known(m[1].lower())):
            yield Proposal(m.end() - 1, m.end(), ", ", "artifact", "comma without a space")
    for rule, pattern in INTO.items():
        for m in matches(pattern):
            if pattern is not BRACKET or (known(m[0].lower()) and m[0].lower() not in FUNCTIONS):
                yield Proposal(m.start(), m.end(), f"{m[0]} ", "artifact", rule)


def _hyphens(text: str) -> Iterator[Proposal]:
    found, by_authors = list[Proposal](), list[Proposal]()
    for m in HYPHEN.finditer(text):
        a, b = m[1].lower(), m[2]
        whole, tied = log_uses(a + b), log_uses(f"{a}-{b}")
        if whole < 1.5 or tied or combining(a, b):
            continue
        if min(highest_zipf(a), highest_zipf(b)) < 3.0 or b in ENDINGS:
            mended = Proposal(m.start(), m.end(), m[1] + b, "artifact", "hyphen inside a word")
            (by_authors if b == QUALITY and known(a) else found).append(mended)
    yield from [*found, *by_authors] if found else ()


def _line_ends(page: Page, matches: FindMatches) -> Iterator[Proposal]:
    """Hyphens at line ends; the line then ends after the word, so that the layout stays."""
    for m in matches(LINE_END):
        a, b = m[1].lower(), m[3]
        whole, tied = log_uses(a + b), log_uses(f"{a}-{b}")
        if page.counts[a + b]:
            whole += 2
        if whole > tied:
            line_end = m[2] * (page.text[m.end() : m.end() + 1] not in ("", "\n", "\r"))  # no empty line
            after = m[1] + b + m[4] + line_end
            yield Proposal(m.start(), m.end(), after, "artifact", "hyphen at a line end")
    for m in matches(JOINED):
        if SUSPENDED.search(page.text, max(0, m.start() - 9), m.start()):
            continue
        whole, tied = log_uses(m[1].lower() + m[2]), log_uses(f"{m[1].lower()}-{m[2]}")
        if max(whole, tied) >= WRITTEN:
            after = m[1] + "-" * (tied >= whole) + m[2]
            yield Proposal(m.start(), m.end(), after, "artifact", "hyphen at a former line end")


def _spaced(matches: FindMatches) -> Iterator[Proposal]:
    """Letters set apart: *A B S T R A C T*."""
    for m in matches(SPACED):
        word = m[0].replace(" ", "")
        if log_uses(word.lower()) >= WRITTEN:
            yield Proposal(m.start(), m.end(), word, "artifact", "letters set apart")


def _headings(page: Page, matches: FindMatches) -> Iterator[Proposal]:
    for m in matches(RUN_IN):
        heading, word = m[1] or m[2] or m[3], m[4]
        named = heading.lower() in OF_NAMES and page.counts[(heading + word).lower()] > 1
        if word.lower() not in OPENERS and (word == "X" or named):
            continue  # a name, as *MethodsX* and *DesignSafe* are
        common = highest_zipf(heading.lower()) >= PART and highest_zipf(word.lower()) >= PART
        if known(word.lower()) and not known((heading + word).lower()) and (m[1] or m[2] or common):
            yield Proposal(m.start(), m.end(), f"{heading} {word}", "artifact", "heading run into its text")
    for m in matches(SENTENCES):
        ends = m[1] is None or m[1] in UNITS or (len(m[1]) > 2 and known(m[1].lower()))
        if ends and (m[3] is None or m[3].lower() in OPENERS):
            yield Proposal(m.start(2), m.end(2), m[2] + " ", "artifact", "sentence run into the next")
