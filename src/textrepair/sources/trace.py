"""What a text was made from: for each of its passages the likeliest originals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from textrepair.sources.align import Block, align
from textrepair.sources.judge import SURE, as_fellow, likeness, probability
from textrepair.sources.retriever import Found, Retriever
from textrepair.sources.words import Token, passages_of, terms_of, words_of

LOOKED_AT = 10  # passages of the index that are compared word by word
NEAR = 0.5  # of the best score, below which none is compared
SHOWN, WORTH_SHOWING = 3, 0.05  # sources told of a passage, and the least likely of them
KEPT, SLIGHT = 5, 0.002  # the same before other passages of the text have spoken for them


@dataclass(frozen=True)
class Source:
    """A stretch of a document that a passage may be from.

    `start` and `end` are offsets in the document (code points), `agree` and `swapped` shares of the passage's
    words, `text` what stands there. `blocks` align `passage` with `words`; the offsets of words are those in
    the whole text, and in `text`.
    """

    document: str
    start: int
    end: int
    probability: float
    agree: float
    swapped: float
    text: str
    passage: tuple[Token, ...]
    words: tuple[Token, ...]
    blocks: tuple[Block, ...]

    def to_dict(self) -> dict[str, object]:
        """What is told of it as JSON."""
        of = (self.document, self.start, self.end, self.probability, self.agree, self.swapped)
        names = ("document", "start", "end", "probability", "agree", "swapped")
        return dict(zip(names, (round(v, 4) if isinstance(v, float) else v for v in of), strict=True))


@dataclass(frozen=True)
class Traced:
    """A passage of a text, and its likeliest sources, the likeliest first."""

    start: int
    end: int
    sources: tuple[Source, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain values only, ready for JSON."""
        return {"start": self.start, "end": self.end, "sources": [s.to_dict() for s in self.sources]}


def trace(text: str, index: Retriever) -> Iterator[Traced]:
    """Each passage of `text` with its likeliest sources in `index`, in order.

    A document that surely is the source of one passage is so more likely of the others.
    """
    passages = passages_of(text)
    found = []
    for start, end in passages:
        words = [w.moved(start) for w in words_of(text[start:end])]
        sources = likeliest(words, index, text[start:end])
        found.append([s for s in sources if s.probability >= SLIGHT][:KEPT])
    surely = Counter(d for sources in found for d in {s.document for s in sources if s.probability >= SURE})
    for (start, end), sources in zip(passages, found, strict=True):
        own = {s.document for s in sources if s.probability >= SURE}
        raised = [
            replace(s, probability=as_fellow(s.probability))
            if surely[s.document] - (s.document in own) > 0
            else s
            for s in sources
        ]
        worth = [s for s in sorted(raised, key=_order) if s.probability >= WORTH_SHOWING]
        yield Traced(start, end, tuple(worth[:SHOWN]))


def _order(source: Source) -> tuple[float, float, str]:
    """By which the likeliest source comes first."""
    return -source.probability, -source.agree - source.swapped, source.document


def likeliest(words: Sequence[Token], index: Retriever, text: str = "") -> list[Source]:
    """Where the words of a passage may be from, the likeliest first.

    Where no source of what they find is sure, an index that holds vectors is asked for what is like the
    passage's `text`, if that is given.
    """
    if not words:
        return []
    around = 1000 + (words[-1].end - words[0].start) * 3 // 2  # characters
    found = index.search(terms_of(words), limit=LOOKED_AT, around=around)
    near = (f for f in found if f.score >= NEAR * found[0].score)
    sources = [s for f in near if (s := compared(words, f))]
    if text and not any(s.probability >= SURE for s in sources):
        there = {(s.document, s.start) for s in sources}
        alike = (compared(words, f) for f in index.alike(text, limit=LOOKED_AT, around=around))
        sources += [s for s in alike if s and (s.document, s.start) not in there]
    return sorted(sources, key=_order)


def compared(passage: Sequence[Token], found: Found) -> Source | None:
    """The stretch of what was `found` that the passage answers to; None if no word does."""
    words = words_of(found.text)
    blocks = align(passage, words)
    if not blocks:
        return None
    like = likeness(passage, words, blocks)
    first, last = words[min(blocks[0].c, len(words) - 1)], words[max(blocks[-1].d, 1) - 1]
    text = found.text[first.start : last.end]
    moved = tuple(w.moved(-first.start) for w in words[blocks[0].c : blocks[-1].d])
    shifted = tuple(Block(b.tag, b.a, b.b, b.c - blocks[0].c, b.d - blocks[0].c) for b in blocks)
    start = found.start + first.start
    return Source(
        found.document,
        start,
        start + len(text),
        probability(like),
        like.agree,
        like.swapped,
        text,
        tuple(passage),
        moved,
        shifted,
    )
