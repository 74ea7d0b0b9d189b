"""The circumstances of a measurement, which its figures are worth little without."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrepair.files import sha256
from textrepair.models import weights_sha256

if TYPE_CHECKING:
    from textrepair.pipeline.repair import Repairer

LIBRARIES = ("textrepair", "numpy", "onnxruntime", "tokenizers", "torch", "transformers", "llama-cpp-python")
TELLING_FLAGS = {"avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd", "sve"}


def made_with(model: Path | None) -> dict[str, str | None]:
    """The hashes of a model's weights and decision, which every file of results names: as JSON.

    Without a model both are None: the figures depend on none.
    """
    return {
        "weights_sha256": weights_sha256(model) if model else None,
        "decision_sha256": sha256(model / "decision.json") if model else None,
    }


def circumstances(model: Path, repairer: Repairer) -> dict[str, Any]:
    """Model with the hashes of its weights and judgement, settings, date, versions, machine: as JSON."""
    return {
        "model": model.name,
        **made_with(model),
        "settings": {
            "min_score": repairer.min_score,
            "gate": repairer.settings.gate,
            "reranker": repairer.settings.reranker,
            "lm": repairer.lm.identity if repairer.lm else None,
            "families": [*repairer.settings.families],
        },
        **now_and_here(),
    }


def now_and_here() -> dict[str, Any]:
    """Date, versions, machine: as JSON."""
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
        "versions": {"python": platform.python_version(), **_installed()},
        "machine": {"cpu": _cpu("model name"), "cores": os.cpu_count(), "flags": _flags()},
    }


def _installed() -> dict[str, str]:
    out = {}
    for name in LIBRARIES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            continue
    return out


def _cpu(what: str) -> str:
    """A line of the first processor's description, where the system has one."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf8").splitlines() if path.is_file() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(what))
    return next(found, platform.processor() or platform.machine())


def _flags() -> list[str]:
    return sorted(TELLING_FLAGS & {*_cpu("flags").split()})
