"""A second opinion: what a general language model, which was never fitted to anything here, says of wordings.

Any causal language model will do: a folder or hub name that transformers opens, or a GGUF file, which
llama.cpp reads. This is the only room that names llama.cpp.
"""

from __future__ import annotations

from textrepair.lm.mended import opinions_in_mended
from textrepair.lm.opening import open_language_model
from textrepair.lm.opinion import LanguageModel, Opinion, Wording, opinions

__all__ = ["LanguageModel", "Opinion", "Wording", "open_language_model", "opinions", "opinions_in_mended"]
