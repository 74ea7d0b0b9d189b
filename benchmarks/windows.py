"""How many replaced words a model tells from others, by the length of the windows it reads a text in.

    python benchmarks/windows.py clean_dev.jsonl.xz LENGTH... [--model FOLDER]

The first 2,500 characters of 300 clean texts, every other one with a few terms tortured, the rest spun at
15 %, are read in windows of so many pieces. Given is the share of replaced words that are doubted more than
all but 1 in 10,000, 3 in 10,000, ... of the others. Adds its rows to benchmarks/results/windows.json.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import numpy as np
import typer

import textrepair
from textrepair.bench.score import Gold
from textrepair.bench.texts import read_texts
from textrepair.files import sha256
from textrepair.models import find_model
from textrepair.pipeline.detect import detect, read_document
from textrepair.training.channels import default_channels
from textrepair.training.spinner import plant, spin_text

RESULTS = Path(__file__).parent / "results/windows.json"
TEXTS, CHARACTERS, RATE = 300, 2500, 0.15
FALSE_ALARMS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)


def found(repairer: textrepair.Repairer, texts: Sequence[tuple[str, list[Gold]]]) -> list[float]:
    """The share of replaced words found at each rate of false alarms."""
    replaced, others = [], []
    for text, gold in texts:
        [detected] = detect(
            [read_document(text, repairer.lexicon, repairer.decision.document_by_words)], repairer.reranker
        )
        inside = {
            span: any(span[0] < g.end and g.start < span[1] for g in gold) for span in detected.replaced_probs
        }
        others += [p for span, p in detected.replaced_probs.items() if not inside[span]]
        for g in gold:
            own = [
                p for (start, end), p in detected.replaced_probs.items() if start < g.end and g.start < end
            ]
            replaced.append(max(own, default=0.0))
    falling = np.sort(others)[::-1]
    return [round(float(np.mean(replaced > falling[int(f * len(falling))])), 3) for f in FALSE_ALARMS]


def main(
    clean: Annotated[Path, typer.Argument(help="Clean texts: JSON lines with `text`, .xz.")],
    lengths: Annotated[list[int], typer.Argument(help="Pieces of a window.")],
    model: Annotated[str, typer.Option(help="Built-in model or model folder.")] = "en_sci_sm",
) -> None:
    """Measure, print, and add to benchmarks/results/windows.json."""
    documents = [t.text for t in read_texts(clean) if len(t.text) > 1500]
    channel = default_channels()[1][1]
    rng = np.random.default_rng(5)
    planted, spun = [], []
    for k, text in enumerate(random.Random(2).sample(documents, TEXTS)):
        if k % 2:
            planted.append(plant(text[:CHARACTERS], channel, rng))
        else:
            spun.append(spin_text(text[:CHARACTERS], channel, rng, RATE))
    repairer = textrepair.load(model)
    rows = json.loads(RESULTS.read_text(encoding="utf8"))["rows"] if RESULTS.exists() else []
    for length in lengths:
        with patch("textrepair.rerank.in_place.WINDOW", length):
            for kind, texts in (("planted", planted), ("spun", spun)):
                row = {
                    "weights": sha256(find_model(model) / "model.safetensors")[:8],
                    "window": length,
                    "texts": kind,
                    "replaced": sum(len(gold) for _, gold in texts),
                    "found": found(repairer, texts),
                }
                print(json.dumps(row))
                rows.append(row)
    result = {"false_alarms": FALSE_ALARMS, "rows": rows}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
