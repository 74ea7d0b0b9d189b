"""What counts as restored, wrong and neutral.

Gold spans say which answers are accepted; a span whose `accept` is None is neutral: whatever is
done there is neither right nor wrong. A gold span is restored when the output over it, and over
every edit that touches it, reads like the source with accepted answers put in; so an edit that
reaches further must get its whole reach right. Letter case and white space do not count.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textrepair.candidates import Candidate
    from textrepair.edits import Edit

MOST_READINGS = 4096  # accepted readings tried for one stretch; more only arise from gold gone wrong


@dataclass(frozen=True)
class Gold:
    """A span of the source and the restorations accepted for it; `accept` None means neutral.

    The one record of what was swapped: hand-written gold and `textrepair.training.spinner` both speak it.
    """

    start: int
    end: int
    accept: tuple[str, ...] | None
    kind: str


@dataclass(frozen=True)
class Change:
    """An edit as far as scoring needs it."""

    start: int
    end: int
    after: str


def changes_of(made: Iterable[Edit | Candidate]) -> list[Change]:
    """Edits, or candidates, as the scorer reads them."""
    return [Change(m.start, m.end, m.after) for m in made]


@dataclass(frozen=True)
class Score:
    """Counts of one scored text, or of several added up.

    `by_kind` maps a gold kind to (restored, in all).
    """

    gold: int
    restored: int
    touched: int
    right: int
    wrong: int
    by_kind: dict[str, tuple[int, int]]
    wrong_edits: tuple[tuple[str, str], ...]
    missed: tuple[str, ...]

    @property
    def recall(self) -> float:
        """Restored gold spans over all that have an answer."""
        return self.restored / max(1, self.gold)

    @property
    def precision(self) -> float:
        """Right edits over right and wrong ones."""
        return self.right / max(1, self.right + self.wrong)

    def __add__(self, other: Score) -> Score:
        """The score of both texts together."""
        kinds = {
            k: (self.by_kind.get(k, (0, 0))[0] + other.by_kind.get(k, (0, 0))[0],
                self.by_kind.get(k, (0, 0))[1] + other.by_kind.get(k, (0, 0))[1])
            for k in sorted(self.by_kind | other.by_kind)
        }  # fmt: skip
        return Score(
            self.gold + other.gold,
            self.restored + other.restored,
            self.touched + other.touched,
            self.right + other.right,
            self.wrong + other.wrong,
            kinds,
            self.wrong_edits + other.wrong_edits,
            self.missed + other.missed,
        )


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


def plain(text: str) -> str:
    """`text` as the scorer compares it: single spaces, none before closing marks, no case.

    >>> plain("The  End ,  then’s")
    "the end, then's"
    """
    words = " ".join(text.split()).casefold().replace("’", "'")
    for mark in ",.;:)":
        words = words.replace(" " + mark, mark)
    return words


def _touch(a: Gold | Change, lo: int, hi: int) -> bool:
    return (a.start < hi and lo < a.end) or (a.start == a.end and lo <= a.start <= hi)


def _read(source: str, lo: int, hi: int, changes: Iterable[Change]) -> str:
    out, at = [], lo
    for c in sorted(changes, key=lambda c: (c.start, c.end)):
        out += [source[at : c.start], c.after]
        at = c.end
    return plain("".join([*out, source[at:hi]]))


def score(source: str, changes: Iterable[Change], gold: Sequence[Gold]) -> Score:
    """Score non-overlapping `changes` of `source` against `gold`.

    >>> gold = [Gold(4, 13, ("patients",), "terminology")]
    >>> score("The sufferers", [Change(4, 13, "patients")], gold).recall
    1.0
    """
    made = [c for c in changes if source[c.start : c.end] != c.after]
    asked = [g for g in gold if g.accept is not None]
    right: set[Change] = set()
    restored, touched = set(), set()
    for k, g in enumerate(asked):
        lo, hi = g.start, g.end
        while True:  # grow to everything that touches what touches
            on = [c for c in made if _touch(c, lo, hi)]
            also = [a for a in asked if _touch(a, lo, hi)]
            reach: list[Gold | Change] = [*on, *also, g]
            wider = min(lo, *(r.start for r in reach)), max(hi, *(r.end for r in reach))
            if wider == (lo, hi):
                break
            lo, hi = wider
        if not on:
            continue
        touched.add(k)
        choices = itertools.product(*([Change(a.start, a.end, r) for r in a.accept or ()] for a in also))
        accepted = {_read(source, lo, hi, c) for c in itertools.islice(choices, MOST_READINGS)}
        if _read(source, lo, hi, on) in accepted:
            restored.add(k)
            right.update(on)
    neutral = [g for g in gold if g.accept is None]
    wrong = [c for c in made if c not in right and not any(_touch(c, n.start, n.end) for n in neutral)]
    kinds = Counter(g.kind for g in asked)
    hits = Counter(asked[k].kind for k in restored)
    return Score(
        len(asked),
        len(restored),
        len(touched),
        len(right),
        len(wrong),
        {k: (hits[k], n) for k, n in sorted(kinds.items())},
        tuple((source[c.start : c.end], c.after) for c in wrong),
        tuple(source[g.start : g.end] for k, g in enumerate(asked) if k not in restored),
    )
