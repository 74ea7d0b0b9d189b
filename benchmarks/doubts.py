"""How many replaced words a model tells from others, by what replaced them.

    python benchmarks/doubts.py --clean clean_dev.jsonl.xz --tortured export.csv --pairs pairs.tsv \\
        --mythes th_en_US_v2.dat [--model FOLDER]...

*Published terms* are those kept out of training, each planted in up to three clean excerpts (see
`unseen.py`); their words are told apart by how likely the near simulated spinners make the same swap. *First
sense* is the spinner of `unseen.py`, at 15 %. Given is the share of replaced words (of terms: of those with
any such word) that are doubted more than all but 3 in 100,000, 1 in 10,000, ... of the words of clean texts
and of those beside the terms. Writes benchmarks/results/doubts.json, one entry for each model.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from unseen import Example, first_sense, planted

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Gold
from textrepair.bench.texts import read_texts
from textrepair.models import find_model, weights_sha256
from textrepair.pipeline.detect import detect, read_document
from textrepair.training.channels import default_channels
from textrepair.training.spinner import Channel, spin_text, words_of

RESULTS = Path(__file__).parent / "results/doubts.json"
TEXTS, CHARACTERS, RATE = 100, 2500, 0.15
FALSE_ALARMS = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)
CHANCES = ((0.0, "made by no simulated spinner"), (0.05, "made seldom"), (1.0, "made often"))
Replaced = dict[tuple[int, int], float]  # offsets of a word → how likely another one stood there


def chance(channels: list[tuple[float, Channel]], canonical: str, spun: str) -> float:
    """How likely the simulated spinners put `spun` for the single word `canonical`."""
    total = 0.0
    for share, channel in channels:
        for words, forms, up_to in channel.phrases.get(canonical, ()):
            if words == (canonical,):
                chances = zip(forms, np.diff(up_to, prepend=0), strict=True)
                total += share * sum(p for form, p in chances if form == (spun,))
    return total / sum(share for share, _ in channels)


def by_chance(
    text: str, gold: Gold, replaced: Replaced, channels: list[tuple[float, Channel]]
) -> Iterator[tuple[str, float]]:
    """(how often such a swap is made, how likely it is one) for each word of a term that has a pair."""
    before, after = words_of((gold.accept or ("",))[0]), words_of(text[gold.start : gold.end])
    own = [p for (start, end), p in sorted(replaced.items()) if start < gold.end and gold.start < end]
    if len(before) == len(after) == len(own):
        for canonical, spun, p in zip(before, after, own, strict=True):
            if canonical != spun and canonical.isalpha():
                made = chance(channels, canonical, spun)
                yield next(name for most, name in CHANCES if made <= most), p


def measure(
    model: str, kinds: dict[str, list[Example]], channels: list[tuple[float, Channel]]
) -> dict[str, Any]:
    """The shares found of each kind, at each rate of false alarms."""
    repairer = textrepair.load(model)
    found: dict[str, list[float]] = defaultdict(list)
    others: list[float] = []
    for kind, examples in kinds.items():
        for text, gold in examples:
            [detected] = detect([read_document(text, repairer.lexicon, None)], repairer.reranker)
            if kind in ("clean", "published terms"):
                others += [
                    p
                    for (start, end), p in detected.replaced_probs.items()
                    if not any(start < g.end and g.start < end for g in gold)
                ]
            for g in gold:
                own = [
                    p
                    for (start, end), p in detected.replaced_probs.items()
                    if start < g.end and g.start < end
                ]
                found[kind].append(max(own, default=0.0))
                if kind == "published terms":
                    for name, p in by_chance(text, g, detected.replaced_probs, channels):
                        found[f"words of them, {name}"].append(p)
    falling = np.sort(others)[::-1]
    lines = [falling[int(f * len(falling))] for f in FALSE_ALARMS]
    return {
        "weights": weights_sha256(find_model(model))[:8],
        "other_words": len(others),
        "replaced": {kind: len(ps) for kind, ps in found.items()},
        "found": {
            kind: [round(float(np.mean(np.array(ps) > at)), 3) for at in lines] for kind, ps in found.items()
        },
    }


def main(
    clean: Annotated[Path, typer.Option(help="Clean texts: JSON lines with `text`, .xz.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    pairs: Annotated[Path, typer.Option(help="TSV of swaps seen on real pages: spun, original, kind.")],
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")],
    model: Annotated[list[str] | None, typer.Option(help="Built-in models or model folders.")] = None,
) -> None:
    """Measure, print, and write benchmarks/results/doubts.json."""
    documents = [t.text for t in read_texts(clean)]
    long = [d[:CHARACTERS] for d in documents if len(d) > 1500]
    terms = {
        text: gold
        for seed in (5, 6, 7)
        for _, (text, gold) in planted(documents, tortured, random.Random(seed))
    }
    rng, channel = np.random.default_rng(5), first_sense(mythes)
    kinds: dict[str, list[Example]] = {
        "clean": [(d, []) for d in random.Random(4).sample(long, TEXTS)],
        "published terms": list(terms.items()),
        "first sense": [spin_text(d, channel, rng, RATE) for d in random.Random(2).sample(long, TEXTS)],
    }
    channels = default_channels(pairs, tortured)
    rows = [measure(m, kinds, channels) for m in model or ["en_sci_sm"]]
    made = made_with(find_model("en_sci_sm")) | {"decision_sha256": None}  # doubts are the weights' alone
    text = json.dumps({**made, "false_alarms": FALSE_ALARMS, "models": rows}, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    typer.run(main)
