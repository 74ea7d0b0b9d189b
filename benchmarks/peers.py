"""Textrepair, and the systems set beside it that need no network, each opened by a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import textrepair
from textrepair.bench.compare import alone
from textrepair.bench.pages import FOLDS
from textrepair.bench.score import Change, changes_of
from textrepair.bench.texts import changes_between
from textrepair.errors import TextrepairError
from textrepair.lexicon.entries import default_entries
from textrepair.lexicon.exchange import import_file
from textrepair.lexicon.lexicon import Lexicon
from textrepair.models import find_model
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.segment import segment

MASKED = "en_sci_sm"  # whose weights stand for the masked models of a hub


class Said(NamedTuple):
    """What a system would change, and spans (start, end, probability) that it thinks were swapped."""

    changes: list[Change]
    told: list[tuple[int, int, float]]


System = Callable[[str], Said]


@dataclass(frozen=True)
class Ways:
    """What systems are opened with.

    `phrases`: a published list; `lm`: a causal language model, as a GGUF file; `encoder`: the folder of a
    sentence encoder; `sources`: texts to retrieve from; `decisions`: a folder that holds one
    of `fold_N.json` for each of our models; `folds`: by a text, its fold.
    """

    phrases: Path | None = None
    lm: Path | None = None
    encoder: Path | None = None
    sources: Sequence[str] = ()
    decisions: Path | None = None
    folds: Mapping[str, int] = field(default_factory=dict)

    def decision(self, model: str, text: str) -> Path:
        """The file of the decision that a text is judged by: of a page, the one fitted without its fold.

        Raises `TextrepairError` where folds of other models were given, and not of this one.
        """
        if self.decisions is None or text not in self.folds:
            return find_model(model) / "decision.json"
        path = self.decisions / model / f"fold_{self.folds[text]}.json"
        if not path.is_file():
            raise TextrepairError(f"no {path}: fit the decisions of {FOLDS} folds, or leave out --decisions")
        return path


def wanted(path: Path | None, option: str) -> Path:
    """A path that a system needs. Raises `TextrepairError` where its option was not given."""
    if path is None:
        raise TextrepairError(f"not given: {option}")
    return path


def only_changed(changes: list[Change]) -> Said:
    """Of a system that only changes: what it changes it thinks was swapped."""
    return Said(changes, [(c.start, c.end, 1.0) for c in changes])


def nothing(ways: Ways) -> System:
    return lambda text: Said([], [])


def listed(ways: Ways) -> System:
    entries = import_file(wanted(ways.phrases, "--list")).entries
    return _replaced(Lexicon([entries]), ("auto", "ask"))


def lexicon_only(ways: Ways) -> System:
    return _replaced(Lexicon([default_entries()]), ("auto", "ask"))


def _replaced(lexicon: Lexicon, tiers: tuple[str, ...]) -> System:
    return lambda text: only_changed(changes_of(next(alone(lexicon, tiers, [text])).edits))


@cache
def _speller() -> Any:
    import importlib.resources

    from symspellpy import SymSpell

    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    words = importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    speller.load_dictionary(str(words), term_index=0, count_index=1)
    return speller


def symspell_lookup(ways: Ways) -> System:
    from symspellpy import Verbosity

    def correct(word: str) -> str:
        found = _speller().lookup(word, Verbosity.TOP, max_edit_distance=2)
        return str(found[0].term) if found else word

    return _word_by_word(cache(correct))


def symspell_compound(ways: Ways) -> System:
    def run(text: str) -> Said:
        out = []
        for m in re.finditer(r"[^.!?\n]+", text):
            # case does not count, and transferring it fails on some texts
            found = _speller().lookup_compound(m[0], max_edit_distance=2)
            out += changes_between(m[0], found[0].term, m.start())
        return only_changed(out)

    return run


def pyspellchecker(ways: Ways) -> System:
    from spellchecker import SpellChecker

    checker = SpellChecker()
    return _word_by_word(cache(lambda word: checker.correction(word) or word))


def _word_by_word(correct: Callable[[str], str]) -> System:
    """A speller asked for every word in small letters."""

    def run(text: str) -> Said:
        words = [w for w in segment(text).words if text[w.start : w.end].islower()]
        return only_changed(
            [Change(w.start, w.end, after) for w in words if (after := correct(w.lower)) != w.lower]
        )

    return run


def ours(model: str, *, asks: bool = False) -> Callable[[Ways], System]:
    """Whole, as `textrepair.load` opens it; with `asks`, a language model is asked for a second opinion."""

    def opened(ways: Ways) -> System:
        repairer = textrepair.load(model, lm=str(wanted(ways.lm, "--lm")) if asks else None)
        decided = cache(Decision.read)

        def run(text: str) -> Said:
            decision = decided(ways.decision(model, text))
            repairer.decision = decision.with_opinions() if asks else decision
            repairer.min_score = repairer.decision.threshold
            repair = repairer.explain(text)
            told = [(s.start, s.end, s.probability) for s in repair.detection.spans]
            return Said(changes_of(repair.edits), told)

        return run

    return opened
