"""`Repair`: a batch of columns in, the same with the text repaired; for engines that map over batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from textrepair.corpus.identity import identify
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.worker import RepairerSpec


class Repair:
    """Repairs the column `column` of batches, with the settings of `textrepair.load`.

    For `map(batched=True)` of Hugging Face `datasets`, and `map_batches` of Ray Data. Two that do
    the same have the same pickled form, whatever they have loaded since, and two that differ in
    model, lexicon or setting have not: so `datasets` finds in its cache what was done before. The
    model loads at the first batch, once for each process.

    `edits_column` names a column for the edits, one list a row; `threads` bounds those of one process.
    A value that is None stays so. Raises `TextrepairError` for an unknown model, a bad lexicon or
    setting.

    >>> batch = Repair()({"id": [1], "text": ["The sufferers were treated for bosom peril."]})
    >>> batch["text"]
    ['The patients were treated for breast cancer.']
    """

    def __init__(
        self,
        model: str = "en_sci_sm",
        *,
        column: str = "text",
        edits_column: str | None = None,
        lexicon: Sequence[str] = (),
        threads: int | None = None,
        **settings: object,
    ) -> None:
        self.column, self.edits_column, self.threads = column, edits_column, threads
        self.spec = RepairerSpec(model, tuple(map(str, lexicon)), settings)
        self.identity = identify(self.spec)

    @cached_property
    def _repair(self) -> Callable[[Sequence[str]], list[Outcome]]:
        return self.spec.open(self.threads)

    def __getstate__(self) -> dict[str, object]:
        """What tells two apart; neither the model that is loaded nor the order of settings does."""
        state = {k: v for k, v in vars(self).items() if k != "_repair"}
        settings = dict(sorted(self.spec.settings.items()))
        return state | {"spec": RepairerSpec(self.spec.model, self.spec.lexicon, settings)}

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """The batch with its texts repaired; other columns are passed on as they are.

        Raises `KeyError` that names the columns there are, and `TypeError` for what is no text.
        """
        if self.column not in batch:
            raise KeyError(f"no column {self.column!r}; there is {', '.join(batch)}")
        texts = list(batch[self.column])
        outcomes = self.outcomes(texts)
        repaired: dict[str, Any] = {
            **batch,
            self.column: [o.repaired(t) if t else t for t, o in zip(texts, outcomes, strict=True)],
        }
        if self.edits_column:
            repaired[self.edits_column] = [[vars(e) for e in o.edits] for o in outcomes]
        return repaired

    def outcomes(self, texts: Iterable[str | None]) -> list[Outcome]:
        """An `Outcome` for each text; an empty one for None."""
        texts = list(texts)
        for t in texts:
            if t is not None and not isinstance(t, str):
                raise TypeError(f"textrepair reads str, not {type(t).__name__}: {t!r:.80}")
        found = iter(self._repair([t for t in texts if t]))
        return [next(found) if t else Outcome() for t in texts]
