"""Does `make bench-check` notice? It is asked of repairers that were made worse on purpose.

    python benchmarks/worsened.py

Each loses one thing that somebody might break without a test failing: a table is empty, features reach a
judgement in another order, a threshold is another. What it makes of the public texts is compared with what is
committed, as `make bench-check` does. Writes benchmarks/results/worsened.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import marisa_trie
import typer

import textrepair
from textrepair.bench.check import RESULTS, Outcome, outcomes, worse
from textrepair.bench.circumstances import made_with
from textrepair.lexicon import habits
from textrepair.models import find_model
from textrepair.pipeline.judgement import Decision

OUT = Path(__file__).parents[1] / "benchmarks/results/worsened.json"


@contextmanager
def without_habits() -> Iterator[None]:
    """The table of habits is empty."""
    with patch.object(habits, "_trie", marisa_trie.BytesTrie):
        habits.habits_for.cache_clear()
        yield
    habits.habits_for.cache_clear()


def in_another_order(decision: Decision) -> Decision:
    """Places are judged by features each of which is taken for the next."""
    place = decision.place_if_spun
    networks = {of.name: getattr(place, of.name) for of in fields(place)} if place else {}
    turned = {of: replace(n, names=(*n.names[1:], n.names[0])) for of, n in networks.items()}
    return replace(decision, place_if_spun=place and replace(place, **turned))


DECISIONS: dict[str, Callable[[Decision], Decision]] = {
    "as it is": lambda d: d,
    "places are not judged": lambda d: replace(d, place_if_spun=None, threshold_if_spun=None),
    "places are judged by features in another order": in_another_order,
    "an edit of a spun text needs a score of .2": lambda d: replace(d, threshold_if_spun=0.2),
    "an edit of a spun text needs a score of .8": lambda d: replace(d, threshold_if_spun=0.8),
    "every text is judged as a spun one": lambda d: replace(d, spun_document_threshold=0.0),
}


def made(repairer: textrepair.Repairer) -> Iterator[tuple[str, dict[str, Outcome]]]:
    """What the repairer makes of the public texts, as it is and worsened."""
    usual = repairer.decision
    for name, changed in DECISIONS.items():
        repairer.decision = changed(usual)
        yield name, outcomes(repairer)
    repairer.decision = usual
    with without_habits():
        yield "the table of habits is empty", outcomes(repairer)


def main() -> None:
    """Compare, print, and write benchmarks/results/worsened.json."""
    committed = json.loads(RESULTS.read_text(encoding="utf8"))["documents"]
    before = {name: Outcome(**o) for name, o in committed.items()}
    report: dict[str, Any] = {}
    for name, after in made(textrepair.load()):
        told = [*worse(before, after)]
        report[name] = {"fails": any(surely for _, surely in told), "told": [line for line, _ in told]}
        print(name, *report[name]["told"], sep="\n  ", flush=True)
    written = {**made_with(find_model("en_sci_sm")), "worsened": report}
    OUT.write_text(json.dumps(written, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)
