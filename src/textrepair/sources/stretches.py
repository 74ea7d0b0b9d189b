"""What of a passage goes back in one piece: blocks of an alignment, joined to phrases or parted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import CLOSED
from textrepair.sources.align import Block
from textrepair.sources.words import Token, figure

ADDED = 2  # words that one side alone has and a spinner may have added or dropped, and as many small ones
TIMES = 3  # as many words more may a spinner's phrase have than what it stands for (run of the mill)


def stretches(passage: Sequence[Token], source: Sequence[Token], blocks: Iterable[Block]) -> list[Block]:
    """Blocks each of which, but for those that are the same, is to be restored or left as a whole.

    >>> from textrepair.sources.words import words_of
    >>> here, there = words_of("the old sufferers got it"), words_of("the elderly patients received it")
    >>> blocks = [Block("same", 0, 1, 0, 1), Block("other", 1, 4, 1, 4), Block("same", 4, 5, 4, 5)]
    >>> [(b.tag, b.a, b.b) for b in stretches(here, there, blocks)]
    [('same', 0, 1), ('swap', 1, 2), ('swap', 2, 3), ('swap', 3, 4), ('same', 4, 5)]
    """
    parted = [part for b in _joined(passage, source, blocks) for part in _parted(passage, source, b)]
    return _with_openings(passage, source, parted)


def lopsided(gone: Sequence[Token], come: Sequence[Token]) -> bool:
    """Whether one side has too many words more than the other to be a wording of the same."""
    shorter, longer = sorted((gone, come), key=len)
    more = len(longer) - len(shorter)
    telling = sum(w.lower not in CLOSED for w in longer) - sum(w.lower not in CLOSED for w in shorter)
    return more > TIMES * len(shorter) and (more > 2 * ADDED or telling > ADDED)


def _joined(passage: Sequence[Token], source: Sequence[Token], blocks: Iterable[Block]) -> list[Block]:
    """Blocks, where words that only one side has are joined to a swap beside them in their sentence."""
    out: list[Block] = []
    for b in blocks:
        last = out[-1] if out else None
        opens = (b.a < b.b and passage[b.a].opens) or (b.c < b.d and source[b.c].opens)
        differ = last and "same" not in (b.tag, last.tag)
        if last and differ and not opens and (_one_sided(b) or _one_sided(last)):
            out[-1] = Block("other", last.a, b.b, last.c, b.d)
        else:
            out.append(b)
    return out


def _one_sided(b: Block) -> bool:
    return b.a == b.b or b.c == b.d


def _parted(passage: Sequence[Token], source: Sequence[Token], b: Block) -> list[Block]:
    """A block, and for itself each pair of words at its ends, as long as both sides keep a word or none."""
    if b.tag != "other":
        return [b]
    head: list[Block] = []
    tail: list[Block] = []
    while _goes_on(b) and (tag := _paired(passage[b.a], source[b.c])):
        head.append(Block(tag, b.a, b.a + 1, b.c, b.c + 1))
        b = Block("other", b.a + 1, b.b, b.c + 1, b.d)
    while _goes_on(b) and (tag := _paired(passage[b.b - 1], source[b.d - 1])):
        tail.insert(0, Block(tag, b.b - 1, b.b, b.d - 1, b.d))
        b = Block("other", b.a, b.b - 1, b.c, b.d - 1)
    return [*head, b, *tail] if b.a < b.b or b.c < b.d else [*head, *tail]


def _goes_on(b: Block) -> bool:
    shorter, longer = sorted((b.b - b.a, b.d - b.c))
    return shorter > 1 or longer == 1 == shorter


def _paired(here: Token, there: Token) -> str:
    """How two words answer to each other: *same*, *swap* (of the table, or one number), or empty."""
    if here.opens != there.opens:
        return ""
    x, y = here.lower, there.lower
    if x == y:
        return "same"
    swapped = any(c == y for c, _ in canonical_for(x)) or any(c == x for c, _ in canonical_for(y))
    return "swap" if swapped or figure(x) == figure(y) else ""


def _with_openings(passage: Sequence[Token], source: Sequence[Token], blocks: Iterable[Block]) -> list[Block]:
    """Blocks, where words that open a sentence on one side alone take the next word, for its capital."""
    out: list[Block] = []
    for b in blocks:
        last = out[-1] if out else None
        opens = last and _one_sided(last) and (passage[last.a] if last.a < last.b else source[last.c]).opens
        if last and opens and b.tag == "same":
            out[-1] = Block("other", last.a, b.a + 1, last.c, b.c + 1)
            b = Block("same", b.a + 1, b.b, b.c + 1, b.d)
        if not (b.a == b.b and b.c == b.d):
            out.append(b)
    return out
