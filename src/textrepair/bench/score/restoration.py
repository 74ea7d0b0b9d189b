"""Restoration: what counts as restored, partly right, wrong and neutral.

Gold spans say which answers are accepted; a span whose `accept` is None is neutral: whatever is
done there is neither right nor wrong. A gold span is restored when the output over it, and over
every edit that touches it, reads like the source with accepted answers put in; so an edit that
reaches further must get its whole reach right. Letter case and white space do not count.

An edit that restores nothing and touches no neutral span is wrong, in one of four ways: it is partly right
if it brings a gold span nearer to an accepted answer (by words to be changed), another wording if it touches
one and does not, spacing if it only moves white space, and else it stands beside every gold span.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textrepair.edits import Edit
    from textrepair.pipeline.candidates import Candidate
from textrepair.gold import Gold

WAYS = ("partly", "other", "beside", "spacing")  # in which an edit may be wrong
MOST_READINGS = 4096  # accepted readings tried for one stretch; more only arise from gold gone wrong


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

    `by_kind` maps a gold kind to (restored, in all); `ways` counts the wrong edits by what they are (see
    `WAYS`).
    """

    gold: int = 0
    restored: int = 0
    touched: int = 0
    right: int = 0
    wrong: int = 0
    by_kind: dict[str, tuple[int, int]] = field(default_factory=dict)
    ways: dict[str, int] = field(default_factory=dict)
    wrong_edits: tuple[tuple[str, str], ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def recall(self) -> float:
        """Restored gold spans over all that have an answer."""
        return self.restored / max(1, self.gold)

    @property
    def precision(self) -> float:
        """Right edits over right and wrong ones, of which partly right ones are some."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def misleading(self) -> int:
        """Wrong edits but for those that are partly right and those that only move white space."""
        return self.ways.get("other", 0) + self.ways.get("beside", 0)

    @property
    def fair_precision(self) -> float:
        """Right edits over right and misleading ones: what is partly right is set aside."""
        return self.right / max(1, self.right + self.misleading)

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
            dict(Counter(self.ways) + Counter(other.ways)),
            self.wrong_edits + other.wrong_edits,
            self.missed + other.missed,
        )


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


def _distance(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words of `a` must be changed, added or dropped to read `b` (Levenshtein 1966)."""
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def _way(source: str, change: Change, asked: Iterable[Gold]) -> str:
    """In which of the `WAYS` a change is wrong."""
    touched = [g for g in asked if _touch(change, g.start, g.end)]
    for g in touched:
        lo, hi = min(change.start, g.start), max(change.end, g.end)

        def words(changes: Sequence[Change], lo: int = lo, hi: int = hi) -> list[str]:
            return re.findall(r"\w+|[^\w\s]", _read(source, lo, hi, changes))

        answers = [words([Change(g.start, g.end, answer)]) for answer in g.accept or ()]
        now, then = words([]), words([change])
        if min(_distance(then, a) for a in answers) < min(_distance(now, a) for a in answers):
            return "partly"
    if touched:
        return "other"
    before = source[change.start : change.end]
    spacing = change.after.strip() == before.strip() or change.after.replace(" ", "") == before.replace(
        " ", ""
    )
    return "spacing" if spacing else "beside"


def restored_spans(
    source: str, made: Sequence[Change], asked: Sequence[Gold]
) -> tuple[set[int], set[int], set[Change]]:
    """The numbers of the gold spans that are restored, of those touched, and the changes that are right."""
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
    return restored, touched, right


def verdicts(source: str, changes: Iterable[Change], gold: Sequence[Gold]) -> dict[Change, str]:
    """What each change is, all of them being made: `right`, `neutral`, or one of the `WAYS` to be wrong.

    >>> gold = [Gold(4, 13, ("patients",), "terminology")]
    >>> [*verdicts("The sufferers", [Change(4, 13, "people")], gold).values()]
    ['other']
    """
    made = [c for c in changes if source[c.start : c.end] != c.after]
    asked = [g for g in gold if g.accept is not None]
    return _verdicts(source, made, gold, restored_spans(source, made, asked)[2])


def _verdicts(
    source: str, made: Sequence[Change], gold: Sequence[Gold], right: Collection[Change]
) -> dict[Change, str]:
    asked = [g for g in gold if g.accept is not None]
    neutral = [g for g in gold if g.accept is None]
    return {
        c: "right" if c in right
        else "neutral" if any(_touch(c, n.start, n.end) for n in neutral)
        else _way(source, c, asked)
        for c in made
    }  # fmt: skip


def score(source: str, changes: Iterable[Change], gold: Sequence[Gold]) -> Score:
    """Score non-overlapping `changes` of `source` against `gold`.

    >>> gold = [Gold(4, 13, ("patients",), "terminology")]
    >>> score("The sufferers", [Change(4, 13, "patients")], gold).recall
    1.0
    """
    made = [c for c in changes if source[c.start : c.end] != c.after]
    asked = [g for g in gold if g.accept is not None]
    restored, touched, right = restored_spans(source, made, asked)
    told = _verdicts(source, made, gold, right)
    wrong = [c for c in made if told[c] in WAYS]
    kinds = Counter(g.kind for g in asked)
    hits = Counter(asked[k].kind for k in restored)
    return Score(
        len(asked),
        len(restored),
        len(touched),
        len(right),
        len(wrong),
        {k: (hits[k], n) for k, n in sorted(kinds.items())},
        dict(Counter(told[c] for c in wrong)),
        tuple((source[c.start : c.end], c.after) for c in wrong),
        tuple(source[g.start : g.end] for k, g in enumerate(asked) if k not in restored),
    )
