"""Words as sources are searched and compared by, what each tells, and where a text is cut into passages."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import CLOSED, UNKNOWN, science

WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
# the same for the index, whose regular expressions are Rust's
WORD_OF_INDEX = r"\d+(?:[.,]\d+)+|[\p{L}\p{N}\p{M}]+"
LONGEST_WORD = 40  # characters of a word that is searched by
SENTENCE = re.compile(r"(?:[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|[.!?:]?[ \t]*\r?\n\s*)")
LEAST_WORDS, MOST_WORDS = 60, 140  # of a passage
ENOUGH_WORDS = 120  # of a passage: one that is long enough does not grow beyond
ODDS = 3.0  # the most that one word may tell of spun text, in log odds
COMMONEST, RAREST = 7.5, 2.0  # frequencies (zipf) that tell nothing, and all that a word can tell
NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()  # *one* is a pronoun too
FIGURES = {word: str(n) for n, word in enumerate(NUMBERS, 2)}


@dataclass(frozen=True, slots=True)
class Token:
    """A word at its place; `named` if written as a name, an acronym or a number is, `opens` a sentence."""

    start: int
    end: int
    lower: str
    named: bool
    opens: bool

    def moved(self, by: int) -> Token:
        """The same word `by` characters further on."""
        return Token(self.start + by, self.end + by, self.lower, self.named, self.opens)


def words_of(text: str) -> list[Token]:
    """The words of a text.

    >>> [(t.lower, t.named) for t in words_of("Two of 12.5 mg IL-2 in Kenya.")]
    [('two', False), ('of', False), ('12.5', True), ('mg', False), ('il', True), ('2', True), ('in', False), \
('kenya', True)]
    """
    out: list[Token] = []
    last = 0
    for m in WORD.finditer(text):
        word = m[0]
        first = not out or any(c in ".!?\n" for c in text[last : m.start()])
        named = word[0].isdigit() or (not word[1:].islower() and len(word) > 1 and not word.islower())
        named = named or (not first and word[0].isupper())
        out.append(Token(m.start(), m.end(), word.lower(), named, first))
        last = m.end()
    return out


def figure(word: str) -> str:
    """A word, a small number in figures.

    >>> figure("Seven"), figure("Severe")
    ('7', 'Severe')
    """
    return FIGURES.get(word.lower(), word)


@lru_cache(maxsize=1 << 16)
def rarity(word: str) -> float:
    """How much a lower-case word tells of where a text is from, 0 (*the*) to 1 (hardly used).

    >>> rarity("the") < rarity("patients") < rarity("zebrafish") < rarity("12.5") == 1
    True
    """
    zipf = science().get(word, UNKNOWN).zipf
    return max(0.0, COMMONEST - max(zipf, RAREST)) / (COMMONEST - RAREST)


@lru_cache(maxsize=1 << 16)
def spun_odds(word: str) -> float:
    """Log odds of spun text for a word; one that science does not use, yet thesauri list, is telling.

    >>> spun_odds("patients") < 0 < spun_odds("sufferers") <= ODDS
    True
    """
    use = science().get(word)
    if use is None:
        return ODDS if canonical_for(word) else 0.0
    return max(-ODDS, min(ODDS, use.spun))


@lru_cache(maxsize=1 << 16)
def original_prob(word: str) -> float:
    """How likely a lower-case word stood in the original too, for all that it may have been swapped in."""
    if not canonical_for(word):
        return 1.0
    return 1 / (1 + math.exp(min(30.0, science().get(word, UNKNOWN).spun)))


@lru_cache(maxsize=1 << 15)
def originals(word: str, most: int = 4) -> tuple[tuple[str, float], ...]:
    """The likeliest words that a lower-case word may have been swapped for, and how likely, if it was.

    >>> originals("sufferers")[0][0]
    'patients'
    """
    found = canonical_for(word)
    weights = [math.exp(p) * 10 ** science().get(c, UNKNOWN).zipf for c, p in found]
    total = sum(weights)
    ranked = sorted(((c, w / total) for (c, _), w in zip(found, weights, strict=True)), key=lambda x: -x[1])
    return tuple(ranked[:most])


def terms_of(words: Sequence[Token], most: int = 40) -> dict[str, float]:
    """What a passage is searched by: term → weight; at most `most` of its words and as many originals.

    What spinners leave alone weighs most; what a word may have been swapped for weighs less than itself.

    >>> terms = terms_of(words_of("The sufferers received 12.5 mg."))
    >>> terms["12.5"] > terms["patients"] > terms["received"], "sufferers" in terms
    (True, False)
    """
    own: dict[str, float] = {}
    other: dict[str, float] = {}
    for w in words:
        if w.lower in CLOSED or len(w.lower) > LONGEST_WORD:
            continue
        original = 1.0 if w.named else original_prob(w.lower)
        own[w.lower] = max(original, own.get(w.lower, 0.0))
        if original < 1:
            for canonical, chance in originals(w.lower):
                if canonical not in CLOSED and " " not in canonical:
                    other[canonical] = max(other.get(canonical, 0.0), (1 - original) * chance)
    terms: dict[str, float] = {}
    for some in (own, other):
        best = sorted(some, key=lambda t: -some[t] * rarity(t))[:most]
        for t in best:
            terms[t] = max(terms.get(t, 0.0), some[t])
    return {t: w for t, w in terms.items() if w >= 0.02}


def passages_of(text: str) -> list[tuple[int, int]]:
    r"""Where the passages of a text start and end: whole sentences, `LEAST_WORDS` to `MOST_WORDS` words.

    A sentence that is longer is cut between words; white space around a passage is no part of it.

    >>> passages_of("One sentence. " * 100)[:2]
    [(0, 839), (840, 1399)]
    """
    sentences: list[tuple[int, int, int]] = []  # start, end, words
    at = 0
    for m in SENTENCE.finditer(text):
        sentences += _at_most(text, at, m.end())
        at = m.end()
    sentences += _at_most(text, at, len(text))
    groups: list[list[int]] = []  # start, end, words; closed once long enough
    for start, end, number in sentences:
        last = groups[-1] if groups else None
        ends = last is not None and "\n" in text[max(last[0], start - 3) : start] and last[2] >= LEAST_WORDS
        room = MOST_WORDS if last is None or last[2] < LEAST_WORDS else ENOUGH_WORDS
        if last is None or ends or last[2] + number > room:
            groups.append([start, end, number])
        else:
            last[1], last[2] = end, last[2] + number
    if len(groups) > 1 and groups[-1][2] < LEAST_WORDS / 2:
        tail = groups.pop()
        groups[-1][1] = tail[1]
    out = []
    for start, end, _ in groups:
        whole = text[start:end]
        left = start + len(whole) - len(whole.lstrip())
        out.append((left, left + len(whole.strip())))
    return [(a, b) for a, b in out if b > a]


def _at_most(text: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """A sentence, in parts where it is longer than a passage, each with its number of words."""
    piece = text[start:end]
    number = len(piece.split())
    if number <= MOST_WORDS:
        return [(start, end, number)]
    starts = [m.start() for m in re.finditer(r"\S+", piece)][::LEAST_WORDS]
    starts[0] = 0
    return [
        (start + a, start + b, LEAST_WORDS) for a, b in zip(starts, [*starts[1:], len(piece)], strict=True)
    ]
