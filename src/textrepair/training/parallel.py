"""Send examples through the pipeline on all cores, each process with a model of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

from textrepair.lexicon.lexicon import Lexicon, stack
from textrepair.machine import cores
from textrepair.rerank import Reranker
from textrepair.training.examples import BATCH_EXAMPLES, Example, ScoredExample, score_examples


def score_in_parallel(
    examples: Sequence[Example], folder: Path, tell: Callable[[int], None] = lambda done: None
) -> list[ScoredExample]:
    """Each example, read and asked of by the model in `folder`; `tell` hears how many are.

    However many cores there are, what comes out is that of `textrepair.training.examples.score_examples`.
    """
    firsts = range(0, len(examples), BATCH_EXAMPLES)
    batches = [examples[first : first + BATCH_EXAMPLES] for first in firsts]
    context = multiprocessing.get_context("spawn")  # forking a process with threads is no use
    scored_examples: list[ScoredExample] = []
    with ProcessPoolExecutor(min(cores(), len(batches)), context) as pool:
        for some in pool.map(partial(_score, folder), batches, firsts):
            scored_examples += some
            tell(len(scored_examples))
    return scored_examples


def _score(folder: Path, examples: Sequence[Example], first: int) -> list[ScoredExample]:
    return [*score_examples(examples, *_opened(folder), first)]


@cache
def _opened(folder: Path) -> tuple[Lexicon, Reranker]:
    os.environ["OMP_NUM_THREADS"] = "1"  # there is a process for each core
    return stack(()), Reranker(folder)
