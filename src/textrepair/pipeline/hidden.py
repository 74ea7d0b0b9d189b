"""A second reading of doubted places with their words hidden: what does the rest of the text call for there?

As the text stands, the model sees the very words that are doubted, and leans on them. Hidden, they say
nothing, and candidates are compared by their context alone (a cloze; Taylor 1953). Places share readings of
the whole text, so that a spun page takes about four more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from textrepair.pipeline.candidates import Candidate
from textrepair.rerank import Evidence, Scorer, ScoringRequest, ToEncode

Span = tuple[int, int]
APART = 2  # characters at least between what one reading hides, so that a word stands between


def hidden_evidence(reranker: Scorer, text: str, candidates: Sequence[Candidate]) -> list[Evidence]:
    """The evidence for each candidate with the words hidden where it would stand.

    A single word is hidden alone; spans of several words that overlap are hidden together.
    """
    spans = {(c.start, c.end) for c in candidates}
    several = {span for span in spans if " " in text[slice(*span)]}
    hides = {**{span: span for span in spans - several}, **joined(several)}
    readings = [*shared(hides[span] for span in spans - several), *shared(hides[span] for span in several)]
    encodings = reranker.encode([ToEncode(text, hidden, hidden) for hidden in readings])
    of_reading = {span: k for k, hidden in enumerate(readings) for span in hidden}
    asked: list[list[int]] = [[] for _ in readings]
    for n in sorted(range(len(candidates)), key=lambda n: (candidates[n].start, candidates[n].end)):
        asked[of_reading[hides[candidates[n].start, candidates[n].end]]].append(n)
    answers = reranker.score_candidates(
        [
            ScoringRequest(encoding, [candidates[n] for n in numbers], [])
            for encoding, numbers in zip(encodings, asked, strict=True)
        ]
    )
    evidence: dict[int, Evidence] = {}
    for numbers, answer in zip(asked, answers, strict=True):
        evidence.update(zip(numbers, answer.evidence, strict=True))
    return [evidence[n] for n in range(len(candidates))]


def joined(spans: Collection[Span]) -> Mapping[Span, Span]:
    """For each span the stretch that it covers together with those that overlap it.

    >>> joined([(0, 9), (5, 14), (20, 30)])
    {(0, 9): (0, 14), (5, 14): (0, 14), (20, 30): (20, 30)}
    """
    stretches: list[tuple[Span, list[Span]]] = []
    for start, end in sorted(spans):
        if stretches and start < stretches[-1][0][1]:
            (first, last), members = stretches.pop()
            stretches.append(((first, max(last, end)), [*members, (start, end)]))
        else:
            stretches.append(((start, end), [(start, end)]))
    return {span: stretch for stretch, members in stretches for span in members}


def shared(spans: Iterable[Span]) -> list[list[Span]]:
    """The spans in as few rows as they need for those of one row to stand apart.

    >>> shared([(0, 5), (6, 9), (10, 14)])
    [[(0, 5), (10, 14)], [(6, 9)]]
    """
    rows: list[list[Span]] = []
    for span in sorted(set(spans)):
        free = (row for row in rows if row[-1][1] + APART <= span[0])
        if row := next(free, None):
            row.append(span)
        else:
            rows.append([span])
    return rows
