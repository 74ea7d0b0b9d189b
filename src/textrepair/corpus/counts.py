"""What a run did, counted: the summary for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from textrepair.corpus.outcome import Outcome

COUNTED = ("rows", "empty", "documents", "words", "gated", "spun", "repaired", "edits")


@dataclass
class Counts:
    """Counts over rows.

    `rows` = `empty` (without text) + `documents` + refused ones; of the documents, `gated` were not shown
    to the model, `spun` look spun as a whole, and `repaired` have `edits`, counted by kind and by what
    proposed them.
    """

    rows: int = 0
    empty: int = 0
    documents: int = 0
    words: int = 0
    gated: int = 0
    spun: int = 0
    repaired: int = 0
    edits: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome, gate: float, spun_from: float) -> None:
        """Count one row; below `gate` the model is not asked, from `spun_from` on a document is spun."""
        self.rows += 1
        if outcome.refused:
            self.refused[outcome.refused] += 1
            return
        if not outcome.words:
            self.empty += 1
            return
        self.documents += 1
        self.words += outcome.words
        self.gated += outcome.spun < gate
        self.spun += outcome.spun >= spun_from
        self.repaired += bool(outcome.edits)
        self.edits += len(outcome.edits)
        self.kinds.update(e.kind for e in outcome.edits)
        self.reasons.update(e.source for e in outcome.edits)

    def include(self, other: Mapping[str, Any], times: int = 1) -> None:
        """Add other counts, as `to_dict` gives them; -1 `times` takes them out again.

        >>> a = Counts(rows=1)
        >>> a.include(Counts(rows=2, kinds=Counter(wording=1)).to_dict())
        >>> a.rows, a.kinds
        (3, Counter({'wording': 1}))
        """
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + times * other[name])
        for name in ("kinds", "reasons", "refused"):
            counts: Counter[str] = getattr(self, name)
            counts.update({k: times * n for k, n in other[name].items()})
            setattr(self, name, +counts)  # without those that are back at nought

    def to_dict(self) -> dict[str, Any]:
        """Plain values; counters by falling count."""
        return {k: dict(v.most_common()) if isinstance(v, Counter) else v for k, v in self._items()}

    def _items(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in asdict(self)]


@dataclass
class Summary(Counts):
    """The counts of a whole run; `shards` are all, `before` those an earlier run had done.

    `failed` names each shard that could not be read and why; `seconds` and `new_words` are of this
    run alone, `left_out` are files of other kinds in the folders given.
    """

    shards: int = 0
    before: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    left_out: int = 0
    seconds: float = 0.0
    new_words: int = 0

    @property
    def speed(self) -> float:
        """Words a second, of what this run repaired."""
        return self.new_words / self.seconds if self.seconds else 0.0
