"""Sentences and words with offsets, by spaCy's rule-based English tokenizer; no model is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# Characters that no UTF-8 holds, or that tokenizers drop: read as U+FFFD, one for one, so that
# every offset stays that of the text as given.
UNREADABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Word:
    """One token of letters: its offsets, its lower-case form, and whether it opens a sentence."""

    start: int
    end: int
    lower: str
    opens: bool


@dataclass(frozen=True)
class Segmented:
    """A text, its spaCy `Doc` (tokens in step with the text), and its words of letters.

    `at[i]` is the index into `words` of token i, or -1 for a token that is no word.
    """

    text: str
    doc: Doc
    words: tuple[Word, ...]
    at: tuple[int, ...]


@cache
def tokenizer() -> Language:
    """spaCy's blank English pipeline with its sentencizer."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 2**62  # its limit guards the parser's memory, and there is no parser here
    return nlp


def readable(text: str) -> str:
    """`text` with each unreadable character replaced by one U+FFFD.

    >>> readable("a\\x00b") == "a\\ufffdb"
    True
    """
    return UNREADABLE.sub("\ufffd", text)


def segment(text: str) -> Segmented:
    """Split `text` into sentences and words.

    >>> [w.lower for w in segment("The T-cell count (5) fell.").words]
    ['the', 't', 'cell', 'count', 'fell']
    """
    doc = tokenizer()(readable(text))
    words: list[Word] = []
    at = []
    for token in doc:
        if token.is_alpha:
            at.append(len(words))
            words.append(Word(token.idx, token.idx + len(token), token.lower_, bool(token.is_sent_start)))
        else:
            at.append(-1)
    return Segmented(text, doc, tuple(words), tuple(at))
