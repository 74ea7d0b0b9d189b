"""Fit the probability that a passage was made from what was found for it; writes sources/judge.json.

    textrepair index CLEAN... -o INDEX
    python benchmarks/source_fit.py INDEX facts.jsonl
    python benchmarks/source_fit.py INDEX facts.jsonl --seed 2

True sources are those of passages of the index that were spun, and of copies; false ones the likeliest that
the index holds for the same passages once their documents, and those that hold a copy, are left out: other
papers of the subject and the group, set phrases, and quotations. Half of the passages are shortened to a few
sentences. Documents are divided in two by a hash of their name: each half is judged by what was fitted to the
other, and the figures that are kept are those; the weights are fitted to both.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from source_texts import (
    Drawn,
    Without,
    by,
    by_any,
    copies,
    drawn,
    near_synonyms,
    share_of,
    shortened,
    variants,
)

from textrepair.sources import judge
from textrepair.sources.index import Index
from textrepair.sources.trace import Source, compared, likeliest
from textrepair.sources.words import words_of

SHARE = 0.03, 0.6  # of the words swapped in a passage that is taken for spun
STRICT = 10.0  # inverse of the penalty of large weights
RARE = 3.0  # weight of a false source: most passages have none, and a claim is an accusation


@dataclass(frozen=True)
class Row:
    """The facts of a source, whether it is the true one, and the half its document belongs to."""

    facts: tuple[float, ...]
    true: bool
    half: int
    kind: str


def rows(index: Index, passages: int, seed: int) -> Iterator[Row]:
    """True and false sources of passages drawn from the index."""
    rng = random.Random(seed)
    some = [
        p if rng.random() < 0.5 else Drawn(p.document, p.start, shortened(p.text, rng))
        for p in itertools.islice(drawn(index, seed, 40, 160), passages)
    ]
    some = [p for p in some if words_of(p.text)]
    yield from _true(some, seed)
    yield from _false(index, some, seed)


def _row(source: Source, true: bool, name: str, kind: str) -> Row:
    half = hashlib.md5(name.encode()).digest()[0] % 2
    return Row(judge.likeness(source.passage, source.words, source.blocks).facts, true, half, kind)


def _true(some: list[Drawn], seed: int) -> Iterator[Row]:
    for spin in by(near_synonyms(p.text for p in some), seed), by_any(seed):
        for p in some:
            text, gold = spin(p.text)
            source = compared(words_of(text), p.document)
            if source and SHARE[0] <= share_of(text, gold) <= SHARE[1]:
                yield _row(source, True, p.document.document, "spun")
    for p in some[::4]:
        if source := compared(words_of(p.text), p.document):
            yield _row(source, True, p.document.document, "copied")


def _false(index: Index, some: list[Drawn], seed: int) -> Iterator[Row]:
    quoted = [p.text for p in itertools.islice(drawn(index, seed + 1), len(some))]
    names = [p.document.document for p in some]
    without = [Without(index, {n, *copies(p.text, index)}) for n, p in zip(names, some, strict=True)]
    for kind, texts in variants([p.text for p in some], quoted, seed).items():
        for n, text in enumerate(texts):
            for source in likeliest(words_of(text), without[n])[:2]:
                yield _row(source, False, names[n], kind)


def fit(given: list[Row]) -> tuple[dict[str, float], float]:
    """Weights and bias of a logistic regression."""
    from sklearn.linear_model import LogisticRegression

    facts = np.array([r.facts for r in given])
    mean, spread = facts.mean(0), facts.std(0)
    model = LogisticRegression(C=STRICT, max_iter=10_000)
    model.fit((facts - mean) / spread, [r.true for r in given], [1 if r.true else RARE for r in given])
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ mean)
    return dict(zip(judge.FACTS, (round(float(w), 3) for w in weights), strict=True)), round(bias, 3)


def left_out(given: list[Row]) -> dict[str, Any]:
    """What is claimed in each half by what was fitted to the other."""
    claimed: dict[str, list[bool]] = {}
    for half in 0, 1:
        weights, bias = fit([r for r in given if r.half != half])
        for r in (r for r in given if r.half == half):
            logit = bias + sum(w * f for w, f in zip(weights.values(), r.facts, strict=True))
            name = f"true: {r.kind}" if r.true else f"false: {r.kind}"
            claimed.setdefault(name, []).append(logit >= 0)
    return {
        name: {"sources": len(c), "claimed": sum(c), "share": round(sum(c) / len(c), 4)}
        for name, c in claimed.items()
    }


def main(
    folder: Annotated[Path, typer.Argument(help="An index, made by textrepair index.")],
    kept: Annotated[
        Path, typer.Argument(help="JSON lines of facts: each run adds its own, and fits to all.")
    ],
    passages: Annotated[int, typer.Option(help="Passages drawn; 300 take a minute.")] = 300,
    seed: Annotated[int, typer.Option(help="Of what is drawn and spun; another in each run.")] = 1,
) -> None:
    """Fit, print, and write the weights."""
    lines = [json.dumps(asdict(row)) + "\n" for row in rows(Index(folder), passages, seed)]
    with kept.open("a", encoding="utf8") as stream:
        stream.write("".join(lines))
    given = [Row(**json.loads(line)) for line in kept.read_text(encoding="utf8").splitlines()]
    weights, bias = fit(given)
    record = {"weights": weights, "bias": bias, "rows": len(given), "left out": left_out(given)}
    judge.WEIGHTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    typer.run(main)
