"""The candidates of a document, and those the model proposes itself, each with the model's evidence."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.opposed import on_its_line, opposed
from textrepair.lexicon.protected import IsOutside
from textrepair.pipeline.candidates import BY_TERM, UNLISTED, Candidate, named_candidate
from textrepair.pipeline.detect import DetectedDocument
from textrepair.pipeline.document import Document
from textrepair.pipeline.jargon import is_own
from textrepair.pipeline.segment import BETWEEN
from textrepair.pipeline.terms import KNOWN
from textrepair.rerank import NOTHING, Evidence, ModelProposal, Scorer, ScoringRequest, joint_evidence

ABOUT_WORDS = 2  # wordings set against their canonical ones from which on a text is about words: only
# the terms of a lexicon are repaired in it then, since all its odd words make it look spun
FAVOURITES = 3  # candidates of one place, beside the lexicon's, that are judged


def score_candidates(
    detected: Sequence[DetectedDocument], reranker: Scorer, large: Scorer | None = None
) -> list[list[tuple[Candidate, Evidence]]]:
    """The candidates of each document and those the model proposes itself, each with the evidence for it.

    `large`: the larger model, which proposes candidates too in the documents that it read.
    """
    answers = iter(
        reranker.score_candidates(
            [ScoringRequest(d.encoding, d.candidates, d.words) for d in detected if d.encoding]
        )
    )
    out = []
    for d in detected:
        evidence, named = next(answers) if d.encoding else ([NOTHING] * len(d.candidates), [])
        known = {(c.start, c.end, c.after.lower()) for c in d.candidates}
        scored = [*zip(d.candidates, evidence, strict=True)]
        scored += _unlisted(d.document, named, known)
        if large and d.encoding and d.large_encoding:
            scored += _by_large(d, known, reranker, large)
        if not scored:
            out.append(scored)
            continue
        scored += _joined(d.document, scored, known)
        text = d.document.seg.text
        pairs = {*opposed(text, [(c.start, c.end, c.after) for c, _ in scored])}
        # chance often sets against each other what the reranker proposes, and seldom listed wordings
        by_lexicon = {(c.start, c.end) for c, _ in scored if c.tier}
        listed = {(c.start, c.end) for c, _ in scored if c.tier and (c.start, c.end, c.after) in pairs}
        apart = IsOutside(listed | ({(start, end) for start, end, _ in pairs} - by_lexicon))
        about_words = len(listed) >= ABOUT_WORDS
        out.append(
            [
                (c, e)
                for c, e in scored
                if apart(c.start, c.end)
                and (c.start, c.end, c.after) not in pairs
                and (not about_words or _is_no_word_spoken_of(text, c))
            ]
        )
    return out


def _is_no_word_spoken_of(text: str, c: Candidate) -> bool:
    """Whether a candidate in a text about words is for a term, and for none that stands beside it."""
    return bool(c.tier and c.kind == "terminology") and not on_its_line(text, c.start, c.end, c.after)


def _unlisted(
    document: Document, named: Iterable[ModelProposal], known: set[tuple[int, int, str]]
) -> Iterator[tuple[Candidate, Evidence]]:
    for n in named:
        if n[:3] in known or not document.is_free(n.start, n.end):
            continue
        if document.contrasts.loses(n.start, n.end, n.after):
            continue
        c = named_candidate(document.seg.text, n.start, n.end, n.after)
        if c and not is_own(c, document):
            known.add(n[:3])
            yield c, n.evidence


def _by_large(
    d: DetectedDocument, known: set[tuple[int, int, str]], reranker: Scorer, large: Scorer
) -> Iterator[tuple[Candidate, Evidence]]:
    """What the larger model alone proposes, with the smaller one's evidence for it."""
    assert d.encoding
    assert d.large_encoding
    (own,) = large.score_candidates([ScoringRequest(d.large_encoding, [], d.words)])
    new = [c for c, _ in _unlisted(d.document, own.proposals, known)]
    (answer,) = reranker.score_candidates([ScoringRequest(d.encoding, new, [])])
    return zip(new, answer.evidence, strict=True)


def _joined(
    document: Document, scored: Sequence[tuple[Candidate, Evidence]], known: set[tuple[int, int, str]]
) -> Iterator[tuple[Candidate, Evidence]]:
    """Terms of two words, each of them one of the model's favourites for the word that stands there."""
    seg = document.seg
    single: dict[tuple[int, int], list[tuple[Candidate, Evidence]]] = {}
    for c, e in scored:
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
            if document.contrasts.loses(a.start, b.end, after):
                continue
            spin_log_prob = max(UNLISTED, c.spin_log_prob + d.spin_log_prob)
            joined = Candidate(a.start, b.end, before, after, "terminology", BY_TERM, "", spin_log_prob)
            yield joined, joint_evidence(e, f)
