"""datatrove: a `PipelineStep` that repairs documents in batches and counts what it did.

LocalPipelineExecutor([JsonlReader("in"), Repair(), JsonlWriter("out")]).run()
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from datatrove.pipeline.base import PipelineStep

from textrepair.corpus import batches

if TYPE_CHECKING:
    from datatrove.data import DocumentsPipeline

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
