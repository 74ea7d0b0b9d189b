"""Where swaps are lost: what each one that was not restored lacked, on every kind of text measured.

    python benchmarks/losses.py --clean clean_dev.jsonl.xz --tortured export.csv --mythes th_en_US_v2.dat

The texts are those of `unseen.py` and `pages.py`, the spun seed and the hand-written passages. A swap is
*restored*, or *another wording* was put there; or nothing was done: because its words were *not doubted*,
because *no candidate* was right, because *another candidate* was judged likelier, or because the right one
was *too unsure*. Writes benchmarks/results/losses.json, as shares of the swaps.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from unseen import Example, first_sense, in_abstracts, kept_out, planted

import textrepair
from textrepair.bench.reach import reach
from textrepair.bench.score import Gold, changes_of, read_gold, score
from textrepair.bench.texts import case_gold, read_texts
from textrepair.reading import ask, look, read
from textrepair.rerank import DOUBTFUL
from textrepair.training.spinner import log_uniform, spin_text

ROOT = Path(__file__).parents[1]
FATES = ("restored", "another wording", "too unsure", "another candidate", "no candidate", "not doubted")
SYNONYMS = ("general", "terminology", "case")


def fates(repairer: textrepair.Repairer, text: str, gold: Sequence[Gold]) -> list[str]:
    """What became of each swap of a text."""
    repair = repairer.explain(text)
    doubts = look([read(text, repairer.lexicon, repairer.decision.document)], repairer.reranker)
    candidates = [candidate for candidate, _ in ask(doubts, repairer.reranker)[0]]
    return [_fate(text, g, repair, candidates, doubts[0].replaced) for g in gold]


def _fate(text: str, gold: Gold, repair: textrepair.Repair, candidates: Any, replaced: Any) -> str:
    def meets(x: Any) -> bool:
        return bool(x.start < gold.end and gold.start < x.end)

    made = [e for e in repair.edits if meets(e)]
    if score(text, changes_of(made), [gold]).restored:
        return "restored"
    if made:
        return "another wording"
    if reach(text, [gold], candidates).reached:
        held = sorted(filter(meets, repair.held), key=lambda h: -h.score)
        first = reach(text, [gold], [c for c in candidates for h in held[:1] if _same(c, h)])
        return "too unsure" if first.reached else "another candidate"
    doubted = [p for (start, end), p in replaced.items() if start < gold.end and gold.start < end]
    return "no candidate" if max(doubted, default=0) >= DOUBTFUL else "not doubted"


def _same(candidate: Any, held: Any) -> bool:
    return bool((candidate.start, candidate.end, candidate.after) == (held.start, held.end, held.after))


def cases(path: Path) -> list[Example]:
    """Texts of a case file, with their swaps."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    return [(line["text"], case_gold(line["text"], line["expect"])) for line in lines]


def main(
    clean: Annotated[Path, typer.Option(help="Clean texts: JSON lines with `text`, .xz.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")],
) -> None:
    """Measure, print, and write benchmarks/results/losses.json."""
    documents = [t.text for t in read_texts(clean)]
    repairer = textrepair.load(families=["synonyms"])
    forms = repairer.lexicon.forms
    terms = [term for term in kept_out(tortured) if term[1].lower() not in forms]
    short = [d for d in documents if 800 < len(d) < 2500]
    random.Random(9).shuffle(short)
    rng, channel = np.random.default_rng(3), first_sense(mythes)
    seed = (ROOT / "seeds/000_93fcc8338e17c8dc.txt").read_bytes().decode()
    pages = cases(ROOT / "benchmarks/data/pages.jsonl")
    examples: dict[str, list[Example]] = {
        "the seed's synonyms": [(seed, [*read_gold(ROOT / "benchmarks/data/seed_000.gold.jsonl")])],
        "abstracts spun by hand": pages,
        "hand-written passages": cases(ROOT / "tests/cases/synthetic.jsonl"),
        "planted, not in the lexicon": [
            example
            for phrase, example in planted(documents, tortured, random.Random(5))
            if phrase.lower() not in forms
        ],
        "one to three in an abstract": [*in_abstracts(documents, terms, random.Random(1))],
        "first-sense spinner": [
            (written, [Gold(g.start, g.end, g.accept, "general") for g in gold])
            for written, gold in (
                spin_text(text, channel, rng, log_uniform(rng, 0.15, 0.5)) for text in short[:60]
            )
        ],
    }
    result: dict[str, Any] = {"what": "what became of each swap, as shares of all", "fates": FATES}
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
