"""The systems set beside textrepair that ask a neural network, each opened by a function."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from peers import MASKED, Said, System, Ways, only_changed, wanted

from textrepair.bench.score import Change
from textrepair.bench.texts import changes_between
from textrepair.models import find_model
from textrepair.pipeline.segment import readable, segment

if TYPE_CHECKING:
    import torch

CONTEXT = 24  # pieces on each side of a word that is hidden
ROWS = 32  # hidden words, or sentences, read at a time
WINDOW = 4096  # pieces: what is shown, a sentence, and what is written for it
SURE = 0.5  # least probability of what a masked model puts for a word, and
UNLIKELY = 0.01  # the most of what stands, if it is to be changed
NEAR = 0.8  # least cosine of a sentence and what it is taken to be made from; chosen, not fitted
# what a base model is shown; hand-written
SHOWN = """Each spun sentence is followed by its original.

Spun: The sufferers got bosom peril treatment for a half year.
Original: The patients received breast cancer treatment for six months.

Spun: We prepare a profound neural organization on an enormous informational index.
Original: We train a deep neural network on a large data set.

Spun: The cell was charged at a consistent flow of 2 mA.
Original: The cell was charged at a constant current of 2 mA.

"""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of a text, without the white space behind them."""
    opens = [w.start for w in segment(text).words if w.opens]
    for start, end in itertools.pairwise([*opens, len(text)]):
        if text[start:end].strip():
            yield start, start + len(text[start:end].rstrip())


def contextual_spell_check(ways: Ways) -> System:
    import contextualSpellCheck  # noqa: F401 (registers its factory)
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("contextual spellchecker", config={"model_name": str(find_model(MASKED))})

    def run(text: str) -> Said:
        suggested = nlp(text)._.suggestions_spellCheck
        return only_changed([Change(t.idx, t.idx + len(t.text), after) for t, after in suggested.items()])

    return run


def masked(ways: Ways) -> System:
    """Every word in small letters hidden behind one mask; what stands there is as odd as it is unlikely."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    folder = str(find_model(MASKED))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForMaskedLM.from_pretrained(folder).float().eval()
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


def corrector(ways: Ways) -> System:
    """A causal language model that is shown three pairs, and writes the original of each sentence."""
    from llama_cpp import Llama

    file = str(wanted(ways.lm, "--lm"))
    model = Llama(file, n_ctx=WINDOW, n_threads=1, n_threads_batch=1, swa_full=True, verbose=False)

    def run(text: str) -> Said:
        changes: list[Change] = []
        for start, end in sentences(text):
            flat = " ".join(text[start:end].split())
            asked = f"{SHOWN}Spun: {flat}\nOriginal:"
            longest = len(model.tokenize(flat.encode())) * 3 // 2
            made: Any = model.create_completion(asked, max_tokens=longest, temperature=0, stop=["\n"])
            if line := made["choices"][0]["text"].strip():
                changes += changes_between(text[start:end], line, start)
        return only_changed(changes)

    return run


def retrieval(ways: Ways) -> System:
    """Every sentence becomes the nearest one of the sources, if that is near; aligned word by word."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = str(wanted(ways.encoder, "--encoder"))
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModel.from_pretrained(folder).eval()

    def encode(lines: Sequence[str]) -> torch.Tensor:
        """A row of length 1 for each line: the mean over its pieces (Reimers & Gurevych 2019)."""
        order = sorted(range(len(lines)), key=lambda n: len(lines[n]))
        rows = torch.zeros(len(lines), model.config.hidden_size)
        for first in range(0, len(order), ROWS):
            some = order[first : first + ROWS]
            read = tokenizer([lines[n] for n in some], return_tensors="pt", padding=True, truncation=True)
            with torch.inference_mode():
                states = model(**read).last_hidden_state
            mask = read["attention_mask"][..., None]
            rows[some] = (states * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(rows)

    known = [*dict.fromkeys(re.sub(r"\s+", " ", t[a:b]) for t in ways.sources for a, b in sentences(t))]
    index = encode(known)

    def run(text: str) -> Said:
        places = [*sentences(text)]
        near, which = (encode([text[a:b] for a, b in places]) @ index.T).max(1)
        changes: list[Change] = []
        for (start, end), cosine, n in zip(places, near.tolist(), which.tolist(), strict=True):
            if cosine >= NEAR:
                changes += changes_between(text[start:end], known[n], start)
        return only_changed(changes)

    return run
