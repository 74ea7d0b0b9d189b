"""What `textrepair clean` costs: processor seconds a word, memory, what the gate and a second worker change.

`python benchmarks/corpus.py CLEAN.jsonl.xz` writes `benchmarks/results/corpus.json`; `--ratios` measures only
how the pipeline compares, on one thread of the same process, with the bare encoder, spaCy's blank tokenizer
and a fill-mask pipeline asked word by word. What two workers are worth is told
truly only by a machine that does nothing else.

On a machine that does other work as well, seconds on the clock say little; processor seconds say
what a core costs, and are what docs/explanation/scale.md reckons with.
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
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIRST = "The sufferers were treated for bosom peril."  # enough to load all there is to load
SEED = HERE.parent / "seeds" / "000_93fcc8338e17c8dc.txt"


def measure(path: str, workers: int, engine: str) -> dict[str, float]:
    """One run in this process, which does nothing else: its own cost, and that of its workers.

    It gets a core a worker: a single one would take all there are, by threads.
    """
    from textrepair.corpus.cleaning import clean
    from textrepair.corpus.outcome import Outcome
    from textrepair.corpus.processes import Processes

    class Idle:
        """Workers that make no change in no time: what is left is reading, handing on and writing."""

        def __init__(self, *_: object, count: int | None = None) -> None:
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

    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:workers])
    with tempfile.TemporaryDirectory() as out:
        summary = clean(
            [path],
            Path(out) / "out.jsonl",
            engine=partial(Idle if engine == "idle" else Processes, count=workers),
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


def ratios(path: str) -> dict[str, float]:
    """Processor seconds of the pipeline and of what it is measured against, on the same texts."""
    import numpy as np
    import spacy
    import torch
    from transformers import pipeline

    import textrepair
    from textrepair.models import find_model
    from textrepair.rerank import CLS, SEP, WINDOW, Reranker
    from textrepair.rerank.in_place import PIECES_A_BATCH
    from textrepair.training.channels import default_channels
    from textrepair.training.spinner import spin_documents

    torch.set_num_threads(1)
    clean = [json.loads(line)["text"] for line in Path(path).read_text(encoding="utf8").splitlines()]
    spun = [r["text"] for r in spin_documents(clean[::4], default_channels(), seed=7)]
    repairer = textrepair.load()
    repairer.fix(FIRST)
    assert isinstance(repairer.reranker, Reranker)
    tokenizer, network = repairer.reranker.tokenizer, repairer.reranker.network
    blank = spacy.blank("en")
    ask = pipeline("fill-mask", str(find_model("en_sci_sm")), device="cpu")

    def encode() -> None:
        """Every piece once, in windows of one text, as many at once as the pipeline takes."""
        rows = []
        for text in spun:
            pieces = tokenizer.encode(text, add_special_tokens=False).ids
            rows += [[CLS, *pieces[k : k + WINDOW], SEP] for k in range(0, len(pieces), WINDOW)]
        rows.sort(key=len)
        while rows:
            size = max(1, PIECES_A_BATCH // len(rows[-1]))
            batch, rows = rows[-size:], rows[:-size]
            ids, mask = np.zeros((2, len(batch), len(batch[-1])), np.int64)
            for k, row in enumerate(batch):
                ids[k, : len(row)], mask[k, : len(row)] = row, 1
            network.encode(ids, mask)

    passage = spun[0].split()[:80]  # a window's worth of words
    asked = [" ".join([*passage[:k], "[MASK]", *passage[k + 1 :]]) for k in range(0, 80, 2)]

    def least(work: Callable[[], object], rounds: int = 3) -> float:
        seconds = []
        for _ in range(rounds):
            begun = time.process_time()
            work()
            seconds.append(time.process_time() - begun)
        return min(seconds)

    clean_words, spun_words = (sum(len(t.split()) for t in texts) for texts in (clean, spun))
    result = {
        "spun_words": spun_words,
        "clean_words": clean_words,
        "spun": least(lambda: list(repairer.pipe(spun, batch_size=8))),
        "encoder": least(encode),
        "clean": least(lambda: list(repairer.pipe(clean, batch_size=8))),
        "spacy": least(lambda: list(blank.pipe(clean))),
        "fill_mask_words": len(asked),
        "fill_mask": least(lambda: [ask(text) for text in asked]),
    }
    return result | {
        "spun_to_encoder": result["spun"] / result["encoder"],
        "clean_to_spacy": result["clean"] / result["spacy"],
        "fill_mask_to_spun": (result["fill_mask"] / len(asked)) / (result["spun"] / spun_words),
    }


def first_repair() -> dict[str, float]:
    """What a process pays before its first repair is done."""
    code = (
        f"import time; import textrepair; a = time.process_time(); textrepair.fix({FIRST!r})\n"
        "import json, resource; r = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(json.dumps([a, time.process_time(), r.ru_maxrss / 1024]))"
    )
    runs = [json.loads(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3)]
    bare = "import time; print(time.process_time())"
    python = min(float(subprocess.check_output([sys.executable, "-c", bare])) for _ in range(3))
    imported, done, mb = (min(r[k] for r in runs) for k in range(3))
    return {"import": imported - python, "first_repair": done, "mb": mb}


def apart(what: str, texts: list[str], *, times: int = 1, **how: Any) -> dict[str, Any]:
    """`ratios` or `measure` of a file with `texts` so many times, in a process of its own with one thread."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.jsonl"
        block = "".join(json.dumps({"text": t}) + "\n" for t in texts)
        with path.open("w") as file:
            for _ in range(times):
                file.write(block)
        scored = {"bytes": path.stat().st_size, **how}
        done = subprocess.check_output(
            [sys.executable, __file__, "--apart", what, str(path), json.dumps(how)],
            env={**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"},
        )
    result: dict[str, Any] = scored | json.loads(done.splitlines()[-1])
    print(json.dumps(result), file=sys.stderr)
    return result


def main() -> None:
    from textrepair.bench.circumstances import made_with
    from textrepair.models import find_model

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clean", type=Path)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--ratios", action="store_true", help="measure these alone, and keep the rest")
    args = parser.parse_args()
    with lzma.open(args.clean, "rt", encoding="utf8") as file:
        rows = [json.loads(line)["text"] for line in file]
    clean = rows[:: max(1, len(rows) // args.documents)][: args.documents]
    seed = SEED.read_bytes().decode()
    plan = [
        ("start", [FIRST], 1, "local", 1),
        *(
            ("read and write", clean, 1, "idle", max(1, mb * 1_000_000 // sum(map(len, clean))))
            for mb in (1, 30, 1000)
        ),
        ("spun", [seed] * args.copies, 1, "local", 1),
        ("clean", clean, 1, "local", 1),
        ("spun", [seed] * args.copies, 2, "local", 1),
        ("clean", clean, 2, "local", 1),
    ]
    results = HERE / "results" / "corpus.json"
    result = json.loads(results.read_text()) | made_with(find_model("en_sci_sm"))
    result["first_repair"] = first_repair()
    result["ratios"] = apart("ratios", clean)
    if not args.ratios:
        runs = [
            {"run": name} | apart("measure", texts, workers=workers, engine=engine, times=times)
            for name, texts, workers, engine, times in plan
        ]
        start, *alone, spun_by_two, clean_by_two = (r for r in runs if r["engine"] == "local")
        for r in runs[1:]:
            if r["engine"] == "local" and r["workers"] == 1:
                # without the start, which a long run does not notice
                r["words_a_cpu_second"] = r["words"] / (r["workers_cpu"] - start["workers_cpu"])
        for one, two in zip(alone, (spun_by_two, clean_by_two), strict=True):
            two["times_one_worker"] = (one["seconds"] - start["seconds"]) / (
                two["seconds"] - start["seconds"]
            )
        result |= {
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "load": os.getloadavg(),
            "runs": runs,
        }
    results.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--apart"]:
        _, _, what, path, how = sys.argv
        measures: dict[str, Callable[..., dict[str, Any]]] = {"ratios": ratios, "measure": measure}
        print(json.dumps(measures[what](path, **json.loads(how))))
    else:
        main()
