"""The scorer: restoration, detection, calibration, and how sure the figures are.

>>> from textrepair.bench.score import Change, Gold, score
>>> gold = [Gold(4, 13, ("patients",), "terminology")]
>>> score("The sufferers", [Change(4, 13, "patients")], gold).restored
1
"""

from textrepair.bench.score.calibration import calibration_error, reliability
from textrepair.bench.score.detection import (
    Point,
    Row,
    area,
    auc,
    curve,
    labelled_words,
    recall_at,
    sentence_rows,
    word_rows,
)
from textrepair.bench.score.intervals import interval
from textrepair.bench.score.restoration import (
    WAYS,
    Change,
    Score,
    changes_of,
    plain,
    score,
    verdicts,
)
from textrepair.bench.score.sentences import exact_sentences
from textrepair.gold import Gold, gold_rows, read_gold

__all__ = [
    "WAYS",
    "Change",
    "Gold",
    "Point",
    "Row",
    "Score",
    "area",
    "auc",
    "calibration_error",
    "changes_of",
    "curve",
    "exact_sentences",
    "gold_rows",
    "interval",
    "labelled_words",
    "plain",
    "read_gold",
    "recall_at",
    "reliability",
    "score",
    "sentence_rows",
    "verdicts",
    "word_rows",
]
