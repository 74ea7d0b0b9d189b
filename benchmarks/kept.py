"""Results kept on disk as they come, so that a long measurement can be stopped and go on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def kept(folder: Path, key: str, make: Callable[[], Any] | None = None) -> Any:
    """What stands under `key` in a folder, or what `make` gives, as plain values; None without either.

    What is made is written whole or not at all.
    """
    path = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
    if path.exists():
        return json.loads(path.read_text(encoding="utf8"))
    if make is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(make()), encoding="utf8")
    beside.replace(path)
    return json.loads(path.read_text(encoding="utf8"))
