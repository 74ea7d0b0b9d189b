"""Ten swaps that textrepair does not restore: what was wanted, what each system did, and why ours failed.

`benchmarks/data/failures.jsonl` names them (the text by its hash, the offset of the swap) and says why; they
are swaps of the public texts, spun by hand. `systems.py` calls this with what the systems have read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from textrepair.bench.pages import Page
from textrepair.bench.score import Change
from textrepair.pipeline.segment import segment

ROOT = Path(__file__).parents[1]
NAMED = ROOT / "benchmarks/data/failures.jsonl"


def named(pages: Sequence[Page]) -> list[Page]:
    """The pages that have a failure."""
    rows = map(json.loads, NAMED.read_text(encoding="utf8").split("\n")[:-1])
    ids = {row["text"] for row in rows}
    return [page for page in pages if page.id in ids]


def explained(
    pages: Sequence[Page], made: Mapping[str, Mapping[str, Sequence[Change]]]
) -> Iterator[dict[str, Any]]:
    """Each failure with its sentence, and what the systems that touched it put there.

    `made`: by system and text, what it changes.
    """
    by_id = {page.id: page for page in pages}
    for line in NAMED.read_text(encoding="utf8").splitlines():
        row = json.loads(line)
        page = by_id[row["text"]]
        gold = next(g for g in page.gold if g.start == row["at"])
        start, end = _sentence(page.text, gold.start)
        spun = page.text[gold.start : gold.end]
        yield {
            "sentence": f"{page.text[start : gold.start]}**{spun}**{page.text[gold.end : end]}",
            "spun": spun,
            "wanted": (gold.accept or ("",))[0],
            "made": {
                name: put
                for name, of in made.items()
                if (put := _put(page.text, gold.start, gold.end, of.get(page.text, ())))
            },
            "not_asked": [name for name, of in made.items() if page.text not in of],
            "why": row["why"],
        }


def _sentence(text: str, at: int) -> tuple[int, int]:
    opens = [w.start for w in segment(text).words if w.opens]
    start = max((o for o in opens if o <= at), default=0)
    end = min((o for o in opens if o > at), default=len(text))
    return start, start + len(text[start:end].rstrip())


def _put(text: str, start: int, end: int, changes: Sequence[Change]) -> str:
    """What the changes make of a span and of all that they reach over with it; empty if they leave it."""
    on = [c for c in changes if c.start < end and start < c.end]
    if not on:
        return ""
    start, end = min(start, *(c.start for c in on)), max(end, *(c.end for c in on))
    out, at = "", start
    for c in sorted(on, key=lambda c: c.start):
        out, at = f"{out}{text[at : c.start]}{c.after}", c.end
    return f"{out}{text[at:end]}".strip() or "(deleted)"
