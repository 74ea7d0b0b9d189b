"""Which candidates of a text deserve a judgement, and the features each is judged by."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from textrepair.lexicon.habits import habits_for
from textrepair.lexicon.observed import Swaps, published_swaps
from textrepair.lm import LanguageModel, Opinion, Wording, opinions
from textrepair.pipeline.candidates import BY_ACRONYM, Candidate, agree, swap_key
from textrepair.pipeline.detect import DetectedDocument
from textrepair.pipeline.document import Document
from textrepair.pipeline.features import (
    FEATURES,
    CandidateInContext,
    Place,
    Replaced,
    is_listed_term,
    is_unwritten,
)
from textrepair.pipeline.hidden import hidden_evidence
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.places import PlaceScores
from textrepair.pipeline.score import FAVOURITES
from textrepair.rerank import Evidence, Scorer

PASSAGE = 200  # characters on either side of a place: about its sentence and the next ones
APART = 2  # characters at most between neighbouring words
DOUBTED = (
    0.1  # probability that a word was replaced from which it is hidden, and a language model asked of it
)


class Breadth(NamedTuple):
    """How many candidates of a place are judged: the model's `favourites`, unless it finds them `hopeless`,
    that is, prefers them so little to the words that stand (nats). `habitual`: nats that a swap gains which
    spinners are known to make first.
    """

    favourites: int
    hopeless: float
    habitual: float


NARROW = Breadth(FAVOURITES, -5.0, 0.0)
WIDE = Breadth(5, -8.0, 6.0)  # in spun documents, where places are judged


class Shortlisted(NamedTuple):
    """A candidate that is to be judged, the evidence for it, and how likely words around were replaced.

    `hidden`: the evidence with the words hidden that stand there, if they were; `opinion`: what a general
    language model says of it, if it was asked.
    """

    candidate: Candidate
    evidence: Evidence
    replaced: Replaced
    hidden: Evidence | None = None
    opinion: Opinion | None = None


def choose(
    decision: Decision,
    detected: DetectedDocument,
    scored: Iterable[tuple[Candidate, Evidence]],
    reranker: Scorer,
    *,
    total: float | None = None,
    lm: LanguageModel | None = None,
) -> list[Shortlisted]:
    """The candidates of a document that the decision judges: more where it judges places, and there with what
    `reranker` says with their words hidden, and with the second opinion of a general language model, if there
    is one. `total`: as in `shortlist`.
    """
    document, replaced = detected.document, detected.replaced_probs
    if not decision.for_length(len(document.seg.words)).place_at(document.spun_prob):
        return shortlist(scored, replaced, total)
    chosen = with_hidden(shortlist(scored, replaced, total, WIDE), document, reranker)
    return with_opinions(chosen, document, lm) if lm else chosen


def shortlist(
    scored: Iterable[tuple[Candidate, Evidence]],
    replaced: Mapping[tuple[int, int], float],
    total: float | None = None,
    breadth: Breadth = NARROW,
) -> list[Shortlisted]:
    """The few candidates of each place that deserve a judgement.

    Of a place's candidates that are not the lexicon's so many as `breadth` says are enough, and the model
    must not find them hopeless, unless an acronym calls for them, or science never writes what stands and the
    lexicon lists it; nor does it judge what it can say nothing of (words only added, or glued to what it
    cannot read). What the lexicon is sure of stays. `replaced`: for each word of the text, in its order, the
    probability that it was; `total`: their sum over all words, where these are not all.
    """
    places: dict[tuple[int, int], list[tuple[Candidate, Evidence]]] = {}
    for c, e in scored:
        places.setdefault((c.start, c.end), []).append((c, e))
    around = Around(replaced, sum(replaced.values()) if total is None else total)
    out: list[Shortlisted] = []
    for (start, end), found in places.items():
        habits = habits_for(" ".join(found[0][0].before.lower().split()))
        gains = [breadth.habitual / (1 + habits.get(c.after.lower(), math.inf)) for c, _ in found]
        order = sorted(
            range(len(found)),
            key=lambda k: -(found[k][1].target + 0.5 * found[k][0].spin_log_prob + gains[k]),
        )
        here = around(start, end)
        out += [
            Shortlisted(c, e, here)
            for k, (c, e) in enumerate(found[n] for n in order)
            if c.tier == "auto"
            or (e.pieces and (c.source == BY_ACRONYM or is_unwritten(c)))
            or (e.pieces and e.target - e.keep > breadth.hopeless and (c.tier or k < breadth.favourites))
        ]
    return out


class Around:
    """The words of a text with the probability of each that it was replaced, asked of by place."""

    def __init__(self, replaced: Mapping[tuple[int, int], float], total: float) -> None:
        self.total = total
        self.words, self.chances = [*replaced], [*replaced.values()]
        self.starts = [start for start, _ in self.words]
        self.up_to = [0.0, *itertools.accumulate(self.chances)]
        self.squares_up_to = [0.0, *itertools.accumulate(chance * chance for chance in self.chances)]

    def __call__(self, start: int, end: int) -> Replaced:
        """How likely the words around a span were replaced, and its own."""
        first, behind = bisect_left(self.starts, start), bisect_left(self.starts, end)
        own = self.chances[first:behind]
        beside = 0.0
        if first and start - self.words[first - 1][1] <= APART:
            beside = self.chances[first - 1]
        if behind < len(self.words) and self.starts[behind] - end <= APART:
            beside = max(beside, self.chances[behind])
        elsewhere = max(0.0, self.total - (self.up_to[behind] - self.up_to[first]))
        near, squared = (self._near(start, end, sums) for sums in (self.up_to, self.squares_up_to))
        return Replaced(elsewhere, beside, max(own, default=0.0), min(own, default=0.0), near, squared)

    def _near(self, start: int, end: int, up_to: Sequence[float]) -> float:
        """The mean of what is summed, over the words within `PASSAGE` of a span but its own."""
        left, first, behind, right = (
            bisect_left(self.starts, at) for at in (start - PASSAGE, start, end, end + PASSAGE)
        )
        words = (first - left) + (right - behind)
        return (up_to[first] - up_to[left] + up_to[right] - up_to[behind]) / max(1, words)


def with_hidden(chosen: Sequence[Shortlisted], document: Document, reranker: Scorer) -> list[Shortlisted]:
    """The candidates, those of doubted places with the evidence for them where the words there are hidden."""
    if reranker.hides_words:
        return [shortlisted._replace(hidden=shortlisted.evidence) for shortlisted in chosen]
    doubted = [n for n, shortlisted in enumerate(chosen) if shortlisted.replaced.most >= DOUBTED]
    evidence = hidden_evidence(reranker, document.seg.text, [chosen[n].candidate for n in doubted])
    told = dict(zip(doubted, evidence, strict=True))
    return [shortlisted._replace(hidden=told.get(n)) for n, shortlisted in enumerate(chosen)]


def with_opinions(chosen: Sequence[Shortlisted], document: Document, lm: LanguageModel) -> list[Shortlisted]:
    """The candidates, those with what a general language model says of them that are worth asking it of.

    These are, at places where a word was likely replaced, the reranker's favourites for each word.
    """
    text, starts = document.seg.text, [word.start for word in document.seg.words]
    favoured = [0] * len(starts)
    wordings: dict[int, Wording] = {}
    for n in sorted(range(len(chosen)), key=lambda n: chosen[n].evidence.keep - chosen[n].evidence.target):
        candidate, replaced = chosen[n].candidate, chosen[n].replaced
        words = range(bisect_left(starts, candidate.start), bisect_left(starts, candidate.end))
        if replaced.most >= DOUBTED and any(favoured[word] < FAVOURITES for word in words):
            for word in words:
                favoured[word] += 1
            for edit in agree(text, [candidate.edit(0.0)], document.is_free):
                wordings[n] = Wording(edit.start, edit.end, edit.after)
    of_number = dict(zip(wordings, opinions(lm, text, [*wordings.values()]), strict=True))
    return [shortlisted._replace(opinion=of_number.get(n)) for n, shortlisted in enumerate(chosen)]


def judge(decision: Decision, chosen: Sequence[Shortlisted], document: Document) -> PlaceScores:
    """How likely each of the candidates is right, and each of their places swapped."""
    rows = feature_rows(chosen, document, decision.names(document.spun_prob), decision.observed)
    candidates = [shortlisted.candidate for shortlisted in chosen]
    swaps, spans = [*map(swap_key, candidates)], [(c.start, c.end) for c in candidates]
    return decision.scores(document.spun_prob, rows, swaps, spans, [*map(is_listed_term, candidates)])


def feature_rows(
    chosen: Sequence[Shortlisted],
    document: Document,
    names: Collection[str] | None = None,
    observed: Swaps | None = None,
) -> list[dict[str, float]]:
    """The features of each candidate of a document: all in the order of `FEATURES`, or those named.

    `observed`: the swaps that real spinners were seen to make; those of the package if none are given.
    """
    swaps = published_swaps() if observed is None else observed
    places: dict[tuple[int, int], Place] = {}
    rows = []
    for candidate, evidence, replaced, hidden, opinion in chosen:
        start, end = candidate.start, candidate.end
        place = places.setdefault((start, end), Place(document, start, end, replaced, swaps))
        rows.append(FEATURES.row(CandidateInContext(candidate, evidence, place, hidden, opinion), names))
    return rows
