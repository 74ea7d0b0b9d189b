"""A comparison of lexicons as numbers for JSON and as tables for people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textrepair.bench.compare import (
    Run,
    alone,
    coverage,
    difference,
    helping_and_harming,
    repairer_with,
    run,
    thresholds,
)
from textrepair.bench.texts import Text
from textrepair.lexicon.entries import TIERS, Entry
from textrepair.lexicon.lexicon import Lexicon

if TYPE_CHECKING:
    from rich.table import Table


def compare(
    lexicons: Mapping[str, Sequence[Sequence[Entry]]],
    texts: Sequence[Text],
    *,
    model: str = "en_sci_sm",
    min_score: float | None = None,
    advance: Callable[[int], None] = lambda n: None,
) -> tuple[dict[str, Any], dict[str, Run]]:
    """Measure each stack of lexicons, with the model and without; the others against the first.

    Returns everything as JSON knows it, and the runs with the model for `plots.plot`. `advance` is
    called with 1 after each text of each lexicon.
    """
    runs: dict[str, Run] = {}
    measured: dict[str, Any] = {}
    for name, stack in lexicons.items():
        repairer = repairer_with(stack, model, min_score)
        entries = [e for lexicon in stack for e in lexicon]
        repairs = repairer.pipe(t.text for t in texts)
        for runs[name] in run(repairs, texts, thresholds()):
            advance(1)
        bare = Run()
        auto = alone(repairer.lexicon, ("auto",), (t.text for t in texts))
        for bare in run(auto, texts):  # noqa: B007 (the last one is whole)
            pass
        covered, asked = coverage(repairer.lexicon, texts)
        measured[name] = {
            "entries": {tier: sum(e.tier == tier for e in entries) for tier in TIERS},
            "coverage": round(covered / max(1, asked), 4),
            "with_model": _numbers(runs[name]),
            "auto_alone": _numbers(bare),
            **helping_and_harming(runs[name], entries),
        }
    first, *others = lexicons
    result = {
        "texts": {
            "clean": sum(t.gold is None for t in texts),
            "spun": sum(t.gold is not None for t in texts),
        },
        "model": model,
        "min_score": repairer.min_score if lexicons else min_score,
        "lexicons": measured,
        "against": first,
        "differences": {n: _rounded(difference(runs[first], runs[n])) for n in others},
        "conflicts": {
            n: [str(c) for c in Lexicon([*lexicons[first], *lexicons[n]]).conflicts] for n in others
        },
    }
    return result, runs


def _numbers(done: Run) -> dict[str, Any]:
    total = done.score
    groups = {f"{what} {name or '(none named)'}": dict(c) for (what, name), c in sorted(done.by.items())}
    return {
        "harm_per_10000_words": round(done.per_10000, 4),
        "harm_edits": sum(done.harm),
        "clean_words": sum(done.clean_words),
        "recall": round(total.recall, 4),
        "precision": round(total.precision, 4) if total.right + total.wrong else None,
        "restored": total.restored,
        "gold": total.gold,
        "right": total.right,
        "wrong": total.wrong,
        "recall_by_kind": {k: {"restored": a, "gold": n} for k, (a, n) in total.by_kind.items()},
        "edits_by_group": groups,
        "curve": [
            {"min_score": round(t, 4), "recall": round(s.recall, 4), "precision": round(s.precision, 4),
             "harm_edits": harm} for t, (s, harm) in done.points.items()
        ],
    }  # fmt: skip


def _rounded(differences: Mapping[str, tuple[float, float, float]]) -> dict[str, dict[str, float | None]]:
    names = ("difference", "low", "high")
    return {
        what: {n: None if math.isnan(v) else round(v, 4) for n, v in zip(names, values, strict=True)}
        for what, values in differences.items()
    }


def tables(result: Mapping[str, Any]) -> Iterator[Table]:
    """The comparison as Rich tables: the lexicons, groups of edits, entries that help and harm."""
    from rich.markup import escape
    from rich.table import Table

    lexicons: Mapping[str, Any] = result["lexicons"]
    names = [escape(name) for name in lexicons]
    table = Table("", *names, title="Lexicons", title_justify="left")
    for label, cell in ROWS.items():
        table.add_row(label, *(cell(m) for m in lexicons.values()))
    for what in ("recall", "precision", "harm"):
        table.add_row(
            f"{what}: more than {result['against']}",
            *("" if n == result["against"] else _interval(result["differences"][n][what]) for n in lexicons),
        )
    table.add_row("conflicting forms", *(str(len(result["conflicts"].get(n, ()))) for n in lexicons))
    yield table

    with_model = [m["with_model"] for m in lexicons.values()]
    groups = sorted({g for m in with_model for g in m["edits_by_group"]})
    kinds = sorted({k for m in with_model for k in m["recall_by_kind"]})
    table = Table("", *names, title="Groups, with the model", title_justify="left")
    for kind in kinds:
        cells = (m["recall_by_kind"].get(kind, {"restored": 0, "gold": 0}) for m in with_model)
        table.add_row(escape(f"recall of {kind}"), *(f"{c['restored']} of {c['gold']}" for c in cells))
    for group in groups:
        table.add_row(escape(group), *(_group(m["edits_by_group"].get(group, {})) for m in with_model))
    yield table

    for name, m in lexicons.items():
        for side, title in (("help", "Entries that help most"), ("harm", "Entries that harm most")):
            if m[side]:
                table = Table("spun", "canonical", "tier", "right", "wrong", "on clean")
                table.title, table.title_justify = escape(f"{title}: {name}"), "left"
                for e in m[side]:
                    counts = (str(e[k]) for k in ("right", "wrong", "harm"))
                    table.add_row(escape(e["spun"]), escape(e["canonical"]), e["tier"], *counts)
                yield table


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}  ({part} of {whole})" if whole else "—"


def _sides(key: str) -> dict[str, Callable[[Mapping[str, Any]], str]]:
    return {
        "harm, edits in 10,000 clean words": lambda m: (
            f"{m[key]['harm_per_10000_words']:.3f}  ({m[key]['harm_edits']})"
        ),
        "recall": lambda m: _share(m[key]["restored"], m[key]["gold"]),
        "precision": lambda m: _share(m[key]["right"], m[key]["right"] + m[key]["wrong"]),
    }


ROWS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "entries: auto, ask, never": lambda m: ", ".join(f"{n:,}" for n in m["entries"].values()),
    "coverage of what was swapped": lambda m: f"{m['coverage']:.3f}",
    **{f"with the model: {label}": cell for label, cell in _sides("with_model").items()},
    **{f"auto alone: {label}": cell for label, cell in _sides("auto_alone").items()},
}


def _interval(d: Mapping[str, float | None]) -> str:
    between = "" if d["low"] is None else f"  [{d['low']:+.3f}, {d['high']:+.3f}]"
    return f"{d['difference']:+.3f}{between}"


def _group(counts: Mapping[str, int]) -> str:
    if "gold" in counts:
        return f"{counts.get('restored', 0)} of {counts['gold']} restored"
    return f"{counts.get('right', 0)} right, {counts.get('wrong', 0)} wrong, {counts.get('harm', 0)} on clean"
