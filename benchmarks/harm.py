"""Harm by field: edits of synonyms in clean documents that nothing was learnt from.

    python benchmarks/harm.py --corpus FILE.jsonl.xz ... [--words 20000] [--model en_sci_sm] [--seconds 200]

Each file holds JSON lines with `id` and `text`, and `field`; where that is missing the file's name is the
field. Measured are the documents that a split of the corpus holds out (`textrepair.training.split`), of each
field about `--words` words, or what there is; of `--all-of` files every document counts as held out. What
became of a document is kept in `--store`, so that a run can be stopped (`--seconds`) and go on; fields that
were not read whole are left out. Writes benchmarks/results/harm.json: figures only, never text.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from kept import kept

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.bench.compare import thresholds
from textrepair.bench.score import interval
from textrepair.bench.stored import code_hash
from textrepair.bench.texts import read_texts
from textrepair.models import find_model
from textrepair.training.split import is_held_out, share_of

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/harm.json"
STORE = ROOT / "build/bench/harm"
BATCH = 32  # documents read, and kept, at a time
FEWEST = 0.5  # of the words asked for, or a field tells too little
PER = 10_000  # words that harm is told for
NONE_SEEN = 3.0  # events that may be expected where none was seen (Hanley & Lippman-Hand 1983)
Keep = Callable[[str, Callable[[], Any]], Any]


@dataclass(frozen=True)
class Harmed:
    """A clean document: its words and edits; by ours, how likely it is spun, edits at other thresholds."""

    words: int
    edits: int
    spun: float = 0.0
    at: Sequence[int] = ()


def held_out(corpus: Iterable[Path], words: int, whole: Iterable[Path] = ()) -> dict[str, list[str]]:
    """Of each field documents of about so many words that are held out: those of the lowest hashes.

    Of the files in `whole` every document counts as held out.
    """
    fields: dict[str, list[tuple[float, str]]] = defaultdict(list)
    every = {*whole}
    for path in dict.fromkeys((*corpus, *every)):
        for read in read_texts(path):
            if path in every or is_held_out(read.id):
                field = read.domain or path.name.partition(".")[0]
                fields[field].append((share_of(f"harm {read.id}"), read.text))
    chosen: dict[str, list[str]] = {}
    for field, of_field in sorted(fields.items()):
        chosen[field], so_far = [], 0
        for _, text in sorted(of_field):
            if so_far >= words:
                break
            chosen[field].append(text)
            so_far += len(text.split())
        if so_far < FEWEST * words:
            del chosen[field]
    return chosen


def read(
    repairer: textrepair.Repairer, texts: Sequence[str], steps: Sequence[float], keep: Keep, until: float
) -> list[Harmed]:
    """What the repairer does to clean texts, as far as it comes in its time."""
    out = []
    for first in range(0, len(texts), BATCH):
        if time.monotonic() > until:
            break
        batch = texts[first : first + BATCH]

        def harmed(batch: Sequence[str] = batch) -> list[Any]:
            return [
                (len(r.source.split()), len(r.edits), r.spun, [len(r.at(s).edits) for s in steps])
                for r in repairer.pipe(batch)
            ]

        out += [Harmed(*row) for row in keep(json.dumps(batch), harmed)]
    return out


def per_words(some: Sequence[Harmed]) -> float:
    """Edits for every `PER` words."""
    return sum(h.edits for h in some) / max(1, sum(h.words for h in some)) * PER


def within(harmed: Sequence[Harmed]) -> tuple[float, float]:
    """The 95 % interval of that; by the rule of three where no edit was seen."""
    if any(h.edits for h in harmed):
        return interval(harmed, per_words)
    return 0.0, NONE_SEEN / max(1, sum(h.words for h in harmed)) * PER


def figures(harmed: Sequence[Harmed], line: float) -> dict[str, Any]:
    """The figures of clean documents together; from `line` on a document counts as spun."""
    return {
        "documents": len(harmed),
        "words": sum(h.words for h in harmed),
        "edits": sum(h.edits for h in harmed),
        "documents_touched": sum(h.edits > 0 for h in harmed),
        "documents_that_look_spun": sum(h.spun >= line for h in harmed),
        "per_10000_words": round(per_words(harmed), 3),
        "interval": [round(x, 3) for x in within(harmed)],
    }


def main(
    corpus: Annotated[list[Path], typer.Option(help="Files of clean documents.")],
    all_of: Annotated[list[Path] | None, typer.Option(help="Files that nothing was learnt from.")] = None,
    words: Annotated[int, typer.Option(help="Words of each field.")] = 20_000,
    model: Annotated[str, typer.Option(help="Model name or folder.")] = "en_sci_sm",
    seconds: Annotated[float, typer.Option(help="For how long to read.")] = float("inf"),
    store: Annotated[Path, typer.Option(help="Where what was read is kept.")] = STORE,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Measure, print, and write benchmarks/results/harm.json."""
    until = time.monotonic() + seconds
    repairer = textrepair.load(model, families=["synonyms"])
    line, steps = repairer.decision.spun_document_threshold, thresholds()
    known = circumstances(find_model(model), repairer)
    about = f"{known['weights_sha256']} {known['decision_sha256']} {code_hash()}"
    measured: dict[str, list[Harmed]] = {}
    for field, texts in held_out(corpus, words, all_of or ()).items():
        harmed = read(repairer, texts, steps, lambda key, make: kept(store, about + key, make), until)
        if len(harmed) == len(texts):
            measured[field] = harmed
            print(field, figures(harmed, line), flush=True)
    everything = [h for of_field in measured.values() for h in of_field]
    report = {
        "what": "edits of synonyms in clean documents that nothing was learnt from, by field",
        **known,
        "all": figures(everything, line),
        "fields": {field: figures(of_field, line) for field, of_field in measured.items()},
        "curve": [
            {"threshold": round(s, 4), "edits": sum(h.at[k] for h in everything)} for k, s in enumerate(steps)
        ],
    }
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
