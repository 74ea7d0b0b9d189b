"""Where swaps are lost: what each one that was not restored lacked, on every kind of text measured.

    python benchmarks/losses.py --clean clean_dev.jsonl.xz --tortured export.csv --mythes th_en_US_v2.dat

The texts are those of `unseen.py` and `pages.py`, the spun seed and the hand-written passages. A swap is
*restored*, or *another wording* was put there; or nothing was done: because its words were *not doubted*,
because *no candidate* was right, because *another candidate* was judged likelier, or because the right one
was *too unsure*. Writes benchmarks/results/losses.json, as shares of the swaps.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from unseen import Example, meet, unseen_texts

import textrepair
from textrepair.bench.candidate_recall import candidate_recall
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Gold, changes_of, read_gold, score
from textrepair.bench.texts import read_texts
from textrepair.models import find_model
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import detect, read_document
from textrepair.pipeline.score import score_candidates
from textrepair.rerank import DOUBTFUL

ROOT = Path(__file__).parents[1]
FATES = ("restored", "another wording", "too unsure", "another candidate", "no candidate", "not doubted")
SYNONYMS = ("general", "terminology", "case")
Replaced = Mapping[tuple[int, int], float]  # offsets of a word, and how likely it was replaced


def fates(repairer: textrepair.Repairer, text: str, gold: Sequence[Gold]) -> list[str]:
    """What became of each swap of a text."""
    repair = repairer.explain(text)
    detected = detect(
        [read_document(text, repairer.lexicon, repairer.decision.document_by_words)], repairer.reranker
    )
    candidates = [candidate for candidate, _ in score_candidates(detected, repairer.reranker)[0]]
    return [_fate(text, g, repair, candidates, detected[0].replaced_probs) for g in gold]


def _fate(
    text: str, gold: Gold, repair: textrepair.Repair, candidates: Sequence[Candidate], replaced: Replaced
) -> str:
    made = [e for e in repair.edits if meet(e, gold)]
    if score(text, changes_of(made), [gold]).restored:
        return "restored"
    if made:
        return "another wording"
    if candidate_recall(text, [gold], candidates).reached:
        held = sorted((h for h in repair.held if meet(h, gold)), key=lambda h: -h.score)
        likeliest = {(h.start, h.end, h.after) for h in held[:1]}
        first = candidate_recall(
            text, [gold], [c for c in candidates if (c.start, c.end, c.after) in likeliest]
        )
        return "too unsure" if first.reached else "another candidate"
    doubted = [p for (start, end), p in replaced.items() if start < gold.end and gold.start < end]
    return "no candidate" if max(doubted, default=0) >= DOUBTFUL else "not doubted"


def main(
    clean: Annotated[Path, typer.Option(help="Clean texts: JSON lines with `text`, .xz.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")],
) -> None:
    """Measure, print, and write benchmarks/results/losses.json."""
    documents = [t.text for t in read_texts(clean)]
    repairer = textrepair.load(families=["synonyms"])
    seed = (ROOT / "seeds/000_93fcc8338e17c8dc.txt").read_bytes().decode()
    by_hand = {
        "abstracts spun by hand": ROOT / "benchmarks/data/pages.jsonl",
        "hand-written passages": ROOT / "tests/cases/synthetic.jsonl",
    }
    examples: dict[str, list[Example]] = {
        "the seed's synonyms": [(seed, read_gold(ROOT / "benchmarks/data/seed_000.gold.jsonl"))],
        **{
            name: [(t.text, [*(t.gold or ())]) for t in read_texts(path, spun=True)]
            for name, path in by_hand.items()
        },
        **unseen_texts(documents, tortured, mythes, repairer.lexicon.forms),
    }
    result: dict[str, Any] = {
        **made_with(find_model("en_sci_sm")),
        "what": "what became of each swap, as shares of all",
        "fates": FATES,
    }
    for name, some in examples.items():
        asked = [(text, [g for g in gold if g.accept and g.kind in SYNONYMS]) for text, gold in some]
        counts = Counter(fate for text, gold in asked for fate in fates(repairer, text, gold))
        result[name] = {"swaps": counts.total()} | {
            fate: round(counts[fate] / counts.total(), 3) for fate in FATES
        }
        print(name, result[name])
    text = json.dumps(result, indent=1)
    (ROOT / "benchmarks/results/losses.json").write_text(text + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
