"""The candidates of a document, and what the model names itself, each with what the model says of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.opposed import opposed
from textrepair.lexicon.protected import Outside
from textrepair.pipeline.candidates import UNLISTED, Candidate, named_candidate
from textrepair.pipeline.detect import Doubts
from textrepair.pipeline.document import Document
from textrepair.pipeline.segment import BETWEEN
from textrepair.pipeline.terms import KNOWN
from textrepair.rerank import NOTHING, Evidence, Job, Named, Scorer, together

FAVOURITES = 3  # candidates of one place, beside the lexicon's, that are judged


def ask(doubts: Sequence[Doubts], reranker: Scorer) -> list[list[tuple[Candidate, Evidence]]]:
    """For each text its candidates, and what the model names itself, each with what the model says of it."""
    answers = iter(reranker.ask([Job(d.sight, d.candidates, d.words) for d in doubts if d.sight]))
    out = []
    for d in doubts:
        evidence, named = next(answers) if d.sight else ([NOTHING] * len(d.candidates), [])
        known = {(c.start, c.end, c.after.lower()) for c in d.candidates}
        told = [*zip(d.candidates, evidence, strict=True)]
        told += _unlisted(d.reading, named, known)
        told += _joined(d.reading, told, known)
        text = d.reading.seg.text
        apart = Outside(opposed(text, [(c.start, c.end, c.after) for c, _ in told]))
        out.append([(c, e) for c, e in told if apart(c.start, c.end)])
    return out


def _unlisted(
    reading: Document, named: Iterable[Named], known: set[tuple[int, int, str]]
) -> Iterator[tuple[Candidate, Evidence]]:
    for n in named:
        if n[:3] in known or not reading.free(n.start, n.end):
            continue
        if reading.contrasts.loses(n.start, n.end, n.after):
            continue
        if c := named_candidate(reading.seg.text, n.start, n.end, n.after):
            known.add(n[:3])
            yield c, n.evidence


def _joined(
    reading: Document, told: Sequence[tuple[Candidate, Evidence]], known: set[tuple[int, int, str]]
) -> Iterator[tuple[Candidate, Evidence]]:
    """Terms of two words, each of them one of the model's favourites for the word that stands there."""
    seg = reading.seg
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
            if reading.contrasts.loses(a.start, b.end, after):
                continue
            closeness = max(UNLISTED, c.closeness + d.closeness)
            joined = Candidate(a.start, b.end, before, after, "terminology", "reranker:term", "", closeness)
            yield joined, together(e, f)
