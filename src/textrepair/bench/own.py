"""A model measured on gold of one's own, and how that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from textrepair.bench.pages import Page, measure
from textrepair.bench.stored import find_out
from textrepair.bench.tally import PRECISIONS, share, tally
from textrepair.bench.texts import Text
from textrepair.pipeline.repair import Repairer

if TYPE_CHECKING:
    from rich.table import Table


def on_gold(repairer: Repairer, texts: Iterable[Text]) -> dict[str, Any]:
    """The figures of a repairer on spun texts, as `tally` names them; no text is among them."""
    measured = []
    for text in texts:
        page = Page(text.id, text.text, text.gold or (), text.domain, "")
        found = find_out(repairer, text.text)
        candidates = [candidate for candidate, _ in found.scored]
        repair = repairer.explain(text.text)
        measured.append(measure(page, repair, repairer.min_score, found.detected.replaced_probs, candidates))
    return {"threshold": repairer.min_score, **tally(measured, sure=True)}


def report(result: Mapping[str, Any]) -> Iterator[Table]:
    """The figures as a Rich table."""
    from rich.table import Table

    table = Table("", "", "95 %", title="On your gold", title_justify="left")
    sure, words, candidates = result["intervals"], result["detection"]["words"], result["candidates"]
    for name in ("pages", "words", "swaps"):
        table.add_row({"pages": "texts"}.get(name, name), f"{result[name]:,}", "")
    for name, of in (("recall", "restored"), ("precision", "precision")):
        low, high = sure[name]
        table.add_row(of, share(result[name]), f"{share(low)}–{share(high)}")
    for name, of in (("partly", "partly right"), ("other", "other wording"), ("beside", "beside every swap")):
        table.add_row(f"edits: {of}", str(result[name]), "")
    for precision in PRECISIONS:
        table.add_row(
            f"swapped words told at precision {share(precision)}", share(words[f"recall_at_{precision}"]), ""
        )
    for name in ("single", "several"):
        table.add_row(f"a right candidate is there, {name} words", share(candidates[name]["recall"]), "")
    table.add_row("calibration error", share(result["calibration"]["error"]), "")
    yield table
