"""The tables and plots of README.md and benchmarks/README.md, made from the committed results.

    python benchmarks/tables.py

Every script that measures real pages, harm or systems ends with this. Each table stands between two marks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from textrepair.bench.tally import share

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results"
GROUPS = ("all", "heavy", "moderate", "light")


def results(name: str) -> dict[str, Any]:
    """The committed figures of a script."""
    found = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf8"))
    assert isinstance(found, dict)
    return found


def ranged(figure: float | None, interval: list[float | None]) -> str:
    """A share with its 95 % interval."""
    return f"{share(figure)} ({share(interval[0])}–{share(interval[1])})"


def rows(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ("---",) * len(header), *lines])


def real(found: Mapping[str, Any]) -> str:
    """Real pages, by how densely they are spun."""
    lines = []
    for name in GROUPS:
        t = found["groups"][name]
        sure = t["intervals"]
        lines.append(
            (
                name, str(t["pages"]), str(t["swaps"]), ranged(t["recall"], sure["recall"]),
                ranged(t["precision"], sure["precision"]),
                ranged(t["detection"]["words"]["recall_at_0.9"], sure["words_recall_at_0.9"]),
                share(t["candidates"]["single"]["recall"]), share(t["candidates"]["several"]["recall"]),
            )
        )  # fmt: skip
    header = (
        f"real spun pages, `{found['model']}`", "pages", "swaps", "restored", "precision",
        "swapped words told at precision .90", "right candidate there: single words", "several words",
    )  # fmt: skip
    return rows(header, lines)


def harm(found: Mapping[str, Any]) -> str:
    """Clean documents, by field."""
    fields = {"all": found["all"], **found["fields"]}
    lines = []
    for name, f in fields.items():
        low, high = f["interval"]
        figures = f"{f['words']:,}", str(f["edits"]), f"{f['per_10000_words']:.2f} ({low:.2f}–{high:.2f})"
        lines.append((name, *figures))
    header = f"clean documents held out, `{found['model']}`", "words", "edits of synonyms", "in 10,000 words"
    return rows(header, lines)


def systems(found: Mapping[str, Any]) -> str:
    """Every system on the real pages and on clean text."""
    lines = []
    for name, s in found["systems"].items():
        judged = s["right"] + s["other"] + s["beside"]
        figures = (
            ranged(s["recall"], s["intervals"]["recall"]),
            ranged(s["precision"], s["intervals"]["precision"]) if judged else "",
            share(s["detection"]["words"]["recall_at_0.9"]),
            f"{s['harm']['per_10000_words']:,.1f}",
            f"{s['words_per_second']:,.0f}" if judged else "",
        )
        lines.append((f"{name}{' *' if s['slow'] else ''}", *figures))
    header = (
        "on real spun pages",
        "restored",
        "precision",
        "swapped words told at precision .90",
        "edits in 10,000 clean words",
        "words a second",
    )
    return rows(header, lines)


def put(path: Path, mark: str, markdown: str) -> None:
    """Put a table between the two marks of that name in a file."""
    before, opened, rest = path.read_text(encoding="utf8").partition(f"<!-- {mark} -->\n")
    _, closed, after = rest.partition(f"<!-- /{mark} -->")
    assert opened + closed, f"{path} has no marks named {mark}"
    path.write_text(f"{before}{opened}\n{markdown}\n\n{closed}{after}", encoding="utf8")


TABLES = {
    (ROOT / "README.md", "real pages"): ("real_pages", real),
}


def main() -> None:
    """Write every table into its file, and draw the plots."""
    for (path, mark), (name, table) in TABLES.items():
        put(path, mark, table(results(name)))


if __name__ == "__main__":
    main()
