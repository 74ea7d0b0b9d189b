"""A stack of lexicons ready to match: later entries win over earlier ones for the same spun form."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from textrepair.lexicon.entries import Entry, default_entries, read
from textrepair.lexicon.expansion import expand
from textrepair.lexicon.linear import compile_linear
from textrepair.pipeline.segment import Segmented, phrase_finder, readable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """One inflected form of an entry, with its canonical forms in the same inflection.

    `layer`: the number of its lexicon in the stack; a higher one wins.
    """

    entry: Entry
    canonical: tuple[str, ...]
    layer: int = 0


@dataclass(frozen=True)
class Match:
    """A lexicon form found in a text, by code-point offsets."""

    start: int
    end: int
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Conflict:
    """A spun form on which two lexicons of a stack differ: `won` speaks, `lost` is not heard."""

    spun: str
    lost: Form
    won: Form

    def __str__(self) -> str:
        """One line on what wins over what."""
        return f"{self.spun!r}: {_says(self.won)} wins over {_says(self.lost)}"


def _says(form: Form) -> str:
    where = f" ({form.entry.where})" if form.entry.where else ""
    return f"{'|'.join(form.canonical) or 'protected'} [{form.entry.tier}]{where}"


class Lexicon:
    """Lexicons, lowest first, indexed by their inflected spun forms.

    Where two lexicons know the same form, the later one alone speaks; where they differ on it, the
    conflict is kept in `conflicts`. Within one lexicon, forms add up. A form whose entry sets a
    condition is found only in documents that meet it.

    >>> from textrepair.pipeline.segment import segment
    >>> lexicon = Lexicon([[Entry("ailment", ("disease",), "NOUN", "biomedical", "ask")]])
    >>> [(m.start, m.end, m.forms[0].canonical) for m in lexicon.find(segment("Rare ailments."))]
    [(5, 13, ('diseases',))]
    """

    def __init__(self, lexicons: Iterable[Iterable[Entry]]) -> None:
        self.forms: dict[str, list[Form]] = {}
        self.patterns: list[Form] = []
        self.conflicts: list[Conflict] = []
        for layer, entries in enumerate(lexicons):
            known: dict[str, list[Form]] = defaultdict(list)
            for entry in entries:
                if entry.pos == "REGEX":
                    self.patterns.append(Form(entry, (), layer))
                for spun, canonical, _ in expand(entry):
                    known[spun.lower()].append(Form(entry, canonical, layer))
            self.conflicts += [
                Conflict(spun, self.forms[spun][0], forms[0])
                for spun, forms in known.items()
                if spun in self.forms and _meaning(self.forms[spun]) != _meaning(forms)
            ]
            self.forms.update(known)

    @cached_property
    def finder(self) -> Callable[[Segmented], Iterator[tuple[int, int, str]]]:
        """Finds any of the forms in a text; built at first use, in a second or two."""
        return phrase_finder(self.forms)

    def find(self, seg: Segmented) -> Iterator[Match]:
        """Every match in the text, overlapping ones too: of phrases in text order, then of patterns."""
        holds = cache(lambda condition: condition is None or condition.holds(seg.text))
        for start, end, spun in self.finder(seg):
            forms = tuple(f for f in self.forms[spun] if holds(f.entry.when))
            if forms:
                yield Match(start, end, forms)
        for form in self.patterns:
            for m in compile_linear(form.entry.spun).finditer(readable(seg.text)):
                if m.end() > m.start():
                    yield Match(m.start(), m.end(), (form,))


def _meaning(forms: Iterable[Form]) -> set[tuple[tuple[str, ...], str]]:
    return {(f.canonical, f.entry.tier) for f in forms}


def stack(paths: Sequence[Path]) -> Lexicon:
    """The default lexicon with the files at `paths` on top; one that is wanted again is not read again.

    Conflicts go to this module's logger as one warning.
    """
    return _stack(tuple((p.resolve(), p.stat().st_mtime_ns if p.exists() else 0) for p in paths))


@cache
def _stack(files: tuple[tuple[Path, int], ...]) -> Lexicon:
    lexicon = Lexicon([default_entries(), *(read(path) for path, _ in files)])
    if lexicon.conflicts:
        log.warning(
            "textrepair: later lexicons overrule earlier ones on %d forms, first %s; "
            "`textrepair lexicon diff` compares lexicons",
            len(lexicon.conflicts),
            lexicon.conflicts[0],
        )
    return lexicon
