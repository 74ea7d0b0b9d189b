"""What a worker does: open one repairer and turn texts into outcomes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from textrepair.corpus.outcome import Outcome
from textrepair.pipeline.pieces import in_pieces

if TYPE_CHECKING:
    from textrepair.pipeline.repair import Repairer

BATCH_TEXTS = 8  # texts the pipeline reads at a time: more are hardly faster, and each holds its candidates


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
    repairs = in_pieces(texts, partial(repairer.pipe, batch_size=BATCH_TEXTS))  # damage in pieces too
    return [Outcome(len(t.split()), r.spun, r.edits) for t, r in zip(texts, repairs, strict=True)]
