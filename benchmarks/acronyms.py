"""Where an acronym makes a long form sure: how often in clean text, and on planted terms.

    python benchmarks/acronyms.py CLEAN... [--planted EXPORT.csv]

CLEAN are corpora as `textrepair train` reads them, EXPORT is one of the Problematic Paper Screener, whose
terms are planted in the first file. Writes `results/acronyms.json`. Only the neighbourhood of such acronyms
is shown to the model: every other place is the same with and without them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from textrepair import load
from textrepair.bench.circumstances import made_with
from textrepair.lexicon.acronyms import ACRONYM
from textrepair.models import find_model
from textrepair.pipeline.acronym_terms import find_defined
from textrepair.pipeline.candidates import BY_ACRONYM
from textrepair.pipeline.detect import detect
from textrepair.texts import read_texts, refuse
from textrepair.training.channels import tortured_terms

AROUND = 1500  # characters shown to the model on either side of a place
ROOT = Path(__file__).parents[1]


def anywhere(start: int, end: int) -> bool:
    """Every word taken for odd, and free to change: more places than there are."""
    return True


def sure_places(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, what stands, canonical) where the pipeline is sure of a long form."""
    for start, end in sorted({(t.start, t.end) for t in find_defined(text, anywhere, anywhere) if t.tier}):
        first = max(0, start - AROUND)
        [detected] = detect([REPAIRER._read(text[first : end + AROUND], 0.0)], REPAIRER.reranker)
        here = [c for c in detected.candidates if (c.start + first, c.end + first) == (start, end)]
        for c in [c for c in here if c.tier == "auto" and c.source == BY_ACRONYM][:1]:
            yield start, end, c.before, c.after


def on_clean(texts: Iterable[str]) -> dict[str, object]:
    """How many places there are in clean text, and which."""
    words, found = 0, []
    for text in texts:
        words += len(text.split())
        found += [f"{before} -> {after}" for _, _, before, after in sure_places(text)]
    return {"words": words, "places": len(found), "they are": found}


def planted(texts: list[str], export: Path) -> dict[str, object]:
    """Phrases that the lexicon does not list, each planted where its term stands before an acronym."""
    n = touched = right = 0
    where = [(m.start(), text) for text in texts for m in ACRONYM.finditer(text)]
    unlisted = {(t, p) for t, p in tortured_terms(export) if p.lower() not in REPAIRER.lexicon.forms}
    for term, phrase in sorted(unlisted):
        before = re.compile(re.escape(term) + r"s?\s+\Z", re.IGNORECASE)
        for at, text in where:
            if m := before.search(text, max(0, at - len(term) - 3), at):
                spun = text[: m.start()] + phrase + text[m.start() + len(term) :]
                n += 1
                made = [
                    after
                    for a, b, _, after in sure_places(spun)
                    if a < m.start() + len(phrase) and m.start() < b
                ]
                touched += bool(made)
                right += any(term.lower() in after.lower() for after in made)
                break
    return {"phrases": n, "touched": touched, "right": right}


def main(
    clean: Annotated[list[Path], typer.Argument(help="Clean text.")],
    export: Annotated[
        Path | None, typer.Option("--planted", help="Problematic Paper Screener export.")
    ] = None,
) -> None:
    """Measure and write the results."""
    result: dict[str, object] = {
        **made_with(find_model("en_sci_sm")),
        "what": "places where the long form of an acronym is sure (textrepair.pipeline.acronym_terms)",
        "clean": {path.name: on_clean(read_texts(path, refuse)) for path in clean},
    }
    if export:
        result["planted"] = planted([*read_texts(clean[0], refuse)], export)
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (ROOT / "benchmarks" / "results" / "acronyms.json").write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    REPAIRER = load()
    typer.run(main)
