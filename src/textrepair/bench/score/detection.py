"""Detection: how well swapped words, spun sentences and spun documents are told.

The unit is a word. Swapped are the words of gold spans with an answer, but for those that stand in the
first accepted answer too; these, and the words of neutral spans, count neither way. All others are not
swapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textrepair.gold import Gold
from textrepair.pipeline.segment import segment

WORD = re.compile(r"\w+(?:[-'’]\w+)*")


class Row(NamedTuple):
    """What is said of a word, a sentence or a document, and whether it is so."""

    probability: float
    label: bool


class Point(NamedTuple):
    """Recall and precision of all rows that are at least as likely as `threshold`."""

    recall: float
    precision: float
    threshold: float


def labelled_words(text: str, gold: Iterable[Gold]) -> list[tuple[int, int, bool | None]]:
    """Each word's offsets, and whether it was swapped: None where that counts neither way.

    >>> labelled_words("the counterfeit network", [Gold(4, 23, ("neural network",), "terminology")])
    [(0, 3, False), (4, 15, True), (16, 23, None)]
    """
    spans = list(gold)
    out: list[tuple[int, int, bool | None]] = []
    for word in WORD.finditer(text):
        over = next((g for g in spans if word.start() < g.end and g.start < word.end()), None)
        out.append((*word.span(), _swapped(word[0], over)))
    return out


def _swapped(word: str, over: Gold | None) -> bool | None:
    if over is None:
        return False
    if over.accept is None:
        return None
    kept = WORD.findall("".join(over.accept[:1]).casefold())
    return None if word.casefold() in kept else True


def word_rows(text: str, gold: Iterable[Gold], spans: Iterable[tuple[int, int, float]]) -> list[Row]:
    """A row for each word that counts.

    `spans` are offsets in the text with the probability that what stands there was swapped, overlapping or
    not: the highest counts, and what no span touches has probability 0.

    >>> word_rows("the sufferers", [Gold(4, 13, ("patients",), "word")], [(4, 13, 0.9)])
    [Row(probability=0.0, label=False), Row(probability=0.9, label=True)]
    """
    told = list(spans)
    return [
        Row(max((p for a, b, p in told if a < end and start < b), default=0.0), swapped)
        for start, end, swapped in labelled_words(text, gold)
        if swapped is not None
    ]


def sentence_rows(text: str, gold: Iterable[Gold], spans: Iterable[tuple[int, int, float]]) -> list[Row]:
    """A row for each sentence (or line) that has a word to count: spun if one of these was swapped.

    It is as likely spun as that not all of its words stand as they were, were these told independently.
    """
    told = list(spans)
    opens = [w.start for w in segment(text).words if w.opens]
    sentences: dict[int, list[Row]] = {}
    for start, end, swapped in labelled_words(text, gold):
        if swapped is not None:
            chance = max((p for a, b, p in told if a < end and start < b), default=0.0)
            of_sentence = int(np.searchsorted(opens, start, side="right"))
            sentences.setdefault(of_sentence, []).append(Row(chance, swapped))
    return [
        Row(1 - float(np.prod([1 - r.probability for r in rows])), any(r.label for r in rows))
        for rows in sentences.values()
    ]


def _steps(rows: Iterable[Row]) -> NDArray[np.float64]:
    """Recall, precision and probability at every probability but 0, a row each, the highest first."""
    data = np.array([*rows], dtype=np.float64).reshape(-1, 2)
    data = data[np.argsort(-data[:, 0], kind="stable")]
    chances, right = data[:, 0], np.cumsum(data[:, 1])
    last = np.append(chances[1:] != chances[:-1], True)[: len(data)] & (chances > 0)
    recall = right / max(1.0, right[-1] if len(data) else 0.0)
    return np.stack([recall, right / np.arange(1, len(data) + 1), chances], axis=1)[last]


def curve(rows: Iterable[Row]) -> list[Point]:
    """Precision and recall at every probability that a row has, but 0, the highest first.

    >>> curve([Row(0.9, True), Row(0.5, False), Row(0.5, True)])[0]
    Point(recall=0.5, precision=1.0, threshold=0.9)
    """
    return [Point(recall, precision, chance) for recall, precision, chance in _steps(rows).tolist()]


def recall_at(rows: Iterable[Row], precision: float) -> Point:
    """The point of the greatest recall at that precision or a better one; recall 0 where there is none.

    >>> recall_at([Row(0.9, True), Row(0.5, False), Row(0.4, True)], 0.6).recall
    1.0
    """
    steps = _steps(rows)
    steps = steps[steps[:, 1] >= precision]
    return Point(*map(float, steps[np.argmax(steps[:, 0])])) if len(steps) else Point(0.0, 1.0, 1.0)


def area(rows: Iterable[Row]) -> float:
    """Average precision: the area under the curve of precision over recall, by steps."""
    total, before = 0.0, 0.0
    for point in curve(rows):
        total += (point.recall - before) * point.precision
        before = point.recall
    return total


def auc(rows: Sequence[Row]) -> float:
    """Area under the ROC curve: how often a swapped row is likelier than another one (Hanley & McNeil 1982).

    Not a number where all rows are swapped, or none.

    >>> auc([Row(0.9, True), Row(0.5, False), Row(0.5, True)])
    0.75
    """
    swapped = np.sort([r.probability for r in rows if r.label])
    others = np.array([r.probability for r in rows if not r.label])
    if not len(swapped) or not len(others):
        return float("nan")
    above = len(swapped) - np.searchsorted(swapped, others, side="right")
    equal = np.searchsorted(swapped, others, side="right") - np.searchsorted(swapped, others, side="left")
    return float((above + equal / 2).sum() / (len(swapped) * len(others)))
