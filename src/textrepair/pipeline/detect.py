"""A document segmented, judged, encoded: how likely each word was replaced, and candidates where it was."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from textrepair.lexicon.acronyms import ACRONYM
from textrepair.lexicon.guard import Contrasts
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.protected import IsOutside
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.pipeline.candidates import Candidate, find_candidates
from textrepair.pipeline.document import Document, stem
from textrepair.pipeline.features import BY_ENCODING, BY_WORDS, Words
from textrepair.pipeline.jargon import is_own, own_words
from textrepair.pipeline.judgement import discount_short_text
from textrepair.pipeline.segment import Segmented, hyphenated, segment
from textrepair.pipeline.suspects import Suspect, common_words, find_listed, named
from textrepair.rerank import DOUBTFUL, Encoding, Scorer, ToEncode

# Probability that a word was replaced, which in clean text is rare at an acronym's long form; and from which
# a part of a hyphenated word is doubted, since many of these are found nowhere else.
ODD = 0.2
ENCODED_TOGETHER = 100_000  # characters; their encodings take 25 MB
NEAR = 200  # characters on either side of a repair that it can help to read
Judge = Callable[[Sequence[Mapping[str, float]]], list[float]]  # a probability for each row of features


@dataclass(frozen=True)
class DetectedDocument:
    """A document with what the model detects in it, before any candidate is scored.

    `encoding`: the model's reading of the text; None if it was not encoded. `replaced_probs`: for each word
    encoded, by its offsets, the probability that another one stood there. `candidates`: those of the tables;
    `words`: the offsets of the words for which the model may propose others. `large_encoding` and
    `large_probs` are the same by the larger model, where it reads spun documents too.
    """

    document: Document
    encoding: Encoding | None
    replaced_probs: dict[tuple[int, int], float]
    candidates: list[Candidate]
    words: list[tuple[int, int]]
    large_encoding: Encoding | None = None
    large_probs: dict[tuple[int, int], float] = field(default_factory=dict)


def encoded_together(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts, as many at a time as may be encoded together.

    The encoding of a text is kept until its candidates are scored.
    """
    some: list[str] = []
    characters = 0
    for text in texts:
        characters += len(text)
        if some and characters > ENCODED_TOGETHER:
            yield some
            some, characters = [], len(text)
        some.append(text)
    if some:
        yield some


def read_document(
    text: str,
    lexicon: Lexicon,
    judge: Judge | None,
    gate: float = 0.0,
    protect: Sequence[str] = (),
    patterns: Sequence[re.Pattern[str]] = (),
) -> Document:
    """The document of a text: segmented, its suspects found, and judged by its words if there is a judge.

    The model is to encode it unless it is less likely spun than `gate` and holds no listed phrase.
    """
    seg = segment(text)
    listed, is_free = find_listed(seg, lexicon, protect, patterns)
    features = BY_WORDS.row(words_of(seg, listed)) if judge else {}
    spun = judge([features])[0] if judge else 0.0
    counts = Counter(w.lower for w in seg.words)
    acronyms = [(m.start(), m[1]) for m in ACRONYM.finditer(text)]
    to_encode = spun >= gate or any(s.phrase for s in listed)
    return Document(seg, features, spun, to_encode, is_free, listed, counts, acronyms, Contrasts(seg))


def detect(
    documents: Sequence[Document],
    reranker: Scorer,
    repaired: Sequence[Sequence[tuple[int, int]]] | None = None,
    *,
    judge: Judge | None = None,
    is_spun: Callable[[Document], bool] | None = None,
    doubtful: float = DOUBTFUL,
) -> list[DetectedDocument]:
    """Detect in each document which words were replaced, and find candidates for them and for listed phrases.

    A document that is not encoded has only the candidates that need no model. `judge`, if given, judges the
    encoded documents again, by the words detected in them; in those that `is_spun` then tells, words with a
    capital may be no names. `repaired`: the spans of each document that were
    repaired before; only what stands near one of these is encoded. `doubtful`: the probability of having
    been replaced from which candidates are found for a word.
    """
    near = [_words(r) for r in documents] if repaired is None else [*map(_around, repaired)]
    to_encode = [ToEncode(r.seg.text, spans) for r, spans in zip(documents, near, strict=True) if r.to_encode]
    encodings = iter(reranker.encode(to_encode))
    read = [
        _read(r, next(encodings)) if r.to_encode else DetectedDocument(r, None, {}, _sure(r), [])
        for r in documents
    ]
    if judge is not None:
        read = _judged_again(read, judge)
    if is_spun is not None:
        read = [
            replace(d, document=replace(d.document, capitals=True)) if is_spun(d.document) else d
            for d in read
        ]
    return [
        _with_candidates(d, spans, doubtful) if d.encoding else d for d, spans in zip(read, near, strict=True)
    ]


def detect_gated(
    documents: Sequence[Document],
    reranker: Scorer,
    gate: float,
    *,
    judge: Judge,
    is_spun: Callable[[Document], bool],
) -> list[DetectedDocument]:
    """As `detect`; but of a document that is read for a listed phrase alone, since it is less likely spun
    than `gate`, only what stands near such phrases is read, unless that looks spun too.

    Of long clean documents nearly half hold a listed phrase (`benchmarks/screening.py`).
    """
    read = partial(detect, reranker=reranker, judge=judge, is_spun=is_spun)
    if not gate:
        return read(documents)
    near = [
        [(s.start, s.end) for s in d.listed if s.phrase] if d.spun_prob < gate else [(0, len(d.seg.text))]
        for d in documents
    ]
    found = read(documents, repaired=near)
    both = zip(documents, found, strict=True)
    spun = [k for k, (d, seen) in enumerate(both) if d.spun_prob < gate <= seen.document.spun_prob]
    for k, whole in zip(spun, read([documents[k] for k in spun]), strict=True):
        found[k] = whole
    return found


def _read(document: Document, encoding: Encoding) -> DetectedDocument:
    """A document with how likely each of its words was replaced, and no candidates yet."""
    return DetectedDocument(document, encoding, encoding.replaced_probs(_words(document)), [], [])


def detect_by_large(
    detected: Sequence[DetectedDocument],
    large: Scorer,
    is_read: Callable[[Document], bool],
    repaired: Sequence[Sequence[tuple[int, int]]] | None = None,
) -> list[DetectedDocument]:
    """The same documents, those that the larger model is to read with what it detects in them.

    Candidates are found for the words that either model finds doubtful. `repaired`: as in `detect`.
    """
    near = [_words(d.document) for d in detected] if repaired is None else [*map(_around, repaired)]
    chosen = [n for n, d in enumerate(detected) if d.encoding and is_read(d.document)]
    by_large = large.encode([ToEncode(detected[n].document.seg.text, near[n]) for n in chosen])
    out = [*detected]
    for n, larger in zip(chosen, by_large, strict=True):
        probs = larger.replaced_probs(_words(detected[n].document))
        read = replace(detected[n], large_encoding=larger, large_probs=probs)
        out[n] = _with_candidates(read, near[n], DOUBTFUL)
    return out


def _judged_again(detected: Sequence[DetectedDocument], judge: Judge) -> list[DetectedDocument]:
    """The same, with the documents judged anew in which a model with a detector detects replaced words."""

    def has_detector(d: DetectedDocument) -> bool:
        return bool(d.encoding and d.encoding.has_detector)

    def spun(d: DetectedDocument, chance: float) -> DetectedDocument:
        return replace(
            d, document=replace(d.document, spun_prob=discount_short_text(chance, len(d.document.seg.words)))
        )

    features = [encoding_features(d.document, d.replaced_probs.values()) for d in detected if has_detector(d)]
    chances = iter(judge(features))
    return [_with_own_words(spun(d, next(chances)), judge) if has_detector(d) else d for d in detected]


def _with_own_words(d: DetectedDocument, judge: Judge) -> DetectedDocument:
    """The same, its own words known and spared, and judged without them."""
    features = partial(encoding_features, d.document)
    spun_without = own_words(d.document, d.replaced_probs, features, judge)
    if not spun_without:
        return d
    spun = min(d.document.spun_prob, *spun_without.values())
    return replace(d, document=replace(d.document, own_words=frozenset(spun_without), spun_prob=spun))


def _without_own_words(d: DetectedDocument) -> DetectedDocument:
    """Without candidates for the document's own words."""
    document = d.document
    if not document.own_words:
        return d
    own = {(w.start, w.end) for w in document.seg.words if stem(w.lower) in document.own_words}
    candidates = [c for c in d.candidates if c.tier == "auto" or not is_own(c, document)]
    return replace(d, candidates=candidates, words=[place for place in d.words if place not in own])


def _touching(spans: Iterable[tuple[int, int]]) -> Callable[[int, int], bool]:
    """Whether a span touches one of the given ones."""
    outside = IsOutside(spans)
    return lambda start, end: not outside(start, end)


def _words(document: Document) -> list[tuple[int, int]]:
    return [(w.start, w.end) for w in document.seg.words]


def _around(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(max(0, start - NEAR), end + NEAR) for start, end in places]


def _sure(document: Document) -> list[Candidate]:
    def nowhere(start: int, end: int) -> bool:
        return False

    sure = [s for s in document.listed if s.tier == "auto"]
    found = find_candidates(document.seg, sure, document.is_free, nowhere, nowhere) if sure else []
    return [c for c in found if c.tier == "auto"]


def _with_candidates(
    d: DetectedDocument, near: Sequence[tuple[int, int]], doubtful: float
) -> DetectedDocument:
    """A document that was read, with its candidates near these spans, and the words that may have more."""
    document, seg, is_free = d.document, d.document.seg, d.document.is_free
    in_reach = _touching(near)
    probs = {word: max(chance, d.large_probs.get(word, 0.0)) for word, chance in d.replaced_probs.items()}
    is_doubted = _touching(p for p, chance in probs.items() if chance >= doubtful and in_reach(*p))
    is_odd = _touching(p for p, chance in probs.items() if chance >= ODD)
    capitals = {(w.start, w.end) for w in seg.words if named(seg, w)} if document.capitals else ()

    def worth(start: int, end: int) -> bool:
        rarely = hyphenated(seg.text, start, end) or (start, end) in capitals
        return (is_odd if rarely else is_doubted)(start, end)

    suspects = [
        s for s in document.suspects if worth(s.start, s.end) or (s.tier and in_reach(s.start, s.end))
    ]
    candidates = [
        c
        for c in find_candidates(seg, suspects, is_free, is_doubted, is_odd)
        if c.tier == "auto" or not document.contrasts.loses(c.start, c.end, c.after, term=" " in c.entry)
    ]
    # what the lexicon is sure of was judged as a whole
    unsure = IsOutside((s.start, s.end) for s in suspects if s.tier == "auto")
    words = [
        (w.start, w.end)
        for w in common_words(seg, is_free, capitals=document.capitals)
        if unsure(w.start, w.end) and worth(w.start, w.end)
    ]
    return _without_own_words(replace(d, candidates=candidates, words=words))


def words_of(seg: Segmented, listed: Iterable[Suspect]) -> Words:
    """What the words of a document, and what of it is listed, show for its features."""
    tiers = Counter(s.tier for s in listed)
    table = science()
    beside = itertools.pairwise(seg.words)
    pairs = [f"{a} {b}" for (_, end, a, _), (start, _, b, _) in beside if start - end == 1]
    unseen = [*map(log_count, pairs)].count(0.0) / max(1, len(pairs))
    return Words([table.get(w.lower, UNKNOWN).spun for w in seg.words], unseen, tiers["auto"], tiers["ask"])


def encoding_features(document: Document, replaced: Collection[float]) -> dict[str, float]:
    """The features of a document by its words, and by the probability that each of these was replaced."""
    return {**document.word_features, **BY_ENCODING.row(replaced)}
