"""Figures in running text, kept to the committed results.

In Markdown a comment, which no reader sees, names the file of a figure and the keys that lead to it:

    Of the swaps .34<!-- real_pages.json: groups / all / recall --> are restored.

`python benchmarks/tables.py` writes it anew, with as many decimals as it had, and puts a dagger behind it
where it was made with other weights or another decision than the model has now: those that the file names,
or the row of it that the keys lead through. Keys that lead to a list or an object give how much it holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textrepair.models import of_weights

ROOT = Path(__file__).parents[3]
FIGURE = re.compile(
    r"(?P<figure>\d[\d,]*(?:\.\d+)?|\.\d+)(?P<percent> ?%)?†?<!-- (?P<name>\w+)\.json: (?P<keys>.+?) -->"
)
DAGGER = "† Measured with earlier weights or an earlier decision of the model."


def results(name: str, root: Path = ROOT) -> dict[str, Any]:
    """The committed figures of a script."""
    found = json.loads((root / f"benchmarks/results/{name}.json").read_text(encoding="utf8"))
    assert isinstance(found, dict)
    return found


def stale(found: Mapping[str, Any], root: Path = ROOT) -> bool:
    """Whether results, or a row of them, were made with other weights or another decision than are there now.

    A hash of None says that they do not depend on it; one that is missing, that nobody knows.
    """
    manifest = root / "models" / found.get("model", "en_sci_sm") / "manifest.json"
    hashes = json.loads(manifest.read_text(encoding="utf8"))
    now = {"weights_sha256": of_weights(hashes), "decision_sha256": hashes["decision.json"]}
    return any(found.get(key, "") not in (None, of_file) for key, of_file in now.items())


def written_like(value: float, figure: str) -> str:
    """A number written as another figure was: with as many decimals, and a zero before them or none.

    >>> written_like(0.3367, ".29"), written_like(12345, "9"), written_like(0.5, "0.346")
    ('.34', '12,345', '0.500')
    """
    _, _, decimals = figure.partition(".")
    written = f"{value:,.{len(decimals)}f}"
    return written.removeprefix("0") if figure.startswith(".") else written


def with_figures(markdown: str, root: Path = ROOT) -> str:
    """The text with every figure that has a comment as its file has it now."""

    def renewed(m: re.Match[str]) -> str:
        found = results(m["name"], root)
        value: Any = found
        made = found
        for key in m["keys"].split(" / "):
            value = value[int(key) if isinstance(value, list) else key]
            made = value if isinstance(value, dict) and "weights_sha256" in value else made
        value = len(value) if isinstance(value, list | dict) else value
        assert isinstance(value, int | float), f"{m[0]}: {value!r} is no number"
        percent = m["percent"] or ""
        figure = written_like(value * 100 if percent else value, m["figure"])
        return f"{figure}{percent}{'†' * stale(made, root)}<!-- {m['name']}.json: {m['keys']} -->"

    return FIGURE.sub(renewed, markdown)
