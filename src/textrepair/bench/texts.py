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

LONG = 20  # words of a text of which some must stand in its original, and
IN_COMMON = 0.1  # the least share of them: spinners leave more
LINES = "mend the line: each is a JSON object with the whole text as `text`"
NO_TEXT = (
    "this is the gold of a text that stands elsewhere; give both in one object, "
    '{"text": "…", "gold": [{"start": 4, "end": 13, "accept": ["patients"], "kind": "word"}]}'
)


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
        for where, row in read_objects(path, _mend):
            yield _text(row, where, spun)
    elif spun:
        raise TextrepairError(f"{path}: plain text does not say what was swapped; give JSON lines")
    else:
        yield Text("".join(line for _, line in decoded_lines(path, give_up)))


def give_up(error: TextrepairError) -> None:
    """What to do about a bad line: a measurement leaves none out."""
    raise error


def _mend(error: TextrepairError) -> None:
    """The same, with what is to be done about a line that holds no text."""
    raise TextrepairError(f"{error}; {NO_TEXT if repr('accept') in str(error) else LINES}")


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
    except ValueError as e:
        raise TextrepairError(f"{where}: {e}") from None
    return Text(text, tuple(gold), domain, name)


def _gold(text: str, row: Mapping[str, Any]) -> list[Gold]:
    """What was swapped, in whichever way a row says it; raises `ValueError` where it does not, or badly."""
    match row:
        case {"gold": [*given]}:
            return [_given(text, g) for g in given]
        case {"gold": other}:
            raise ValueError(f"'gold' is {other!r:.40}; give a list of objects, an empty one for no swap")
        case {"expect": [*given]} if all(map(_is_pair, given)):
            return case_gold(text, given)
        case {"expect": other}:
            raise ValueError(f"'expect' is {other!r:.40}; give a list of [spun, canonical], all strings")
        case {"original": str(original)}:
            return _aligned(text, original)
        case {"original": other}:
            raise ValueError(f"'original' is {other!r:.40}; give the whole text as it was")
    raise ValueError("give 'gold', 'expect' or 'original', so that it is known what was swapped")


def _is_pair(given: Any) -> bool:
    return isinstance(given, list) and len(given) in (2, 3) and all(isinstance(g, str) for g in given)


def _given(text: str, g: Any) -> Gold:
    match g:
        case {
            "start": int(start),
            "end": int(end),
            "accept": None | [_, *_] as accept,
            "kind": str(kind),
        } if all(isinstance(answer, str) for answer in accept or ()):
            if not 0 <= start <= end <= len(text):
                raise ValueError(f"gold {start} to {end} leaves the text of {len(text)} characters")
            stands, spun = text[start:end], g.get("spun", text[start:end])
            if spun != stands:
                raise ValueError(
                    f"gold {start} to {end} is {stands!r:.60}, and not {spun!r:.60}, as its 'spun' says; "
                    "offsets count code points of the text, not bytes"
                )
            return Gold(start, end, None if accept is None else tuple(accept), kind)
    raise ValueError(
        f"gold {g!r:.100}: give numbers 'start' and 'end', 'accept' (a list of strings, [\"\"] for a "
        "span that should go, or null where any answer will do) and a string 'kind'"
    )


def _aligned(text: str, original: str) -> list[Gold]:
    """What was swapped, by the original; raises `ValueError` where that is of another text."""
    words = text.split()
    common = len({*words} & {*original.split()}) / max(1, len({*words}))
    if len(words) >= LONG and common < IN_COMMON:
        raise ValueError(
            f"'original' has {common:.0%} of the words of 'text'; give the same text, as it was before"
        )
    return [Gold(c.start, c.end, (c.after,), "unnamed") for c in changes_between(text, original, 0)]


def case_gold(text: str, expect: Sequence[Sequence[str]]) -> list[Gold]:
    """Gold of a case that lists [spun, canonical], or [spun, canonical, kind], in text order.

    Raises `ValueError` where what was spun does not stand in the text.
    """
    gold, at = [], 0
    for spun, canonical, *kind in expect:
        m = re.compile(rf"(?<!\w){re.escape(spun)}(?!\w)").search(text, at) or re.search(
            re.escape(spun), text
        )
        if m is None:
            raise ValueError(f"{spun!r} does not stand in {text!r:.80}; give it as the text writes it")
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
