"""Ligatures that a reader of PDF set apart or lost: *in fl ammation*, *signi cant*, *the xed e ects*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from textrepair.damage.dictionary import all_listed, highest_zipf, log_uses
from textrepair.damage.page import Proposal
from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.protected import IsOutside

LIGATURES = ("ffi", "ffl", "ff", "fi", "fl")
ALONE = frozenset(LIGATURES)
# a run of lower-case words and scraps of words
RUN = re.compile(r"(?<![\w.'’/\u2010-\u2015])[A-Za-z]?[a-z]*(?: {1,2}[a-z]+)+(?![\w'’/\u2010-\u2015]|\.\w)")
INTACT = re.compile("f[fil]|[\ufb00-\ufb04]")
WRITTEN = 2.0  # log10 count of a word that science surely writes
COMMON = 3.3  # zipf of one that anybody may write
SCRAP = 2.6  # zipf below which a word is no word
RARE_WORD = 4.2  # zipf below which a word may be a scrap of another
COMMONEST = 4.9  # the same where the text lost ligatures elsewhere
SURPRISE = 5.0  # powers of ten by which one word must beat two neighbours by chance
ELSEWHERE = 3.0  # the same where the text lost ligatures elsewhere
AHEAD = 0.5  # powers of ten by which one word must beat the next with another ligature
BESIDE = 1.5  # powers of ten by which a whole word must beat its scrap beside a neighbour
OUTNUMBERS = 2.0  # and by which it must beat the two as neighbours: lists hold what texts lost, too


def find(text: str) -> Iterator[Proposal]:
    """Words in which a ligature stands apart or is missing.

    >>> text = "signs of in fl ammation and signi cant e ects"
    >>> [(text[p.start : p.end], p.after) for p in find(text)]
    [('in fl ammation', 'inflammation'), ('signi cant', 'significant'), ('e ects', 'effects')]
    """
    found = list(RUN.finditer(text))
    if not any(_may_be_broken(run[0].lower().split()) for run in found):
        return
    runs = [
        [(run.start() + m.start(), run.start() + m.end()) for m in re.finditer("[A-Za-z]+", run[0])]
        for run in found
    ]
    apart = [p for words in runs for p in _apart(text, words)]
    lost = [p for words in runs for p in _lost(text, words, SURPRISE)]
    # where ligatures are lost, hardly any is left
    if len(lost) > 1 and 2 * len(lost) > len(INTACT.findall(text)) - len(apart):
        lost = [p for words in runs for p in _lost(text, words, ELSEWHERE)]
        lost += [p for words in runs for p in _beheaded(text, words)]
    is_free = IsOutside((p.start, p.end) for p in apart)
    yield from apart
    yield from (p for p in lost if is_free(p.start, p.end))


def _may_be_broken(words: list[str]) -> bool:
    """Whether a ligature stands alone among words, or two of them are a word that lost one."""
    return not (ALONE.isdisjoint(words) and _broken_in_two().isdisjoint(pairwise(words)))


@cache
def _broken_in_two() -> frozenset[tuple[str, str]]:
    """What stands before and behind a ligature in the words that science surely writes."""
    written = [w for w in all_listed() if INTACT.search(w) and log_uses(w) >= WRITTEN]
    return frozenset(
        (word[: m.start()], word[m.start() + len(sign) :])
        for word in written
        for sign in LIGATURES
        for m in re.finditer(f"(?={sign})", word)
    )


def _apart(text: str, words: list[tuple[int, int]]) -> Iterator[Proposal]:
    """Ligatures alone between blanks, as parts of the words on both sides or, where that is none, of one."""
    for n, (start, end) in enumerate(words):
        sign = text[start:end]
        if sign not in LIGATURES:
            continue
        before, after = words[max(0, n - 1) : n], words[n + 1 : n + 2]
        a, b = (before or [(start, end)])[0][0], (after or [(start, end)])[0][1]
        left, right = text[a:start].strip(), text[end:b].strip()
        whole = left + sign + right
        parted = max(log_count(f"{left} {sign}{right}".lower()), log_count(f"{left}{sign} {right}".lower()))
        if left and right and max(log_uses(whole.lower()), highest_zipf(whole.lower()) - SCRAP) > parted:
            yield Proposal(a, b, whole, "artifact", "ligature set apart")
            continue
        uses, lo, hi, word = max(
            (log_uses((left + sign).lower()), a, end, left + sign),
            (log_uses(sign + right), start, b, sign + right),
        )
        if uses >= WRITTEN or highest_zipf(word.lower()) >= COMMON:
            yield Proposal(lo, hi, word, "artifact", "ligature set apart")


def _lost(text: str, words: list[tuple[int, int]], least: float) -> Iterator[Proposal]:
    """Blanks where a ligature was: far likelier one word with it than two neighbours by chance."""
    end = 0
    for (start, mid), (then, stop) in pairwise(words):
        a, b = text[start:mid].lower(), text[then:stop]
        rarer = min(highest_zipf(a), highest_zipf(b))
        if (
            start < end
            or rarer >= (RARE_WORD if least == SURPRISE else COMMONEST)
            or a in LIGATURES
            or b in LIGATURES
        ):
            continue
        (uses, sign), (others, _) = sorted(((log_uses(a + s + b), s) for s in LIGATURES), reverse=True)[:2]
        whole = highest_zipf(a + sign + b)
        if uses < max(WRITTEN, others + AHEAD, log_count(f"{a} {b}") + OUTNUMBERS) or whole < COMMON:
            continue
        if whole - (highest_zipf(a) + highest_zipf(b) - 9) > (least if rarer >= SCRAP else ELSEWHERE):
            yield Proposal(start, stop, text[start:mid] + sign + b, "artifact", "ligature lost")
            end = stop


def _beheaded(text: str, words: list[tuple[int, int]]) -> Iterator[Proposal]:
    """Words that a ligature began or ended, where the text lost others.

    What may be a word itself (*the rst step*) must stand beside its neighbours far less often than the whole.
    """
    for n, (start, end) in enumerate(words):
        word = text[start:end]
        known = highest_zipf(word.lower())
        if len(word) < 2 or known >= RARE_WORD:
            continue
        wholes = (whole for sign in LIGATURES for whole in (sign + word, word + sign))
        chances = sorted(((log_uses(w.lower()), w) for w in wholes), reverse=True)
        (uses, whole), (others, _) = chances[:2]
        if uses < WRITTEN or uses - others < AHEAD or highest_zipf(whole.lower()) < COMMON:
            continue
        if (len(word) > 2 and known < SCRAP) or _fits(text, words, n, whole):
            yield Proposal(start, end, whole, "artifact", "ligature lost")


def _fits(text: str, words: list[tuple[int, int]], n: int, whole: str) -> bool:
    """Whether `whole` stands beside a neighbour of word `n` far oftener than what the text has there."""
    stands = text[slice(*words[n])].lower()
    before = [text[a:b].lower() + " {}" for a, b in words[max(0, n - 1) : n]]
    after = ["{} " + text[a:b].lower() for a, b in words[n + 1 : n + 2]]
    return any(
        log_count(pair.format(whole.lower())) - log_count(pair.format(stands)) >= BESIDE
        for pair in (*before, *after)
    )
