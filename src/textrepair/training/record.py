"""The record of a training, from which its model card is written."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

import textrepair
from textrepair.files import sha256
from textrepair.rerank.runtimes import precision
from textrepair.training.base import Base
from textrepair.training.denoise import Recipe, Status
from textrepair.training.materials import Materials, Source
from textrepair.training.packed import Corpus


def trained(
    materials: Materials, sources: Sequence[Source], corpus: Corpus, base: Base, recipe: Recipe, rate: float
) -> dict[str, Any]:
    """What a model was made of, and how."""
    return {
        "data": _data(corpus, sources, materials),
        "recipe": {
            **asdict(recipe),
            "rate": rate,
            "base": " + ".join(Path(name).name for name in materials.bases),
            "base_sha256": base.sha256,
        },
        "architecture": _architecture(base),
    }


def measured(status: Status, base: Base, device: str, decision: Mapping[str, Any]) -> dict[str, Any]:
    """Where it was made, and what was measured."""
    gpu = device == "cuda"
    return {
        "device": torch.cuda.get_device_name() if gpu else f"{torch.get_num_threads()} CPU threads",
        "precision": str(precision(device)).removeprefix("torch."),
        "versions": {"textrepair": textrepair.__version__, "torch": torch.__version__},
        "measured": [asdict(m) for m in status.history],
        "stopped_early": status.stopped,
        "before": base.record,
        "decision": {k: None if v != v else v for k, v in decision.items()},  # JSON knows no nan
    }


def command(materials: Materials, recipe: Recipe, harm: float, reads_first: str | None = None) -> str:
    """The command that does the same again, beside the files."""
    budget = ["--minutes", f"{recipe.minutes:g}"] if recipe.steps is None else ["--steps", str(recipe.steps)]
    words = ["textrepair", "train", *(path.name for path in materials.corpus)]
    words += [word for base in materials.bases for word in ("--from", Path(base).name)] + budget
    words += ["--every", str(recipe.every), "--seed", str(recipe.seed), "--harm", f"{harm:g}"]
    for name in ("pairs", "tortured", "clean"):
        path = getattr(materials, name)
        words += [f"--{name}", path.name] if path else []
    words += ["--skip-bad"] if materials.skip_bad else []
    words += ["--layers", str(materials.layers)] if materials.layers else []
    words += ["--reads-first", reads_first] if reads_first else []
    return shlex.join([*words, "--out", "MODEL"])


def _data(corpus: Corpus, sources: Sequence[Source], materials: Materials) -> dict[str, Any]:
    documents = len(corpus.offsets) - 1
    parts = [corpus.part(k) for k in range(documents)]
    return {
        "files": [
            {"file": s.path.name, "documents": s.documents, "skipped": s.skipped, "sha256": sha256(s.path)}
            for s in sources
        ],
        "documents": documents,
        "words": len(corpus.ids),
        "trained_on": parts.count("trained on"),
        "held_out": parts.count("held out"),
        "spared": parts.count("spared"),
        "pairs": materials.pairs.name if materials.pairs else "",
        "tortured": materials.tortured.name if materials.tortured else "",
    }


def _architecture(base: Base) -> str:
    config, parameters = base.model.config, sum(p.numel() for p in base.model.parameters())
    kind = "MPNet" if hasattr(base.model, "relative") else "BERT"
    return (
        f"{kind}, {config.num_hidden_layers} layers, width {config.hidden_size}, "
        f"{parameters / 1e6:.1f} million parameters, {config.vocab_size:,} word pieces"
        f"{', with a new masked-LM head' if base.headless else ''}"
    )
