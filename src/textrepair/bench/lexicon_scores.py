"""A whole lexicon scored: the counts of its entries, their tiers, and how both are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from textrepair.bench.compare import repairer_with
from textrepair.bench.entries import Counted, Firings, Scored, count, count_edits, judge
from textrepair.bench.texts import Text
from textrepair.lexicon.entries import TIERS, Entry

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 20  # entries a table lists


@dataclass(frozen=True)
class ScoredLexicon:
    """The scored entries, and how many words they were measured on."""

    entries: list[Scored]
    clean_words: int
    spun_words: int

    def measured(self) -> list[Entry]:
        """The entries with their new tiers, precision and evidence, ready to be written."""
        return [self._measured(s) for s in self.entries]

    def _measured(self, s: Scored) -> Entry:
        f = s.alone
        evidence = f"{f.clean} in {self.clean_words} clean words"
        if self.spun_words:
            evidence += f", {f.right} right of {f.spun} in {self.spun_words} spun"
        doubt = "more often wrong than right" if s.proposed == "never" != s.entry.tier else ""
        note = "; ".join(n for n in (s.entry.note, doubt) if n)
        return replace(s.entry, tier=s.proposed, precision=f.precision, evidence=evidence, note=note)

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "clean_words": self.clean_words,
            "spun_words": self.spun_words,
            "tiers": {f"{a} → {b}": n for (a, b), n in sorted(self._moves().items())},
            "auto_firings_per_10000_clean_words": self.harm(),
            "entries": [
                {
                    "spun": s.entry.spun, "canonical": list(s.entry.canonical), "pos": s.entry.pos,
                    "domain": s.entry.domain, "tier": s.entry.tier, "proposed": s.proposed,
                    **_figures("alone", s.alone), **(_figures("asked", s.asked) if s.asked else {}),
                }
                for s in self.entries
            ],
        }  # fmt: skip

    def harm(self) -> dict[str, float]:
        """Firings per 10,000 clean words of the `auto` entries, by the tiers given and proposed."""
        words = max(1, self.clean_words)
        given = sum(s.alone.clean for s in self.entries if s.entry.tier == "auto")
        proposed = sum(s.alone.clean for s in self.entries if s.proposed == "auto")
        return {
            "given": round(given / words * 1e4, 4),
            "proposed": round(proposed / words * 1e4, 4),
        }

    def _moves(self) -> Counter[tuple[str, str]]:
        return Counter((s.entry.tier, s.proposed) for s in self.entries)

    def tables(self) -> Iterator[Table]:
        """For people: how many entries earn which tier, and the entries most often wrong."""
        from rich.markup import escape
        from rich.table import Table

        table = Table("tier given", *(f"proposed {t}" for t in TIERS), title_justify="left")
        table.title = (
            f"{len(self.entries):,} entries, {self.clean_words:,} clean and {self.spun_words:,} spun words"
        )
        moves = self._moves()
        for given in TIERS:
            table.add_row(given, *(f"{moves[given, proposed]:,}" for proposed in TIERS))
        harm = self.harm()
        table.caption = (
            f"auto on clean text, firings per 10,000 words: {harm['given']} as given, "
            f"{harm['proposed']} as proposed"
        )
        yield table

        wrong = [s for s in self.entries if s.alone.wrong and s.entry.tier != "never"]
        wrong.sort(key=lambda s: (-s.alone.wrong, s.entry.spun))
        asked = any(s.asked for s in wrong)
        table = Table("spun", "canonical", "on clean", "on spun", "right", "precision [95 %]")
        if asked:
            table.add_column("with the reranker: clean, spun, right")
        table.add_column("tier")
        table.title = f"Most often wrong, {min(SHOWN, len(wrong))} of {len(wrong):,}"
        table.title_justify = "left"
        for s in wrong[:SHOWN]:
            table.add_row(
                escape(s.entry.spun),
                escape(s.entry.canonical[0]),
                *(str(n) for n in (s.alone.clean, s.alone.spun, s.alone.right)),
                "{:.2f} [{:.2f}, {:.2f}]".format(s.alone.precision or 0.0, *s.alone.interval),
                *([f"{s.asked.clean}, {s.asked.spun}, {s.asked.right}"] if s.asked else []),
                s.proposed if s.proposed == s.entry.tier else f"{s.entry.tier} → {s.proposed}",
            )
        if wrong:
            yield table


def _figures(name: str, f: Firings) -> dict[str, Any]:
    low, high = f.interval
    return {
        name: {
            "clean": f.clean,
            "spun": f.spun,
            "right": f.right,
            "precision": None if f.precision is None else round(f.precision, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }
    }


def score_entries(
    entries: Sequence[Entry],
    texts: Callable[[], Iterable[Text]],
    *,
    jobs: int = 1,
    model: str | None = None,
    advance: Callable[[int], None] = lambda n: None,
) -> ScoredLexicon:
    """Score every entry on the texts; with a `model`, on the edits that it agrees to as well.

    `texts` is called once for each reading. `advance` is called with the words of each batch.
    """
    alone = Counted()
    for counted in count(entries, texts(), jobs=jobs):
        alone += counted
        advance(counted.clean_words + counted.spun_words)
    asked = None
    if model is not None:
        asked = Counted()
        all_ask = [replace(e, tier="ask") if e.tier == "auto" else e for e in entries]
        for counted in count_edits(repairer_with([all_ask], model), entries, texts()):
            asked += counted
            advance(counted.clean_words + counted.spun_words)
    return ScoredLexicon(judge(entries, alone, asked), alone.clean_words, alone.spun_words)
