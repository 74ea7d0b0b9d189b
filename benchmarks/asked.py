"""The systems that `systems.py` asks, in the order of its table, and those that could not be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import neural_peers
import peers
from peers import MASKED, System, Ways

from textrepair.bench import stored
from textrepair.files import sha256
from textrepair.models import find_model, weights_sha256
from textrepair.pipeline.judgement import Decision

LM = "Gemma 3 270M"  # the causal language model that is given
of_file, of_weights, of_code = cache(sha256), cache(weights_sha256), cache(stored.code_hash)


@dataclass(frozen=True)
class Asked:
    """How a system is opened, and what its answers hang on.

    `model`: the one of ours whose weights it reads; `ours`: whether our code and tables count too, and where
    there is a model its decision; `lm`: whether it asks a causal language model; `every`: a slow one reads
    one in so many of the public texts, and every other clean one.
    """

    opened: Callable[[Ways], System]
    licence: str = ""
    model: str = ""
    ours: bool = False
    lm: bool = False
    every: int = 1

    def hangs_on(self, ways: Ways, text: str) -> str:
        """What tells a state of the system from others, where it reads this text."""
        parts = [of_file(ways.lm) if ways.lm else ""] if self.lm else []
        if self.model:
            parts.append(of_weights(find_model(self.model)))
        if self.ours:
            parts.append(of_code())
        if self.model and self.ours:
            decision = ways.decision(self.model, text)
            parts += [of_file(decision), _of_small(decision)]
        return " ".join(parts)

    def made_with(self) -> dict[str, str | None]:
        """The model whose weights or decision its figures hang on, with their hashes: as JSON."""
        if not self.model:
            return {"weights_sha256": None, "decision_sha256": None}
        folder = find_model(self.model)
        return {
            "model": self.model,
            "weights_sha256": of_weights(folder),
            "decision_sha256": of_file(folder / "decision.json") if self.ours else None,
        }


@cache
def _of_small(decision: Path) -> str:
    """The weights of the model that reads before one with this decision; empty where none does."""
    small = Decision.read(decision).reads_first
    return of_weights(find_model(small)) if small else ""


def _ours(model: str, *, asks: bool = False, every: int = 1) -> Asked:
    return Asked(peers.ours(model, asks=asks), model=model, ours=True, lm=asks, every=every)


SYSTEMS = {
    "do nothing": Asked(peers.nothing),
    "a published list, replaced": Asked(peers.listed, "the Problematic Paper Screener's list"),
    "symspellpy lookup": Asked(peers.symspell_lookup, "MIT"),
    "symspellpy lookup_compound": Asked(peers.symspell_compound, "MIT"),
    "pyspellchecker": Asked(peers.pyspellchecker, "MIT", every=4),
    "contextualSpellCheck (our masked model)": Asked(
        neural_peers.contextual_spell_check, "MIT", model=MASKED, every=24
    ),
    "our model behind masks, word by word": Asked(neural_peers.masked, model=MASKED, every=24),
    f"{LM}, sentence by sentence": Asked(
        neural_peers.corrector,
        "Gemma Terms of Use; base model, quantised to four bits (q4_k_m)",
        lm=True,
        every=24,
    ),
    "retrieval of the source, sentence by sentence": Asked(
        neural_peers.retrieval, "Apache-2.0 (all-MiniLM-L6-v2)"
    ),
    "our lexicon, replaced": Asked(peers.lexicon_only, ours=True),
    "textrepair, en_sci_sm": _ours("en_sci_sm"),
    "textrepair, en_sci_md": _ours("en_sci_md"),
    f"textrepair, en_sci_md + {LM}": _ours("en_sci_md", asks=True, every=4),
}
# what cannot be run, with what was tried
UNTRIED = {
    "LanguageTool": "LGPL-2.1. Debian 12 has no package of it. The Python packages hold no rules: "
    "language-tool-python 3.4.0 installs and, at first use, asks github.com for LanguageTool-6.8.zip, "
    "language-check 1.1 asks languagetool.org while it is built; neither could be reached from here. "
    "language-tool 0.4 and ltscore 1.2.0 want a server that runs already. Java was there",
    "SRAP itself (arXiv 2512.10435)": "no package of it was found; retrieval in systems.py follows its "
    "two steps, with another encoder",
}
