"""What `textrepair clean` costs: processor seconds a word, memory, what the gate and a second worker change.

`python benchmarks/corpus.py CLEAN.jsonl.xz` writes `benchmarks/results/corpus.json`.

On a machine that does other work as well, seconds on the clock say little; processor seconds say
what a core costs, and are what docs/scale.md reckons with.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import platform
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SEED = HERE.parent / "seeds" / "000_93fcc8338e17c8dc.txt"


def measure(path: str, workers: int, engine: str) -> dict[str, float]:
    """One run in this process, which does nothing else: its own cost, and that of its workers."""
    from textrepair.corpus.cleaning import clean
    from textrepair.corpus.outcome import Outcome
    from textrepair.corpus.processes import Processes

    class Idle:
        """Workers that make no change in no time: what is left is reading, handing on and writing."""

        def __init__(self, *_: object) -> None:
            self.done: list[tuple[int, list[Outcome] | None]] = []

        def __enter__(self) -> Idle:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def __len__(self) -> int:
            return 1

        def idle(self) -> list[int]:
            return [] if self.done else [0]

        def submit(self, worker: int, texts: list[str]) -> None:
            self.done = [(worker, [Outcome(len(t.split()), 0.01) for t in texts])]

        def collect(self, *, block: bool) -> list[tuple[int, list[Outcome] | None]]:
            done, self.done = self.done, []
            return done

    with tempfile.TemporaryDirectory() as out:
        summary = clean(
            [path], Path(out) / "out.jsonl", workers=workers, engine=Idle if engine == "idle" else Processes
        )
    own = resource.getrusage(resource.RUSAGE_SELF)
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "words": summary.words,
        "documents": summary.documents,
        "gated": summary.gated,
        "edits": summary.edits,
        "seconds": summary.seconds,
        "parent_cpu": own.ru_utime + own.ru_stime,
        "workers_cpu": theirs.ru_utime + theirs.ru_stime,
        "parent_mb": own.ru_maxrss / 1024,
        "worker_mb": theirs.ru_maxrss / 1024,
    }


def run(name: str, texts: list[str], workers: int, engine: str = "local", times: int = 1) -> dict[str, float]:
    """The same in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.jsonl"
        block = "".join(json.dumps({"text": t}) + "\n" for t in texts)
        with path.open("w") as file:
            for _ in range(times):
                file.write(block)
        size = path.stat().st_size
        args = [sys.executable, __file__, "--measure", str(path), str(workers), engine]
        done = subprocess.run(args, stdout=subprocess.PIPE, text=True, check=True)
    result = {"run": name, "workers": workers, "bytes": size, **json.loads(done.stdout)}
    print(json.dumps(result), file=sys.stderr)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clean", type=Path)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--copies", type=int, default=10)
    args = parser.parse_args()
    with lzma.open(args.clean, "rt", encoding="utf8") as file:
        rows = [json.loads(line)["text"] for line in file]
    clean = rows[:: max(1, len(rows) // args.documents)][: args.documents]
    seed = SEED.read_bytes().decode()
    first = "The sufferers were treated for bosom peril."  # enough to load all there is to load
    plan = [
        ("start", [first], 1, "local", 1),
        *(
            ("read and write", clean, 1, "idle", max(1, mb * 1_000_000 // sum(map(len, clean))))
            for mb in (1, 30, 300)
        ),
        ("spun", [seed] * args.copies, 1, "local", 1),
        ("clean", clean, 1, "local", 1),
        ("spun", [seed] * args.copies, 2, "local", 1),
        ("clean", clean, 2, "local", 1),
    ]
    runs: list[dict[str, float]] = []
    for name, texts, workers, engine, times in plan:
        r = run(name, texts, workers, engine, times)
        if engine == "local" and workers == 1 and runs:
            # without the start, which a long run does not notice
            r["words_a_cpu_second"] = r["words"] / (r["workers_cpu"] - runs[0]["workers_cpu"])
        runs.append(r)
        result = {
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "load": os.getloadavg(),
            "runs": runs,
        }
        (HERE / "results" / "corpus.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]), sys.argv[4])))
    else:
        main()
