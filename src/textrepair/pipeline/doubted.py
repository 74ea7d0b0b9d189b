"""Doubted candidates of a document that looks clean, of which the larger model of a pair has its say.

It reads only the passages around them, as they stand and with the doubted words hidden, so that clean text
costs little more. A network fitted to planted terms and to clean text weighs what it says with what was said
before (`textrepair.training.doubted`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from textrepair.pipeline.document import Document
from textrepair.pipeline.features import OF_LARGE, ByLarge, Rows, log_odds
from textrepair.pipeline.hidden import hidden_evidence
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.places import ALONE, PlaceScores, Span, favourites
from textrepair.pipeline.segment import Word
from textrepair.pipeline.shortlist import PASSAGE, Around, Shortlisted, feature_rows
from textrepair.rerank import Scorer, ScoringRequest, ToEncode

ASKED = 0.15  # probability of a candidate from which the larger model is asked of it


def judge_doubted(
    decision: Decision,
    scores: PlaceScores,
    chosen: Sequence[Shortlisted],
    document: Document,
    large: Scorer | None,
) -> PlaceScores:
    """The scores of a document's candidates, those of doubted ones after the larger model had its say.

    They stay as they are without such a model, or a judgement fitted to it, and where places are judged.
    """
    again = decision.candidate_by_large
    numbers = doubted(chosen, scores.candidates)
    if large is None or again is None or decision.looks_spun(document.spun_prob) or not numbers:
        return scores
    candidates = [*scores.candidates]
    asked = said_by_large([chosen[n] for n in numbers], document, large)
    of_large = rows_by_large(asked, [candidates[n] for n in numbers], document)
    for n, chance in zip(numbers, again(of_large), strict=True):
        candidates[n] = chance
    spans = [(s.candidate.start, s.candidate.end) for s in chosen]
    return PlaceScores(candidates, {p: candidates[k] for p, k in favourites(candidates, spans).items()})


def doubted(chosen: Sequence[Shortlisted], chances: Sequence[float], least: float = ASKED) -> list[int]:
    """The numbers of the candidates that the larger model is asked of: from the probability `least` on, but
    for those that the lexicon is sure of.
    """
    return [
        n
        for n, (s, chance) in enumerate(zip(chosen, chances, strict=True))
        if chance >= least and s.candidate.tier != "auto"
    ]


def said_by_large(chosen: Sequence[Shortlisted], document: Document, large: Scorer) -> list[Shortlisted]:
    """The candidates with what the larger model says of each, of whose passage alone it reads."""
    out = [*chosen]
    for start, end in passages(document.seg.words, [(s.candidate.start, s.candidate.end) for s in chosen]):
        here = [n for n, s in enumerate(chosen) if start <= s.candidate.start < end]
        text = document.seg.text[start:end]
        words = [(w.start - start, w.end - start) for w in document.seg.words if start <= w.start < end]
        candidates = [
            replace(c, start=c.start - start, end=c.end - start) for c in (chosen[n].candidate for n in here)
        ]
        (encoding,) = large.encode([ToEncode(text, words)])
        (answer,) = large.score_candidates([ScoringRequest(encoding, candidates, [])])
        hidden = hidden_evidence(large, text, candidates)
        replaced = encoding.replaced_probs(words)
        around = Around(replaced, sum(replaced.values()))
        for n, c, evidence, behind in zip(here, candidates, answer.evidence, hidden, strict=True):
            out[n] = chosen[n]._replace(by_large=ByLarge(evidence, around(c.start, c.end), behind))
    return out


def rows_by_large(asked: Sequence[Shortlisted], chances: Sequence[float], document: Document) -> Rows:
    """The features that each is judged by: what the larger model says, and how likely it was before."""
    before = Rows.of(({ALONE: log_odds(chance)} for chance in chances), (ALONE,))
    return feature_rows(asked, document, OF_LARGE).beside(before)


def passages(words: Sequence[Word], spans: Iterable[Span]) -> list[Span]:
    """The stretches of whole words that hold the spans with what stands around them, those that touch as one.

    >>> from textrepair.pipeline.segment import segment
    >>> passages(segment("A long text of many words. " * 100).words, [(500, 504), (540, 545), (2000, 2004)])
    [(304, 743), (1802, 2201)]
    """
    starts, ends = [w.start for w in words], [w.end for w in words]
    out: list[Span] = []
    for start, end in sorted(spans):
        first, behind = bisect_left(starts, start - PASSAGE), bisect_right(ends, end + PASSAGE)
        stretch = min(start, *starts[first : first + 1]), max(end, *ends[behind - 1 : behind])
        if out and stretch[0] <= out[-1][1]:
            stretch = out[-1][0], max(out.pop()[1], stretch[1])
        out.append(stretch)
    return out
