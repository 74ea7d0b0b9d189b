"""What a language model must read at once, and the memory that it must fit into."""

from __future__ import annotations

import os
from pathlib import Path

from textrepair.errors import TextrepairError

MOST_PIECES, LEAST_PIECES = 512, 192  # read at once; a model that takes fewer than the least sees too little


def check_memory(name: str, needed: int) -> None:
    """Raise `TextrepairError` if a model of so many bytes does not fit into the memory that is free."""
    free = _free()
    if free is not None and needed > free:
        raise TextrepairError(
            f"lm {name!r}: it takes {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB of memory are free; "
            "give a smaller model, or a GGUF file of fewer bits"
        )


def _free() -> int | None:
    """Bytes of memory that programs may still take; none where the system does not tell."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
