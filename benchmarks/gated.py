"""What a document that the gate keeps from the model costs, beside a blank spaCy tokenizer.

    python benchmarks/gated.py CLEAN.jsonl.xz [--documents 160]

Clean documents are read a few at a time, by spaCy and by textrepair in turn, in processor seconds of one
process with one thread, after a warm-up on others; those that the model reads for a listed phrase are left
out. Given are the ratio over all of them, and of its parts. Writes benchmarks/results/gated.json.
"""

from __future__ import annotations

import json
import lzma
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import spacy
import typer

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.edits import splice
from textrepair.machine import uncollected
from textrepair.models import find_model

HERE = Path(__file__).parent
MODEL = "en_sci_sm"
A_TURN = 8  # documents


def main(
    clean: Annotated[Path, typer.Argument(metavar="CLEAN.jsonl.xz", help="Clean documents.")],
    documents: Annotated[int, typer.Option(help="Documents measured; as many warm up.")] = 160,
) -> None:
    """Measure and write."""
    with lzma.open(clean, "rt", encoding="utf8") as file:
        texts = [json.loads(line)["text"] for line in file]
    texts = texts[:: max(1, len(texts) // (2 * documents))]
    repairer, blank = textrepair.load(MODEL, gate=1.0), spacy.blank("en")
    damage, read = repairer._damage, repairer._read

    def gated(text: str) -> bool:
        return not read(splice(text, damage(text).edits), 1.0).to_encode

    warm, fresh = texts[0::2], texts[1::2]
    of_warm = [t for t in warm if gated(t)]
    list(blank.pipe(warm))
    list(repairer.pipe(of_warm))
    jobs: dict[str, Callable[[Sequence[str]], object]] = {
        "spacy": lambda some: list(blank.pipe(some)),
        "all": lambda some: list(repairer.pipe(some, batch_size=A_TURN)),
        "damage": lambda some: [damage(t) for t in some],
        "reading": lambda some: [read(t, 1.0) for t in some],
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    words = 0
    for k in range(0, len(fresh), A_TURN):
        some = fresh[k : k + A_TURN]
        turn = {}
        for name, job in jobs.items():  # all of it first: nothing of these documents is known then
            with uncollected():
                begun = time.process_time()
                job(some)
                turn[name] = time.process_time() - begun
        if all(map(gated, some)):
            words += sum(len(t.split()) for t in some)
            for name, of_turn in turn.items():
                seconds[name].append(of_turn)
    times = {
        name: round(sum(of) / sum(seconds["spacy"]), 2) for name, of in seconds.items() if name != "spacy"
    }
    median = statistics.median(a / s for a, s in zip(seconds["all"], seconds["spacy"], strict=True))
    report: dict[str, Any] = {
        "what": (__doc__ or "").split("\n")[0],
        **circumstances(find_model(MODEL), repairer),
        "words": words,
        "documents": A_TURN * len(seconds["all"]),
        "load": os.getloadavg(),
        "spacy_words_a_second": round(words / sum(seconds["spacy"])),
        "words_a_second": round(words / sum(seconds["all"])),
        "times_spacy": times,
        "median_times_spacy": round(median, 2),
    }
    print(json.dumps(report, indent=1))
    (HERE / "results" / "gated.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
