"""Which words a spinner may swap, and their inflected forms."""

from __future__ import annotations

import re

from textrepair.lexicon.entries import TAGS
from textrepair.lexicon.inflection import inflect
from textrepair.lexicon.words import CLOSED

PLAIN_WORD = re.compile(r"[a-z]{3,}$")  # shorter ones are units and symbols


def swappable(word: str) -> bool:
    """Whether a spinner may swap the word: one of letters that is no function word.

    >>> swappable("disease"), swappable("of"), swappable("mg")
    (True, False, False)
    """
    return bool(PLAIN_WORD.match(word)) and word not in CLOSED


def inflections(lemma: str, pos: str) -> dict[str, str]:
    """Tag → form, for the tags of `pos` that the lemma has.

    >>> inflections("study", "NOUN")
    {'NN': 'study', 'NNS': 'studies'}
    """
    forms = {tag: inflect(lemma, pos, tag) for tag in TAGS[pos]}
    return {tag: form for tag, form in forms.items() if PLAIN_WORD.match(form)}


def stem(word: str) -> str:
    """What the forms of a word have in common, roughly.

    >>> stem("studies"), stem("care")
    ('stud', 'care')
    """
    return word[: max(4, len(word) - 3)]
