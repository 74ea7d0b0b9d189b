"""Measure on sixteen whole abstracts, spun by hand for this project, by how much of each was swapped.

    python benchmarks/pages.py

`benchmarks/data/pages.jsonl` holds the spun texts and their swaps: six are heavily spun (37 % of content
words), six moderately (14 %), four lightly (five or six swaps), in biomedicine, computing, physics,
materials, engineering, ecology and education; nothing was fitted to them. One answer is accepted for each
swap, the original one, so that as good a synonym counts as wrong. What the originals lose is harm. Writes
benchmarks/results/pages.json.
"""

from __future__ import annotations

import json
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import typer

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import changes_of, score
from textrepair.bench.texts import read_texts
from textrepair.edits import Edit, splice
from textrepair.models import find_model

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure, print, and write benchmarks/results/pages.json."""
    path = ROOT / "benchmarks/data/pages.jsonl"
    pages = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    golds = [t.gold or () for t in read_texts(path, spun=True)]
    originals = [
        splice(
            page["text"],
            [
                Edit(g.start, g.end, page["text"][g.start : g.end], original, "wording", 1.0, "gold")
                for g, (_, original) in zip(gold, page["expect"], strict=True)
            ],
        )
        for page, gold in zip(pages, golds, strict=True)
    ]
    repairer = textrepair.load(families=["synonyms"])
    repairs = list(repairer.pipe(page["text"] for page in pages))
    totals = [
        score(page["text"], changes_of(repair.edits), gold)
        for page, repair, gold in zip(pages, repairs, golds, strict=True)
    ]
    result: dict[str, Any] = {
        **made_with(find_model("en_sci_sm")),
        "what": "sixteen abstracts spun by hand, by how much of them is swapped; one answer accepted a swap",
        "threshold": repairer.decision.threshold,
        "edits of the originals": sum(len(r.edits) for r in repairer.pipe(originals)),
    }
    for level in dict.fromkeys(page["level"] for page in pages):
        of_level = [k for k, page in enumerate(pages) if page["level"] == level]
        total = reduce(add, (totals[k] for k in of_level))
        result[level] = {
            "texts": len(of_level),
            "swaps": total.gold,
            "restored": total.restored,
            "touched": total.touched,
            "wrong": total.wrong,
            "recall": round(total.recall, 3),
            "precision": round(total.precision, 3),
        }
    result["texts"] = [
        {"field": page["field"], "level": page["level"], "spun": repair.spun, "swaps": total.gold,
         "restored": total.restored, "wrong": total.wrong}
        for page, repair, total in zip(pages, repairs, totals, strict=True)
    ]  # fmt: skip
    text = json.dumps(result, indent=1)
    (ROOT / "benchmarks/results/pages.json").write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    typer.run(main)
