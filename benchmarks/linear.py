"""How the time a text takes grows with its length.

    python benchmarks/linear.py [--most 128000] [INPUT...]

Each input is doubled from 2,000 words up and repaired at every length, in a process of its own. Given are the
processor seconds, the most memory that the process took so far, and the exponent of time against length
(slope of the logarithms, least squares). Adds its rows to benchmarks/results/linear.json.
"""

from __future__ import annotations

import itertools
import json
import math
import multiprocessing
import random
import re
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.lexicon.entries import default_entries
from textrepair.models import find_model
from textrepair.training.channels import default_channels
from textrepair.training.spinner import spin_documents

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "linear.json"
CLEAN = HERE.parent / "tests" / "cases" / "negative.jsonl"
MODEL = "en_sci_sm"
FIRST = 2_000  # words
SENTENCE = (
    "Bosom peril is the most well-known harm in ladies, and colossal information helps to discover it early. "
)


def spun() -> Iterator[str]:
    """Clean passages spun one after another, in every round in another way."""
    clean = [json.loads(line)["text"] for line in CLEAN.read_text(encoding="utf8").splitlines()]
    return (row["text"] for row in spin_documents(itertools.cycle(clean), default_channels(), seed=5))


def listed() -> Iterator[str]:
    """Phrases of several words that the lexicon lists, in no order."""
    phrases = sorted({e.spun for e in default_entries() if " " in e.spun and e.pos != "REGEX"})
    random.Random(5).shuffle(phrases)
    return itertools.cycle(phrases)


# input → what it is made of, and what stands between
INPUTS: dict[str, tuple[Callable[[], Iterator[str]], str]] = {
    "spun": (spun, "\n\n"),
    "one line": (spun, " "),
    "one word": (lambda: itertools.repeat("sufferers"), " "),
    "one sentence": (lambda: itertools.repeat(SENTENCE.strip()), " "),
    "listed phrases": (listed, " "),
}


def words_of(name: str, most: int) -> list[str]:
    """So many words of an input, each with the white space behind it."""
    parts, between = INPUTS[name]
    words: list[str] = []
    for part in parts():
        words += re.findall(r"\S+\s*", part + between)
        if len(words) >= most:
            break
    return words[:most]


def measured(words: list[str]) -> dict[str, Any]:
    """The figures of the texts that these words begin with."""
    repairer = textrepair.load(MODEL)
    repairer.fix("".join(words[:200]))  # what is loaded at first use
    rows = []
    length = FIRST
    while length <= len(words):
        begun = time.process_time()
        repair = repairer.explain("".join(words[:length]))
        seconds = time.process_time() - begun
        row = {"words": length, "seconds": round(seconds, 2), "edits": len(repair.edits)}
        rows.append(row | {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024})
        length *= 2
    logs = [[math.log(row[of]) for row in rows] for of in ("words", "seconds")]
    return {"exponent": round(statistics.linear_regression(*logs).slope, 3), "lengths": rows}


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="INPUT...", help="By default all.")] = None,
    most: Annotated[int, typer.Option(help="Words of the longest text.")] = 128_000,
) -> None:
    """Measure and write."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in names or INPUTS:
            row = pool.apply(measured, (words_of(name, most),))
            print(f"{name:16}", row)
            stored = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"inputs": {}}
            made = circumstances(find_model(MODEL), textrepair.load(MODEL))
            stored = {
                "what": (__doc__ or "").split("\n")[0],
                **made,
                "inputs": stored["inputs"] | {name: row},
            }
            RESULTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
