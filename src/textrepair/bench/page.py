"""What a model makes of gold of one's own, as one page that needs no network."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from textrepair.bench.own import OnGold, rows
from textrepair.bench.plots import plot_own
from textrepair.bench.score import Change, changes_of, verdicts
from textrepair.bench.tally import share

AROUND = 50  # characters shown on each side of what went wrong
SHOWN = 50  # rows of a table of what went wrong
WAYS = {"partly": "partly right", "other": "other wording", "beside": "beside every swap"}
TERMS = {
    "restored": "spans that read, after the repair, like an accepted answer, of all that have one",
    "precision": "right edits, of right ones, other wordings and those beside every swap; partly right ones "
    "are set aside; what the gold does not name counts as clean",
    "partly right": "edits that restore nothing, but after which fewer words differ from an accepted answer",
    "told at precision .90": "swapped words above one probability, if 90 % of what lies above it was swapped",
    "a right candidate is there": "spans for which an accepted answer was among what was considered",
    "calibration error": "how far, on average, the share of edits that are right lies from their score",
    "95 %": "a percentile bootstrap over texts; with few texts it is wide, with one there is none",
}
STYLE = """:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; vertical-align: top; }
tr { border-bottom: 1px solid #8884; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
figure { margin: 0; background: #fff; } figure svg { width: 100%; height: auto; }
dt { font-weight: 600; } .soft { opacity: .75; } mark { background: #ffd54f88; color: inherit; }"""


def page(made: Sequence[OnGold], result: Mapping[str, Any], about: Mapping[str, str]) -> str:
    """The page, as HTML. It holds passages of the texts. `about` tells what was measured, and with what."""
    by_text = sorted(made, key=lambda m: (m.measured.score.recall, m.measured.page.id))
    missed, wrong = [*_missed(made)], [*_wrong(made)]
    of_texts = ("text", "swaps", "restored", "precision", "spun")
    parts = (
        "<h1>textrepair on gold of your own</h1>",
        _terms({**about, "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")}),
        _table("Figures", ("", "", "95 %"), rows(result)),
        f"<figure>{plot_own(result, [row for m in made for row in m.measured.words])}</figure>",
        f"<details><summary>What the words mean</summary>{_terms(TERMS)}</details>",
        _table("Texts, the least restored first", of_texts, map(_of_text, by_text)),
        _table("Edits that were wrong", ("text", "", "became", "wanted", "score", "way"), wrong),
        _table("Swaps that still stand", ("text", "", "wanted"), missed),
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>textrepair bench</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _terms(terms: Mapping[str, str]) -> str:
    of = (f"<dt>{html.escape(term)}</dt><dd>{html.escape(meaning)}</dd>" for term, meaning in terms.items())
    return f"<dl>{''.join(of)}</dl>"


def _table(caption: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table of the first `SHOWN` lines."""
    every = [*lines]
    if len(every) > SHOWN:
        caption = f"{caption}, {SHOWN} of {len(every):,}"
    head = "".join(f"<th>{html.escape(h)}</th>" for h in header)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(c)}</td>' for c in line)}</tr>" for line in every[:SHOWN])
    return f"<table><caption>{html.escape(caption)}</caption><tr>{head}</tr>{body}</table>"


class _Marked(str):
    """What is HTML already."""

    __slots__ = ()


def _cell(text: str) -> str:
    return text if isinstance(text, _Marked) else html.escape(text)


def _of_text(m: OnGold) -> tuple[str, ...]:
    s = m.measured.score
    precision = s.fair_precision if s.right + s.misleading else None
    return m.measured.page.id, str(s.gold), share(s.recall), share(precision), share(m.repair.spun)


def _context(text: str, start: int, end: int) -> str:
    """What stands there, marked, with some text on either side."""
    before, within, after = text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND]
    return _Marked(f"{html.escape(before)}<mark>{html.escape(within)}</mark>{html.escape(after)}")


def _missed(made: Iterable[OnGold]) -> Iterator[tuple[str, str, str]]:
    """Swaps that no edit touches, with what was wanted there."""
    for m in made:
        of = m.measured.page
        for g in of.gold:
            if g.accept is not None and not any(e.start < g.end and g.start < e.end for e in m.repair.edits):
                yield of.id, _context(of.text, g.start, g.end), " or ".join(g.accept) or "nothing"


def _wrong(made: Iterable[OnGold]) -> Iterator[tuple[str, ...]]:
    """Edits that are neither right nor neutral."""
    for m in made:
        of = m.measured.page
        told = verdicts(of.text, changes_of(m.repair.edits), of.gold)
        for e in m.repair.edits:
            way = WAYS.get(told.get(Change(e.start, e.end, e.after), ""))
            if way:
                answers = [g.accept[0] for g in of.gold if g.accept and e.start < g.end and g.start < e.end]
                wanted = ", ".join(answers) or "no change"
                yield of.id, _context(of.text, e.start, e.end), e.after, wanted, share(e.score), way
