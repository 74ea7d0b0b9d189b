"""A model measured on gold of one's own, and how that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from textrepair.bench.compare import thresholds
from textrepair.bench.pages import Measured, Page, measure
from textrepair.bench.score import Score, changes_of, score
from textrepair.bench.stored import find_out
from textrepair.bench.tally import PRECISIONS, restoration, share, tally
from textrepair.bench.texts import Text
from textrepair.edits import Repair
from textrepair.pipeline.repair import Repairer

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class OnGold:
    """A text with gold: what was made of it, and how good that is."""

    measured: Measured
    repair: Repair


def on_gold(repairer: Repairer, texts: Iterable[Text]) -> Iterator[OnGold]:
    """What a repairer makes of spun texts whose answers are known, one after the other."""
    for number, text in enumerate(texts, start=1):
        page = Page(text.id or f"text {number}", text.text, text.gold or (), text.domain, "")
        candidates = [candidate for candidate, _ in find_out(repairer, text.text).scored]
        repair = repairer.explain(text.text)
        yield OnGold(measure(page, repair, repairer.min_score, candidates), repair)


def figures(made: Sequence[OnGold]) -> dict[str, Any]:
    """The figures of all texts, as `tally` names them, also at other thresholds; no text is among them."""
    curve = []
    for threshold in thresholds():
        scores = (
            score(m.measured.page.text, changes_of(m.repair.at(threshold).edits), m.measured.page.gold)
            for m in made
        )
        curve.append({"threshold": round(threshold, 4), **restoration(reduce(add, scores, Score()))})
    measured = [m.measured for m in made]
    least = measured[0].threshold if made else None
    return {"threshold": least, **tally(measured, sure=True), "curve": curve}


def rows(result: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The figures as they are shown: what, how much, and its 95 % interval."""
    sure, words, candidates = result["intervals"], result["detection"]["words"], result["candidates"]
    for name in ("pages", "words", "swaps"):
        yield {"pages": "texts"}.get(name, name), f"{result[name]:,}", ""
    of_what = {
        "recall": result["swaps"],
        "precision": sum(result[way] for way in ("right", "other", "beside")),
    }
    for name, of in (("recall", "restored"), ("precision", "precision")):
        known = of_what[name] > 0  # without swaps, or edits, there is no share of them
        yield of, share(result[name] if known else None), _between(sure[name]) if known else ""
    for name, of in (("partly", "partly right"), ("other", "other wording"), ("beside", "beside every swap")):
        yield f"edits: {of}", str(result[name]), ""
    for precision in PRECISIONS:
        told = share(words[f"recall_at_{precision}"])
        between = _between(sure["words_recall_at_0.9"]) if precision == PRECISIONS[0] else ""
        yield f"swapped words told at precision {share(precision)}", told, between
    for name in ("single", "several"):
        reached = candidates[name]["recall"] if candidates[name]["swaps"] else None
        yield f"a right candidate is there, {name} words", share(reached), ""
    yield "calibration error", share(result["calibration"]["error"]), ""


def _between(interval: Sequence[float | None]) -> str:
    return "" if None in interval else "–".join(map(share, interval))


def report(result: Mapping[str, Any]) -> Iterator[Table]:
    """The figures as a Rich table."""
    from rich.table import Table

    table = Table("", "", "95 %", title="On your gold", title_justify="left")
    for row in rows(result):
        table.add_row(*row)
    yield table
