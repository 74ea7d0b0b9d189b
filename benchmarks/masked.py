"""What reading in place is worth: the same weights, asked in one pass or behind masks.

    python benchmarks/masked.py

On the spun seed and on hand-written spun passages each scorer sees the same listed candidates, on one thread.
Reported: the area under the curve of its margin (log probability of the candidate less that of what
stands) between right candidates and wrong ones; of the places where a right candidate is listed, the share
where it is the scorer's favourite, and where that favourite also beats what stands; of the other places, the
share where some candidate beats it. Writes benchmarks/results/masked.json.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sklearn.metrics import roc_auc_score

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Gold, read_gold
from textrepair.bench.texts import read_texts
from textrepair.models import find_model
from textrepair.pipeline.detect import DetectedDocument, detect, read_document
from textrepair.rerank import MaskedReranker, Scorer, ScoringRequest, ToEncode
from textrepair.training.examples import is_right

ROOT = Path(__file__).parents[1]


def measure(
    scorer: Scorer, detected: Sequence[DetectedDocument], golds: Sequence[tuple[Gold, ...]]
) -> dict[str, Any]:
    """One row of the table."""
    begun = time.process_time()
    encodings = scorer.encode(
        [ToEncode(d.document.seg.text, [(c.start, c.end) for c in d.candidates]) for d in detected]
    )
    answers = scorer.score_candidates(
        [ScoringRequest(encoding, d.candidates, ()) for encoding, d in zip(encodings, detected, strict=True)]
    )
    seconds = time.process_time() - begun
    margins, labels = [], []
    reachable = favourite = beats = others = doubted = 0
    for d, gold, (evidence, _) in zip(detected, golds, answers, strict=True):
        text = d.document.seg.text
        scored = [pair for pair in zip(d.candidates, evidence, strict=True) if pair[1].pieces]
        scored.sort(key=lambda pair: (pair[0].start, pair[0].end))
        for _, here in itertools.groupby(scored, key=lambda pair: (pair[0].start, pair[0].end)):
            rows = [(e.target - e.keep, e.target, is_right(text, gold, c)) for c, e in here]
            margins += [margin for margin, _, _ in rows]
            labels += [right for *_, right in rows]
            margin, _, right = max(rows, key=lambda row: row[1])
            if any(right for *_, right in rows):
                reachable, favourite, beats = reachable + 1, favourite + right, beats + (right and margin > 0)
            else:
                others, doubted = others + 1, doubted + (margin > 0)
    words = sum(len(d.document.seg.words) for d in detected)
    return {
        "auc": round(float(roc_auc_score(labels, margins)), 4),
        "reachable": reachable,
        "favourite": round(favourite / reachable, 4),
        "favourite_beats": round(beats / reachable, 4),
        "others": others,
        "others_beaten": round(doubted / others, 4),
        "words_a_second": round(words / seconds, 1),
    }


def main(passages: Annotated[int, typer.Option(help="Hand-written passages, beside the seed.")] = 40) -> None:
    """Measure both scorers and write the table."""
    import torch

    torch.set_num_threads(1)
    repairer = textrepair.load()
    seed = (ROOT / "seeds/000_93fcc8338e17c8dc.txt").read_bytes().decode()
    texts = [(seed, tuple(read_gold(ROOT / "benchmarks/data/seed_000.gold.jsonl")))]
    spun = itertools.islice(read_texts(ROOT / "tests/cases/synthetic.jsonl", spun=True), passages)
    texts += [(t.text, t.gold or ()) for t in spun]
    documents = [
        read_document(text, repairer.lexicon, repairer.decision.document_by_words) for text, _ in texts
    ]
    detected, golds = detect(documents, repairer.reranker), [gold for _, gold in texts]
    scorers = {"in place": repairer.reranker, "masked": MaskedReranker(str(find_model("en_sci_sm")))}
    result = made_with(find_model("en_sci_sm")) | {
        name: measure(scorer, detected, golds) for name, scorer in scorers.items()
    }
    text = json.dumps(result, indent=1)
    (ROOT / "benchmarks/results/masked.json").write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    typer.run(main)
