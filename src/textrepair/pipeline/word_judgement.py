"""How likely each word of a spun document was swapped, from all that was judged of it before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textrepair.edits import Edit
from textrepair.lexicon.observed import Swaps
from textrepair.pipeline.detect import DetectedDocument
from textrepair.pipeline.features import OF_WORD, WordInContext
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.narrow import narrowed
from textrepair.pipeline.places import Span, touched
from textrepair.pipeline.shortlist import Around


def judge_words(
    decision: Decision, detected: DetectedDocument, proposed: Iterable[Edit], of_place: Mapping[Span, float]
) -> dict[Span, float] | None:
    """The probability of each word that the model read to have been swapped; None where words are not judged.

    `proposed`, `of_place`: as in `word_rows`.
    """
    judge = decision.word_at(detected.document.spun_prob)
    if judge is None:
        return None
    rows = word_rows(detected, proposed, of_place, decision.observed)
    return dict(zip(rows, judge([*rows.values()]), strict=True))


def word_rows(
    detected: DetectedDocument, proposed: Iterable[Edit], of_place: Mapping[Span, float], observed: Swaps
) -> dict[Span, dict[str, float]]:
    """The features of each word that the model read.

    `proposed`: the candidates as edits, which tell of the words that they change; `of_place`: the probability
    of each place to have been swapped, which tells of those that its favourite changes; `observed`: the swaps
    that real spinners were seen to make.
    """
    document, replaced = detected.document, detected.replaced_probs
    spans = [*replaced]
    swapped, right = dict.fromkeys(spans, 0.0), dict.fromkeys(spans, 0.0)
    told: set[Span] = set()
    for e in sorted(proposed, key=lambda e: -e.score):
        at, changed = (e.start, e.end), narrowed(e)
        # a place is as likely swapped as its favourite tells, of the words that this one changes
        of_place_here = 0.0 if at in told else of_place.get(at, 0.0)
        told.add(at)
        for word in touched(spans, changed.start, changed.end):
            right[word] = max(right[word], e.score)
            swapped[word] = max(swapped[word], of_place_here)
    around = Around(replaced, sum(replaced.values()))
    rows = {}
    for (start, end), probability in replaced.items():
        at, near = (start, end), around(start, end)
        rows[at] = OF_WORD.row(
            WordInContext(
                document.seg.text[start:end].lower(),
                probability,
                swapped[at],
                right[at],
                near,
                near.elsewhere / len(spans),
                document.spun_prob,
                observed,
                detected.large_probs.get(at),
            )
        )
    return rows
