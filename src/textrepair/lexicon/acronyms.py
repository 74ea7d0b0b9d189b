"""What acronyms are short for in science: long forms with the number of papers that give them.

Derived from the clean corpus by `textrepair.training.acronyms`.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from functools import cache

from textrepair.lexicon.entries import DATA

ACRONYM = re.compile(r"\(([A-Z]{2,6})(s?)\)")
TOKEN = re.compile(r"[^\W_]+(?:['’]s(?![^\W_]))?")
MOST_TOKENS = 8  # tokens of a long form


@cache
def long_forms() -> Mapping[str, Mapping[tuple[str, ...], tuple[str, int]]]:
    """Acronym → tokens of a long form in small letters → the long form as written, and its papers.

    >>> long_forms()["CNN"]["convolutional", "neural", "network"][0]
    'convolutional neural network'
    """
    out: dict[str, dict[tuple[str, ...], tuple[str, int]]] = {}
    with gzip.open(DATA / "acronyms.tsv.gz", "rt", encoding="utf8") as f:
        next(f)
        for line in f:
            acronym, written, papers = line.rstrip("\n").split("\t")
            out.setdefault(acronym, {})[tokens(written)] = (written, int(papers))
    return out


def tokens(text: str) -> tuple[str, ...]:
    """The words and figures of a text in small letters; hyphens part them, *Parkinson's* is one.

    >>> tokens("Parkinson’s disease, T-cell")
    ("parkinson's", 'disease', 't', 'cell')
    """
    return tuple(plain(m[0]) for m in TOKEN.finditer(text))


def plain(token: str) -> str:
    """A token in small letters, with a straight apostrophe.

    >>> plain("Parkinson’s")
    "parkinson's"
    """
    return token.lower().replace("’", "'")


def spelled(words: Sequence[str], letters: str) -> float:
    """The share of the words, from the last one back, that begin with the small letters of an acronym.

    >>> spelled(("convolutional", "mind", "network"), "cnn")
    0.6666666666666666
    """
    pairs = list(zip(reversed(letters), reversed(words), strict=False))
    return sum(w[0] == letter for letter, w in pairs) / max(1, len(pairs))


def papers_with(acronym: str, before: tuple[str, ...]) -> int:
    """How many papers give the acronym the long form that the tokens before it end with.

    >>> papers_with("CNN", ("a", "convolutional", "neural", "network")) > 10
    True
    >>> papers_with("CNN", ("a", "convolution", "brain", "network"))
    0
    """
    forms = long_forms().get(acronym, {})
    return max((forms[before[k:]][1] for k in range(len(before)) if before[k:] in forms), default=0)
