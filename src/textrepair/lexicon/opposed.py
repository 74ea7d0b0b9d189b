"""Where a text sets a wording against the one it stands for: it is about the words, and both stay.

*bosom peril instead of breast cancer*, *breast cancer → bosom peril*, a table of pairs. That the canonical
term stands elsewhere in the text is no such sign.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache

from textrepair.first_look import FindMatches, finding

# What sets words against each other, and how many other words may stand between it and them on either side.
SIGNS = {
    r"\b(?:instead of|rather than|in(?: the)? (?:place|stead|lieu) of|as opposed to|versus|vs\.?"
    r"|(?:replac|substitut|exchang|swapp|mistranslat|paraphras|render|garbl|disguis|correct|alter|chang)ed"
    r" (?:by|with|for|as|into|to|from)|(?:turn|transform)(?:s|ed) into|(?:written|printed|misspelled|used) "
    r"(?:as|for)|stands? for|stood for|(?:should|must|ought to) (?:be|read|have been)|becomes?|became"
    r"|mean(?:s|t|ing)?|in (?:plain|proper|standard|other) (?:English|terms|words)|and (?:got|gets?|found))\b"
    r"|[→⇒⟶⇨➔➜↦←⇐⟵↔⇔≠≈]|[-–—=]{1,2}>|<[-–—=]{1,2}": 3,
    r"\b(?:is|are|was|were|does|do)(?: not|n['’]t)\b(?: the same as| equal| mean| called)?"
    r"|,? (?:and|but|if) not\b|\bfor\b|, not\b"
    r"|\bwhere\b(?=[^.;\n]{1,80}\b(?:meant|intended|expected|correct|right|usual)\b)": 1,
    # nothing between: with one wording on both sides these would say nothing
    r"\b(?:into|but|read)\b| ~ |\b(?:is|are|was|were|be|been|being) (?:called|termed|named|known as)\b| = "
    r"|\b(?:i\. ?e\.,?|viz\.|namely|that is,|a\.?k\.?a\.?|also (?:called|known as))": 0,
}
# behind these both wordings may follow: "instead of breast cancer the paper has bosom peril"
FRONTED = re.compile(r"\b(?:instead of|rather than|in(?: the)? (?:place|stead|lieu) of)\b", re.IGNORECASE)
# behind these both may, the other way round: "it maps bosom peril to breast cancer"
CHANGED = re.compile(
    r"\b(?:map|translat|convert|correct|chang|replac|render|turn|swap|exchang|substitut|paraphras|rewrit|rewrot"
    r"|restor|repair|normali[sz])(?:e|es|ed|s|ped|ping|ing|ten)?\b",
    re.IGNORECASE,
)
INTO = re.compile(r"\s?[*_'\"”’`)]*,? (?:back )?(?:to|into|with|by|for|as|from) (?:the )?\Z", re.IGNORECASE)
# what introduces a wording, and what then leads to another: "you say bosom peril? You mean breast cancer."
SAID = re.compile(
    r"\b(?:say|says|said|saying|mention(?:s|ed)?|writes?|wrote|written|writing|reads?|calls?|called|(?:phrase|wording|expression"
    r"|synonym|word|term)s?)\b[^.;\n]{0,20}\Z",
    re.IGNORECASE,
)
MEANT = re.compile(
    r"\b(?:mean|means|meant|intended|expected|should|correct|usual|established|standard|proper|original|replaced)\b",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"\b(?:tortured|paper mills?|paraphras\w+|pubpeer|retract(?:ed|ion)\w*|synonym \w+"
    r"|(?:odd|strange|nonsensical|awkward|unusual) (?:phras|word|expression|term)\w*)\b",
    re.IGNORECASE,
)
# The wordings that a text calls so are shown, in that paragraph and the list behind it.
SHOWN = re.compile(
    r"\b(?:tortured (?:phras|word|expression|term|synonym)\w*"
    r"|(?:non-?standard|nonsensical|odd|awkward|strange|garbled)"
    r" (?:phras\w+|wordings?|expressions?|terminology))\b",
    re.IGNORECASE,
)
LISTED = re.compile(r"(?:\r?\n)+[^\n]{1,100}(?<![.\n])(?=\n|\Z)")  # lines of a list
# a text shown beside what it was made from
LABEL = re.compile(
    r"\b(?:spun|paraphrased?|tortured|rewritten|rewrite)(?: (?:text|version|sentence|passage))?[ \t]*:[^\n]*",
    re.IGNORECASE,
)
LABELLED_ORIGINAL = re.compile(r"\boriginal(?: (?:text|version|sentence|passage))?[ \t]*:", re.IGNORECASE)
OF_WORDINGS = (SHOWN, LABEL, LABELLED_ORIGINAL)
GLOSS = re.compile(r" [(\[]")  # of a text about such words: "bosom peril (breast cancer)"
CELLS = re.compile(r"[\t|]")  # between the cells of a table
# between what may be cells, if each wording is one whole cell: "bosom peril: breast cancer"
PARTS = re.compile(r"[\t|,;=:/]|\s[-–—]{1,2}\s|[→⇒]|->")
AROUND = " \t\r*_'\"“”‘’`()[].•·-–"  # bullets and marks around a cell
NUMBER = re.compile(r"\A\(?\d{1,3}[.)]\s")
BREAK = re.compile(r"[.!?]\s|[;\n\t|]")
WORD = re.compile(r"\w+(?:['’-]\w+)*")
REACH = 60  # characters between a sign and the words on either side
LONGEST_ROW = 20 * REACH  # characters; longer ones are no rows of a table


def opposed(text: str, changes: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Those `changes` (start, end, what would stand there) whose two wordings the text sets side by side.

    >>> text = "They wrote bosom peril instead of breast cancer."
    >>> list(opposed(text, [(11, 22, "breast cancer"), (11, 16, "chest")]))
    [(11, 22, 'breast cancer')]
    """
    signs = sorted((*m.span(), words) for sign, words in _compiled() for m in sign.finditer(text))
    if ABOUT.search(text):
        signs = sorted([*signs, *((*m.span(), 0) for m in GLOSS.finditer(text))])
    fronted = [m.end() for m in FRONTED.finditer(text)]
    changed = [m.end() for m in CHANGED.finditer(text)]
    lower = text.lower()
    starts = [start for start, *_ in signs]
    for start, end, after in changes:
        if after.lower() not in lower:
            continue
        near = signs[bisect_left(starts, start - 2 * REACH) : bisect_left(starts, end + REACH)]
        if (
            any(_across(text, start, end, after, sign) for sign in near)
            or any(_behind(text, start, end, after, at) for at in fronted)
            or any(_into(text, start, end, after, at) for at in changed)
            or _meant(text, start, end, after)
            or _in_a_row(text, start, end, after)
        ):
            yield start, end, after


def about_wordings(text: str, matches: FindMatches | None = None) -> Iterator[tuple[int, int]]:
    """Offsets of what a text shows as odd: paragraphs that speak of tortured phrases, and spun passages
    beside their originals.

    `matches`: a first look at the text for `OF_WORDINGS`, if one was taken.

    >>> text = "It has odd wordings such as bosom peril.\\n\\nThe sufferers were few."
    >>> [text[a:b] for a, b in about_wordings(text)]
    ['It has odd wordings such as bosom peril.']
    """
    matches = matches or finding(text)
    for m in matches(SHOWN):
        first, end = text.rfind("\n", 0, m.start()) + 1, text.find("\n", m.end())
        end = end if end >= 0 else len(text)
        while line := LISTED.match(text, end):
            end = line.end()
        yield first, end
    if any(matches(LABELLED_ORIGINAL)):
        yield from (m.span() for m in matches(LABEL))


def on_its_line(text: str, start: int, end: int, after: str) -> bool:
    """Whether `after` stands elsewhere in the line of a span.

    >>> on_its_line("haze figuring (cloud computing)", 5, 13, "computing")
    True
    """
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    others = text[first:start], text[end : last if last >= 0 else None]
    return any(_find(other, after) for other in others)


def _compiled(signs: dict[str, int] = SIGNS) -> Iterator[tuple[re.Pattern[str], int]]:
    return ((re.compile(sign, re.IGNORECASE), words) for sign, words in signs.items())


def _across(text: str, start: int, end: int, after: str, sign: tuple[int, int, int]) -> bool:
    """Whether `after` stands on the other side of the sign, with no more than so many words between."""
    left, right, words = sign
    if end <= left <= end + REACH:
        gap, reach = text[end:left], text[right : right + REACH + len(after)]
        there = _find(reach, after)
        between = (gap, reach[: there[0]]) if there else None
    elif right <= start <= right + REACH:
        gap, reach = text[right:start], text[max(0, left - REACH - len(after)) : left]
        there = _find(reach, after, last=True)
        between = (gap, reach[there[1] :]) if there else None
    else:
        return False
    return between is not None and all(not BREAK.search(b) and len(WORD.findall(b)) <= words for b in between)


def _find(text: str, words: str, *, last: bool = False) -> tuple[int, int] | None:
    """Where the whole `words` stand first, or last, in any case."""
    text, words = text.lower(), words.lower()
    at = text.rfind(words) if last else text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (text[at - 1 : at].isalnum() and at) and not text[end : end + 1].isalnum():
            return at, end
        at = text.rfind(words, 0, end - 1) if last else text.find(words, at + 1)
    return None


def _behind(text: str, start: int, end: int, after: str, at: int) -> bool:
    """Whether both wordings follow, in one clause, a sign that ends `at`: what is right, then what stands."""
    if not at <= start <= at + 2 * REACH or BREAK.search(text, at, end):
        return False
    there = _find(text[at:start], after)
    return there is not None and len(WORD.findall(text[at : at + there[0]])) <= 3


def _into(text: str, start: int, end: int, after: str, at: int) -> bool:
    """Whether both wordings follow a verb of changing that ends `at`: what stands, into what is right."""
    if not at <= start <= at + 3 * REACH or BREAK.search(text, at, end):
        return False
    there = _find(text[end : end + REACH + len(after)], after)
    return there is not None and INTO.match(text[end : end + there[0]]) is not None


def _meant(text: str, start: int, end: int, after: str) -> bool:
    """Whether what stands is said to be said, and `after` to be meant, soon behind it."""
    if not SAID.search(text, max(0, start - 2 * REACH), start):
        return False
    there = _find(text[end : end + 2 * REACH], after)
    return there is not None and MEANT.search(text, end, end + there[0]) is not None


def _in_a_row(text: str, start: int, end: int, after: str) -> bool:
    """Whether `after` stands in another cell of the same row of a table, or both are whole cells of a line or
    of two lines that follow each other.
    """
    lo = max(0, start - LONGEST_ROW - 1)
    around = text[lo : end + LONGEST_ROW + 1]
    first, last = around.rfind("\n", 0, start - lo) + 1, around.find("\n", end - lo)
    row = around[first : last if last >= 0 else None]
    if len(row) > LONGEST_ROW:
        return False
    others = (row[a:b] for a, b in _cells(row, CELLS) if not a <= start - lo - first <= b)
    if any(_find(cell, after) is not None for cell in others):
        return True
    if text[start:end].lower() not in _whole_cells(row):
        return False
    before = around[: max(0, first - 1)].rpartition("\n")[2]
    behind = around[first + len(row) + 1 :].partition("\n")[0]
    return any(after.lower() in _whole_cells(line) for line in (before, row, behind))


@lru_cache(maxsize=256)  # one line has many changes
def _whole_cells(line: str) -> frozenset[str]:
    """What may be the cells of a line, bare."""
    return frozenset(_bare(line[a:b]) for a, b in _cells(line, PARTS))


def _bare(cell: str) -> str:
    """A cell in small letters without its number, bullets and quotation marks."""
    return NUMBER.sub("", cell.strip(AROUND)).strip(AROUND).lower()


def _cells(row: str, between: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = 0
    for m in between.finditer(row):
        yield at, m.start()
        at = m.end()
    yield at, len(row)
