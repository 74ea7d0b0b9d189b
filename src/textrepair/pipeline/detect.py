"""One text as the pipeline reads it, segmented, encoded, its candidates scored."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from textrepair.lexicon.acronyms import ACRONYM
from textrepair.lexicon.guard import Contrasts
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.protected import Outside
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.pipeline.candidates import Candidate, find_candidates
from textrepair.pipeline.document import Document
from textrepair.pipeline.features import BY_ENCODING, BY_WORDS, Words
from textrepair.pipeline.judgement import in_short
from textrepair.pipeline.segment import Segmented, hyphenated, segment
from textrepair.pipeline.suspects import Suspect, common_words, find_suspects
from textrepair.rerank import DOUBTFUL, Scorer, Sight, View

# Probability that a word was replaced, which in clean text is rare at an acronym's long form; and from which
# a part of a hyphenated word is doubted, since many of these are found nowhere else.
ODD = 0.2
NEAR = 200  # characters on either side of a repair that it can help to read
Judge = Callable[[Sequence[Mapping[str, float]]], list[float]]  # a probability for each row of features


@dataclass(frozen=True)
class Doubts:
    """What of a text is worth asking the model of: candidates, and `words` for which it may name others.

    `sight`: what it sees of the text; none if that was not shown. `replaced`: for each word it saw, by its
    offsets, the probability that another one stood there.
    """

    reading: Document
    sight: Sight | None
    replaced: dict[tuple[int, int], float]
    candidates: list[Candidate]
    words: list[tuple[int, int]]


def read(
    text: str,
    lexicon: Lexicon,
    document: Judge | None,
    gate: float = 0.0,
    protect: Sequence[str] = (),
    patterns: Sequence[re.Pattern[str]] = (),
) -> Document:
    """A text segmented, and judged as a document if there is a judge.

    It is shown to the model unless it is less likely spun than `gate` and holds no listed phrase.
    """
    seg = segment(text)
    suspects, free = find_suspects(seg, lexicon, protect, patterns)
    features = BY_WORDS.row(words_of(seg, suspects)) if document else {}
    spun = document([features])[0] if document else 0.0
    counts = Counter(w.lower for w in seg.words)
    acronyms = [(m.start(), m[1]) for m in ACRONYM.finditer(text)]
    shown = spun >= gate or any(s.phrase for s in suspects)
    return Document(seg, features, spun, shown, free, suspects, counts, acronyms, Contrasts(seg))


def look(
    readings: Sequence[Document],
    reranker: Scorer,
    repaired: Sequence[Sequence[tuple[int, int]]] | None = None,
    *,
    document: Judge | None = None,
    doubtful: float = DOUBTFUL,
) -> list[Doubts]:
    """Have the model look at the texts; candidates are laid out where it has its doubts, or a lexicon lists a
    phrase.

    Of a text that is not shown they are those alone that need no model. `document`, if given, judges those
    that are shown again, by what the model doubts. `repaired`: places of each text that were repaired before;
    what does not stand near one of these is not looked at again. `doubtful`: the probability that a word was
    replaced from which it is doubted.
    """
    near = [_words(r) for r in readings] if repaired is None else [*map(_around, repaired)]
    shown = [View(r.seg.text, spans) for r, spans in zip(readings, near, strict=True) if r.shown]
    sights = iter(reranker.look(shown))
    doubts = [
        _doubts(r, next(sights), spans, doubtful) if r.shown else Doubts(r, None, {}, _sure(r), [])
        for r, spans in zip(readings, near, strict=True)
    ]
    return doubts if document is None else _judged_again(doubts, document)


def _judged_again(doubts: Sequence[Doubts], document: Judge) -> list[Doubts]:
    """The doubts, with the documents that a model tells replaced words of judged anew."""

    def tells(d: Doubts) -> bool:
        return bool(d.sight and d.sight.tells)

    def spun(d: Doubts, chance: float) -> Doubts:
        return replace(d, reading=replace(d.reading, spun=in_short(chance, len(d.reading.seg.words))))

    features = [encoding_features(d.reading, d.replaced.values()) for d in doubts if tells(d)]
    chances = iter(document(features))
    return [spun(d, next(chances)) if tells(d) else d for d in doubts]


def _touching(spans: Iterable[tuple[int, int]]) -> Callable[[int, int], bool]:
    """Whether a span touches one of the given ones."""
    outside = Outside(spans)
    return lambda start, end: not outside(start, end)


def _words(reading: Document) -> list[tuple[int, int]]:
    return [(w.start, w.end) for w in reading.seg.words]


def _around(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(max(0, start - NEAR), end + NEAR) for start, end in places]


def _sure(reading: Document) -> list[Candidate]:
    def nowhere(start: int, end: int) -> bool:
        return False

    sure = [s for s in reading.suspects if s.tier == "auto"]
    return [c for c in find_candidates(reading.seg, sure, reading.free, nowhere, nowhere) if c.tier == "auto"]


def _doubts(reading: Document, sight: Sight, near: Sequence[tuple[int, int]], doubtful: float) -> Doubts:
    seg, free, contrasts = reading.seg, reading.free, reading.contrasts
    in_reach = _touching(near)
    replaced = sight.replaced(_words(reading))
    doubted = _touching(p for p, chance in replaced.items() if chance >= doubtful and in_reach(*p))
    odd = _touching(p for p, chance in replaced.items() if chance >= ODD)

    def worth(start: int, end: int) -> bool:
        return (odd if hyphenated(seg.text, start, end) else doubted)(start, end)

    suspects = [s for s in reading.suspects if worth(s.start, s.end) or (s.tier and in_reach(s.start, s.end))]
    candidates = [
        c
        for c in find_candidates(seg, suspects, free, doubted, odd)
        if c.tier == "auto" or not contrasts.loses(c.start, c.end, c.after)
    ]
    # what the lexicon is sure of was judged as a whole
    unsure = Outside((s.start, s.end) for s in suspects if s.tier == "auto")
    words = [
        (w.start, w.end) for w in common_words(seg, free) if unsure(w.start, w.end) and worth(w.start, w.end)
    ]
    return Doubts(reading, sight, replaced, candidates, words)


def words_of(seg: Segmented, suspects: Iterable[Suspect]) -> Words:
    """What the words of a document show, for its features."""
    tiers = Counter(s.tier for s in suspects)
    table = science()
    pairs = [f"{a.lower} {b.lower}" for a, b in itertools.pairwise(seg.words) if b.start - a.end == 1]
    unseen = sum(not log_count(p) for p in pairs) / max(1, len(pairs))
    return Words([table.get(w.lower, UNKNOWN).spun for w in seg.words], unseen, tiers["auto"], tiers["ask"])


def encoding_features(document: Document, replaced: Collection[float]) -> dict[str, float]:
    """The features of a document by its words, and by the probability that each of these was replaced."""
    return {**document.word_features, **BY_ENCODING.row(replaced)}
