"""What a worker does: open one repairer and turn texts into outcomes."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from textrepair.corpus.outcome import Outcome

if TYPE_CHECKING:
    from textrepair.edits import Repair
    from textrepair.pipeline.repair import Repairer

PIECE_CHARACTERS = 100_000  # read as one document: longer than a paper, and what bounds a worker's memory
BATCH_TEXTS = 8  # texts the pipeline reads at a time: more are hardly faster, and each holds its candidates

# from the best place to cut a long text to the worst
CUTS = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"[.!?]\s", r"\s")))


@dataclass(frozen=True)
class RepairerSpec:
    """Names and numbers from which any process can open the same repairer: see `textrepair.load`."""

    model: str = "en_sci_sm"
    lexicon: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)

    def open(self, threads: int | None = None) -> Callable[[Sequence[str]], list[Outcome]]:
        """A function from texts to outcomes, by the repairer that `load` opens."""
        repairer = self.load(threads)
        return lambda texts: outcomes(repairer, texts)

    def load(self, threads: int | None = None) -> Repairer:
        """The repairer, with one model on `threads` threads (None: one a core).

        Raises `TextrepairError` for an unknown model, a damaged one, a bad lexicon or setting.
        """
        if threads is not None:
            for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
                os.environ[name] = str(threads)
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import textrepair

        return textrepair.load(self.model, lexicon=self.lexicon, **self.settings)


def outcomes(repairer: Repairer, texts: Sequence[str]) -> list[Outcome]:
    """An `Outcome` for each text; one that raises an error is refused and spoils no other."""
    try:
        return _outcomes(repairer, texts)
    except Exception as error:
        if len(texts) == 1:
            return [Outcome(refused="failed", detail=f"{type(error).__name__}: {error}"[:500])]
        return [o for text in texts for o in outcomes(repairer, [text])]


def _outcomes(repairer: Repairer, texts: Sequence[str]) -> list[Outcome]:
    places = [pieces(t) for t in texts]
    parts = (t[a:b] for t, of_text in zip(texts, places, strict=True) for a, b in of_text)
    repairs = repairer.pipe(parts, batch_size=BATCH_TEXTS)
    return [
        _whole(t, of_text, list(itertools.islice(repairs, len(of_text))))
        for t, of_text in zip(texts, places, strict=True)
    ]


def pieces(text: str, longest: int = PIECE_CHARACTERS) -> list[tuple[int, int]]:
    r"""Where to cut a long text, at a blank line if possible, else after a line, a sentence, a word.

    >>> pieces("One two.\n\nThree four.", 12)
    [(0, 10), (10, 21)]
    """
    out, at = [], 0
    while len(text) - at > longest:
        lo, hi = at + longest // 2, at + longest
        cuts = ([m.end() for m in cut.finditer(text, lo, hi)] for cut in CUTS)
        end = next((found[-1] for found in cuts if found), hi)
        out.append((at, end))
        at = end
    return [*out, (at, len(text))]


def _whole(text: str, places: Sequence[tuple[int, int]], repairs: Sequence[Repair]) -> Outcome:
    """One outcome of a text's pieces: offsets in the whole, spun as the most spun piece."""
    edits = tuple(
        replace(e, start=e.start + at, end=e.end + at)
        for (at, _), repair in zip(places, repairs, strict=True)
        for e in repair.edits
    )
    return Outcome(len(text.split()), max(r.spun for r in repairs), edits)
