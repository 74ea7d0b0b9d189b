"""What is wrong, or likely wrong, with the entries of a lexicon; each rule has a name.

The habit is codespell's: data files are linted as code is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textrepair.lexicon.entries import Entry
from textrepair.lexicon.expansion import unfold
from textrepair.lexicon.guard import flips_meaning
from textrepair.lexicon.ngrams import log_count, unwritten
from textrepair.lexicon.words import COUNTED, UNKNOWN, science

COMMONER = 1.0  # powers of ten by which ordinary science may prefer the spun side before it is told


@dataclass(frozen=True)
class Finding:
    """What one rule says of one row; `error` means that it must be mended, not only looked at."""

    where: str
    rule: str
    error: bool
    message: str

    def __str__(self) -> str:
        """As compilers write it: file, row, rule, message."""
        return f"{self.where}: {'error' if self.error else 'warning'}: {self.rule}: {self.message}"


Rule = Callable[[Sequence[Entry], Sequence[Entry]], Iterator[tuple[Entry, str]]]


def lint(entries: Sequence[Entry], others: Iterable[Entry] = ()) -> list[Finding]:
    """All findings on the entries of one file, in the order of its rows.

    `others` are entries that will stand beside them, such as the default lexicon's.

    >>> one, two = (Entry("a b", ("c",), "NOUN", "g", "ask", where=f"x.tsv:{n}") for n in (2, 3))
    >>> [str(f) for f in lint([one, two])]
    ["x.tsv:3: error: duplicate: 'a b' stands already at x.tsv:2"]
    """
    places = {e.where: n for n, e in enumerate(entries)}
    readings, beside = ([u for e in es for u in unfold(e)] for es in (entries, others))
    found = {
        Finding(entry.where, name, error, message): places[entry.where]
        for name, (error, rule) in RULES.items()
        for entry, message in rule(entries if rule is _order else readings, beside)  # rows have an order
    }
    return sorted(found, key=lambda finding: found[finding])


def _order(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    for before, entry in pairwise(entries):
        if (entry.spun, entry.pos) < (before.spun, before.pos):
            yield entry, f"{entry.spun!r} belongs before {before.spun!r}; `lexicon export` sorts"


def _duplicate(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    seen: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        first = seen.setdefault(entry.key, entry)
        if first is not entry:
            yield entry, f"{entry.spun!r} stands already at {first.where}"


def _cycle(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    leads = {(e.spun.casefold(), e.pos): e.canonical[0].casefold() for e in entries if e.tier != "never"}
    for entry in entries:
        start = entry.spun.casefold()
        path = [start]
        while (at := leads.get((path[-1], entry.pos))) and at not in path and entry.tier != "never":
            path.append(at)
        if at == start and len(path) > 1:
            yield entry, f"leads back to itself: {' → '.join([*path, start])}"


def _spun_canonical(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    spun = {e.spun.casefold(): e for e in (*others, *entries) if e.tier == "auto"}
    for entry in entries:
        for c in entry.canonical:
            known = spun.get(c.casefold())
            if known and known.key != entry.key and entry.tier != "never":
                yield entry, f"its canonical form {c!r} is spun itself, from {known.canonical[0]!r}"


def _ordinary(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.pos == "REGEX" or entry.tier == "never":
            continue
        common = log_science_count(entry.spun)
        if entry.tier == "auto" and common and entry.when is None:
            yield entry, f"{entry.spun!r} is ordinary science, and `auto` would change it; make it `ask`"
        elif common > COMMONER + min(log_science_count(c) for c in entry.canonical):
            yield entry, f"{entry.spun!r} is commoner in science than what would replace it"


def log_science_count(phrase: str) -> float:
    """log10 of how often science writes a phrase; 0 where it is too rare, or too long, to be counted.

    >>> log_science_count("breast cancer") > 2, log_science_count("bosom peril")
    (True, 0.0)
    """
    words = re.findall(r"[^\W_]+", phrase.lower())
    if len(words) == 1:
        return max(0.0, science().get(words[0], UNKNOWN).zipf + math.log10(COUNTED) - 9)
    return log_count(" ".join(words))


def _flips_meaning(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        # a term of several words is judged as a whole: *fake treatment group* is a placebo group
        whole = " " in entry.spun and (entry.tier == "auto" or unwritten(entry.spun.lower()))
        for c in () if whole or entry.tier == "never" else entry.canonical:
            if flips_meaning(entry.spun, c):
                yield entry, f"{entry.spun!r} → {c!r} may flip the meaning, and will not be applied"


def _quoted(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        for side in (entry.spun, *entry.canonical):
            if len(side) > 1 and side[0] == side[-1] == '"':
                yield entry, f"{side} carries the quotation marks of a spreadsheet, which never match"


def _unexplained(entries: Sequence[Entry], others: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        if entry.tier == "never" and not entry.note:
            yield entry, f"{entry.spun!r} is protected without a reason; say why in the column 'note'"


# name → (whether it must be mended, what finds it); rows that cannot be read are the rule `row`
RULES: dict[str, tuple[bool, Rule]] = {
    "order": (False, _order),
    "duplicate": (True, _duplicate),
    "cycle": (True, _cycle),
    "spun-canonical": (True, _spun_canonical),
    "ordinary": (False, _ordinary),
    "flips-meaning": (True, _flips_meaning),
    "quoted": (True, _quoted),
    "no-reason": (False, _unexplained),
}
