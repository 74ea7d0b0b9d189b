"""A stack of lexicons ready to match: later entries win over earlier ones for the same spun form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from textrepair.lexicon.entries import Entry, default_entries, expand, read
from textrepair.segment import Segmented, phrase_finder


@dataclass(frozen=True)
class Form:
    """One inflected form of an entry, with its canonical forms in the same inflection."""

    entry: Entry
    canonical: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """A lexicon form found in a text, by code-point offsets."""

    start: int
    end: int
    forms: tuple[Form, ...]


class Lexicon:
    """Lexicons, lowest first, indexed by their inflected spun forms.

    Where two lexicons know the same form, the later one alone speaks. Within one, forms add up.

    >>> from textrepair.segment import segment
    >>> lexicon = Lexicon([[Entry("ailment", ("disease",), "NOUN", "biomedical", "ask")]])
    >>> [(m.start, m.end, m.forms[0].canonical) for m in lexicon.find(segment("Rare ailments."))]
    [(5, 13, ('diseases',))]
    """

    def __init__(self, lexicons: Iterable[Iterable[Entry]]) -> None:
        self.forms: dict[str, list[Form]] = {}
        for entries in lexicons:
            known: dict[str, list[Form]] = defaultdict(list)
            for entry in entries:
                for spun, canonical, _ in expand(entry):
                    known[spun.lower()].append(Form(entry, canonical))
            self.forms.update(known)

    @cached_property
    def finder(self) -> Callable[[Segmented], Iterator[tuple[int, int, str]]]:
        """Finds any of the forms in a text; built at first use, in a second or two."""
        return phrase_finder(self.forms)

    def find(self, seg: Segmented) -> Iterator[Match]:
        """Every match in the text, overlapping ones too, in text order."""
        for start, end, spun in self.finder(seg):
            yield Match(start, end, tuple(self.forms[spun]))


def stack(paths: Sequence[Path]) -> Lexicon:
    """The default lexicon with the files at `paths` on top; one that is wanted again is not read again."""
    return _stack(tuple((p.resolve(), p.stat().st_mtime_ns if p.exists() else 0) for p in paths))


@cache
def _stack(files: tuple[tuple[Path, int], ...]) -> Lexicon:
    return Lexicon([default_entries(), *(read(path) for path, _ in files)])
