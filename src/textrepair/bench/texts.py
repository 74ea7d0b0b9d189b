"""Texts to measure on: clean ones, and spun ones with the restorations that are accepted.

Read one at a time from JSON lines, or from a plain text file as a whole, compressed or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrepair.bench.score import Change
from textrepair.decisions import Reviewed, is_decisions
from textrepair.decisions import read as decisions_of
from textrepair.errors import TextrepairError
from textrepair.gold import Gold
from textrepair.texts import decoded_lines, holds_objects, read_objects


@dataclass(frozen=True)
class Text:
    """A text; `gold` is what was swapped in it, None where it is not known: it counts as clean then.

    `domain` is its field, `id` its name, where the file tells them.
    """

    text: str
    gold: tuple[Gold, ...] | None = None
    domain: str = ""
    id: str = ""


def read_texts(path: Path, *, spun: bool = False) -> Iterator[Text]:
    """The texts of a file; with `spun`, each must say what was swapped, in one of these ways.

    `gold`: objects with `start`, `end`, `accept` (list, or null where nothing is asked) and `kind`;
    `expect`: [spun, canonical] or [spun, canonical, kind] in the order they stand in the text;
    `original`: the whole text as it was; or the file holds the decisions of `textrepair review`. Raises
    `TextrepairError` with file and line.
    """
    if spun and is_decisions(path):
        yield from decided(decisions_of(path))
    elif holds_objects(path):
        for where, row in read_objects(path, give_up):
            yield _text(row, where, spun)
    elif spun:
        raise TextrepairError(f"{path}: plain text does not say what was swapped; give JSON lines")
    else:
        yield Text("".join(line for _, line in decoded_lines(path, give_up)))


def give_up(error: TextrepairError) -> None:
    """What to do about a bad line: a measurement leaves none out."""
    raise error


def decided(decisions: Iterable[Reviewed]) -> Iterator[Text]:
    """What stands around decisions as texts, a passage each; what was rejected stands in them unchanged."""
    order = sorted(decisions, key=lambda d: d.place)
    passage, gold, hash_, begin = "", list[Gold](), "", 0
    for d in order:
        start, end = d.start - len(d.left), d.end + len(d.right)
        if passage and (d.text != hash_ or start > begin + len(passage)):
            yield Text(passage, tuple(gold), id=hash_)
            passage, gold = "", []
        if not passage:
            hash_, begin = d.text, start
        around = d.left + d.before + d.right
        passage += around[len(around) - max(0, end - begin - len(passage)) :]
        if d.verdict != "rejected":
            gold.append(Gold(d.start - begin, d.end - begin, (d.after,), d.kind))
    if passage:
        yield Text(passage, tuple(gold), id=hash_)


def _text(row: dict[str, Any], where: str, spun: bool) -> Text:
    text, domain, name = row["text"], str(row.get("domain") or row.get("field", "")), str(row.get("id", ""))
    if not spun:
        return Text(text, domain=domain, id=name)
    try:
        gold = _gold(text, row)
    except (AssertionError, TypeError, ValueError) as e:
        raise TextrepairError(f"{where}: {e}") from None
    return Text(text, tuple(gold), domain, name)


def _gold(text: str, row: Mapping[str, Any]) -> list[Gold]:
    """What was swapped, in whichever way a row says it; raises `ValueError` where it does not, or badly."""
    if "gold" in row:
        return [_given(text, g) for g in row["gold"]]
    if "expect" in row:
        return case_gold(text, row["expect"])
    if isinstance(row.get("original"), str):
        changes = changes_between(text, row["original"], 0)
        return [Gold(c.start, c.end, (c.after,), "unnamed") for c in changes]
    if "original" in row:
        raise ValueError(f"'original' is {row['original']!r:.40}; give the whole text as it was")
    raise ValueError("give 'gold', 'expect' or 'original', so that it is known what was swapped")


def _given(text: str, g: Any) -> Gold:
    match g:
        case {"start": int(start), "end": int(end), "accept": None | [*_] as accept, "kind": str(kind)} if (
            all(isinstance(answer, str) for answer in accept or ())
        ):
            if not 0 <= start <= end <= len(text):
                raise ValueError(f"gold {start} to {end} leaves the text of {len(text)} characters")
            return Gold(start, end, None if accept is None else tuple(accept), kind)
    raise ValueError(
        f"gold {g!r:.100}: give numbers 'start' and 'end', 'accept' (a list of strings, or null where any "
        "answer will do) and a string 'kind'"
    )


def case_gold(text: str, expect: Sequence[Sequence[str]]) -> list[Gold]:
    """Gold of a case that lists [spun, canonical], or [spun, canonical, kind], in text order."""
    gold, at = [], 0
    for spun, canonical, *kind in expect:
        m = re.compile(rf"(?<!\w){re.escape(spun)}(?!\w)").search(text, at) or re.search(
            re.escape(spun), text
        )
        assert m is not None, f"{spun!r} does not stand in {text!r}"
        gold.append(Gold(m.start(), m.end(), (canonical,), kind[0] if kind else "case"))
        at = m.end()
    return gold


def changes_between(before: str, after: str, shift: int) -> list[Change]:
    """Word-aligned changes that turn `before` into `after`, moved by `shift` characters."""
    import difflib

    token = re.compile(r"\s+|\w+|[^\w\s]")
    a, b = list(token.finditer(before)), token.findall(after)
    places = [m.start() for m in a] + [len(before)]
    ops = difflib.SequenceMatcher(None, [m[0] for m in a], b, autojunk=False).get_opcodes()
    return [
        Change(shift + places[i1], shift + places[i2], "".join(b[j1:j2]))
        for tag, i1, i2, j1, j2 in ops
        if tag != "equal" and "".join(b[j1:j2]).strip() != before[places[i1] : places[i2]].strip()
    ]
