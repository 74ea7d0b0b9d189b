"""A long text is read in pieces, each a document of its own, so that memory does not grow with its length."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from textrepair.detection import Detection
from textrepair.edits import Repair

PIECE_CHARACTERS = 100_000  # read as one document: longer than a paper, and what bounds memory

# from the best place to cut a long text to the worst
CUTS = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"[.!?]\s", r"\s")))


def pieces(text: str, longest: int = PIECE_CHARACTERS) -> list[tuple[int, int]]:
    r"""Where to cut a long text, at a blank line if possible, else after a line, a sentence, a word.

    >>> pieces("One two.\n\nThree four.", 12)
    [(0, 10), (10, 21)]
    """
    out, at = [], 0
    while len(text) - at > longest:
        lo, hi = at + longest // 2, at + longest
        cuts = ([m.end() for m in cut.finditer(text, lo, hi)] for cut in CUTS)
        end = next((found[-1] for found in cuts if found), hi)
        out.append((at, end))
        at = end
    return [*out, (at, len(text))]


def in_pieces(texts: Sequence[str], read: Callable[[Iterable[str]], Iterable[Repair]]) -> list[Repair]:
    """A repair of each text, long ones read in pieces, by what reads short ones one after the other."""
    cut = [[text[a:b] for a, b in pieces(text)] for text in texts]
    repairs = iter(read(itertools.chain.from_iterable(cut)))
    return [joined(t, [*itertools.islice(repairs, len(of))]) for t, of in zip(texts, cut, strict=True)]


def joined(text: str, repairs: Sequence[Repair]) -> Repair:
    """The repair of a text from those of its pieces, which follow one another: as spun as the most spun one.

    The share of swapped words and both ends of its interval are means by length: the error that all words
    share is that of all pieces.

    >>> joined("a bc d", [Repair("a b", spun=0.2), Repair("c d", spun=0.4)]).spun
    0.4
    """
    if len(repairs) == 1:
        return repairs[0]
    starts = itertools.accumulate((len(r.source) for r in repairs[:-1]), initial=0)
    parts = [*zip(starts, repairs, strict=True)]
    edits = (replace(e, start=e.start + at, end=e.end + at) for at, r in parts for e in r.edits)
    held = (replace(h, start=h.start + at, end=h.end + at) for at, r in parts for h in r.held)
    spun = max(r.spun for r in repairs)
    return Repair(
        text, tuple(edits), tuple(held), spun, _together(text, [(a, r.detection) for a, r in parts])
    )


def _together(text: str, parts: Sequence[tuple[int, Detection]]) -> Detection:
    def mean(values: Sequence[float]) -> float:
        weighed = zip(values, parts, strict=True)
        return round(sum(v * len(d.source) for v, (_, d) in weighed) / max(1, len(text)), 4)

    low, high = (mean([d.interval[k] for _, d in parts]) for k in (0, 1))
    moved = [d.moved(text, lambda a, b, at=at: (a + at, b + at)) for at, d in parts]  # type: ignore[misc]
    return Detection(
        text,
        max(d.spun for _, d in parts),
        mean([d.swapped for _, d in parts]),
        (low, high),
        tuple(span for d in moved for span in d.spans),
        tuple(sentence for d in moved for sentence in d.sentences),
    )
