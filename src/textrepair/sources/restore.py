"""What a sure source restores: edits read off the alignment, and what differs on purpose, held."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import pairwise

from rapidfuzz.distance import Postfix, Prefix

from textrepair.edits import Edit, Held, Repair
from textrepair.lexicon.guard import flips_meaning
from textrepair.lexicon.protected import IsOutside, spans_of
from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import CLOSED
from textrepair.sources.align import Block
from textrepair.sources.judge import SURE
from textrepair.sources.retriever import Retriever
from textrepair.sources.stretches import lopsided, stretches
from textrepair.sources.trace import Source, Traced, trace
from textrepair.sources.words import FIGURES, ODDS, SENTENCE, WORD, Token, figure, spun_odds

IsFree = Callable[[int, int], bool]

LONGEST_SWAP = 14  # words of a stretch that agrees in nothing and is taken for a swap
TELLING = 1.0  # log odds by which the passage must read more spun than its source
SEPARATES = re.compile(r"[ \t,;:‐‑–—-]*")  # what spinners change between words, in one line
RIGHT = {"swap": 0.99, "other": 0.97}  # share of edits that are right, by how their words are paired


def restored(
    repair: Repair, index: Retriever, min_score: float, protected: Sequence[re.Pattern[str]] = ()
) -> Repair:
    """`repair` with what its sources in `index` say; what a pattern of `protected` matches stays."""
    is_free = IsOutside(spans_of(repair.source, protected))
    return restore(repair, trace(repair.source, index), min_score, is_free)


def restore(repair: Repair, traced: Iterable[Traced], min_score: float, is_free: IsFree) -> Repair:
    """`repair` with what its sure sources say in place of what was guessed there; elsewhere as it is.

    `is_free` tells whether a stretch of the text may be changed. What falls short of `min_score` is held, and
    so is what was changed on purpose.
    """
    edits, held = list(repair.edits), list(repair.held)
    chosen = [best for passage in traced if (best := best_of(passage.sources))]
    # one passage lightly spun proves little; several of one document do, and so does what detection says
    odds: dict[str, float] = defaultdict(lambda: _odds_of(repair.spun))
    for source in chosen:
        odds[source.document] += how_much_less_spun(source)
    for source in chosen:
        if odds[source.document] < TELLING:
            continue
        start, end = source.passage[0].start, source.passage[-1].end
        edits = [e for e in edits if e.end <= start or e.start >= end]
        held = [h for h in held if h.end <= start or h.start >= end]
        for edit, why_not in proposed(repair.source, source):
            if why_not == "" and edit.score < min_score:
                why_not = "low-score"
            if why_not == "" and not is_free(edit.start, edit.end):
                why_not = "protected"
            if why_not:
                held.append(Held(**asdict(edit), why_not=why_not))
            else:
                edits.append(edit)
    return replace(repair, edits=tuple(sorted(edits)), held=tuple(sorted(held)))


def best_of(sources: Sequence[Source]) -> Source | None:
    """The sure source that reads least spun."""
    sure = (s for s in sources if s.probability >= SURE)
    return max(sure, key=how_much_less_spun, default=None)


def how_much_less_spun(source: Source) -> float:
    """Log odds of spun text by which the passage's own words stand above the source's own."""
    total = 0.0
    for b in source.blocks:
        if b.tag != "same":
            total += sum(spun_odds(w.lower) for w in source.passage[b.a : b.b])
            total -= sum(spun_odds(w.lower) for w in source.words[b.c : b.d])
    return total


def _odds_of(spun: float) -> float:
    """What it tells that a text is spun with some probability: log odds, of one word at most."""
    return max(0.0, min(ODDS, math.log(max(spun, 1e-6) / max(1 - spun, 1e-6))))


def proposed(text: str, source: Source) -> Iterator[tuple[Edit, str]]:
    """Every difference as the edit that undoes it, and why it must not be made, if so."""
    blocks = stretches(source.passage, source.words, source.blocks)
    for last, b in pairwise([Block("same", 0, 0, 0, 0), *blocks]):
        if b.tag == "same":
            continue
        start, end, after = _written(text, source, b, last.tag == "same")
        before = text[start:end]
        if before == after:
            continue
        of = source.words[b.c : b.d] or source.words[max(0, b.c - 1) :][:1]
        where = f"{source.start + of[0].start}-{source.start + of[-1].end}"
        edit = Edit(
            start,
            end,
            before,
            after,
            "terminology" if len(after.split()) > 1 else "wording",
            round(source.probability * RIGHT[b.tag], 4),
            f"source:{source.document}:{where}",
            source="source",
        )
        yield edit, why_not(source, b, before, after)


def _written(text: str, source: Source, b: Block, first: bool) -> tuple[int, int, str]:
    """Offsets in the text of what a block replaces, and what comes there.

    What parts the words from their neighbours is the source's too: on the right, and on the left if the block
    is the `first` of those that differ.
    """
    p, s = source.passage, source.words
    if b.a == b.b or b.c == b.d:
        return _of_one_side(text, source, b)
    start, end = p[b.a].start, p[b.b - 1].end
    after = _spaced(source.text[s[b.c].start : s[b.d - 1].end])
    if after[0].isupper() != text[start].isupper() and not (s[b.c].named or p[b.a].named):
        # a capital that opens a sentence on one side alone is the sentence's, not the word's
        after = (after[0].upper() if text[start].isupper() else after[0].lower()) + after[1:]
    if first and b.a and b.c:
        left = p[b.a - 1].end
        if parts := _parting(text[left:start], source.text[s[b.c - 1].end : s[b.c].start]):
            start, after = left, parts + after
    if b.b < len(p) and b.d < len(s):
        right = p[b.b].start
        if parts := _parting(text[end:right], source.text[s[b.d - 1].end : s[b.d].start]):
            end, after = right, after + parts
    return start, end, after


def _parting(here: str, there: str) -> str:
    """What parts two words in the source, where the passage has other marks or spaces; else nothing."""
    there = _spaced(there)
    both = SEPARATES.fullmatch(here) and SEPARATES.fullmatch(there)
    return there if both and _spaced(here) != there else ""


def _of_one_side(text: str, source: Source, b: Block) -> tuple[int, int, str]:
    """The same for words that only the passage has, or only the source."""
    p, s = source.passage, source.words
    after = _spaced(source.text[s[b.c].start : s[b.d - 1].end]) if b.c < b.d else ""
    if b.a == len(p):
        return p[-1].end, p[-1].end, f" {after}"
    start = p[b.a].start
    end = p[b.b - 1].end if b.a < b.b else start
    if b.a and b.c and b.b < len(p) and b.d < len(s):
        left, right = p[b.a - 1].end, p[b.b].start
        parts = text[left:start] + (text[end:right] if b.a < b.b else "")
        here, there = text[left:right], _spaced(source.text[s[b.c - 1].end : s[b.d].start])
        if SEPARATES.fullmatch(re.sub(r"[(](.*)[)]", r"\1", parts)):
            head = Prefix.similarity(here, there)
            tail = Postfix.similarity(here[head:], there[head:])
            return left + head, right - tail, there[head : len(there) - tail]
        if text[end:right].isspace():
            end = right
    return start, end, f"{after} " if after else ""


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def why_not(source: Source, b: Block, before: str, after: str) -> str:
    """Why a difference from the source must not be undone: its short name; empty where it may."""
    gone, come = source.passage[b.a : b.b], source.words[b.c : b.d]
    at_an_end = not (gone and come) and (b.a == 0 or b.b == len(source.passage))
    differs = (
        flips_meaning(*(WORD.sub(lambda m: figure(m[0]), side) for side in (before, after)))
        or (b.tag == "other" and _kept(gone) != _kept(come))
        or max(len(gone), len(come)) > LONGEST_SWAP
        or lopsided(gone, come)
        or len(SENTENCE.findall(before)) != len(SENTENCE.findall(after))
        or at_an_end
    )
    return "source-differs" if differs else ""


def _kept(words: Sequence[Token]) -> list[str]:
    """What no spinner changes: numbers, and names that are no words of science."""
    kept = (w.lower for w in words if w.named and not canonical_for(w.lower) and w.lower not in CLOSED)
    return sorted([*kept, *(FIGURES[w.lower] for w in words if w.lower in FIGURES)])
