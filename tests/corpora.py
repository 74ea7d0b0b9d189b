"""Small corpora, and what the tests that clean them ask of the result."""

from __future__ import annotations

import json
from pathlib import Path

SPUN = "The sufferers were treated for bosom peril."
CLEAN = "Two patients were treated with a new drug."


def fixed(inline, text: str) -> str:
    return inline.repairer.fix(text)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output but for its record."""
    paths = [p for p in folder.rglob("*") if p.is_file() and "_textrepair" not in p.parts]
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def jsonl(*texts: str) -> bytes:
    return b"".join(json.dumps({"id": n, "text": t}).encode() + b"\n" for n, t in enumerate(texts))
