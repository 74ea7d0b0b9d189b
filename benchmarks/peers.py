"""The systems that `systems.py` sets beside textrepair, each opened by a function."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import textrepair
from textrepair.bench.compare import alone
from textrepair.bench.score import Change, changes_of
from textrepair.bench.texts import changes_between
from textrepair.errors import TextrepairError
from textrepair.lexicon.entries import default_entries
from textrepair.lexicon.exchange import import_file
from textrepair.lexicon.lexicon import Lexicon
from textrepair.models import find_model
from textrepair.pipeline.detect import detect, read_document
from textrepair.pipeline.segment import readable, segment

CONTEXT = 24  # pieces on each side of a word that is hidden
ROWS = 32  # hidden words read at a time
SURE = 0.5  # least probability of what a masked model puts for a word, and
UNLIKELY = 0.01  # the most of what stands, if it is to be changed


class Said(NamedTuple):
    """What a system would change, and spans (start, end, probability) that it thinks were swapped."""

    changes: list[Change]
    told: list[tuple[int, int, float]]


System = Callable[[str], Said]


class Ways(NamedTuple):
    """What systems are opened with: a model of ours, and a published list, if there is one."""

    model: str
    phrases: Path | None


def _changed(changes: list[Change]) -> Said:
    """Of a system that only changes: what it changes it thinks was swapped."""
    return Said(changes, [(c.start, c.end, 1.0) for c in changes])


def nothing(ways: Ways) -> System:
    return lambda text: Said([], [])


def listed(ways: Ways) -> System:
    if ways.phrases is None:
        raise TextrepairError("no list was given (--list)")
    return _replaced(Lexicon([import_file(ways.phrases).entries]), ("auto", "ask"))


def lexicon_only(ways: Ways) -> System:
    return _replaced(Lexicon([default_entries()]), ("auto", "ask"))


def _replaced(lexicon: Lexicon, tiers: tuple[str, ...]) -> System:
    return lambda text: _changed(changes_of(next(alone(lexicon, tiers, [text])).edits))


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
        return _changed(out)

    return run


def pyspellchecker(ways: Ways) -> System:
    from spellchecker import SpellChecker

    checker = SpellChecker()
    return _word_by_word(cache(lambda word: checker.correction(word) or word))


def _word_by_word(correct: Callable[[str], str]) -> System:
    """A speller asked for every word in small letters."""

    def run(text: str) -> Said:
        words = [w for w in segment(text).words if text[w.start : w.end].islower()]
        return _changed(
            [Change(w.start, w.end, after) for w in words if (after := correct(w.lower)) != w.lower]
        )

    return run


def contextual_spell_check(ways: Ways) -> System:
    import contextualSpellCheck  # noqa: F401 (registers its factory)
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("contextual spellchecker", config={"model_name": str(find_model(ways.model))})

    def run(text: str) -> Said:
        suggested = nlp(text)._.suggestions_spellCheck
        return _changed([Change(t.idx, t.idx + len(t.text), after) for t, after in suggested.items()])

    return run


def masked(ways: Ways) -> System:
    """Every word in small letters hidden behind one mask; what stands there is as odd as it is unlikely."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    folder = str(find_model(ways.model))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder).float().eval()
    names = tokenizer.convert_ids_to_tokens([*range(len(tokenizer))])
    whole = torch.tensor([name.isalpha() for name in names])

    def rows(text: str) -> Iterator[tuple[int, int, list[int], int, int]]:
        read_as = tokenizer(readable(text), add_special_tokens=False, return_offsets_mapping=True)
        ids, offsets = read_as["input_ids"], read_as["offset_mapping"]
        for _, group in itertools.groupby(range(len(ids)), key=read_as.word_ids().__getitem__):
            pieces = list(group)
            a, b = pieces[0], pieces[-1] + 1
            start, end = offsets[a][0], offsets[b - 1][1]
            if end - start > 2 and text[start:end].isalpha() and text[start:end].islower():
                left, right = ids[max(0, a - CONTEXT) : a], ids[b : b + CONTEXT]
                row = [tokenizer.cls_token_id, *left, tokenizer.mask_token_id, *right, tokenizer.sep_token_id]
                yield start, end, row, len(left) + 1, ids[a]

    def run(text: str) -> Said:
        said = Said([], [])
        todo = sorted(rows(text), key=lambda r: len(r[2]))
        for first in range(0, len(todo), ROWS):
            some = todo[first : first + ROWS]
            padded = tokenizer.pad({"input_ids": [r[2] for r in some]}, return_tensors="pt")
            with torch.inference_mode():
                logits = model(**padded).logits[range(len(some)), [r[3] for r in some]]
            chances = logits.softmax(-1)
            best = (chances * whole).max(-1)
            for (start, end, _, _, piece), chance, top, name in zip(
                some, chances, best.values.tolist(), best.indices.tolist(), strict=True
            ):
                stands = float(chance[piece])
                said.told.append((start, end, 1 - stands))
                if top >= SURE and stands <= UNLIKELY:
                    said.changes.append(Change(start, end, names[name]))
        return Said(sorted(said.changes, key=lambda c: c.start), said.told)

    return run


def ours(ways: Ways) -> System:
    repairer = textrepair.load(ways.model)

    def run(text: str) -> Said:
        document = read_document(text, repairer.lexicon, repairer.decision.document_by_words)
        (detected,) = detect([document], repairer.reranker)
        told = [(start, end, chance) for (start, end), chance in detected.replaced_probs.items()]
        return Said(changes_of(repairer.explain(text).edits), told)

    return run


# by the name that tables show; what is not installed is named there, with the reason
PEERS: dict[str, Callable[[Ways], System]] = {
    "do nothing": nothing,
    "a published list, replaced": listed,
    "symspellpy lookup": symspell_lookup,
    "symspellpy lookup_compound": symspell_compound,
    "pyspellchecker": pyspellchecker,
    "contextualSpellCheck (our masked model)": contextual_spell_check,
    "our model behind masks, word by word": masked,
    "our lexicon, replaced": lexicon_only,
}

# what cannot be run, with the reason
UNTRIED = {
    "LanguageTool": "language_tool_python fetches its server from languagetool.org at first use, which could "
    "not be reached",
    "retrieval of the source (SRAP, arXiv 2512.10435)": "needs the pages' sources, which are withheld",
}
