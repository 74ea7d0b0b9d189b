"""The records every other room speaks in: `Edit`, `Held`, `Repair`, and how they are spliced into the text.

Offsets are code points of the text as given; nothing is normalised before or after.
The idea of an explanation that can be replayed and undone is ftfy's (`fix_and_explain`,
`apply_plan`); here it is kept on offsets, so that one change can be undone alone.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from textrepair.detection import Detection
from textrepair.marks import changed, marked
from textrepair.pipeline.decide import decide

KINDS = ("terminology", "wording", "artifact", "injected", "furniture", "number", "truncation")
SWAPS = KINDS[:2]  # what spinners swap; the others are of other damage


@dataclass(frozen=True, order=True)
class Edit:
    """One change: `source[start:end]`, which reads `before`, becomes `after`.

    `kind` is one of `KINDS`; `score` is the calibrated probability (0 to 1) that the edit is
    right; `reason` says what proposed it. `source` names that alone: a lexicon (`lexicon:DOMAIN`), a way of
    the reranker to find candidates (`reranker:NAME`) or a family of damage; `tier` is that of the lexicon's
    entry, if one or as good as one proposed it. `threshold` is the score it needed to be made.

    >>> Edit(4, 13, "sufferers", "patients", "terminology", 0.98, "lexicon:biomedical")
    Edit(start=4, end=13, before='sufferers', after='patients', kind='terminology', score=0.98, \
reason='lexicon:biomedical')
    """

    start: int
    end: int
    before: str
    after: str
    kind: str
    score: float
    reason: str
    tier: str = field(default="", kw_only=True, repr=False)
    source: str = field(default="", kw_only=True, repr=False)
    threshold: float = field(default=0.0, kw_only=True, repr=False)


@dataclass(frozen=True, order=True)
class Held(Edit):
    """An edit that was considered and not made; `why_not` is the short name of the reason.

    A `flag` marks damage whose repair nobody can know: `after` repeats `before`, and `score` is the
    probability that something is wrong there.
    """

    why_not: str = "low-score"


@dataclass(frozen=True)
class Repair:
    """What `explain` returns: the source, the edits made, the edits held back.

    `spun` is the probability (0 to 1) that the document is spun at all; `detection` what was swapped in it,
    restored or not.

    >>> r = Repair("the sufferers", (Edit(4, 13, "sufferers", "patients", "terminology", .9, "x"),))
    >>> r.text
    'the patients'
    >>> r.revert(r.edits[0]).text
    'the sufferers'
    """

    source: str
    edits: tuple[Edit, ...] = ()
    held: tuple[Held, ...] = ()
    spun: float = 0.0
    detection: Detection = field(default=Detection(), compare=False, repr=False)

    @property
    def text(self) -> str:
        """The source with every edit made."""
        return splice(self.source, self.edits)

    def revert(self, edit: Edit) -> Repair:
        """The same repair without `edit`, whose original characters stand again.

        Raises `ValueError` when `edit` is not one of `edits`.
        """
        if edit not in self.edits:
            raise ValueError(f"{edit!r} is not among the {len(self.edits)} edits of this repair")
        kept = tuple(e for e in self.edits if e != edit)
        held = Held(**asdict(edit), why_not="reverted")
        return replace(self, edits=kept, held=tuple(sorted((*self.held, held))))

    def at(self, min_score: float) -> Repair:
        """The same repair under another threshold, without running anything again.

        Edits that score below `min_score` are held; held ones that were only short of score
        are made, best first, where they do not overlap. What a guard, a protected term or a
        user's `revert` holds stays held.

        >>> r = Repair("a b", (), (Held(0, 1, "a", "x", "wording", .4, "r"),))
        >>> r.at(0.3).text
        'x b'
        """
        pool: list[Edit] = [*self.edits]
        held: list[Held] = []
        for h in self.held:
            if h.why_not in ("low-score", "overlap"):
                pool.append(Edit(**{f.name: getattr(h, f.name) for f in fields(Edit)}))
            else:
                held.append(h)
        made, fell_short = decide(pool, min_score)
        held += [Held(**asdict(e), why_not=why_not) for e, why_not in fell_short]
        return replace(self, edits=made, held=tuple(sorted(held)))

    def to_dict(self) -> dict[str, object]:
        """Plain values only, ready for JSON; `text` is included so that a reader needs no code."""
        return {**asdict(self), "detection": self.detection.to_dict(), "text": self.text}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Repair:
        """The repair of which `to_dict` made these values; others beside them are left out.

        Raises `KeyError`, `TypeError` or `ValueError` for values of another kind, or edits of another text.

        >>> repair = Repair("a b", (Edit(0, 1, "a", "x", "wording", 0.9, "r"),), spun=0.5)
        >>> Repair.from_dict(repair.to_dict()) == repair
        True
        """
        source = values["source"]
        edits, held = (Edit(**e) for e in values["edits"]), (Held(**h) for h in values["held"])
        found = Detection.from_dict(values["detection"], source)
        repair = cls(source, tuple(edits), tuple(held), values["spun"], found)
        splice(source, repair.edits)
        return repair

    def _repr_html_(self) -> str:
        """The text as a notebook shows it: struck out what went, underlined what came, why on hover."""
        why = (f"{e.kind}, {e.score:.2f}, {e.reason}" for e in self.edits)
        return marked(
            self.source,
            ((e.start, e.end, changed(e.before, e.after, w)) for e, w in zip(self.edits, why, strict=True)),
        )


def splice(source: str, edits: Iterable[Edit]) -> str:
    """`source` with `edits` made.

    Raises `ValueError` on an edit that overlaps another, leaves the text, or whose `before`
    is not what stands there: such an edit belongs to another text.

    >>> splice("a b", [Edit(2, 3, "b", "c", "wording", 1, "x")])
    'a c'
    """
    out, at = [], 0
    for e in sorted(edits):
        fits = at <= e.start <= e.end <= len(source) and source[e.start : e.end] == e.before
        if not fits:
            raise ValueError(f"{e!r} does not fit the text: after offset {at}, {source[e.start : e.end]!r}")
        out += [source[at : e.start], e.after]
        at = e.end
    return "".join([*out, source[at:]])


def unified_diff(repair: Repair, name: str) -> str:
    """The repair as a unified diff that `patch` applies; empty when nothing changed."""
    # only "\n" ends a line for `patch`; `splitlines` would also break at form feeds and others
    before, after = (re.findall(r"[^\n]*\n|[^\n]+", t) for t in (repair.source, repair.text))
    tab = "\t" if " " in name else ""  # without it `patch` ends the name at the first space
    lines = difflib.unified_diff(before, after, f"a/{name}{tab}", f"b/{name}{tab}")
    return "".join(x if x.endswith("\n") else x + "\n\\ No newline at end of file\n" for x in lines)
