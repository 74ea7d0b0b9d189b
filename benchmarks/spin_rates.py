"""How quality depends on how densely a text is spun, by simulated spinners seen in training and not.

    python benchmarks/spin_rates.py [--mythes th_en_US_v2.dat] [--seconds 200]

The originals of the abstracts spun by hand (`benchmarks/data/pages.jsonl`) are spun anew until such a share
of their words is swapped: by the channels of training, as `textrepair spin` does it, and by the first-sense
spinner of `unseen.py`, which no channel is like; it is left out where there is no thesaurus. One answer is
accepted for each swap, the original. What became of a text is kept in `--store`, so that a run can be stopped
and go on. Writes benchmarks/results/spin_rates.json.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
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
from textrepair.training.spinner import Channel, spin_documents

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/spin_rates.json"
MYTHES = Path("/usr/share/mythes/th_en_US_v2.dat")  # Debian: mythes-en-us
STORE = ROOT / "build/bench/spin_rates"
RATES = (0.02, 0.05, 0.1, 0.2, 0.4)  # shares of the words
CHANCES = [
    float(chance) for chance in np.geomspace(0.005, 1, 60)
]  # of a word to be swapped, until enough are
ANEW = {0.02: 2}  # times that each text is spun at the lowest rate, or there are too few swaps
Channels = Sequence[tuple[float, Channel]]
NAMES = {"recall": "recall", "precision": "precision", "words_recall_at_0.9": "told"}


def spun_at(rate: float, text: str, channels: Channels, seed: int) -> tuple[str, list[Gold]]:
    """The text with such a share of its words swapped, or as many as the channels swap; and its gold."""
    for chance in CHANCES:
        [made] = spin_documents([text], channels, seed=seed, rate=chance)
        spun, rows = made["text"], made["gold"]
        if sum(len(row["spun"].split()) for row in rows) >= rate * len(spun.split()):
            break
    return spun, [Gold(row["start"], row["end"], tuple(row["accept"]), row["kind"]) for row in rows]


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

    spins: dict[str, Channels] = {"spinners seen in training": default_channels()}
    if mythes.exists():
        spins["a spinner not seen"] = [(1.0, first_sense(mythes))]
    else:
        print(f"a spinner not seen: left out, there is no {mythes} (Debian: mythes-en-us)")
    spinners: dict[str, list[dict[str, Any]]] = {name: [] for name in spins}
    for name, channels in spins.items():
        for rate in RATES:
            several = [*enumerate(texts * ANEW.get(rate, 1), start=1)]
            spun_texts = (spun_at(rate, text, channels, seed) for seed, text in several)
            pages = [Page("", text, tuple(gold), "", "") for text, gold in spun_texts]
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
