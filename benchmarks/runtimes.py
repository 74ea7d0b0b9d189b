"""What runs the model fastest here, what memory it takes, and whether the edits and spans told stay the same.

    python benchmarks/runtimes.py CLEAN.jsonl.xz [--documents 24]

Clean documents, the same spun by the simulator, and the seed go through the whole pipeline once by each
runtime, in a process of its own with one thread. Compared with the default are the edits, and the spans told
at .9 or above. Speed is words a processor second, memory the peak of the process. A runtime that this machine
lacks is listed with the reason. Writes its row of benchmarks/results/runtimes.json, one for each set of flags
of processors.
"""

from __future__ import annotations

import json
import lzma
import multiprocessing
import os
import resource
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any

import typer

from textrepair.bench.circumstances import made_with, now_and_here
from textrepair.models import find_model

HERE = Path(__file__).parent
OUT = HERE / "results" / "runtimes.json"
SEED = HERE.parent / "seeds" / "000_93fcc8338e17c8dc.txt"
MODEL = "en_sci_sm"
RUNTIMES = ("onnxruntime", "openvino", "torch", "cuda")  # the first is what the others are compared with
SURE = 0.9  # probability from which a span counts as told
FIRST = "The sufferers were treated for bosom peril."  # enough to load all there is to load


def read(runtime: str, texts: dict[str, list[str]], result: Connection) -> None:
    """What a runtime makes of the texts of each kind, and what it takes."""
    import textrepair

    try:
        repairer = textrepair.load(MODEL, runtime=runtime)
    except textrepair.TextrepairError as error:
        result.send({"lacks": str(error)})
        return
    repairer.fix(FIRST)
    found: dict[str, Any] = {"edits": set(), "spans": set()}
    for kind, some in texts.items():
        begun = time.process_time()
        repairs = list(repairer.pipe(some))
        seconds = time.process_time() - begun
        found[kind] = round(sum(len(t.split()) for t in some) / seconds)
        for n, r in enumerate(repairs):
            found["edits"] |= {(kind, n, e.start, e.end, e.after) for e in r.edits}
            told = (s for s in r.detection.spans if s.probability >= SURE)
            found["spans"] |= {(kind, n, s.start, s.end) for s in told}
    found["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result.send(found)


def alone(runtime: str, texts: dict[str, list[str]]) -> dict[str, Any]:
    """What `read` tells, from a process that does nothing else."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=read, args=(runtime, texts, there))
    process.start()
    found: dict[str, Any] = here.recv()
    process.join()
    return found


def share_of_same(some: set[Any], others: set[Any]) -> float:
    """The share of what either holds that both hold."""
    return round(len(some & others) / max(1, len(some | others)), 4)


def main(
    clean: Annotated[Path, typer.Argument(metavar="CLEAN.jsonl.xz", help="Clean documents.")],
    documents: Annotated[int, typer.Option(help="How many of them.")] = 24,
) -> None:
    """Measure, print and write."""
    from textrepair.training.channels import default_channels
    from textrepair.training.spinner import spin_documents

    os.environ["OMP_NUM_THREADS"] = "1"
    with lzma.open(clean, "rt", encoding="utf8") as file:
        rows = [json.loads(line)["text"] for line in file]
    rows = rows[:: max(1, len(rows) // documents)][:documents]
    spun = [r["text"] for r in spin_documents(rows, default_channels(), seed=7)]
    texts = {"clean": rows, "spun": [*spun, SEED.read_text(encoding="utf8")]}
    found = {runtime: alone(runtime, texts) for runtime in RUNTIMES}
    default = found[RUNTIMES[0]]
    runtimes: dict[str, Any] = {}
    for name, of in found.items():
        runtimes[name] = (
            of
            if "lacks" in of
            else {
                "clean_words_a_second": of["clean"],
                "spun_words_a_second": of["spun"],
                "mb": of["mb"],
                "edits": len(of["edits"]),
                "same_edits": share_of_same(of["edits"], default["edits"]),
                "spans": len(of["spans"]),
                "same_spans": share_of_same(of["spans"], default["spans"]),
            }
        )
        print(f"{name:12}", runtimes[name])
    circumstances = now_and_here()
    machines = json.loads(OUT.read_text(encoding="utf8"))["machines"] if OUT.exists() else {}
    machines[" ".join(circumstances["machine"]["flags"])] = {
        **circumstances,
        "words": {kind: sum(len(t.split()) for t in some) for kind, some in texts.items()},
        "runtimes": runtimes,
    }
    report = {**made_with(find_model(MODEL)), "machines": machines}
    OUT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
