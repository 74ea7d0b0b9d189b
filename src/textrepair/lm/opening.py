"""Open a language model by its name, and see before any text is read that it can be used."""

from __future__ import annotations

import math
from pathlib import Path

from textrepair.errors import TextrepairError
from textrepair.lm.opinion import Branch, LanguageModel

# A model that finds a plain sentence less likely than chance was made for other pieces; one that finds its
# end otherwise as a branch keeps no state that can be gone back to.
PLAIN = "The results of this study show that the number of patients was higher in the first group."
PROBE, ALIKE = 10, 0.1  # pieces read again as a branch; nats they may differ by


def open_language_model(name: str) -> LanguageModel:
    """The causal language model in the folder or GGUF file `name`, or of that name on the Hugging Face hub.

    Raises `TextrepairError` when there is none, or when it is none that can be used: masked, without its
    weights, with the tokenizer of another model, too large for the memory, or its library is missing.
    """
    model: LanguageModel
    if name.endswith(".gguf") or Path(name).is_file():
        from textrepair.lm.gguf import open_gguf

        model = open_gguf(name)
    else:
        from textrepair.lm.pretrained import open_pretrained

        model = open_pretrained(name)
    check(name, model)
    return model


def check(name: str, model: LanguageModel) -> None:
    """Have a model read a plain sentence, whole and as a branch; `TextrepairError` where it is no use."""
    ids, _ = model.encode(PLAIN)
    if len(ids) <= PROBE + 1:
        raise TextrepairError(
            f"lm {name!r}: its tokenizer makes {len(ids)} pieces of a plain sentence: it is none for English"
        )
    branch = Branch(len(ids) - PROBE, ids[-PROBE:])
    try:
        of_row, [of_branch] = model.read(ids, range(1, len(ids)), [branch])
    except Exception as error:  # models that keep no cache fail in many ways
        raise TextrepairError(
            f"lm {name!r}: it cannot be read on from a key-value cache ({type(error).__name__}: {error}); "
            "give a transformer that keeps one"
        ) from error
    mean = sum(of_row.values()) / len(of_row)
    if not math.isfinite(mean) or mean < -math.log(model.pieces):
        raise TextrepairError(
            f"lm {name!r}: it finds plain English less likely than chance would ({-mean:.1f} nats a piece of "
            f"{model.pieces:,}): its tokenizer is another model's, or its weights are damaged or not trained"
        )
    at_end = [of_row[k] for k in range(len(ids) - PROBE, len(ids))]
    if max(abs(a - b) for a, b in zip(at_end, of_branch, strict=True)) > ALIKE:
        raise TextrepairError(
            f"lm {name!r}: what it says of a word hangs on how it is read, so it keeps no cache that can be "
            "shared; give a transformer with a key-value cache"
        )
