"""The settings of a repair: names and numbers, checked as they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

from textrepair.damage.families import FAMILIES as DAMAGE
from textrepair.errors import TextrepairError
from textrepair.formats import table as formats
from textrepair.machine import RUNTIMES

FAMILIES = ("synonyms", *(family.name for family in DAMAGE))  # what may be repaired, each by its name


@dataclass(frozen=True)
class Settings:
    """Names and numbers a user may set.

    `min_score`: probability an edit needs (None: the model's own threshold). `max_harm`: instead of it,
    the most edits per 10,000 words of clean text, by the model's measured curve. `protect`: terms left
    alone, in any case. `protect_patterns`: regular expressions whose matches are left alone. `gate`:
    documents less likely spun than this are not shown to the model, but for what stands near a listed
    phrase of several words, which makes clean text several times faster; a few unlisted planted terms are
    missed.
    `reranker`: folder or hub name of a masked language model that judges candidates instead of the
    model's own; scores are then not calibrated, since they were fitted to that one's evidence.
    `lm`: folder, hub name or GGUF file of a causal language model whose second opinion of the candidates is
    weighed in spun documents; with one that the judgement was not fitted with, scores are not calibrated.
    `families`: names from `FAMILIES` of what is repaired, everything by default. `sources`: folder of an
    index that `textrepair index` made: where it holds the original, the original's words are restored.
    `runtime`: a name from `RUNTIMES` of what runs the model's network: by default ONNX Runtime, so that the
    same text gets the same edits on every machine; `cuda` is torch on a GPU, and `auto` that if there is one.
    A runtime that computes in bfloat16, as all others do where the machine multiplies it, changes a few edits
    in a hundred.
    `format`: what texts are written in (text, latex, markdown, rst, xml, html); of markup only the prose is
    read and edited.
    """

    min_score: float | None = None
    max_harm: float | None = None
    protect: Sequence[str] = ()
    protect_patterns: Sequence[str] = ()
    gate: float = 0.0
    reranker: str | None = None
    lm: str | None = None
    families: Sequence[str] = FAMILIES
    sources: str | None = None
    runtime: str = RUNTIMES[0]
    format: str = formats.TEXT

    def __post_init__(self) -> None:
        """Raise `TextrepairError` for a value no run could use."""
        score = self.min_score
        if score is not None and not (isinstance(score, Real) and 0 <= score <= 1):
            raise TextrepairError(f"min_score: {score!r} is no probability; give a number from 0 to 1")
        harm = self.max_harm
        if harm is not None and not (isinstance(harm, Real) and harm >= 0):
            raise TextrepairError(f"max_harm: {harm!r} is no number of edits; give 0 or more")
        if score is not None and harm is not None:
            raise TextrepairError("min_score and max_harm both set the threshold; give one of them")
        if not (isinstance(self.gate, Real) and 0 <= self.gate <= 1):
            raise TextrepairError(f"gate: {self.gate!r} is no probability; give a number from 0 to 1")
        for name in ("protect", "protect_patterns", "families"):
            value = getattr(self, name)
            several = isinstance(value, Sequence) and not isinstance(value, str)
            if not several or not all(isinstance(v, str) for v in value):
                raise TextrepairError(f"{name}: give a list of strings, not {value!r}")
        if self.reranker is not None and not (isinstance(self.reranker, str) and self.reranker):
            raise TextrepairError(
                f"reranker: {self.reranker!r} is no model; give the folder or hub name of a masked "
                "language model as a string, or None for the model's own"
            )
        if self.sources is not None and not (isinstance(self.sources, str) and self.sources):
            raise TextrepairError(
                f"sources: {self.sources!r} is no index; give the folder that textrepair index made"
            )
        if self.lm is not None and not (isinstance(self.lm, str) and self.lm):
            raise TextrepairError(
                f"lm: {self.lm!r} is no model; give the folder, hub name or GGUF file of a causal language "
                "model as a string, or None for no second opinion"
            )
        if self.runtime not in RUNTIMES:
            raise TextrepairError(
                f"runtime: there is none named {self.runtime!r}; they are {', '.join(RUNTIMES)}"
            )
        for name in self.families:
            if name not in FAMILIES:
                raise TextrepairError(
                    f"families: there is none named {name!r}; they are {', '.join(FAMILIES)}"
                )
        formats.check(self.format)
