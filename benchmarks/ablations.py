"""What each part of the decision is worth: fitted again without it, measured on what was held out.

    python benchmarks/ablations.py CORPUS… --pairs … --tortured … --model DIR

Each row is fitted on three quarters of the examples; its threshold is the
lowest at which held-out edits are right in 9 of 10 cases. Reported there: recall on held-out simulated
spins, edits per 10,000 words of held-out clean passages, and edits right and wrong on the spun seed.
Writes benchmarks/results/ablations.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from textrepair.bench.score import changes_of, read_gold, score
from textrepair.candidates import Candidate
from textrepair.decide import settle
from textrepair.edits import Edit, best_apart
from textrepair.lexicon.lexicon import stack
from textrepair.rerank import Reranker
from textrepair.training import calibrate as c
from textrepair.training.channels import default_channels, planted_channel
from textrepair.training.packed import pack
from textrepair.training.run import calibration_examples
from textrepair.training.texts import read_texts, refuse

ROOT = Path(__file__).parents[1]
GATE = 0.5
PRECISION = 0.9
DOCUMENT = ("document", "document_margin", "elsewhere", "acronym", "doubts", "doubts_margin")
MODEL = ("margin", "certain", "kept", "gap", "document_margin", "doubts", "doubts_margin")
PHRASES = ("pairs_now", "pairs_gain", "triples_now", "triples_gain")


@dataclass(frozen=True)
class Variant:
    """One row of the table: the candidates kept, the facts left out, the gate."""

    name: str
    keep: Callable[[Candidate], bool] = lambda candidate: True
    without: tuple[str, ...] = ()
    gate: float = GATE


VARIANTS = (
    Variant("all of it"),
    Variant("lexicon only", keep=lambda x: bool(x.tier)),
    Variant("thesauri only", keep=lambda x: x.origin == "reranker:thesaurus"),
    Variant("without terms of several words", keep=lambda x: x.origin != "reranker:term"),
    Variant("without the language model", without=MODEL),
    Variant("without phrase counts", without=PHRASES),
    Variant("without document evidence", without=DOCUMENT),
    Variant("without the gate", gate=0.0),
)


def measure(variant: Variant, rows: Sequence[c.Judged], examples: Sequence[c.Example]) -> dict[str, Any]:
    """Fit and measure one variant; the last example is the seed."""
    kept = [r for r in rows if variant.keep(r.candidate)]
    facts = [{k: v for k, v in r.facts.items() if k not in variant.without} for r in kept]
    held_out = [r.owner // c.EXCERPTS % 4 == 0 for r in kept]
    seed = len(examples) - 1
    train = [k for k, r in enumerate(kept) if not held_out[k] and r.owner != seed]
    network = c.fit([facts[k] for k in train], [kept[k].right for k in train], hidden=c.HIDDEN)
    chances = network(facts)
    of: dict[int, list[Edit]] = {}
    for r, p in zip(kept, chances, strict=True):
        x = r.candidate
        edit = Edit(x.start, x.end, x.before, x.after, x.kind, settle(p, x.tier), x.origin)
        of.setdefault(r.owner, []).append(edit)
    test = [k for k in range(seed) if k // c.EXCERPTS % 4 == 0]
    for threshold in np.arange(0.2, 0.99, 0.02):
        made = {k: best_apart(e for e in of.get(k, ()) if e.score >= threshold) for k in (*test, seed)}
        scores = [score(examples[k].text, changes_of(made[k]), examples[k].gold) for k in test]
        right, wrong = sum(s.right for s in scores), sum(s.wrong for s in scores)
        if right >= PRECISION * (right + wrong):
            break
    clean = [k for k in test if not examples[k].gold]
    words = sum(len(examples[k].text.split()) for k in clean)
    on_seed = score(
        examples[seed].text, changes_of(made[seed]), read_gold(ROOT / "benchmarks/data/seed_000.gold.jsonl")
    )
    return {
        "variant": variant.name,
        "threshold": round(float(threshold), 2),
        "recall": round(sum(s.restored for s in scores) / max(1, sum(s.gold for s in scores)), 4),
        "precision": round(right / max(1, right + wrong), 4),
        "harm_per_10000_words": round(sum(len(made[k]) for k in clean) / words * 1e4, 3),
        "seed_right": on_seed.right,
        "seed_wrong": on_seed.wrong,
    }


def main(
    corpus: Annotated[list[Path], typer.Argument(help="The clean texts, in the order of the training.")],
    pairs: Annotated[Path, typer.Option(help="TSV of substitutions seen on real pages.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    model: Annotated[Path, typer.Option(help="Folder of the trained model.")],
    documents: Annotated[int, typer.Option(help="Documents to fit and measure on.")] = 300,
) -> None:
    """Measure every variant and write the table."""
    packed = pack([read_texts(path, refuse) for path in corpus])
    channels = default_channels(pairs, tortured)
    examples = calibration_examples(packed, channels, planted_channel(tortured), documents)
    examples.append(c.Example((ROOT / "seeds/000_93fcc8338e17c8dc.txt").read_bytes().decode(), ()))
    lexicon, reranker = stack(()), Reranker(model)
    document = c.fit_document(examples[:-1], c.document_rows(examples[:-1], lexicon))
    rows = {
        gate: c.gather(examples, lexicon, reranker, document, gate) for gate in {v.gate for v in VARIANTS}
    }
    result = [measure(v, rows[v.gate], examples) for v in VARIANTS]
    text = json.dumps(result, indent=1)
    (ROOT / "benchmarks/results/ablations.json").write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    typer.run(main)
