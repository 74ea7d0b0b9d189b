"""Ten swaps that textrepair does not restore: what was wanted, what each system did, and why ours failed.

`benchmarks/data/failures.jsonl` names them (the text by its hash, the offset of the swap) and says why, in
words that no figure stands in: those are taken from the run. They are swaps of the public texts, spun by
hand. `systems.py` calls this with what the systems have read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrepair.bench.pages import Page
from textrepair.bench.score import Change, score
from textrepair.edits import Repair
from textrepair.gold import Gold
from textrepair.pipeline.segment import segment

ROOT = Path(__file__).parents[1]
NAMED = ROOT / "benchmarks/data/failures.jsonl"


@dataclass(frozen=True)
class Failure:
    """A swap of a page that textrepair does not restore, and why."""

    page: Page
    gold: Gold
    why: str

    @property
    def name(self) -> str:
        """What tells it from others."""
        return f"{self.page.id} {self.gold.start}"


def named(pages: Sequence[Page]) -> list[Failure]:
    """The failures, all of which must stand in one of the pages."""
    by_id = {page.id: page for page in pages}
    out = []
    for row in map(json.loads, NAMED.read_text(encoding="utf8").splitlines()):
        page = by_id[row["text"]]
        out.append(Failure(page, next(g for g in page.gold if g.start == row["at"]), row["why"]))
    return out


def done(failure: Failure, changes: Sequence[Change]) -> dict[str, Any]:
    """What a system that changes this made of the swap: whether it is restored, and what was put there."""
    text, gold = failure.page.text, failure.gold
    on = _on(text, gold, changes)
    return {
        "restored": score(text, on, [gold]).restored > 0,
        "put": _put(text, gold, on) if on else "",
    }


def explained(
    failures: Sequence[Failure],
    made: Mapping[str, Mapping[str, Mapping[str, Any]]],
    repairs: Mapping[str, Repair],
) -> Iterator[dict[str, Any]]:
    """Each failure with its sentence, what the systems made of it, and what textrepair told of its words.

    `made`: by system and by the failure's name, what it has `done`; `repairs`: by text, what textrepair made
    of it.
    """
    for failure in failures:
        text, gold = failure.page.text, failure.gold
        start, end = _sentence(text, gold.start)
        spun = text[gold.start : gold.end]
        did = {name: of[failure.name] for name, of in made.items() if failure.name in of}
        yield {
            "sentence": f"{text[start : gold.start]}**{spun}**{text[gold.end : end]}",
            "spun": spun,
            "wanted": (gold.accept or ("",))[0],
            "restored_by": [name for name, of in did.items() if of["restored"]],
            "made": {name: of["put"] for name, of in did.items() if of["put"] and not of["restored"]},
            "not_run": [name for name in made if name not in did],
            "told": _told(repairs[text], gold),
            "why": failure.why,
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
