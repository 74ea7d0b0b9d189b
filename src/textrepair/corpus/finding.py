"""What screening makes of one text: how likely it is spun, and what in it was most surely swapped."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from textrepair.corpus.outcome import Outcome
from textrepair.corpus.worker import BATCH_TEXTS, RepairerSpec
from textrepair.detection import Original, SwappedSpan
from textrepair.edits import SWAPS, Repair
from textrepair.lexicon.protected import IsOutside
from textrepair.pipeline.decide import LEXICON
from textrepair.pipeline.pieces import pieces

if TYPE_CHECKING:
    from textrepair.pipeline.repair import Repairer

COUNTED = 0.5  # probability from which a swapped span is counted
SUREST = 5  # phrases of a document that are told
# Words that hardly another language has, one word in five of English prose; of a text with fewer than one in
# twenty it is said that it is not English, if it has some words at all.
ENGLISH = frozenset("the of and to for with that were from by this which".split())
FEW, ENOUGH = 0.05, 20
WORD = re.compile(r"[^\W\d_]+")
NOT_ENGLISH = "not English"


@dataclass(frozen=True)
class Phrase:
    """A span that was likely swapped, by its offsets and line in the document, and its likeliest original."""

    start: int
    end: int
    line: int
    text: str
    probability: float
    original: str
    original_probability: float
    reason: str


@dataclass(frozen=True)
class Finding(Outcome):
    """The outcome of a row that was screened: nothing is edited, `spun` is how likely it is spun.

    That is what `detect` says of it, or where that is greater, that of `several_swapped`.
    `swapped` share of its words; `per_1000`: swapped spans in 1,000 words, counted from .5 on; `phrases`: the
    surest; `lexicons`: those that list a counted span. `note` says that it is not English, and not scored.
    """

    swapped: float = 0.0
    per_1000: float = 0.0
    phrases: tuple[Phrase, ...] = ()
    lexicons: tuple[str, ...] = ()
    note: str = ""
    id: str = ""

    def to_dict(self, row: int) -> dict[str, object]:
        """The journal line of row number `row`."""
        return {"row": row, **asdict(self)}

    @classmethod
    def from_dict(cls, line: dict[str, object]) -> Finding:
        """The outcome of a journal line, refused ones and rows without text too."""
        fields = {k: v for k, v in line.items() if k not in ("row", "edits")}
        phrases = fields.pop("phrases", ())
        fields["lexicons"] = tuple(fields.get("lexicons", ()))  # type: ignore[arg-type]
        return cls(**fields, phrases=tuple(Phrase(**p) for p in phrases))  # type: ignore[arg-type, attr-defined]


@dataclass(frozen=True)
class ScreenerSpec(RepairerSpec):
    """What any process needs to screen texts; its `gate` is the cheap first look."""

    def open(self, threads: int | None = None) -> Callable[[Sequence[str]], list[Outcome]]:
        """A function from texts to findings."""
        repairer = self.load(threads)
        return lambda texts: findings(repairer, texts)


def findings(repairer: Repairer, texts: Sequence[str]) -> list[Outcome]:
    """A `Finding` for each text; one that raises an error is refused and spoils no other."""
    try:
        english = [is_english(text) for text in texts]
        read = _read([*itertools.compress(texts, english)], repairer)
        return [
            next(read) if scored else Finding(len(text.split()), note=NOT_ENGLISH)
            for text, scored in zip(texts, english, strict=True)
        ]
    except Exception as error:
        if len(texts) == 1:
            return [Finding(refused="failed", detail=f"{type(error).__name__}: {error}"[:500])]
        return [finding for text in texts for finding in findings(repairer, [text])]


def is_english(text: str) -> bool:
    """Whether a text is English, as far as its commonest words tell; a few words tell nothing.

    >>> is_english("Die Patienten mit Brustkrebs wurden behandelt und sind genesen. " * 3)
    False
    """
    words = [word.lower() for word in WORD.findall(text)]
    return len(words) < ENOUGH or sum(word in ENGLISH for word in words) >= FEW * len(words)


def _read(texts: Sequence[str], repairer: Repairer) -> Iterator[Finding]:
    """Each text, long ones read in pieces."""
    cuts = [pieces(text) for text in texts]
    parts = (text[a:b] for text, places in zip(texts, cuts, strict=True) for a, b in places)
    repairs = repairer.pipe(parts, batch_size=BATCH_TEXTS)
    for text, places in zip(texts, cuts, strict=True):
        yield _one(text, [(at, next(repairs)) for at, _ in places])


def several_swapped(repair: Repair) -> float:
    """The probability that two wordings at least were swapped, of those that would be restored.

    A document of which few words were swapped looks clean as a whole. But clean text has an edit in some
    hundred thousand words (`benchmarks/results/harm.json`), and hardly ever two of different wordings.

    >>> from textrepair.detection import Detection
    >>> from textrepair.edits import Edit
    >>> spans = [SwappedSpan(k, k + 1, word, 0.5, "wording", "model") for k, word in ((0, "a"), (2, "b"))]
    >>> edits = [Edit(s.start, s.end, s.text, "x", "wording", 0.5, "model") for s in spans]
    >>> several_swapped(Repair("a b", tuple(edits), detection=Detection("a b", spans=tuple(spans))))
    0.25
    """
    is_left = IsOutside((e.start, e.end) for e in repair.edits if e.kind in SWAPS)
    restored = [s for s in repair.detection.spans if not is_left(s.start, s.end)]
    of_wording: dict[str, float] = {}
    for span in restored:
        wording = span.text.casefold()
        of_wording[wording] = max(of_wording.get(wording, 0.0), span.probability)
    none, one = 1.0, 0.0
    for p in of_wording.values():
        none, one = none * (1 - p), one * (1 - p) + none * p
    return round(1 - none - one, 4)


def _one(text: str, repairs: Sequence[tuple[int, Repair]]) -> Finding:
    words = len(text.split())
    found = [(at, r.detection) for at, r in repairs]
    spans = [(at, s) for at, d in found for s in d.spans if s.probability >= COUNTED]
    sizes = [max(1, len(d.source)) for _, d in found]
    share = sum(d.swapped * size for (_, d), size in zip(found, sizes, strict=True)) / sum(sizes)
    return Finding(
        words,
        max(p for _, r in repairs for p in (r.spun, several_swapped(r))),
        swapped=round(share, 4),
        per_1000=round(1000 * len(spans) / max(1, words), 2),
        phrases=tuple(_phrase(text, at, s) for at, s in _surest(spans)),
        lexicons=tuple(sorted({s.source for _, s in spans if s.source.startswith(LEXICON)})),
    )


def _surest(spans: Sequence[tuple[int, SwappedSpan]]) -> list[tuple[int, SwappedSpan]]:
    """The surest spans of different wordings."""
    of_wording: dict[str, tuple[int, SwappedSpan]] = {}
    for at, span in sorted(spans, key=lambda x: -x[1].probability):
        of_wording.setdefault(span.text.casefold(), (at, span))
    return [*of_wording.values()][:SUREST]


def _phrase(text: str, at: int, span: SwappedSpan) -> Phrase:
    line = text.count("\n", 0, span.start + at) + 1
    best = span.originals[0] if span.originals else Original("", 0.0)
    place = span.start + at, span.end + at, line
    return Phrase(*place, span.text, span.probability, best.text, best.probability, span.reason)
