"""What may never be exchanged: opposites, negations, quantities, units, names, two spellings of one word.

The data is `data/opposites.tsv`: groups of words whose sides may not be swapped for one another.
Thesauri and masked language models both love opposites, so this is asked of every candidate,
whatever its score.
"""

from __future__ import annotations

import csv
import itertools
import re
from bisect import bisect_left
from collections import defaultdict
from functools import cache, cached_property, lru_cache

from textrepair.lexicon.entries import DATA
from textrepair.lexicon.inflection import lemminflect
from textrepair.lexicon.words import CLOSED, keyness
from textrepair.pipeline.segment import Segmented

NEGATIONS = frozenset(
    "no not never nor neither none without cannot n't n’t hardly scarcely fail fails failed".split()
)
# What British and American spelling write differently, each made one (*tumour*, *ischaemic*, *analyse*)
SPELLINGS = (
    (re.compile("ou(?=r|ld)"), "o"),
    (re.compile("[ao]e"), "e"),
    (re.compile("s(?=e|ing|able|ation)"), "z"),
    (re.compile("nce"), "nze"),
    (re.compile("re(?=s?$)"), "er"),
    (re.compile("mme(?=s?$)"), "m"),
    (re.compile("([lmp])\\1"), r"\1"),
    (re.compile("ogue"), "og"),
    (re.compile("grey"), "gray"),
    (re.compile("(?<=g|l)e(?=ment|able|ing)"), ""),
)
SPELLED_LONGER = 3  # letters at most, in the words of a candidate
NEGATIVE_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "anti", "counter", "a", "de")


@cache
def _sides() -> dict[str, dict[str, str]]:
    """Word form → {group: side}."""
    sides: dict[str, dict[str, str]] = defaultdict(dict)
    with (DATA / "opposites.tsv").open(encoding="utf8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            word = row["word"].lower()
            forms = {word} | {form for fs in lemminflect().getAllInflections(word).values() for form in fs}
            for form in forms:
                # a word's own row beats an inflection that only looks like it (*left*, *found*)
                if form == word or row["group"] not in sides[form]:
                    sides[form][row["group"]] = row["side"]
    return dict(sides)


def opposed(a: str, b: str) -> bool:
    """Whether two single words stand on different sides of a group, or differ by a negative prefix.

    >>> opposed("decreased", "increased"), opposed("stable", "unstable"), opposed("tiny", "small")
    (True, True, False)
    """
    return _across(a, b) or any(a == p + b or b == p + a for p in NEGATIVE_PREFIXES)


def _across(a: str, b: str) -> bool:
    x, y = _sides().get(a, {}), _sides().get(b, {})
    return any(y.get(group, side) != side for group, side in x.items())


class Contrasts:
    """The words of a text whose opposite stands in the same sentence: they were chosen with care.

    >>> from textrepair.pipeline.segment import segment
    >>> loses = Contrasts(segment("Income rose and expenditure fell. Expenditure rose.")).loses
    >>> loses(16, 27, "consumption"), loses(34, 45, "consumption")
    (True, False)
    """

    def __init__(self, seg: Segmented) -> None:
        self._words = seg.words

    @cached_property
    def _sides(self) -> dict[int, tuple[str, dict[str, str]]]:
        """Offset of a word in contrast → the word, and its side of each group it is contrasted in."""
        out: dict[int, tuple[str, dict[str, str]]] = {}
        numbers = itertools.accumulate(word.opens for word in self._words)
        for _, sentence in itertools.groupby(zip(numbers, self._words, strict=True), key=lambda x: x[0]):
            # function words (*from*, *will*) and symbols are no contrast to one another
            open_ = (w for _, w in sentence if w.lower not in CLOSED and len(w.lower) > 2)
            standing = [(word, sides) for word in open_ if (sides := _sides().get(word.lower))]
            met: dict[str, set[str]] = defaultdict(set)
            for _, sides in standing:
                for group, side in sides.items():
                    met[group].add(side)
            for word, sides in standing:
                if against := {group: side for group, side in sides.items() if len(met[group]) > 1}:
                    out[word.start] = (word.lower, against)
        return out

    @cached_property
    def _starts(self) -> list[int]:
        return list(self._sides)

    def loses(self, start: int, end: int, after: str, *, term: bool = False) -> bool:
        """Whether with `after` from `start` to `end` one side of a contrast would no longer stand there.

        Words of science are that side themselves: *not current infection* does not become *not present*.
        Others may be exchanged for one of the same side, on their own, or in a `term` that a lexicon lists:
        beside a disease of the kidney, *bosom peril* is *breast cancer*.
        """
        come = after.lower().split()
        for at in self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)]:
            word, groups = self._sides[at]
            if word not in come and (
                keyness(word) < 0
                or (end - start > len(word) and not term)
                or not all(
                    any(_sides().get(w, {}).get(group) == side for w in come)
                    for group, side in groups.items()
                )
            ):
                return True
        return False


@lru_cache(maxsize=1 << 17)  # the same pairs come up again and again, here and below
def respelled(before: str, after: str) -> bool:
    """Whether both are the same words, in British or in American spelling: no spinner's work.

    >>> respelled("Neighbourhood", "neighborhood"), respelled("analysed in litres", "analyzed in liters")
    (True, True)
    >>> respelled("labour", "work"), respelled("principal", "principle")
    (False, False)
    """
    if before == after or abs(len(before) - len(after)) > SPELLED_LONGER:
        return False
    return _one_spelling(before) == _one_spelling(after)


def _one_spelling(text: str) -> str:
    text = re.sub(r"[\W_]", "", text.lower())
    for pattern, one in SPELLINGS:
        text = pattern.sub(one, text)
    return text


@lru_cache(maxsize=1 << 17)
def flips_meaning(before: str, after: str) -> bool:
    """Whether reading `after` for `before` would change direction, polarity, quantity or a number.

    >>> flips_meaning("not significant", "significant"), flips_meaning("5 sufferers", "5 patients")
    (True, False)
    """
    a, b = (re.findall(r"[^\W\d_]+(?:['’]t)?|\d+(?:[.,]\d+)*", t.lower()) for t in (before, after))
    gone, come = [w for w in a if w not in b], [w for w in b if w not in a]
    if any(w[0].isdigit() for w in gone + come):
        return True
    if sum(w in NEGATIONS for w in gone) != sum(w in NEGATIONS for w in come):
        return True
    if len(gone) == len(come) == 1:
        return opposed(gone[0], come[0])
    return any(_across(x, y) for x in gone for y in come)
