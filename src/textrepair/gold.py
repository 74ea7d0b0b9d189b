"""What was swapped in a text, and what is accepted in its place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Gold:
    """A span of the source and the restorations accepted for it; `accept` None means neutral.

    The one record of what was swapped: hand-written gold and the simulated spinners both speak it.
    """

    start: int
    end: int
    accept: tuple[str, ...] | None
    kind: str


def read_gold(path: Path) -> list[Gold]:
    """Gold spans from JSON lines with `start`, `end`, `accept` (list or null) and `kind`."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf8").splitlines())
    return [
        Gold(r["start"], r["end"], None if r["accept"] is None else tuple(r["accept"]), r["kind"])
        for r in rows
    ]


def gold_rows(text: str, gold: Iterable[Gold]) -> list[dict[str, Any]]:
    """Gold spans of `text` as `read_gold` reads them, one JSON object each; `spun` is what stands there.

    >>> gold_rows("An illness", [Gold(3, 10, ("disease",), "word")])
    [{'start': 3, 'end': 10, 'spun': 'illness', 'accept': ['disease'], 'kind': 'word'}]
    """
    return [
        {
            "start": g.start,
            "end": g.end,
            "spun": text[g.start : g.end],
            "accept": None if g.accept is None else list(g.accept),
            "kind": g.kind,
        }
        for g in gold
    ]
