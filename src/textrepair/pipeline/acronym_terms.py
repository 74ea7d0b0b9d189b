"""Terms that an acronym in brackets calls for: spinners swap the words of a term and leave its acronym.

*Convolution brain organization (CNN)* is no long form that any paper gives *CNN*; *convolutional neural
network* is, and answers to it word by word.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from textrepair.lexicon.acronyms import ACRONYM, MOST_TOKENS, TOKEN, long_forms, papers_with, plain, spelled
from textrepair.lexicon.synonyms import canonical_for
from textrepair.pipeline.segment import BETWEEN
from textrepair.pipeline.terms import Term

BEST = 4  # proposals for an acronym
LEAST_SHARE = (
    0.05  # of papers with the commonest long form of an acronym; rarer ones are slips of its spelling
)
LONGER, SHORTER = 2, 1  # tokens by which what stands may differ from its long form
ANSWERED = 0.3  # share of a long form's tokens that must answer to what stands
ROOT = 5  # letters from which two words may share a root (convolution, convolutional)
# nats: for a token of the same root, one that no table knows, one too many, one too few
KIN, STRANGE, SURPLUS, MISSING = -1.5, -6.0, -4.0, -4.0
CUSTOMARY, USUAL = 5, 0.5  # papers, and the share of those of the commonest long form, that give a usual one


@dataclass(frozen=True)
class Token:
    """A word or figure with its offsets, in small letters."""

    start: int
    end: int
    lower: str


def find_defined(
    text: str, is_free: Callable[[int, int], bool], is_odd: Callable[[int, int], bool]
) -> Iterator[Term]:
    """The likeliest long forms of every acronym whose words before the bracket are none of them.

    `is_free` says which of the text may be exchanged, `is_odd` where a word was likely replaced.

    >>> text = "We trained a convolution brain organization (CNN)."
    >>> everywhere = lambda start, end: True
    >>> "convolutional neural network" in {t.canonical for t in find_defined(text, everywhere, everywhere)}
    True
    """
    for m in ACRONYM.finditer(text):
        row, letters = _row(text, m.start()), m[1].lower()
        forms = long_forms().get(m[1], {})
        commonest = max((papers for _, papers in forms.values()), default=0)
        if not forms or papers_with(m[1], tuple(t.lower for t in row)) >= max(1, LEAST_SHARE * commonest):
            continue
        found = []
        for form, (written, papers) in forms.items():
            if papers < LEAST_SHARE * commonest:
                continue
            usual = papers >= max(CUSTOMARY, USUAL * commonest)
            for n in range(max(1, len(form) - SHORTER), min(len(row), len(form) + LONGER) + 1):
                window = row[-n:]
                start, end = window[0].start, window[-1].end
                spin_log_prob = _spin_log_prob(window, form)
                if spin_log_prob is None or not is_free(start, end):
                    continue
                sure = _answers(window, form, letters) or (
                    usual and _completes(window, form, letters, is_odd, plural=bool(m[2]))
                )
                tier = "auto" if sure else ""
                term = Term(start, end, _as_it_stands(text, window, written), spin_log_prob, tier)
                found.append((sure, spin_log_prob + math.log(papers), term))
        found.sort(key=lambda f: f[:2], reverse=True)
        yield from (term for _, _, term in found[:BEST])


def _row(text: str, end: int) -> list[Token]:
    """The last tokens before `end` that stand one space or hyphen apart."""
    row: list[Token] = []
    after = end
    for m in reversed(list(TOKEN.finditer(text, max(0, end - 120), end))):
        if len(row) == MOST_TOKENS + LONGER or text[m.end() : after].strip(BETWEEN) or after - m.end() > 2:
            break
        row.append(Token(m.start(), m.end(), plain(m[0])))
        after = m.start()
    return row[::-1]


def _spin_log_prob(window: Sequence[Token], form: Sequence[str]) -> float | None:
    """Log probability, roughly, that `form` was spun to what stands; none if too little of it answers.

    The first tokens must answer to each other, or the window begins too early.
    """
    # (log probability, tokens of the form that answer) of the best alignment of each pair of beginnings
    best = {(0, 0): (0.0, 0)}
    for i, token in enumerate(window, 1):
        for j, canonical in enumerate(form, 1):
            likeness = _likeness(token.lower, canonical)
            steps = (
                (i - 1, j - 1, likeness, likeness > STRANGE),
                (i - 1, j, SURPLUS, False),
                (i, j - 1, MISSING, False),
            )
            known = [(best[a, b], worth, answers) for a, b, worth, answers in steps if (a, b) in best]
            best[i, j] = max((c + worth, n + answers) for (c, n), worth, answers in known)
    spin_log_prob, answered = best[len(window), len(form)]
    return spin_log_prob if answered >= ANSWERED * len(form) else None


def _answers(window: Sequence[Token], form: Sequence[str], letters: str) -> bool:
    """Whether every token answers to its counterpart, some by a synonym, and the letters fit the form better.

    In 2.2 million words of clean text there are six such places, in 207 excerpts with a planted term 24, all
    of them right (`benchmarks/results/acronyms.json`).
    """
    if len(window) != len(form):
        return False
    likeness = [_likeness(token.lower, canonical) for token, canonical in zip(window, form, strict=True)]
    if min(likeness) <= STRANGE or not any(x not in (0.0, KIN) for x in likeness):
        return False
    return spelled(form, letters) > _spells(window, letters)


def _completes(
    window: Sequence[Token],
    form: Sequence[str],
    letters: str,
    is_odd: Callable[[int, int], bool],
    *,
    plural: bool,
) -> bool:
    """Whether all tokens that differ from the form are odd, and it fits the letters better than they do.

    *Faulty neural network (CNN)*. Where the letters fit both, authors mean another thing (*atrial flutter
    (AF)*, *reminiscence therapy (RT)*). How often there is such a place in clean text, and how often it is
    the right one where a term is tortured, stands in `benchmarks/results/acronyms.json`.
    """
    if len(window) != len(form) or _spells(window, letters) >= spelled(form, letters):
        return False
    pairs = list(zip(window, form, strict=True))
    strange = [t for t, canonical in pairs if t.lower != canonical]
    alike = strange[-1:] != [window[-1]] or _is_plural(form[-1]) == (plural or _is_plural(window[-1].lower))
    answered = any(_likeness(t.lower, canonical) > STRANGE for t, canonical in pairs)
    return alike and answered and all(is_odd(t.start, t.end) for t in strange)


def _spells(window: Sequence[Token], letters: str) -> float:
    return spelled([t.lower for t in window], letters)


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _likeness(stands: str, canonical: str) -> float:
    if stands == canonical:
        return 0.0
    same = (a == b for a, b in zip(stands, canonical, strict=False))
    shared = sum(itertools.takewhile(bool, same))
    if shared >= max(ROOT, 0.6 * max(len(stands), len(canonical))):
        return KIN
    return max(STRANGE, dict(canonical_for(stands)).get(canonical, STRANGE))


def _as_it_stands(text: str, window: Sequence[Token], written: str) -> str:
    """The long form, its tokens that stand already with the capitals they have."""
    standing = {t.lower: text[t.start : t.end] for t in window}
    return TOKEN.sub(lambda m: standing.get(plain(m[0]), m[0]), written)
