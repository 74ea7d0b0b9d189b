"""Numbers that a spinner spelled out where only figures stand: citations, DOIs, units, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from textrepair.damage.page import Page, Proposal
from textrepair.first_look import FirstLook

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
ONES += "sixteen seventeen eighteen nineteen".split()
TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
VALUES = {w: n for n, w in enumerate(ONES)} | TENS
VALUES |= {f"{t}-{o}": n + VALUES[o] for t, n in TENS.items() for o in ONES[1:10]}
_LONGEST_FIRST = "|".join(sorted(VALUES, key=len, reverse=True))
SPELLED = rf"(?:(?:{'|'.join(TENS)})[ -](?:{'|'.join(ONES[1:10])})|{_LONGEST_FIRST})"
NUMBER = rf"(?:\d{{1,3}}|{SPELLED})"
DASH = "[-\u2010-\u2015]"
UNITS = (
    "mg kg g µg μg ng pg mL ml µL μL µl μl dL L nm µm μm mm cm km nM µM μM mM kDa Da kb bp Hz kHz MHz GHz °C"
    " IU kV mV V kPa MPa Pa kJ kcal mmol µmol μmol nmol mmHg rpm ppm"
).split()
WORD = rf"(?<![^\W_]){SPELLED}(?![^\W_])"

# rule → pattern whose whole match is scanned for spelled numbers. SURE ones occur nowhere in 6 million
# words of clean text; authors do write the OTHERS, so these need a sure one in the same text.
SURE = {
    # a sentence's end, reference numbers right behind it, and the next sentence: "effective.eight 9 There"
    "reference numbers": rf"(?<=[a-z)\]][.,;])(?:{NUMBER}(?:[ ,]{{1,2}}|{DASH})){{0,6}}{NUMBER}"
    r"(?=\s[A-Z]|\s?\n|\s?\Z)",
    "reference in brackets": r"(?<![=(,:]\[)(?<![=(,:] \[)(?<=\[)(?=[^\]\n]{0,60}\d)"
    rf"(?:{NUMBER}(?:, ?|; ?| ?{DASH} ?)){{1,12}}{NUMBER}(?=\])",
    "DOI": rf"(?:\b[Dd][Oo][Ii]:\s?|\bdoi\.org/){SPELLED}(?=\.\d{{4}})",
    "volume and page": rf"\b(?:19|20)\d\d;{SPELLED}(?=[:(])",
    "decimal": rf"(?<![\w.]){SPELLED}(?=\.\d)|(?<=\d\.){SPELLED}(?![^\W_])",
    "translocation": rf"\b(?:t|inv|del)\({NUMBER}(?:; ?{NUMBER})?(?=\))",
    "number of cases": rf"(?<=\([nN]) ?= ?{SPELLED}(?=[),;])",
    "range": rf"(?<![\w-]){SPELLED}(?=[\u2013\u2212]\d)|(?<=\d[\u2013\u2212]){SPELLED}(?![\w-])",
    "name with a number": rf"\b(?:IL|CD|Th|TLR|COVID|SARS-CoV|miR|HIV|HSV|HPV)-{SPELLED}(?![\w-])",
}
OTHERS = {
    "percentage": rf"{WORD}(?= ?%)",
    "unit": rf"{WORD}(?=[  ](?:{'|'.join(map(re.escape, UNITS))})(?![^\W_]))",
    "reference alone in brackets": rf"(?<=\[){SPELLED}(?=\])",
    "time": rf"{WORD}(?=[ \xa0](?:min|h|s)(?![^\W_]))",
    "figure or table": rf"\b(?:Figs?\.|Refs?\.|Eqs?\.|Tables?|Figures?) {SPELLED}(?![\w-])",
}
SPLIT = re.compile(
    r"(?<![\w.,])(?:(?:0|zero)\. 0\d{1,3}|0\. \d{1,4}(?!\d|\. \d| ?[a-z]{3}|[\w.]*[A-Za-z])"
    rf"|(?:{SPELLED}\. {NUMBER}|\d{{1,3}}\. {SPELLED})(?=[ -]?fold))"
)
# What counts things in prose authors write as a figure or as a word. Where numbers were swapped in a text, a
# figure that stands there alone is the spinner's more likely than not: who writes figures writes several.
FIGURE = re.compile(rf"(?<=[a-z,;:)\]] )[2-9](?= (?!(?:{'|'.join(UNITS)}|h|s|min)\b)[a-z]{{2}})")
COUNTS = re.compile(r"(?:\b[Tt]he|\bthese|\ball|\bfor|\bof|\bin) [2-9] [a-z]{3,20}s\b")
_SPELLED = re.compile(WORD)
_SURE = {rule: re.compile(pattern) for rule, pattern in SURE.items()}
_OTHERS = {rule: re.compile(pattern) for rule, pattern in OTHERS.items()}
LOOK = FirstLook([*_SURE.values(), *_OTHERS.values(), SPLIT])


def find(page: Page) -> Iterator[Proposal]:
    """Every spelled number that stands where only figures do, the reverse, and every decimal that was split.

    >>> text = "Trials failed.2 three Others (zero.05, ten mg) took three months."
    >>> [(text[p.start : p.end], p.after) for p in find(Page(text))]
    [('three', '3'), ('zero', '0'), ('ten', '10')]
    """
    matches = LOOK(page.text)
    sure = [p for rule, pattern in _SURE.items() for p in _spelled(page.text, rule, matches(pattern))]
    yield from sure
    for m in matches(SPLIT):
        figures = _SPELLED.sub(lambda n: str(VALUES[n[0].replace(" ", "-")]), m[0]).replace(" ", "")
        yield Proposal(m.start(), m.end(), figures, "number", "space inside a decimal")
    for rule, pattern in _OTHERS.items():
        yield from _spelled(page.text, rule if sure else f"{rule}, alone", matches(pattern))
    lone = list(FIGURE.finditer(page.text)) if len({p.start for p in sure}) > 1 else []
    if len(lone) == 1:
        at, end = lone[0].span()
        if any(m.start() < at < m.end() for m in COUNTS.finditer(page.text)):
            yield Proposal(at, end, ONES[int(page.text[at])], "number", "figure alone in prose")


def _spelled(text: str, rule: str, matches: Iterable[re.Match[str]]) -> Iterator[Proposal]:
    for m in matches:
        for n in _SPELLED.finditer(text, m.start(), m.end()):
            yield Proposal(n.start(), n.end(), str(VALUES[n[0].replace(" ", "-")]), "number", rule)
