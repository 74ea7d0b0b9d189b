"""Ten swaps that textrepair does not restore: what was wanted, what each system did, and why ours failed.

`benchmarks/data/failures.jsonl` names them (the text by its hash, the offset of the swap) and says why, in
words that no figure stands in: those are taken from the run. They are swaps of the public texts, spun by
hand. `systems.py` calls this with what the systems have read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from textrepair.bench.pages import Page
from textrepair.bench.score import Change, score
from textrepair.edits import Repair
from textrepair.gold import Gold
from textrepair.pipeline.segment import segment

ROOT = Path(__file__).parents[1]
NAMED = ROOT / "benchmarks/data/failures.jsonl"


def named(pages: Sequence[Page]) -> list[Page]:
    """The pages that have a failure."""
    rows = map(json.loads, NAMED.read_text(encoding="utf8").split("\n")[:-1])
    ids = {row["text"] for row in rows}
    return [page for page in pages if page.id in ids]


def explained(
    pages: Sequence[Page],
    made: Mapping[str, Mapping[str, Sequence[Change]]],
    repairs: Mapping[str, Repair],
) -> Iterator[dict[str, Any]]:
    """Each failure with its sentence, what the systems made of it, and what textrepair told of its words.

    `made`: by system and text, what it changes; `repairs`: by text, what textrepair made of it.
    """
    by_id = {page.id: page for page in pages}
    for line in NAMED.read_text(encoding="utf8").splitlines():
        row = json.loads(line)
        page = by_id[row["text"]]
        gold = next(g for g in page.gold if g.start == row["at"])
        start, end = _sentence(page.text, gold.start)
        spun = page.text[gold.start : gold.end]
        on = {name: _on(page.text, gold, of[page.text]) for name, of in made.items() if page.text in of}
        right = [name for name, changes in on.items() if score(page.text, changes, [gold]).restored]
        yield {
            "sentence": f"{page.text[start : gold.start]}**{spun}**{page.text[gold.end : end]}",
            "spun": spun,
            "wanted": (gold.accept or ("",))[0],
            "restored_by": right,
            "made": {
                name: _put(page.text, gold, changes)
                for name, changes in on.items()
                if changes and name not in right
            },
            "not_run": [name for name in made if name not in on],
            "told": _told(repairs[page.text], gold),
            "why": row["why"],
        }


def _told(repair: Repair, gold: Gold) -> dict[str, Any]:
    """How likely textrepair finds the text spun and the words of a span swapped, and by what originals."""
    on = [s for s in repair.detection.spans if s.start < gold.end and gold.start < s.end]
    return {
        "spun": round(repair.spun, 4),
        "words": [
            {
                "text": s.text,
                "swapped": round(s.probability, 4),
                "originals": [[o.text, round(o.probability, 4)] for o in s.originals],
            }
            for s in on
        ],
    }


def _on(text: str, gold: Gold, changes: Sequence[Change]) -> list[Change]:
    """The changes that touch a span, in order, without those of letter case alone."""
    touching = [c for c in changes if c.start < gold.end and gold.start < c.end]
    return sorted(
        (c for c in touching if c.after.casefold() != text[c.start : c.end].casefold()), key=lambda c: c.start
    )


def _sentence(text: str, at: int) -> tuple[int, int]:
    opens = [w.start for w in segment(text).words if w.opens]
    start = max((o for o in opens if o <= at), default=0)
    end = min((o for o in opens if o > at), default=len(text))
    return start, start + len(text[start:end].rstrip())


def _put(text: str, gold: Gold, on: Sequence[Change]) -> str:
    """What changes that touch a span make of it and of all that they reach over with it."""
    start, end = min(gold.start, *(c.start for c in on)), max(gold.end, *(c.end for c in on))
    out, at = "", start
    for c in on:
        out, at = f"{out}{text[at : c.start]}{c.after}", c.end
    return f"{out}{text[at:end]}".strip() or "(deleted)"
