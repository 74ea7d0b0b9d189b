"""A passage and a stretch of its source, word by word: what agrees, what was swapped, what differs.

rapidfuzz aligns any two sequences of hashable values, so that words which the candidate table pairs can be
made one value beforehand: the alignment then holds to swaps as it does to words that were kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import CLOSED
from textrepair.sources.words import Token, figure, rarity

DRIFT = 0.15  # what a word too many on one side costs, where the most that a word can tell is 1
LITTLE = 0.05  # what any word that agrees in its place tells


@dataclass(frozen=True, slots=True)
class Block:
    """Words `a` to `b` of the passage answer to `c` to `d` of the source.

    `tag` is *same*, *swap* (pairs of the candidate table), or *other*; either side of an *other* may
    be empty.
    """

    tag: str
    a: int
    b: int
    c: int
    d: int


def align(passage: Sequence[Token], source: Sequence[Token]) -> list[Block]:
    """How the whole of `passage` answers to that stretch of `source` that is most like it; [] if none is.

    >>> from textrepair.sources.words import words_of
    >>> blocks = align(words_of("The sufferers took it twice."), words_of("It was so. The patients took it."))
    >>> [(b.tag, b.a, b.b, b.c, b.d) for b in blocks]
    [('same', 0, 1, 3, 4), ('swap', 1, 2, 4, 5), ('same', 2, 4, 5, 7), ('other', 4, 5, 7, 7)]
    """
    p, s = _paired([figure(w.lower) for w in passage], [figure(w.lower) for w in source])
    run = _likest(p, s)
    if run is None:
        return []
    (i, j), (k, m) = run
    room = 2  # words more than those missing at an end, for swaps of several words
    first = max(0, j - i - room)
    last = min(len(s), m + 1 + (len(p) - k - 1) + room)
    blocks = []
    for op in Levenshtein.opcodes(p, s[first:last]):
        a, b, c, d = op.src_start, op.src_end, first + op.dest_start, first + op.dest_end
        if op.tag == "equal":
            blocks += _told_apart(passage, source, a, b, c)
        elif blocks and blocks[-1].tag == "other":
            blocks[-1] = Block("other", blocks[-1].a, b, blocks[-1].c, d)
        else:
            blocks.append(Block("other", a, b, c, d))
    return _within(blocks, passage, source)


def _paired(p: list[str], s: list[str]) -> tuple[list[str], list[str]]:
    """Both, where words that only one side has are written as the other's word that they pair with."""
    there, here = set(s), set(p)
    as_source = {w: c for w in here - there if (c := _first_of(w, there)) is not None}
    taken = set(as_source.values())
    as_passage = {
        w: c for w in there - here - taken if (c := _first_of(w, here - as_source.keys())) is not None
    }
    return [as_source.get(w, w) for w in p], [as_passage.get(w, w) for w in s]


def _first_of(word: str, among: set[str]) -> str | None:
    return next((c for c, _ in canonical_for(word) if c in among and c not in CLOSED), None)


def _likest(p: Sequence[str], s: Sequence[str]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The first and the last pair of equal words of that run of them which holds most and drifts least."""
    best, total, begin = 0.0, 0.0, (0, 0)
    run = None
    last = None
    for op in Indel.opcodes(p, s):
        if op.tag != "equal":
            continue
        for i, j in zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True):
            if last is not None:
                total -= DRIFT * abs((j - last[1]) - (i - last[0]))
            if total <= 0:
                total, begin = 0.0, (i, j)
            total += LITTLE + rarity(p[i])
            last = (i, j)
            if total > best:
                best, run = total, (begin, last)
    return run


def _told_apart(passage: Sequence[Token], source: Sequence[Token], a: int, b: int, c: int) -> list[Block]:
    """Blocks of words that are the same and of words that are paired, of a stretch aligned one to one."""
    out: list[Block] = []
    for n in range(b - a):
        tag = "same" if passage[a + n].lower == source[c + n].lower else "swap"
        if out and out[-1].tag == tag == "same":
            out[-1] = Block(tag, out[-1].a, a + n + 1, out[-1].c, c + n + 1)
        else:
            out.append(Block(tag, a + n, a + n + 1, c + n, c + n + 1))
    return out


def _within(blocks: list[Block], passage: Sequence[Token], source: Sequence[Token]) -> list[Block]:
    """Without words of the source before the first and after the last word of the passage.

    Where a passage begins or ends in a swap, the source's side of it keeps to the sentence, or else to as
    many words as the passage's.
    """
    if blocks and blocks[-1].tag == "other":
        b = blocks.pop()
        first = b.c if b.a < b.b and not passage[b.a].opens else b.c + 1
        end = next((n for n in range(first, b.d) if source[n].opens), min(b.d, b.c + b.b - b.a))
        if b.b > b.a:
            blocks.append(Block("other", b.a, b.b, b.c, end))
    if blocks and blocks[0].tag == "other":
        b = blocks.pop(0)
        goes_on = b.b < len(passage) and b.d < len(source) and not passage[b.b].opens
        last = b.d if goes_on else b.d - 1
        opens = (n for n in range(last, b.c - 1, -1) if source[n].opens)
        start = next(opens, max(b.c, b.d - (b.b - b.a)))
        if b.b > b.a:
            blocks.insert(0, Block("other", b.a, b.b, start, b.d))
    return blocks
