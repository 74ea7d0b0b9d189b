"""The words of science and of English, and the cutting of glued words into them.

`data/words.marisa` holds word forms and hyphenated compounds with their counts, derived by
`textrepair.damage.build`; it is memory-mapped. symspellpy is loaded when something looks glued, not before.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import marisa_trie

from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.words import UNKNOWN, science, zipf_in_english

if TYPE_CHECKING:
    from symspellpy import SymSpell

DATA = Path(__file__).parent / "data"
STEP = 0.05  # counts are kept as whole steps of log10
PART = 3.5  # zipf from which a word is common enough to be a part of a glued one
LETTERS = frozenset("a")  # one-letter words
USUAL = 3.0  # log10 count of two words that stand side by side everywhere
SELDOM = 2.0  # powers of ten by which that outnumbers what may be the two without their space
IN_ENGLISH = 3.6  # zipf from which it is a word all the same, as *indifferent* is

PREFIXES = frozenset(
    "a ab ad aero anti arch auto be beta alpha bi bio by cardio chemo co con counter cross cyber de di"
    " dis down"
    " electro em en end endo epi ex extra fore geo half hand head hetero hind homo hydro hyper hypo il im in"
    " inter intra ir iso macro mega meta micro mid mini mis mono multi nano neo neuro non off on out over"
    " para per peri photo physio poly post pre pro pseudo psycho quasi radio re retro self semi socio step"
    " sub super sur sym syn tele thermo trans tri ultra un under uni up vice".split()
)
SYLLABLES = frozenset(
    "ab ad by con de dis em en end il im in ir pro re sub sur un up".split()
)  # also begin words


@cache
def _trie() -> marisa_trie.RecordTrie:
    return marisa_trie.RecordTrie("<B").mmap(str(DATA / "words.marisa"))


@lru_cache(maxsize=1 << 16)
def log_uses(word: str) -> float:
    """log10 of the uses of a lower-case word or hyphenated compound in science, 0.0 when unlisted.

    >>> log_uses("immunological") > log_uses("im-munological")
    True
    """
    found = _trie().get(word)
    return found[0][0] * STEP if found else 0.0


def listed(word: str) -> bool:
    """Whether science uses a lower-case word or hyphenated compound: quicker than its `log_uses`.

    >>> listed("immunological"), listed("im-munological")
    (True, False)
    """
    return word in _trie()


def all_listed() -> list[str]:
    """Every word and hyphenated compound that science uses."""
    return list(_trie().keys())


def known(word: str) -> bool:
    """Whether a lower-case word is one that science or English uses.

    >>> known("immunosuppressive"), known("significantimmune")
    (True, False)
    """
    return log_uses(word) > 0 or zipf_in_english(word) > 0


@lru_cache(maxsize=1 << 16)
def run_together(word: str) -> bool:
    """Whether a listed word is two that stand side by side everywhere: lists hold what texts run together.

    >>> known("ofthe"), run_together("ofthe"), run_together("another")
    (True, True, False)
    """
    if zipf_in_english(word) >= IN_ENGLISH:
        return False
    least = max(USUAL, SELDOM + log_uses(word))
    cuts = ((word[:k], word[k:]) for k in range(2, len(word) - 1))
    of_words = (f"{a} {b}" for a, b in cuts if a in science() and b in science())  # looked up at less cost
    return any(log_count(pair) >= least for pair in of_words)


@lru_cache(maxsize=1 << 16)
def highest_zipf(word: str) -> float:
    """The zipf of a lower-case word, in science or in English, whichever is higher."""
    return max(science().get(word, UNKNOWN).zipf, zipf_in_english(word))


def combining(part: str, word: str) -> bool:
    """Whether `part` may be tied to `word`.

    >>> combining("musculo", "skeletal"), combining("re", "used"), combining("re", "ceive")
    (True, True, False)
    """
    return part.endswith("o") or (part in PREFIXES and (part not in SYLLABLES or log_uses(word) > 0))


def may_be_cut(word: str) -> bool:
    """Whether some cut leaves two common words; cheap, and most unknown words fail it.

    >>> may_be_cut("theirsafety"), may_be_cut("cromakalim")
    (True, False)
    """
    return any(_part(word[:k]) and _part(word[k:]) for k in range(1, len(word)))


def _part(word: str) -> bool:
    return (len(word) > 1 or word in LETTERS) and science().get(word, UNKNOWN).zipf >= PART


@cache
def _speller() -> SymSpell:
    from symspellpy import SymSpell

    speller = SymSpell(max_dictionary_edit_distance=0, prefix_length=7)
    for word, use in science().items():
        if _part(word):
            speller.create_dictionary_entry(word, max(1, round(10 ** (use.zipf - 9) * SymSpell.N)))
    return speller


@lru_cache(maxsize=1 << 12)
def cut(word: str) -> tuple[str, ...]:
    """The likeliest common words that a glued lower-case word is made of; empty when there are none.

    >>> cut("theirsafety")
    ('their', 'safety')
    """
    parts = _speller().word_segmentation(word, max_edit_distance=0).corrected_string.split()
    whole = "".join(parts) == word and len(parts) > 1 and all(map(_part, parts))
    return tuple(parts) if whole else ()
