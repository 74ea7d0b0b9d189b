"""Which candidates of a text deserve a judgement, and the facts each is judged by."""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from textrepair.candidates import BY_ACRONYM, Candidate
from textrepair.decide import candidate_facts
from textrepair.lexicon.acronyms import papers_with, spelled, tokens
from textrepair.lexicon.ngrams import bonds, called_for, fit, log_count, unwritten
from textrepair.lexicon.words import UNKNOWN, keyness, science
from textrepair.reading import FAVOURITES, Reading
from textrepair.rerank import Evidence
from textrepair.segment import hyphenated

BETWEEN_ACRONYM = re.compile(r"(?:[\s-]+[A-Za-z]+){0,5}\s*")
HOPELESS = -5.0  # nats; what the model prefers so little to the words that stand is not judged
APART = 2  # characters at most between neighbouring words


class Replaced(NamedTuple):
    """How likely words were replaced, as the model sees it, around a candidate.

    `elsewhere`: the sum of the probabilities of all words but its own; `beside`: that of the likelier of its
    neighbours; `most`, `least`: those of its own words that are most and least likely so.
    """

    elsewhere: float
    beside: float
    most: float
    least: float


class Scored(NamedTuple):
    """A candidate that deserves a judgement, with what the model says of it and of the words around."""

    candidate: Candidate
    evidence: Evidence
    replaced: Replaced


def shortlist(
    told: Iterable[tuple[Candidate, Evidence]],
    replaced: Mapping[tuple[int, int], float],
    document: float | None = None,
) -> list[Scored]:
    """The few candidates of each place that deserve a judgement.

    Of a place's candidates that are not the lexicon's the model's favourites are enough, and it must not
    find them `HOPELESS`, unless an acronym calls for them, or science never writes what stands and the
    lexicon lists it; nor does it judge what it can say nothing of (words only added, or glued to what it
    cannot read). What the lexicon is sure of stays. `replaced`: for each word of the text, in its order, the
    probability that it was; `document`: their sum over all words, where these are not all.
    """
    places: dict[tuple[int, int], list[tuple[Candidate, Evidence]]] = {}
    for c, e in told:
        places.setdefault((c.start, c.end), []).append((c, e))
    around = _Around(replaced, sum(replaced.values()) if document is None else document)
    out: list[Scored] = []
    for (start, end), found in places.items():
        found.sort(key=lambda ce: -(ce[1].target + 0.5 * ce[0].closeness))
        here = around(start, end)
        out += [
            Scored(c, e, here)
            for k, (c, e) in enumerate(found)
            if c.tier == "auto"
            or (e.pieces and (c.origin == BY_ACRONYM or _unwritten(c)))
            or (e.pieces and e.target - e.keep > HOPELESS and (c.tier or k < FAVOURITES))
        ]
    return out


class _Around:
    """The words of a text with the probability of each that it was replaced, asked of by place."""

    def __init__(self, replaced: Mapping[tuple[int, int], float], document: float) -> None:
        self.document = document
        self.words, self.chances = [*replaced], [*replaced.values()]
        self.starts = [start for start, _ in self.words]
        self.up_to = [0.0, *itertools.accumulate(self.chances)]

    def __call__(self, start: int, end: int) -> Replaced:
        first, behind = bisect_left(self.starts, start), bisect_left(self.starts, end)
        own = self.chances[first:behind]
        beside = 0.0
        if first and start - self.words[first - 1][1] <= APART:
            beside = self.chances[first - 1]
        if behind < len(self.words) and self.starts[behind] - end <= APART:
            beside = max(beside, self.chances[behind])
        elsewhere = max(0.0, self.document - (self.up_to[behind] - self.up_to[first]))
        return Replaced(elsewhere, beside, max(own, default=0.0), min(own, default=0.0))


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


def facts_of_candidate(scored: Scored, reading: Reading) -> dict[str, float]:
    """The facts a candidate is judged by; see `decide.candidate_facts`."""
    c, e, around = scored
    before, after = c.before.lower().split(), c.after.lower().split()
    gone = [w for w in before if w not in after] or before
    come = [w for w in after if w not in before] or after
    table = science()
    left, right = reading.seg.neighbours(c.start, c.end)
    phrase = tokens(c.after)
    bond_now, bond = bonds(left, tokens(c.before), phrase, right)
    by_letters, defined = acronym_gain(c, reading)
    rarest = min(gone, key=lambda w: table.get(w, UNKNOWN).zipf)
    common = min(table.get(w, UNKNOWN).zipf for w in come)
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
        common=common,
        gain=common - table.get(rarest, UNKNOWN).zipf,
        elsewhere=min(reading.counts[w] for w in come),
        document=reading.spun,
        acronym=by_letters,
        defined=defined,
        doubts=around.elsewhere / max(1, len(reading.seg.words)),
        beside=around.beside,
        most=around.most,
        least=around.least,
        shorter=len(before) - len(after),
        letters=len(c.before),
        tied=hyphenated(reading.seg.text, c.start, c.end),
        fit_now=fit(left, tuple(before), right),
        fit_then=fit(left, tuple(after), right),
        called_for=called_for(left, tuple(before), tuple(after), right),
        bond_now=bond_now,
        bond=bond,
        term=log_count(" ".join(phrase)) if len(phrase) > 1 else None,
        unwritten=_unwritten(c),
    )


def _unwritten(c: Candidate) -> bool:
    return c.tier == "ask" and unwritten(" ".join(c.before.lower().split()))
