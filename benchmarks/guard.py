"""Does time still grow with the length of a text, and is it still what it was beside the encoder's?

    python benchmarks/guard.py [--write]

The inputs of linear.py are repaired at two lengths: the exponent of time against length is the least of at
most three. Clean passages and the seed are repaired three times, the fastest of which counts, beside what the
encoder takes of it. All are processor seconds of one thread. It fails above an exponent of 1.2, and where a
ratio is half as large again as the one in results/guard.json: a third of the speed is gone. `--write` commits
to what is measured now.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

os.environ["OMP_NUM_THREADS"] = "1"  # before what reads it

import typer
from linear import CLEAN, INPUTS, MODEL, words_of

import textrepair
from textrepair.bench.circumstances import circumstances
from textrepair.models import find_model
from textrepair.rerank import Reranker

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "guard.json"
SEED = HERE.parent / "seeds" / "000_93fcc8338e17c8dc.txt"
LENGTHS = 300, 1_200  # words
ROUNDS = 3
STEEPEST = 1.2  # exponent of time against length
SLOWER = 1.5  # a ratio so many times as large is a third of the speed gone


def seconds(work: Callable[[], object]) -> float:
    """The processor's time for it."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def exponent(work: Callable[[str], object], few: str, many: str) -> float:
    """That of time against length, in words: the least of some, measured until one is small enough."""
    longer = math.log(len(many.split()) / len(few.split()))
    least = math.inf
    for _ in range(ROUNDS):
        if least > STEEPEST:
            of_few, of_many = (seconds(partial(work, text)) for text in (few, many))
            least = min(least, math.log(of_many / of_few) / longer)
    return least


def to_encoder(repairer: textrepair.Repairer, texts: list[str]) -> float:
    """How many times the time of the encoder's passes the repair of the texts takes, these among it."""
    reranker = repairer.reranker
    assert isinstance(reranker, Reranker)
    network, passes = reranker.network, 0.0

    def encode(*batch: Any) -> Any:
        nonlocal passes
        begun = time.process_time()
        out = network.encode(*batch)
        passes += time.process_time() - begun
        return out

    whole, encoder = [], []
    reranker.network = network._replace(encode=encode)
    for _ in range(ROUNDS):
        passes = 0.0
        whole.append(seconds(lambda: list(repairer.pipe(texts))))
        encoder.append(passes)
    reranker.network = network
    return min(whole) / min(encoder)


def worse(
    before: Mapping[str, float], exponents: Mapping[str, float], ratios: Mapping[str, float]
) -> Iterator[str]:
    """What is steeper than may be, and what is slower than before."""
    for name, value in exponents.items():
        if value > STEEPEST:
            yield f"{name}: time grows with the length to the power of {value:.2f}, above {STEEPEST}"
    for name, value in ratios.items():
        if value > SLOWER * before[name]:
            yield f"{name}: {value:.2f} times its time, {before[name]:.2f} before"


def main(
    write: Annotated[bool, typer.Option("--write", help="Commit to what is measured now.")] = False,
) -> None:
    """Measure; compare with what is committed, or commit."""
    repairer = textrepair.load(MODEL)
    clean = [json.loads(line)["text"] for line in CLEAN.read_text(encoding="utf8").splitlines()][::8]
    seed = SEED.read_bytes().decode()
    repairer.fix(seed)  # what is loaded at first use
    ratios = {
        "clean text to its encoder": to_encoder(repairer, clean),
        "spun text to its encoder": to_encoder(repairer, [seed]),
    }
    exponents = {}
    for name in INPUTS:
        words = words_of(name, LENGTHS[1])
        exponents[name] = exponent(repairer.fix, "".join(words[: LENGTHS[0]]), "".join(words))
    for name, value in (exponents | ratios).items():
        print(f"{name:30} {value:6.2f}")
    if write:
        found = {
            "what": (__doc__ or "").split("\n")[0],
            **circumstances(find_model(MODEL), repairer),
            "exponents": {name: round(value, 3) for name, value in exponents.items()},
            "ratios": {name: round(value, 2) for name, value in ratios.items()},
        }
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
        return
    told = [*worse(json.loads(RESULTS.read_text(encoding="utf8"))["ratios"], exponents, ratios)]
    for line in told:
        print(line)
    if told:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
