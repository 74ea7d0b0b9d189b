"""How likely each word of a spun document was swapped, from all that was judged of it before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textrepair.edits import Edit
from textrepair.lexicon.observed import Swaps
from textrepair.pipeline.detect import DetectedDocument
from textrepair.pipeline.features import OF_WORD, WordInContext
from textrepair.pipeline.judgement import Decision
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

    `proposed`: the candidates as edits; `of_place`: the probability of each place to have been swapped;
    `observed`: the swaps that real spinners were seen to make.
    """
    document, replaced = detected.document, detected.replaced_probs
    spans = [*replaced]
    swapped, right = dict.fromkeys(spans, 0.0), dict.fromkeys(spans, 0.0)
    for at, probability in of_place.items():
        for word in touched(spans, *at):
            swapped[word] = max(swapped[word], probability)
    for e in proposed:
        for word in touched(spans, e.start, e.end):
            right[word] = max(right[word], e.score)
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
