"""What a sure source restores: edits read off the alignment, and what differs on purpose, held."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace

from textrepair.edits import Edit, Held, Repair
from textrepair.lexicon.guard import flips_meaning
from textrepair.lexicon.protected import IsOutside, spans_of
from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import CLOSED
from textrepair.sources.align import Block
from textrepair.sources.judge import SURE
from textrepair.sources.retriever import Retriever
from textrepair.sources.trace import Source, Traced, trace
from textrepair.sources.words import ODDS, Token, spun_odds

IsFree = Callable[[int, int], bool]

LONGEST_SWAP = 14  # words of a stretch that agrees in nothing and is taken for a swap
ADDED = 2  # words that only one side has, and that a spinner may have added or dropped
TIMES = 3  # as many words more may a spinner's phrase have than what it stands for (run of the mill)
TELLING = 1.0  # log odds by which the passage must read more spun than its source
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
    for b in joined(source.blocks):
        if b.tag == "same":
            continue
        start, end, after = _written(text, source, b)
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


def joined(blocks: Sequence[Block]) -> list[Block]:
    """Blocks, where words that only one side has are joined to a swap beside them.

    >>> joined([Block("other", 0, 0, 0, 1), Block("swap", 0, 1, 1, 2), Block("same", 1, 2, 2, 3)])[0]
    Block(tag='other', a=0, b=1, c=0, d=2)
    """
    out: list[Block] = []
    for b in blocks:
        last = out[-1] if out else None
        one_sided = (
            last is not None
            and "same" not in (b.tag, last.tag)
            and (b.a == b.b or b.c == b.d or last.a == last.b or last.c == last.d)
        )
        if last is not None and one_sided:
            out[-1] = Block("other", last.a, b.b, last.c, b.d)
        else:
            out.append(b)
    return out


def _written(text: str, source: Source, b: Block) -> tuple[int, int, str]:
    """Offsets in the text of what a block replaces, and what comes there, with the spaces that go or come."""
    p, s = source.passage, source.words
    after = re.sub(r"\s+", " ", source.text[s[b.c].start : s[b.d - 1].end]) if b.d > b.c else ""
    if b.a == b.b:  # to be put before the word that follows
        at = p[b.a].start if b.a < len(p) else p[-1].end
        return at, at, f"{after} "
    start, end = p[b.a].start, p[b.b - 1].end
    if not after and b.b < len(p) and text[end : p[b.b].start].isspace():
        end = p[b.b].start
    elif after and after[0].isupper() != text[start].isupper() and _opens(source, b):
        # a capital that opens a sentence on one side alone is the sentence's, not the word's
        after = (after[0].upper() if text[start].isupper() else after[0].lower()) + after[1:]
    return start, end, after


def _opens(source: Source, b: Block) -> bool:
    return not source.words[b.c].named and not source.passage[b.a].named


def why_not(source: Source, b: Block, before: str, after: str) -> str:
    """Why a difference from the source must not be undone: its short name; empty where it may."""
    gone, come = source.passage[b.a : b.b], source.words[b.c : b.d]
    if flips_meaning(before, after) or (b.tag == "other" and _kept(gone) != _kept(come)):
        return "source-differs"
    longer, shorter = max(len(gone), len(come)), min(len(gone), len(come))
    if longer > LONGEST_SWAP or longer - shorter > max(ADDED, TIMES * shorter):
        return "source-differs"
    if not shorter and (b.a == 0 or b.b == len(source.passage)):
        return "source-differs"
    return ""


def _kept(words: Sequence[Token]) -> list[str]:
    """What no spinner changes: numbers, and names that are no words of science."""
    return sorted(w.lower for w in words if w.named and not canonical_for(w.lower) and w.lower not in CLOSED)
