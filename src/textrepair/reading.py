"""One text as the pipeline reads it, and the facts that are judged: of the document, of a candidate."""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from textrepair.candidates import BY_ACRONYM, UNLISTED, Candidate, find_candidates, named_candidate
from textrepair.decide import Network, candidate_facts, document_facts
from textrepair.lexicon.acronyms import ACRONYM, papers_with, spelled, tokens
from textrepair.lexicon.guard import Contrasts
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.ngrams import fit, log_count
from textrepair.lexicon.protected import Outside
from textrepair.lexicon.words import UNKNOWN, keyness, science
from textrepair.rerank import DOUBTFUL, NOTHING, Evidence, Job, Named, Scorer, Sight, View, together
from textrepair.segment import BETWEEN, Segmented, segment
from textrepair.suspects import Suspect, common_words, find_suspects
from textrepair.terms import KNOWN

BETWEEN_ACRONYM = re.compile(r"(?:[\s-]+[A-Za-z]+){0,5}\s*")
FAVOURITES = 3  # candidates of one place, beside the lexicon's, that are judged
HOPELESS = -5.0  # nats; what the model prefers so little to the words that stand is not judged
NEAR = 200  # characters on either side of a repair that it can help to read
SHORTEST = 3  # letters of a word for which the model may name others
Scored = tuple[Candidate, Evidence, float]  # with how many other words were replaced, as the model sees it


@dataclass(frozen=True)
class Reading:
    """One text on its way through the pipeline; `free` knows which of it is protected.

    `shown`: to the model. `acronyms` holds the offsets and letters of those in brackets, which spell out
    what stands before.
    """

    seg: Segmented
    spun: float
    shown: bool
    free: Outside
    suspects: list[Suspect]
    counts: Counter[str]
    acronyms: list[tuple[int, str]]
    contrasts: Contrasts


@dataclass(frozen=True)
class Doubts:
    """What of a text is worth asking the model of: candidates, and `words` for which it may name others.

    `sight`: what it sees of the text; none if that was not shown. `replaced`: for each word it saw, by its
    offsets, the probability that another one stood there.
    """

    reading: Reading
    sight: Sight | None
    replaced: dict[tuple[int, int], float]
    candidates: list[Candidate]
    words: list[tuple[int, int]]


def read(
    text: str,
    lexicon: Lexicon,
    document: Network,
    gate: float = 0.0,
    protect: Sequence[str] = (),
    patterns: Sequence[re.Pattern[str]] = (),
    judged: float | None = None,
) -> Reading:
    """A text segmented, and judged as a document.

    It is shown to the model unless it is less likely spun than `gate`. `judged`: how likely it is spun, where
    that is known from before its repair.
    """
    seg = segment(text)
    suspects, free = find_suspects(seg, lexicon, protect, patterns)
    spun = document([facts_of_document(seg, suspects)])[0] if judged is None else judged
    counts = Counter(w.lower for w in seg.words)
    acronyms = [(m.start(), m[1]) for m in ACRONYM.finditer(text)]
    return Reading(seg, spun, spun >= gate, free, suspects, counts, acronyms, Contrasts(seg))


def look(
    readings: Sequence[Reading],
    reranker: Scorer,
    repaired: Sequence[Sequence[tuple[int, int]]] | None = None,
    *,
    doubtful: float = DOUBTFUL,
) -> list[Doubts]:
    """Have the model look at the texts; candidates are laid out where it has its doubts, or a lexicon lists a
    phrase.

    Of a text that is not shown they are those alone that need no model. `repaired`: places of each text that
    were repaired before; what does not stand near one of these is not looked at again. `doubtful`: the
    probability that a word was replaced from which it is doubted.
    """
    near = [_words(r) for r in readings] if repaired is None else [*map(_around, repaired)]
    shown = [View(r.seg.text, spans) for r, spans in zip(readings, near, strict=True) if r.shown]
    sights = iter(reranker.look(shown))
    return [
        _doubts(r, next(sights), spans, doubtful) if r.shown else Doubts(r, None, {}, _sure(r), [])
        for r, spans in zip(readings, near, strict=True)
    ]


def _touching(spans: Iterable[tuple[int, int]]) -> Callable[[int, int], bool]:
    """Whether a span touches one of the given ones."""
    outside = Outside(spans)
    return lambda start, end: not outside(start, end)


def _words(reading: Reading) -> list[tuple[int, int]]:
    return [(w.start, w.end) for w in reading.seg.words]


def _around(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(max(0, start - NEAR), end + NEAR) for start, end in places]


def _sure(reading: Reading) -> list[Candidate]:
    sure = [s for s in reading.suspects if s.tier == "auto"]
    return [c for c in find_candidates(reading.seg, sure, reading.free, lambda *_: False) if c.tier == "auto"]


def _doubts(reading: Reading, sight: Sight, near: Sequence[tuple[int, int]], doubtful: float) -> Doubts:
    seg, free, contrasts = reading.seg, reading.free, reading.contrasts
    in_reach = _touching(near)
    replaced = sight.replaced(_words(reading))
    doubted = _touching(p for p, chance in replaced.items() if chance >= doubtful and in_reach(*p))
    suspects = [
        s for s in reading.suspects if doubted(s.start, s.end) or (s.tier and in_reach(s.start, s.end))
    ]
    candidates = [
        c
        for c in find_candidates(seg, suspects, free, doubted)
        if c.tier == "auto" or not contrasts.loses(c.start, c.end, c.after)
    ]
    # what the lexicon is sure of was judged as a whole
    unsure = Outside((s.start, s.end) for s in suspects if s.tier == "auto")
    words = [
        (w.start, w.end)
        for w in common_words(seg, free)
        if w.end - w.start >= SHORTEST and unsure(w.start, w.end) and doubted(w.start, w.end)
    ]
    return Doubts(reading, sight, replaced, candidates, words)


def facts_of_document(seg: Segmented, suspects: Iterable[Suspect]) -> dict[str, float]:
    """The facts a document is judged by."""
    tiers = Counter(s.tier for s in suspects)
    table = science()
    pairs = [f"{a.lower} {b.lower}" for a, b in itertools.pairwise(seg.words) if b.start - a.end == 1]
    unseen = sum(not log_count(p) for p in pairs) / max(1, len(pairs))
    return document_facts(
        [table.get(w.lower, UNKNOWN).spun for w in seg.words], unseen, tiers["auto"], tiers["ask"]
    )


def ask(doubts: Sequence[Doubts], reranker: Scorer) -> list[list[tuple[Candidate, Evidence]]]:
    """For each text its candidates, and what the model names itself, each with what the model says of it."""
    answers = iter(reranker.ask([Job(d.sight, d.candidates, d.words) for d in doubts if d.sight]))
    out = []
    for d in doubts:
        evidence, named = next(answers) if d.sight else ([NOTHING] * len(d.candidates), [])
        known = {(c.start, c.end, c.after.lower()) for c in d.candidates}
        told = [*zip(d.candidates, evidence, strict=True)]
        told += _unlisted(d.reading, named, known)
        out.append([*told, *_joined(d.reading.seg, told, known)])
    return out


def _unlisted(
    reading: Reading, named: Iterable[Named], known: set[tuple[int, int, str]]
) -> Iterator[tuple[Candidate, Evidence]]:
    for n in named:
        if n[:3] in known or reading.contrasts.loses(n.start, n.end, n.after):
            continue
        if c := named_candidate(reading.seg.text, n.start, n.end, n.after):
            known.add(n[:3])
            yield c, n.evidence


def _joined(
    seg: Segmented, told: Sequence[tuple[Candidate, Evidence]], known: set[tuple[int, int, str]]
) -> Iterator[tuple[Candidate, Evidence]]:
    """Terms of two words, each of them one of the model's favourites for the word that stands there."""
    single: dict[tuple[int, int], list[tuple[Candidate, Evidence]]] = {}
    for c, e in told:
        if e.pieces and c.before.isalpha() and c.after.isalpha():
            single.setdefault((c.start, c.end), []).append((c, e))
    for found in single.values():
        found.sort(key=lambda ce: -ce[1].target)
    for a, b in itertools.pairwise(seg.words):
        between = seg.text[a.end : b.start]
        first, second = (single.get((w.start, w.end), [])[:FAVOURITES] for w in (a, b))
        if len(between) != 1 or between not in BETWEEN or not first or not second:
            continue
        before, least = seg.text[a.start : b.end], max(KNOWN, log_count(f"{a.lower} {b.lower}") + 1)
        for (c, e), (d, f) in itertools.product(first, second):
            after = f"{c.after}{between}{d.after}"
            if (a.start, b.end, after.lower()) in known or log_count(f"{c.after} {d.after}".lower()) < least:
                continue
            closeness = max(UNLISTED, c.closeness + d.closeness)
            joined = Candidate(a.start, b.end, before, after, "terminology", "reranker:term", "", closeness)
            yield joined, together(e, f)


def shortlist(
    told: Iterable[tuple[Candidate, Evidence]],
    replaced: Mapping[tuple[int, int], float],
    whole: float | None = None,
) -> list[Scored]:
    """The few candidates of each place that deserve a judgement, with the model's doubts elsewhere.

    Of a place's candidates that are not the lexicon's the model's favourites are enough, and it must not
    find them `HOPELESS`, unless an acronym calls for them; nor does it judge what it can say nothing of
    (words only added, or glued to what it cannot read). What the lexicon is sure of stays. `replaced`: for
    each word the probability that it was; `whole`: their sum over the document, where these are not all.
    """
    places: dict[tuple[int, int], list[tuple[Candidate, Evidence]]] = {}
    for c, e in told:
        places.setdefault((c.start, c.end), []).append((c, e))
    starts = [start for start, _ in replaced]
    up_to = [0.0, *itertools.accumulate(replaced.values())]
    out: list[Scored] = []
    for (start, end), found in places.items():
        found.sort(key=lambda ce: -(ce[1].target + 0.5 * ce[0].closeness))
        here = up_to[bisect_left(starts, end)] - up_to[bisect_left(starts, start)]
        elsewhere = max(0.0, (up_to[-1] if whole is None else whole) - here)
        out += [
            (c, e, elsewhere)
            for k, (c, e) in enumerate(found)
            if c.tier == "auto"
            or (e.pieces and c.origin == BY_ACRONYM)
            or (e.pieces and e.target - e.keep > HOPELESS and (c.tier or k < FAVOURITES))
        ]
    return out


def acronym_gain(c: Candidate, reading: Reading) -> tuple[float, float]:
    """How much better an acronym that follows fits the candidate than what stands.

    By its letters, -1 to 1: in *convolutional mind network (CNN)* the second one speaks for *neural*. And by
    the papers that give it such a long form: the difference of their numbers' log10.
    """
    k = bisect_left(reading.acronyms, (c.end, ""))
    if k == len(reading.acronyms):
        return 0.0, 0.0
    start, acronym = reading.acronyms[k]
    between = reading.seg.text[c.end : start]
    if len(between) > 80 or not BETWEEN_ACRONYM.fullmatch(between):
        return 0.0, 0.0
    letters = acronym.lower()[: len(acronym) - len(between.split())]
    by_letters = spelled(c.after.lower().split(), letters) - spelled(c.before.lower().split(), letters)
    left, right = tokens(reading.seg.text[max(0, c.start - 80) : c.start]), tokens(between)

    def papers(words: str) -> float:
        return math.log10(1 + papers_with(acronym, (*left, *tokens(words), *right)))

    return by_letters, papers(c.after) - papers(c.before)


def facts_of_candidate(c: Candidate, e: Evidence, reading: Reading, doubts: float) -> dict[str, float]:
    """The facts a candidate is judged by; see `decide.candidate_facts`."""
    before, after = c.before.lower().split(), c.after.lower().split()
    gone = [w for w in before if w not in after] or before
    come = [w for w in after if w not in before] or after
    table = science()
    left, right = reading.seg.neighbours(c.start, c.end)
    by_letters, defined = acronym_gain(c, reading)
    rarest = min(gone, key=lambda w: table.get(w, UNKNOWN).zipf)
    return candidate_facts(
        target=e.target,
        keep=e.keep,
        best=e.best,
        pieces=e.pieces,
        replaced=e.replaced,
        closeness=c.closeness,
        tier=c.tier,
        odds=max(table.get(w, UNKNOWN).spun for w in gone),
        keyness=keyness(rarest),
        gain=min(table.get(w, UNKNOWN).zipf for w in come) - table.get(rarest, UNKNOWN).zipf,
        elsewhere=min(reading.counts[w] for w in come),
        document=reading.spun,
        acronym=by_letters,
        defined=defined,
        doubts=doubts / max(1, len(reading.seg.words)),
        shorter=len(before) - len(after),
        fit_now=fit(left, tuple(before), right),
        fit_then=fit(left, tuple(after), right),
    )
