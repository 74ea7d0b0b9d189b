"""Measure screening: how well spun documents are told from clean ones, and what the cheap first look saves.

    python benchmarks/screening.py --pages FOLDER --clean FILE... [--decisions FOLDER] [--minutes N] [--timed]

Writes benchmarks/results/screening.json: of how many real spun pages the probability lies above the line at
which one clean document in a thousand lies; what share of pages, by how much of them was swapped, is found
while the model reads at most one clean document in ten; and, where it is `--timed`, the words that screening
and reading all of it take a processor second, one after the other on one thread, and with `--before` those
of another checkout of this repository reading all of it. What was read of clean text is kept in `--store`, so
that a run of `--minutes` goes on where the last one stopped; the figures are of what was read by then.

With `--decisions FOLDER` every page is judged by the `fold_N.json` of its fold, as `real_pages.py` does.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.bench.entries import wilson
from textrepair.bench.pages import Page, fold_of, read_pages
from textrepair.bench.score import word_rows
from textrepair.bench.texts import read_texts
from textrepair.cli.screen import FIRST_LOOK
from textrepair.corpus.finding import findings
from textrepair.models import find_model
from textrepair.pipeline.detect import read_document
from textrepair.pipeline.judgement import Decision

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/screening.json"
RATE = 0.001  # of clean documents that may lie at the line or above it
GATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
SHARE_READ = 0.1  # of documents that the model may read
HEAVY, LIGHT = 0.1, 0.05  # shares of swapped words that part heavily, moderately and lightly spun pages
LEAST = 0.04  # gate below which no document is shown to the model here
TIMED = 60_000  # words of clean text that are read both ways to time them
TURNS = 2
READING = """
import json, sys, time
import textrepair
settings, texts = json.load(sys.stdin)
repairer = textrepair.load(**settings)
repairer.explain("The sufferers were treated for bosom peril. " * 20)  # what is loaded at first use
began = time.process_time()
for _ in repairer.pipe(texts):
    pass
print(time.process_time() - began)
"""


@dataclass(frozen=True)
class Looked:
    """A document: what the first look and what `screen` says of it."""

    file: str
    words: int
    by_words: float
    listed: bool
    spun: float


def looked(file: str, text: str, repairer: textrepair.Repairer) -> Looked:
    """What the first look and what `screen` says of a text."""
    seen = read_document(text, repairer.lexicon, repairer.decision.document_by_words)
    listed = any(s.phrase for s in seen.listed)
    (found,) = findings(repairer, [text])
    return Looked(file, len(text.split()), round(seen.spun_prob, 5), listed, round(found.spun, 5))


def looked_at_pages(
    repairer: textrepair.Repairer, pages: Sequence[Page], decisions: Path | None
) -> Iterator[tuple[float, Looked]]:
    """The pages with the share of their words that was swapped, each judged by what was fitted without it."""
    usual = repairer.decision
    for page in pages:
        if decisions is not None:
            repairer.decision = Decision.read(decisions / f"fold_{fold_of(page.id)}.json")
        yield swapped_share(page), looked("pages", page.text, repairer)
    repairer.decision = usual


class Reader:
    """Screens clean documents, and remembers those it has read."""

    def __init__(self, repairer: textrepair.Repairer, path: Path) -> None:
        self.repairer, self.path = repairer, path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        rows = map(json.loads, path.read_text(encoding="utf8").splitlines())
        self.known = {row.pop("text"): Looked(**row) for row in rows}

    def read(self, file: str, text: str, until: float) -> Looked | None:
        """What both say of a text; None for one that was not read until then."""
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in self.known and time.monotonic() > until:
            return None
        if key not in self.known:
            self.known[key] = looked(file, text, self.repairer)
            with self.path.open("a", encoding="utf8") as file_:
                file_.write(json.dumps({"text": key, **asdict(self.known[key])}) + "\n")
        return self.known[key]


def swapped_share(page: Page) -> float:
    """The share of a page's words that were swapped."""
    labels = [r.label for r in word_rows(page.text, page.gold, [])]
    return sum(labels) / max(1, len(labels))


def line(clean: Sequence[Looked]) -> dict[str, Any]:
    """The lowest probability at which at most `RATE` of clean documents lie, and the bounds of their rate."""
    spun = np.sort([d.spun for d in clean])[::-1]
    allowed = int(RATE * len(clean))
    at = float(spun[allowed]) + 1e-5 if len(spun) else 1.0
    above = int((spun >= at).sum())
    low, high = wilson(above, len(clean))
    return {"line": round(at, 5), "clean_above": above, "rate_interval": [round(low, 5), round(high, 5)],
            "highest_clean": [round(float(p), 4) for p in spun[:10]]}  # fmt: skip


def gate_that_reads(clean: Sequence[Looked], share: float) -> float:
    """The lowest gate at which the model reads no more than this share of clean documents."""
    free = np.sort([d.by_words for d in clean if not d.listed])[::-1]
    allowed = int(share * len(clean)) - sum(d.listed for d in clean)
    return 0.0 if allowed >= len(free) else float(free[max(0, allowed)]) + 1e-5


def passes(d: Looked, gate: float) -> bool:
    """Whether the first look shows a document to the model."""
    return d.listed or d.by_words >= gate


def density(share: float) -> str:
    """How densely a page is spun, by the share of its words that were swapped."""
    return "heavy" if share >= HEAVY else "moderate" if share >= LIGHT else "light"


def found(pages: Sequence[tuple[float, Looked]], gate: float, at: float) -> dict[str, Any]:
    """Of the pages by density: how many there are, pass the first look, and lie above the line then."""
    out: dict[str, Any] = {}
    for share, page in pages:
        row = out.setdefault(density(share), {"pages": 0, "read": 0, "found": 0})
        row["pages"] += 1
        row["read"] += passes(page, gate)
        row["found"] += passes(page, gate) and page.spun >= at
    return out


def screened(clean: Sequence[Looked], pages: Sequence[tuple[float, Looked]], at: float) -> dict[str, Any]:
    """What becomes of documents at the usual first look, and at the one that reads one in ten."""
    gates = {"usual": FIRST_LOOK, "reads_one_in_ten": gate_that_reads(clean, SHARE_READ)}
    return {
        name: {
            "gate": round(gate, 5),
            "clean_read": sum(passes(d, gate) for d in clean),
            "clean_read_near_a_phrase": sum(d.listed and d.by_words < gate for d in clean),
            "clean_found": sum(passes(d, gate) and d.spun >= at for d in clean),
            "pages": found(pages, gate, at),
        }
        for name, gate in gates.items()
    }


def speeds(texts: Sequence[str], before: Path | None) -> dict[str, Any]:
    """Words a processor second of screening and of reading all, the median of some turns in this run."""
    words = sum(len(t.split()) for t in texts)
    ways = {"first_look": (ROOT, {"gate": FIRST_LOOK}), "reading_all": (ROOT, {"gate": 0.0})}
    if before is not None:
        ways["before_reading_all"] = (before, {})
    turns = [{name: seconds(*way, texts) for name, way in ways.items()} for _ in range(TURNS)]
    rate = {name: round(words / statistics.median(t[name] for t in turns), 1) for name in ways}
    times = {name: round(rate["first_look"] / rate[name], 2) for name in ways if name != "first_look"}
    return {"documents": len(texts), "words": words, **rate, "times": times}


def seconds(checkout: Path, settings: dict[str, Any], texts: Sequence[str]) -> float:
    """Processor seconds that a checkout of this repository takes to read texts, in a process of its own."""
    here = {**os.environ, "PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"}
    asked = json.dumps([settings, [*texts]])
    done = subprocess.run(
        [sys.executable, "-c", READING], input=asked, env=here, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def counted_words(texts: Iterable[tuple[str, str]]) -> Iterator[int]:
    """The words up to each text."""
    return itertools.accumulate(len(text.split()) for _, text in texts)


def texts_of(files: Sequence[Path], most: int) -> Iterator[tuple[str, str]]:
    """The clean documents in an order that mixes the files, at most so many of each."""
    found = []
    for path in files:
        some = [t.text for t in read_texts(path)]
        random.Random(5).shuffle(some)
        found += [(k / len(some), path.name, text) for k, text in enumerate(some[:most])]
    yield from ((name, text) for _, name, text in sorted(found))


def main(
    pages: Annotated[Path, typer.Option(help="Folder of spun pages.")],
    clean: Annotated[list[Path], typer.Option(help="Clean texts, JSON lines. Repeatable.")],
    most: Annotated[int, typer.Option(help="Documents of each file.")] = 2_000,
    minutes: Annotated[float, typer.Option(help="Read for so long at most.")] = 1e9,
    decisions: Annotated[Path | None, typer.Option(help="Folder of fold_N.json, fitted by fold.")] = None,
    timed: Annotated[bool, typer.Option(help="Time both ways too.")] = False,
    before: Annotated[Path | None, typer.Option(help="Another checkout, timed beside.")] = None,
    model: Annotated[str, typer.Option(help="Model name or folder.")] = "en_sci_sm",
    keep: Annotated[Path, typer.Option("--store", help="Where what was read is kept.")] = ROOT
    / "build/screening.jsonl",
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Measure, print, and write benchmarks/results/screening.json."""
    repairer, folder = textrepair.load(model, gate=LEAST), find_model(model)
    reader = Reader(repairer, keep)
    until = time.monotonic() + 60 * minutes
    of_pages = [*looked_at_pages(repairer, read_pages(pages), decisions)]
    texts = [*texts_of(clean, most)]
    read = [d for name, text in texts if (d := reader.read(name, text, until))]
    print(f"{len(read):,} of {len(texts):,} clean documents read")
    at = line(read)
    files = {name: sum(d.file == name for d in read) for name in sorted({d.file for d in read})}
    report: dict[str, Any] = {
        "what": "spun documents told from clean ones, and the cheap first look",
        **circumstances(folder, repairer),
        "clean": {
            "documents": len(read), "words": sum(d.words for d in read), "files": files,
            "with_a_listed_phrase": sum(d.listed for d in read), **at,
        },
        "pages_left_out": decisions is not None,
        "pages_above_line": sum(p.spun >= at["line"] for _, p in of_pages),
        "pages": [{"swapped": round(s, 4), **{k: v for k, v in asdict(p).items() if k != "file"}}
                  for s, p in sorted(of_pages, key=lambda x: -x[0])],
        "first_look": [
            {"gate": gate, "clean_read": sum(passes(d, gate) for d in read),
             "pages_read": sum(passes(p, gate) for _, p in of_pages)}
            for gate in GATES
        ],
        "screened": screened(read, of_pages, at["line"]),
    }  # fmt: skip
    if timed:
        some = itertools.takewhile(lambda t: t[0] < TIMED, zip(counted_words(texts), texts, strict=True))
        report["words_per_second"] = speeds([text for _, (_, text) in some], before)
    print(json.dumps(report, indent=1))
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
