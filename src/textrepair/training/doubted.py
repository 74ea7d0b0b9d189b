"""Fit what the larger model of a pair makes of doubted candidates in documents that look clean.

Clean excerpts, and clean ones in which a few terms were planted, are read by the smaller model; of the
candidates that it doubts the larger one says what it does in use (`textrepair.pipeline.doubted`), and a small
network learns which of them are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sklearn.metrics import average_precision_score

from textrepair.lexicon.lexicon import stack
from textrepair.models import write_manifest
from textrepair.pipeline.detect import detect, read_document
from textrepair.pipeline.doubted import doubted, rows_by_large, said_by_large
from textrepair.pipeline.places import ALONE
from textrepair.pipeline.repair import Repairer
from textrepair.pipeline.score import score_candidates
from textrepair.pipeline.shortlist import choose, judge
from textrepair.settings import Settings
from textrepair.training.calibrate import fit
from textrepair.training.examples import BATCH_EXAMPLES, CLEAN_COUNTS, PLANTED_COUNTS, Example, is_right

DOUBTED_IN = 300  # spared documents, whose excerpts are read
FITTED_FROM = 0.05  # probability of a candidate from which it is learnt from; more of them are wrong
UNITS = 12
FEWEST = 50  # candidates, of right and of wrong ones, to learn from


class DoubtedRow(NamedTuple):
    """The features of a doubted candidate, whether it is right, what it counts, whether it is measured on."""

    features: dict[str, float]
    right: bool
    counts: float
    tested: bool


def fit_doubted(
    folder: Path, examples: Sequence[Example], tell: Callable[[int], None] = lambda done: None
) -> dict[str, float]:
    """Fit the judgement of doubted candidates of the larger model in a folder, and write it.

    Those of every fourth document are only measured on. Returns the number of candidates, and their average
    precision there by what the smaller model says alone, and by both; where too few are right or wrong
    nothing is fitted. `tell` hears how many examples are read.
    """
    repairer = Repairer(folder, stack(()), Settings(families=("synonyms",)))
    rows = [*_rows(repairer, [ex for ex in examples if ex.planted or not ex.gold], tell)]
    known = [row for row in rows if not row.tested]
    if min(sum(row.right is value for row in known) for value in (True, False)) < FEWEST:
        return {"doubted": len(rows)}
    network = fit(
        [row.features for row in known],
        [row.right for row in known],
        [row.counts for row in known],
        hidden=UNITS,
    )
    replace(repairer.decision, candidate_by_large=network).write(folder / "decision.json")
    write_manifest(folder)
    tested = [row for row in rows if row.tested]
    right, counts = [row.right for row in tested], [row.counts for row in tested]
    said = {
        "doubted_precision_alone": [row.features[ALONE] for row in tested],
        "doubted_precision": network([row.features for row in tested]),
    }
    return {"doubted": len(rows)} | {
        name: round(float(average_precision_score(right, scores, sample_weight=counts)), 4)
        for name, scores in said.items()
    }


def _rows(
    repairer: Repairer, examples: Sequence[Example], tell: Callable[[int], None]
) -> Iterator[DoubtedRow]:
    of_document, large = repairer.decision.document_by_words, repairer.large
    assert large
    for first in range(0, len(examples), BATCH_EXAMPLES):
        some = examples[first : first + BATCH_EXAMPLES]
        documents = [read_document(ex.text, repairer.lexicon, of_document) for ex in some]
        found = detect(documents, repairer.reranker, judge=repairer.decision.document_by_encoding)
        for ex, d, scored in zip(some, found, score_candidates(found, repairer.reranker), strict=True):
            decision = repairer.decision.for_length(len(d.document.seg.words))
            if decision.looks_spun(d.document.spun_prob):
                continue
            chosen = choose(decision, d, scored, repairer.reranker)
            chances = judge(decision, chosen, d.document).candidates
            numbers = doubted(chosen, chances, FITTED_FROM)
            asked = said_by_large([chosen[n] for n in numbers], d.document, large)
            rows = rows_by_large(asked, [chances[n] for n in numbers], d.document)
            counts = PLANTED_COUNTS if ex.planted else CLEAN_COUNTS
            for s, row in zip(asked, rows, strict=True):
                yield DoubtedRow(row, is_right(ex.text, ex.gold, s.candidate), counts, ex.tested)
        tell(first + len(some))
