"""How quality depends on how densely a text is spun, by simulated spinners seen in training and not.

    python benchmarks/spin_rates.py [--mythes th_en_US_v2.dat] [--seconds 200]

The originals of the abstracts spun by hand (`benchmarks/data/pages.jsonl`) are spun at each rate anew: by
the channels that training used, as `textrepair spin` does it, and by the first-sense spinner of `unseen.py`,
which no channel is like. One answer is accepted for each swap, the original. What became of a text is kept in
`--store`, so that a run can be stopped and go on. Writes benchmarks/results/spin_rates.json.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from kept import kept
from unseen import first_sense

import textrepair
from textrepair.bench.check import original
from textrepair.bench.circumstances import circumstances
from textrepair.bench.pages import Page, measure_changes
from textrepair.bench.score import Change, Gold, changes_of, interval
from textrepair.bench.stored import code_hash
from textrepair.bench.tally import STATISTICS, tally
from textrepair.bench.texts import read_texts
from textrepair.models import find_model
from textrepair.training.channels import default_channels
from textrepair.training.spinner import Channel, spin_documents, spin_text

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/spin_rates.json"
MYTHES = Path("/usr/share/mythes/th_en_US_v2.dat")  # Debian: mythes-en-us
STORE = ROOT / "build/bench/spin_rates"
RATES = (0.02, 0.05, 0.1, 0.2, 0.4)
ANEW = {0.02: 2}  # times that each text is spun at the lowest rate, or there are too few swaps
NAMES = {"recall": "recall", "precision": "precision", "words_recall_at_0.9": "told"}


def seen(texts: list[str], rate: float) -> Iterator[tuple[str, list[Gold]]]:
    """The texts as the channels of training spin them, and what was swapped."""
    for seed in range(ANEW.get(rate, 1)):
        for spun in spin_documents(texts, default_channels(), seed=seed + 1, rate=rate):
            gold = spun["gold"]
            yield spun["text"], [Gold(g["start"], g["end"], tuple(g["accept"]), g["kind"]) for g in gold]


def by(channel: Channel, texts: list[str], rate: float) -> Iterator[tuple[str, list[Gold]]]:
    """The texts as one channel spins them, and what was swapped."""
    for seed in range(ANEW.get(rate, 1)):
        for number, text in enumerate(texts):
            yield spin_text(text, channel, np.random.default_rng((seed, number)), rate)


def figures(pages: list[Page], made: list[dict[str, Any]], rate: float, line: float) -> dict[str, Any]:
    """The figures at one rate; from `line` on a document counts as spun."""
    measured = [
        measure_changes(p, [Change(*c) for c in m["changes"]], [tuple(t) for t in m["told"]])
        for p, m in zip(pages, made, strict=True)
    ]
    told = tally(measured)
    swapped = sum(row.label for m in measured for row in m.words)
    return {
        "rate": rate,
        "texts": len(pages),
        "words": told["words"],
        "swapped": round(swapped / told["words"], 4),
        "swaps": told["swaps"],
        "recall": told["recall"],
        "precision": told["precision"],
        "told": told["detection"]["words"]["recall_at_0.9"],
        "beside": told["beside"],
        "documents_that_look_spun": sum(m["spun"] >= line for m in made),
        "intervals": {
            name: [round(x, 4) for x in interval(measured, STATISTICS[of])] for of, name in NAMES.items()
        },
    }


def main(
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")] = MYTHES,
    seconds: Annotated[float, typer.Option(help="For how long to read.")] = float("inf"),
    store: Annotated[Path, typer.Option(help="Where what was read is kept.")] = STORE,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Measure, print, and write benchmarks/results/spin_rates.json."""
    until = time.monotonic() + seconds
    spun = read_texts(ROOT / "benchmarks/data/pages.jsonl", spun=True)
    texts = [original(t.text, t.gold or ()) for t in spun]
    repairer = textrepair.load(families=["synonyms"])
    known = circumstances(find_model("en_sci_sm"), repairer)
    about = f"{known['weights_sha256']} {known['decision_sha256']} {code_hash()}"

    def repaired(text: str) -> dict[str, Any]:
        repair = repairer.explain(text)
        changes = [(c.start, c.end, c.after) for c in changes_of(repair.edits)]
        told = [(s.start, s.end, s.probability) for s in repair.detection.spans]
        return {"spun": repair.spun, "changes": changes, "told": told}

    spins: dict[str, Callable[[list[str], float], Iterator[tuple[str, list[Gold]]]]] = {
        "spinners seen in training": seen,
        "a spinner not seen": partial(by, first_sense(mythes)),
    }
    spinners: dict[str, list[dict[str, Any]]] = {name: [] for name in spins}
    for name, spun_by in spins.items():
        for rate in RATES:
            pages = [Page("", text, tuple(gold), "", "") for text, gold in spun_by(texts, rate)]
            made = []
            for page in pages:
                if time.monotonic() < until:
                    made.append(kept(store, about + page.text, partial(repaired, page.text)))
            if len(made) == len(pages):
                spinners[name].append(figures(pages, made, rate, repairer.decision.spun_document_threshold))
                print(name, spinners[name][-1], flush=True)
    report = {
        "what": "sixteen abstracts spun at each rate by simulated spinners; `swapped`: share of their words",
        **known,
        "spinners": spinners,
    }
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
