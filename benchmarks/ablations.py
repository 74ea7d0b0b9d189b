"""What each part of the decision is worth: fitted again without it, measured on what was held out.

    python benchmarks/ablations.py CORPUS… --pairs … --tortured … --model DIR

Each row is fitted on three quarters of the examples; its threshold is the lowest at which at most one edit
is made in 10,000 words of clean passages. Reported there: recall and precision on held-out simulated spins
and on planted terms, and edits right and wrong on the spun seed. Writes benchmarks/results/ablations.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from textrepair.bench.circumstances import made_with
from textrepair.bench.score import changes_of, read_gold, score
from textrepair.edits import Edit
from textrepair.lexicon.lexicon import stack
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import encoding_features
from textrepair.pipeline.judgement import Decision, threshold_for
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.rerank import Reranker
from textrepair.texts import read_texts, refuse
from textrepair.training.calibrate import CORPUS_FEATURES, fit_candidates, fit_document
from textrepair.training.calibration_examples import calibration_examples
from textrepair.training.channels import default_channels, planted_channel, training_channels
from textrepair.training.evaluation import best_of_place, scores
from textrepair.training.examples import Example, Judged, judged, score_examples
from textrepair.training.harm import harm_curve
from textrepair.training.packed import pack
from textrepair.training.run import SPUN_FROM

ROOT = Path(__file__).parents[1]
HARM = 1.0
DOCUMENT = ("document", "document_margin", "elsewhere", "acronym", "doubts", "doubts_margin")
MODEL = (
    "margin",
    "certain",
    "kept",
    "share",
    "gap",
    "replaced",
    "document_margin",
    "doubts",
    "doubts_margin",
)
PHRASES = (
    "pairs_now",
    "pairs_gain",
    "triples_now",
    "triples_gain",
    "context_log_prob",
    "context_log_prob_now",
    *CORPUS_FEATURES,
)


@dataclass(frozen=True)
class Variant:
    """One row of the table: the candidates kept, the features left out, when documents count as spun.

    `by_words`: documents are judged by their words alone.
    """

    name: str
    keep: Callable[[Candidate], bool] = lambda candidate: True
    without: tuple[str, ...] = ()
    spun_from: float = SPUN_FROM
    by_words: bool = False


VARIANTS = (
    Variant("all of it"),
    Variant("lexicon only", keep=lambda x: bool(x.tier)),
    Variant("thesauri only", keep=lambda x: x.source == "reranker:thesaurus"),
    Variant("without terms of several words", keep=lambda x: x.source != "reranker:term"),
    Variant("without what the model names", keep=lambda x: x.source != "reranker:model"),
    Variant("without the language model", lambda x: x.source != "reranker:model", MODEL),
    Variant("without phrase counts", without=PHRASES),
    Variant("without what is weighed by use", without=CORPUS_FEATURES),
    Variant("without document evidence", without=DOCUMENT),
    Variant("documents judged by their words alone", by_words=True),
    Variant("one judgement for all documents", spun_from=0.0),
)


def measure(variant: Variant, rows: Sequence[Judged], examples: Sequence[Example]) -> dict[str, Any]:
    """Fit and measure one variant; the last example is the seed."""
    seed = len(examples) - 1
    kept = [
        replace(r, features={k: v for k, v in r.features.items() if k not in variant.without})
        for r in rows
        if variant.keep(r.candidate)
    ]
    held_out = np.array([r.tested or r.owner == seed for r in kept])
    spun, planted = fit_candidates(kept, held_out, variant.spun_from)
    # documents are judged already
    none = FeatureNetwork((), (), (), (), ())
    score_of = scores(kept, Decision(none, none, spun, planted, variant.spun_from, 0.5, ()))
    first = best_of_place(kept, score_of)
    clean = [k for k in range(seed) if not examples[k].gold]
    words = sum(len(examples[k].text.split()) for k in clean)
    on_clean = first & np.isin([r.owner for r in kept], clean)
    curve = harm_curve(score_of[on_clean], words)
    threshold = threshold_for(curve, HARM)
    of: dict[int, list[Edit]] = {}
    for k in np.flatnonzero(first & (score_of >= threshold)):
        of.setdefault(kept[k].owner, []).append(kept[k].candidate.edit(float(score_of[k])))
    test = [k for k in range(seed) if examples[k].tested and examples[k].gold]
    record: dict[str, Any] = {"variant": variant.name, "threshold": threshold}
    for name, side in (
        ("spun", [k for k in test if not examples[k].planted]),
        ("planted", [k for k in test if examples[k].planted]),
    ):
        total = reduce(
            add, (score(examples[k].text, changes_of(sorted(of.get(k, ()))), examples[k].gold) for k in side)
        )
        record |= {
            f"{name}_recall": round(total.recall, 4),
            f"{name}_precision": round(total.precision, 4),
        }
    gold = read_gold(ROOT / "benchmarks/data/seed_000.gold.jsonl")
    on_seed = score(examples[seed].text, changes_of(sorted(of.get(seed, ()))), gold)
    return record | {"seed_right": on_seed.right, "seed_wrong": on_seed.wrong}


def main(
    corpus: Annotated[list[Path], typer.Argument(help="The clean texts, in the order of the training.")],
    pairs: Annotated[Path, typer.Option(help="TSV of substitutions seen on real pages.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    model: Annotated[Path, typer.Option(help="Folder of the trained model.")],
    documents: Annotated[int, typer.Option(help="Documents to fit and measure on.")] = 300,
) -> None:
    """Measure every variant and write the table."""
    packed = pack([read_texts(path, refuse) for path in corpus])
    near, channels = default_channels(pairs, tortured), training_channels(pairs, tortured)
    examples = calibration_examples(packed, near, channels, planted_channel(tortured), documents)
    examples.append(Example((ROOT / "seeds/000_93fcc8338e17c8dc.txt").read_bytes().decode(), ()))
    lexicon, reranker = stack(()), Reranker(model)
    scored_examples = [*score_examples(examples, lexicon, reranker)]
    by_words = [one.document.word_features for one in scored_examples]
    as_seen = [encoding_features(one.document, one.replaced_probs) for one in scored_examples]
    rows, rows_by_words = (
        judged(examples, scored_examples, fit_document(examples[:-1], features[:-1])(features))
        for features in (as_seen, by_words)
    )
    result = {
        **made_with(model),
        "rows": [measure(v, rows_by_words if v.by_words else rows, examples) for v in VARIANTS],
    }
    text = json.dumps(result, indent=1)
    (ROOT / "benchmarks/results/ablations.json").write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    typer.run(main)
