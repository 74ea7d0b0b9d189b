"""What one would otherwise use, beside textrepair, on the same real pages and the same clean text.

    python benchmarks/systems.py --pages FOLDER --corpus FILE.jsonl.xz ... [--list tortured.csv]

Pages are those of `real_pages.py`; harm is counted on held-out clean documents of all fields (`harm.py`).
Systems that read less than 200 words a second of processor time are measured on the pages of the first fold
and on a tenth of the clean text, and so is textrepair beside them. What needs a model from a hub runs with
ours, as a masked language model. Writes benchmarks/results/systems.json.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from harm import PER, held_out
from peers import PEERS, UNTRIED, Said, System, Ways, ours

from textrepair.bench.circumstances import circumstances
from textrepair.bench.pages import Page, fold_of, measure_changes, read_pages
from textrepair.bench.score import curve, interval
from textrepair.bench.tally import share, tally
from textrepair.models import find_model
from textrepair.pipeline.repair import load

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/systems.json"
SLOW = 200  # words a second; a slower system is measured on less
LESS = 10  # of the clean texts a slow system reads one in so many
CLEAN_WORDS = 800  # of each field
POINTS = 40  # of a curve, at most


@dataclass(frozen=True)
class Harmed:
    """A clean document that a system has read."""

    words: int
    edits: int


def timed(system: System, texts: Sequence[str]) -> tuple[list[Said], float]:
    """What the system says of each text, and the words it reads in a second of processor time."""
    begun = time.process_time()
    said = [system(text) for text in texts]
    return said, sum(len(t.split()) for t in texts) / max(1e-6, time.process_time() - begun)


def measure(system: System, pages: Sequence[Page], clean: Sequence[str], little: bool) -> dict[str, Any]:
    """The figures of one system; of fewer pages and less clean text if it is slow, or `little` is asked."""
    read = [p for p in pages if fold_of(p.id) == 0]
    system(read[0].text[:200])  # what it loads at its first text is no part of its speed
    said, speed = timed(system, [p.text for p in read])
    slow = little or speed < SLOW
    if not slow:
        read = [*pages]
        said, speed = timed(system, [p.text for p in read])
    measured = [measure_changes(p, *s) for p, s in zip(read, said, strict=True)]
    clean = clean[::LESS] if slow else clean
    harmed = [Harmed(len(text.split()), len(system(text).changes)) for text in clean]
    points = curve(itertools.chain.from_iterable(m.words for m in measured))
    figures = tally(measured, sure=True)
    return {
        "words_per_second": round(speed, 1),
        "slow": slow,
        **{k: v for k, v in figures.items() if k not in ("candidates", "calibration")},
        "detection_curve": [
            [round(p.recall, 4), round(p.precision, 4)] for p in points[:: max(1, len(points) // POINTS)]
        ],
        "harm": {
            "words": sum(h.words for h in harmed),
            "edits": sum(h.edits for h in harmed),
            "per_10000_words": round(per_words(harmed), 2),
            "interval": [round(x, 2) for x in interval(harmed, per_words)],
        },
    }


def per_words(harmed: Sequence[Harmed]) -> float:
    """Edits for every `PER` words."""
    return sum(h.edits for h in harmed) / max(1, sum(h.words for h in harmed)) * PER


def line(name: str, s: dict[str, Any]) -> str:
    """A row of the table."""
    cells = (
        f"{name}{' *' if s['slow'] else ''}", share(s["recall"]), share(s["precision"]),
        share(s["detection"]["words"]["recall_at_0.9"]), f"{s['harm']['per_10000_words']:.1f}",
        f"{s['words_per_second']:,.0f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main(
    pages: Annotated[Path, typer.Option(help="Folder of pages.")],
    corpus: Annotated[list[Path], typer.Option(help="Files of clean documents.")],
    phrases: Annotated[Path | None, typer.Option("--list", help="A published list of phrases.")] = None,
    model: Annotated[list[str], typer.Option(help="Models of ours; the first one judges for peers.")] = [  # noqa: B006
        "en_sci_sm"
    ],
    only: Annotated[
        list[str] | None, typer.Option(help="Measure these, and keep what stands of the others.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Measure every system, print a table, and write benchmarks/results/systems.json."""
    real, clean = read_pages(pages), [*itertools.chain(*held_out(corpus, CLEAN_WORDS).values())]
    systems = {name: (opened, Ways(model[0], phrases), False) for name, opened in PEERS.items()}
    for name in model:
        systems[f"textrepair, {name}"] = ours, Ways(name, phrases), False
        systems[f"textrepair, {name}, on what slow systems read"] = ours, Ways(name, phrases), True
    before = json.loads(out.read_text(encoding="utf8"))["systems"] if only else {}
    measured: dict[str, Any] = {}
    untried = dict(UNTRIED)
    for name, (opened, ways, little) in systems.items():
        if only and name not in only:
            measured |= {name: before[name]} if name in before else {}
            continue
        try:
            measured[name] = measure(opened(ways), real, clean, little)
        except ImportError as e:
            untried[name] = f"not installed here: {e.name}"
            continue
        print(line(name, measured[name]), flush=True)
    report = {
        "what": "real spun pages and clean held-out text; words a second of processor time, on one thread",
        **circumstances(find_model(model[0]), load(model[0])),
        "systems": measured,
        "not_run": untried,
    }
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
