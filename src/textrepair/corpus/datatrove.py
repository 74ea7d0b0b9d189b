"""datatrove: steps that repair documents, or drop those that look spun, in batches, and count what they did.

LocalPipelineExecutor([JsonlReader("in"), Repair(), JsonlWriter("out")]).run()
LocalPipelineExecutor([JsonlReader("in"), Screen(0.9), JsonlWriter("out")]).run()
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter

from textrepair.corpus import batches
from textrepair.corpus.finding import Finding, ScreenerSpec
from textrepair.corpus.identity import identify
from textrepair.corpus.outcome import Outcome

if TYPE_CHECKING:
    from datatrove.data import Document, DocumentsPipeline
    from datatrove.pipeline.writers.disk_base import DiskWriter

BATCH_DOCUMENTS = 64  # documents read at a time


class Repair(PipelineStep):
    """Repairs the text of every document; its edits go to the metadata under `edits_key`, if that is given.

    Statistics: `documents`, `spun_score` and `edits` for each of them, `edits_KIND`, `repaired`, and
    `refused_REASON` for those that are passed on unrepaired. Settings are those of `textrepair.load`.
    """

    name = "🩹 textrepair"
    type = "✏ - MODIFIER"

    def __init__(
        self, model: str = "en_sci_sm", *, edits_key: str | None = "textrepair_edits", **settings: object
    ) -> None:
        super().__init__()
        self.edits_key = edits_key
        self.repair = batches.Repair(model, **settings)  # type: ignore[arg-type]

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Every document of `data`, repaired, in order."""
        documents = iter(data)
        while batch := list(itertools.islice(documents, BATCH_DOCUMENTS)):
            with self.track_time(unit="batch"):
                outcomes = self.repair.outcomes([d.text for d in batch])
            for document, outcome in zip(batch, outcomes, strict=True):
                self.stat_update("documents")
                if outcome.refused:
                    self.stat_update(f"refused_{outcome.refused}")
                    yield document
                    continue
                self.stat_update("spun_score", value=outcome.spun)
                self.stat_update("edits", value=len(outcome.edits))
                self.stat_update(*(f"edits_{e.kind}" for e in outcome.edits))
                if outcome.edits:
                    self.stat_update("repaired")
                    document.text = outcome.repaired(document.text)
                if self.edits_key:
                    document.metadata[self.edits_key] = [vars(e) for e in outcome.edits]
                yield document


class Screen(BaseFilter):
    """Drops documents, with the reason `spun`, that look spun with the `probability` given or a higher one.

    The probability, the share of swapped words and the surest phrases go to the metadata under `key`.
    Documents that are less likely spun than `gate` by a cheap first look are not shown to the model. What is
    not English, and what cannot be read, is kept, with a note; `refused_REASON` counts the latter.
    `exclusion_writer` is given what is dropped. Settings are those of `textrepair.load`.
    """

    name = "🩹 textrepair screen"

    def __init__(
        self,
        probability: float,
        model: str = "en_sci_sm",
        *,
        gate: float = 0.05,
        key: str = "textrepair_screen",
        lexicon: Sequence[str] = (),
        exclusion_writer: DiskWriter | None = None,
        **settings: object,
    ) -> None:
        super().__init__(exclusion_writer, batch_size=BATCH_DOCUMENTS)
        self.probability, self.key = probability, key
        self.spec = ScreenerSpec(model, tuple(map(str, lexicon)), {"gate": gate, **settings})
        identify(self.spec)  # what is wrong with it is said before a worker starts

    @cached_property
    def _screen(self) -> Callable[[Sequence[str]], list[Outcome]]:
        return self.spec.open()

    def __getstate__(self) -> dict[str, object]:
        """All but the model, which each process loads for itself."""
        return {k: v for k, v in vars(self).items() if k != "_screen"}

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Whether to keep a document, else why it is dropped."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[bool | tuple[bool, str]]:
        """The same for each document of a batch."""
        kept = list[bool | tuple[bool, str]]()
        for document, found in zip(batch, self._screen([d.text for d in batch]), strict=True):
            assert isinstance(found, Finding)
            if found.refused:
                self.stat_update(f"refused_{found.refused}")
            document.metadata[self.key] = {
                "probability": found.spun,
                "swapped": found.swapped,
                "phrases": [phrase.text for phrase in found.phrases],
                "note": found.note or found.detail,
            }
            kept.append(found.spun < self.probability or (False, "spun"))
        return kept
