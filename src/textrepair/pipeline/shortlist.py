"""Which candidates of a text deserve a judgement, and the features each is judged by."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from textrepair.lexicon.habits import habits_for
from textrepair.lexicon.observed import Swaps, published_swaps
from textrepair.lm import LanguageModel, Opinion, Wording, opinions_in_mended
from textrepair.pipeline.candidates import BY_ACRONYM, Candidate, agree, swap_key
from textrepair.pipeline.decide import best_together
from textrepair.pipeline.detect import DetectedDocument
from textrepair.pipeline.document import Document
from textrepair.pipeline.features import (
    FEATURES,
    ByLarge,
    CandidatesInContext,
    Place,
    Replaced,
    Rows,
    is_listed_term,
    is_unwritten,
)
from textrepair.pipeline.hidden import hidden_evidence
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.narrow import narrowed
from textrepair.pipeline.networks import ROWS_AT_ONCE
from textrepair.pipeline.places import PlaceScores
from textrepair.pipeline.score import FAVOURITES
from textrepair.rerank import Evidence, Scorer, ScoringRequest, mean_evidence

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
# In spun documents, where places are judged. Of the swaps of real pages that have a right candidate one in
# nine had none among five of a place, and idioms change so many pieces that the model finds all of them
# hopeless.
WIDE = Breadth(20, -math.inf, 6.0)


class Shortlisted(NamedTuple):
    """A candidate that is to be judged, the evidence for it, and how likely words around were replaced.

    `hidden`: the evidence with the words hidden that stand there, if they were; `opinion`: what a general
    language model says of it, if it was asked; `by_large`: what the larger model says, if it read the text.
    """

    candidate: Candidate
    evidence: Evidence
    replaced: Replaced
    hidden: Evidence | None = None
    opinion: Opinion | None = None
    by_large: ByLarge | None = None

    @property
    def doubt(self) -> float:
        """The probability that the likeliest of the words there was replaced, by the model that says more."""
        return max(self.replaced.most, self.by_large.replaced.most if self.by_large else 0.0)


def choose(
    decision: Decision,
    detected: DetectedDocument,
    scored: Iterable[tuple[Candidate, Evidence]],
    reranker: Scorer,
    *,
    total: float | None = None,
    large: Scorer | None = None,
    lm: LanguageModel | None = None,
) -> list[Shortlisted]:
    """The candidates of a document that the decision judges: more where it judges places, and there with what
    `reranker` and the `large` one say with their words hidden, and with the second opinion of a general
    language model, if there is one. `total`: as in `shortlist`.
    """
    document = detected.document
    if not decision.judges_places(document):
        return shortlist(scored, detected.replaced_probs, total)
    chosen = chosen_widely(detected, [*scored], reranker, total=total, large=large)
    if lm is None or decision.before_opinions is None:
        return chosen
    before = decision.before_opinions
    scores = judge(before, chosen, document).candidates
    return with_opinions(chosen, scores, before.threshold_at(document.spun_prob), document, lm)


def chosen_widely(
    detected: DetectedDocument,
    scored: Sequence[tuple[Candidate, Evidence]],
    reranker: Scorer,
    *,
    total: float | None = None,
    large: Scorer | None = None,
) -> list[Shortlisted]:
    """The candidates of a document whose places are judged, with all that both models say of them."""
    document, by_large = detected.document, None
    if large and detected.large_encoding:
        request = ScoringRequest(detected.large_encoding, [c for c, _ in scored], [])
        around = Around(detected.large_probs, sum(detected.large_probs.values()))
        by_large = [
            ByLarge(evidence, around(c.start, c.end))
            for (c, _), evidence in zip(scored, large.score_candidates([request])[0].evidence, strict=True)
        ]
    chosen = shortlist(scored, detected.replaced_probs, total, WIDE, by_large)
    chosen = with_hidden(chosen, document, reranker)
    return with_hidden_from_large(chosen, document, large) if large and by_large is not None else chosen


def shortlist(
    scored: Iterable[tuple[Candidate, Evidence]],
    replaced: Mapping[tuple[int, int], float],
    total: float | None = None,
    breadth: Breadth = NARROW,
    by_large: Sequence[ByLarge] | None = None,
) -> list[Shortlisted]:
    """The few candidates of each place that deserve a judgement.

    Of a place's candidates that are not the lexicon's so many as `breadth` says are enough, and the model
    must not find them hopeless, unless an acronym calls for them, or science never writes what stands and the
    lexicon lists it; nor does it judge what it can say nothing of (words only added, or glued to what it
    cannot read). What the lexicon is sure of stays. `replaced`: for each word of the text, in its order, the
    probability that it was; `total`: their sum over all words, where these are not all. `by_large`: what the
    larger model says of each; a candidate is then as good as both find it together.
    """
    scored = [*scored]
    larger: Sequence[ByLarge | None] = by_large or [None] * len(scored)
    both = [mean_evidence(e, by.evidence) if by else e for (_, e), by in zip(scored, larger, strict=True)]
    places: dict[tuple[int, int], list[int]] = {}
    for n, (c, _) in enumerate(scored):
        places.setdefault((c.start, c.end), []).append(n)
    around = Around(replaced, sum(replaced.values()) if total is None else total)
    out: list[Shortlisted] = []
    for (start, end), numbers in places.items():
        habits = habits_for(" ".join(scored[numbers[0]][0].before.lower().split()))

        def merit(n: int, habits: Mapping[str, int] = habits) -> float:
            candidate = scored[n][0]
            gain = breadth.habitual / (1 + habits.get(candidate.after.lower(), math.inf))
            return both[n].target + 0.5 * candidate.spin_log_prob + gain

        here = around(start, end)
        out += [
            Shortlisted(c, e, here, by_large=larger[n])
            for k, n in enumerate(sorted(numbers, key=lambda n: -merit(n)))
            for c, e in [scored[n]]
            if c.tier == "auto"
            or (e.pieces and (c.source == BY_ACRONYM or is_unwritten(c)))
            or (
                e.pieces
                and both[n].target - both[n].keep > breadth.hopeless
                and (c.tier or k < breadth.favourites)
            )
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
    evidence_of = _hidden(chosen, document, reranker)
    return [shortlisted._replace(hidden=evidence_of.get(n)) for n, shortlisted in enumerate(chosen)]


def with_hidden_from_large(
    chosen: Sequence[Shortlisted], document: Document, large: Scorer
) -> list[Shortlisted]:
    """The same by the larger model."""
    evidence_of = _hidden(chosen, document, large)
    return [
        s._replace(by_large=s.by_large and s.by_large._replace(hidden=evidence_of.get(n)))
        for n, s in enumerate(chosen)
    ]


def _hidden(chosen: Sequence[Shortlisted], document: Document, reranker: Scorer) -> dict[int, Evidence]:
    doubted = [n for n, shortlisted in enumerate(chosen) if shortlisted.doubt >= DOUBTED]
    evidence = hidden_evidence(reranker, document.seg.text, [chosen[n].candidate for n in doubted])
    return dict(zip(doubted, evidence, strict=True))


def with_opinions(
    chosen: Sequence[Shortlisted],
    scores: Sequence[float],
    threshold: float,
    document: Document,
    lm: LanguageModel,
) -> list[Shortlisted]:
    """The candidates, those with what a general language model says of them that are worth asking it of.

    These are, at places where a word was likely replaced, the favourites for each word by `scores`: of the
    right candidates of real pages .96 are among the first three of their place. The model reads the text with
    the edits made that score `threshold` or more.
    """
    text, starts = document.seg.text, [word.start for word in document.seg.words]
    favoured = [0] * len(starts)
    wordings: dict[int, Wording] = {}
    for n in sorted(range(len(chosen)), key=lambda n: -scores[n]):
        candidate = chosen[n].candidate
        words = range(bisect_left(starts, candidate.start), bisect_left(starts, candidate.end))
        if chosen[n].doubt >= DOUBTED and any(favoured[word] < FAVOURITES for word in words):
            for word in words:
                favoured[word] += 1
            for edit in agree(text, [candidate.edit(0.0)], document.is_free):
                wordings[n] = Wording(edit.start, edit.end, edit.after)
    sure = [s.candidate.edit(p) for s, p in zip(chosen, scores, strict=True) if p >= threshold]
    made = agree(text, [*map(narrowed, best_together(sure))], document.is_free)
    said = opinions_in_mended(lm, text, [*wordings.values()], made)
    of_number = dict(zip(wordings, said, strict=True))
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
) -> Rows:
    """The features of each candidate of a document: all in the order of `FEATURES`, or those named.

    `observed`: the swaps that real spinners were seen to make; those of the package if none are given.
    """
    swaps = published_swaps() if observed is None else observed
    of_names = tuple(FEATURES if names is None else names)
    parts = [np.empty((0, len(of_names)))]
    for first in range(0, len(chosen), ROWS_AT_ONCE):
        columns = FEATURES.row(_in_context(chosen[first : first + ROWS_AT_ONCE], document, swaps), of_names)
        parts.append(np.column_stack([*columns.values()]))
    return Rows(of_names, np.concatenate(parts))


def _in_context(chosen: Sequence[Shortlisted], document: Document, swaps: Swaps) -> CandidatesInContext:
    """The candidates in their context, those of the same span at one place."""
    candidates, evidence, replaced, hidden, opinions, by_large = zip(*chosen, strict=True)
    numbers: dict[tuple[int, int], int] = {}
    at = [numbers.setdefault((c.start, c.end), len(numbers)) for c in candidates]
    of_span = dict(zip(at, replaced, strict=True))
    places = [Place(document, *span, of_span[n], swaps) for span, n in numbers.items()]
    return CandidatesInContext(candidates, places, np.array(at), evidence, hidden, opinions, by_large)
