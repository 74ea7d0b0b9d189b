"""Derive `lexicon/data/acronyms.tsv.gz`: the long forms that papers give with an acronym in brackets.

They are found as Schwartz & Hearst (2003, "A simple algorithm for identifying abbreviation definitions in
biomedical text") do: the letters of the acronym, read from its end, all stand in the words before the
bracket, the first of them at the start of a word.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from textrepair.lexicon.acronyms import ACRONYM, MOST_TOKENS, tokens
from textrepair.lexicon.words import CLOSED

LEAST_PAPERS = 2  # papers that give a long form
APART = re.compile(r"[.;:()\[\]\n,/]")  # no long form goes across these


def long_form(before: str, acronym: str) -> str:
    """The shortest end of `before` that `acronym` may be short for; empty if there is none.

    >>> long_form("we trained a convolutional neural network ", "CNN")
    'convolutional neural network'
    >>> long_form("for the immune system ", "CNN")
    ''
    """
    words = before.split()[-min(len(acronym) + 5, 2 * len(acronym)) :]
    text = " ".join(words)
    at = len(text)
    for k, letter in reversed(list(enumerate(acronym.lower()))):
        at -= 1
        while at >= 0 and (text[at].lower() != letter or (k == 0 and text[at - 1 : at].isalnum())):
            at -= 1
        if at < 0:
            return ""
    return text[at:]


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Each (acronym, long form) a text defines, in text order.

    >>> list(definitions("Hidden Markov models (HMMs) of heart rate (HR) and so on (ETC)."))
    [('HMM', 'Hidden Markov models'), ('HR', 'heart rate')]
    """
    for m in ACRONYM.finditer(text):
        before = APART.split(text[max(0, m.start() - 120) : m.start()])[-1]
        found = long_form(before, m[1])
        words = tokens(found)
        if 2 <= len(words) <= MOST_TOKENS and words[0] not in CLOSED:
            yield m[1], found


def write_acronyms(path: Path, texts: Iterable[str]) -> int:
    """Write the long forms that at least `LEAST_PAPERS` texts give; returns how many there are.

    Spellings that differ in capitals or hyphens are one long form, written as most often; those that give
    every word a capital count only where there is no other.
    """
    papers: Counter[tuple[str, tuple[str, ...]]] = Counter()
    spellings: dict[tuple[str, tuple[str, ...]], Counter[str]] = defaultdict(Counter)
    for text in texts:
        found = {(acronym, tokens(written)): written for acronym, written in definitions(text)}
        papers.update(found.keys())
        for form, written in found.items():
            spellings[form][written] += 1
    rows = [f"{form[0]}\t{_usual(spellings[form])}\t{n}\n" for form, n in papers.items() if n >= LEAST_PAPERS]
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(b"acronym\tlong_form\tpapers\n")
        f.writelines(r.encode() for r in sorted(rows))
    return len(rows)


def _usual(spellings: Counter[str]) -> str:
    """The commonest spelling, of those that do not give every long word a capital if there are any.

    >>> _usual(Counter({"Hidden Markov Model": 5, "hidden Markov model": 2, "Hidden Markov model": 1}))
    'hidden Markov model'
    """
    sober = Counter(
        {w: n for w, n in spellings.items() if any(x[0].islower() for x in w.split() if len(x) > 3)}
    )
    return (sober or spellings).most_common(1)[0][0]
