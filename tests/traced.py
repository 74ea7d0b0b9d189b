"""A text, what a spinner made of it, one on the same subject, one on another; an index, and an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from textrepair.sources.index import Builder, Index
from textrepair.sources.retriever import Encoder

ORIGINAL = (
    "Iron overload is a common complication in patients with thalassaemia who receive regular blood "
    "transfusions. In this study we measured serum ferritin in 212 patients from Kenya over 24 months. "
    "Mean ferritin decreased from 2450 to 1310 ng/mL in the treatment group, while it did not change in "
    "the placebo group. Adverse events were mild, and no patient left the study because of them. "
    "These results suggest that early chelation is safe in children."
)
SPUN = (
    "Iron overload is a typical complication in sufferers with thalassaemia who get normal blood "
    "transfusions. In this investigation we measured serum ferritin in 212 sufferers from Kenya over 24 "
    "months. Mean ferritin diminished from 2450 to 1310 ng/mL in the treatment group, while it did not "
    "change in the placebo group. Unfavorable occasions were gentle, and no sufferer left the investigation "
    "because of them. These outcomes propose that early chelation is protected in kids."
)
RELATED = (
    "Thalassaemia is an inherited disorder of haemoglobin. Most patients need blood transfusions for life, "
    "and iron overload follows from them. Serum ferritin is the usual measure of the body's iron stores, "
    "although inflammation raises it as well. Several chelators have been tested in adults and in children, "
    "and adverse events differ between them. We review what is known of their safety, and suggest which "
    "questions further trials should answer before one of them becomes the standard of care."
)
OTHER = "Galaxies form in haloes of dark matter. We simulate 40 of them with cold gas and stars. " * 6


class Letters:
    """An encoder that counts letters, and the texts it was given."""

    def __init__(self, weights: str = "a" * 64) -> None:
        self.weights = weights
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[t.lower().count(c) for c in ascii_lowercase] for t in texts], np.float32)


def build(folder: Path, *texts: str, encoder: Encoder | None = None) -> Index:
    builder = Builder(folder, encoder)
    for n, text in enumerate(texts):
        builder.add(f"doc{n}", text)
    builder.commit()
    builder.finish()
    return Index(folder, encoder)
