"""The examples a model is calibrated on: excerpts of documents that training is spared."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from textrepair.errors import TextrepairError
from textrepair.training.examples import CLEAN, LONG_CHARACTERS, MIXED, PLANTED, Example, excerpt, passages
from textrepair.training.materials import Channels
from textrepair.training.packed import Corpus
from textrepair.training.spinner import Channel

CALIBRATED_ON = 2000  # documents, if so many are spared
LEFT_CLEAN, WITH_TERMS = 0.35, 0.35  # shares of mixed excerpts: clean, and clean but for a few terms
FEWEST_SPINS = 20  # swaps to calibrate on; fewer say nothing


def calibration_examples(
    corpus: Corpus, near: Channels, channels: Channels, terms: Channel, documents: int = CALIBRATED_ON
) -> list[Example]:
    """Excerpts of the spared documents, clean, planted with terms, and spun; each file has an equal share.

    Of each document there are `MIXED` ones, by the `near` spinners, since whole pages are spun by such; then
    `PLANTED` ones that are clean but for a few terms, by all `channels`, since published terms are often
    farther, and what is learnt of terms grows with their number; then `CLEAN` ones, which are long: at one
    wrong edit in 10,000 words, what such edits look like is learnt from many words or not at all, and so is
    what clean documents look like.
    """
    rng = random.Random(3)
    share = max(1, documents // len(corpus.spared))
    texts = [t for of_file in corpus.spared for t in rng.sample(of_file, min(len(of_file), share))]
    rng.shuffle(texts)

    def some(number: int, spinners: Channels, clean: float, planted: float, seed: int) -> Iterator[Example]:
        excerpts = (excerpt(text, rng) for text in texts for _ in range(number))
        return passages(excerpts, spinners, terms, clean=clean, planted=planted, seed=seed)

    mixed = some(MIXED, near, LEFT_CLEAN, WITH_TERMS, 7)
    only_planted = some(PLANTED, channels, 0.0, 1.0, 11)
    examples: list[Example] = []
    for document, text in enumerate(texts):
        of_text = [*itertools.islice(mixed, MIXED), *itertools.islice(only_planted, PLANTED)]
        of_text += (Example(excerpt(text, rng, LONG_CHARACTERS), ()) for _ in range(CLEAN))
        examples += [replace(example, document=document) for example in of_text]
    swaps = sum(len(example.gold) for example in examples)
    if swaps < FEWEST_SPINS:
        raise TextrepairError(
            f"only {swaps} words of the documents spared for calibration could be spun; {FEWEST_SPINS} are "
            "needed: give more text, in English"
        )
    return examples
