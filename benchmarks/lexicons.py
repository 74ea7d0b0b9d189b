"""What the default lexicon and an imported phrase list cost on clean text; counts only, no phrases.

    python benchmarks/lexicons.py --clean dev.jsonl.xz --tiers-on corpus.jsonl.xz --list tortured.csv

The imported list is tiered on one corpus and its harm counted on the other. Then, with the model: what the
built-in lexicon restores and breaks, and what both do together, on the spun seed, on hand-written passages,
and on clean excerpts in each of which one phrase kept out of the model's training is planted. The phrases
stand in the list, so the excerpts show what importing is worth where a list knows the phrase, and no more.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from unseen import planted

from textrepair.bench.report import compare
from textrepair.bench.score import read_gold
from textrepair.bench.scoring import ScoredLexicon, score_entries
from textrepair.bench.texts import Text, read_texts
from textrepair.lexicon.entries import Entry, default_entries
from textrepair.lexicon.exchange import import_file

ROOT = Path(__file__).parents[1]
NUMBERS = "harm_per_10000_words harm_edits clean_words recall precision restored gold right wrong".split()
GOLD = ROOT / "benchmarks/data/seed_000.gold.jsonl"
OUT = ROOT / "benchmarks/results/lexicon.json"


def scored(entries: Sequence[Entry], files: Sequence[Path], jobs: int) -> tuple[ScoredLexicon, float]:
    """The entries scored on the files, and the seconds that took."""

    def texts() -> Iterator[Text]:
        for path in files:
            yield from read_texts(path)

    begun = time.perf_counter()
    return score_entries(entries, texts, jobs=jobs), time.perf_counter() - begun


def harm(result: ScoredLexicon) -> dict[str, Any]:
    """Firings on clean text of each tier, by itself: what it would do if the model agreed to all."""
    out: dict[str, Any] = {"clean_words": result.clean_words}
    for tiers in (("auto",), ("auto", "ask")):
        fired = [s for s in result.entries if s.entry.tier in tiers and s.alone.clean]
        firings = sum(s.alone.clean for s in fired)
        out[" and ".join(tiers)] = {
            "entries": sum(s.entry.tier in tiers for s in result.entries),
            "entries_that_fired": len(fired),
            "firings": firings,
            "per_10000_words": round(firings / result.clean_words * 1e4, 4),
        }
    return out


def together(
    default: Sequence[Entry], imported: Sequence[Entry], clean: list[Text], phrases: Path
) -> dict[str, Any]:
    """What the built-in lexicon does with the model, and what it does with the imported one on top."""
    lexicons = {"default": [default], "default and imported": [default, imported]}
    documents = [t.text for t in clean]
    sets = {
        "seed": [
            Text(path.read_bytes().decode(), tuple(read_gold(GOLD))) for path in ROOT.glob("seeds/000_*")
        ],
        "hand-written": list(read_texts(ROOT / "tests/cases/synthetic.jsonl", spun=True)),
        "planted": [Text(t, tuple(g)) for _, (t, g) in planted(documents, phrases, random.Random(5))],
        "clean": clean,
    }
    out: dict[str, Any] = {}
    for name, texts in sets.items():
        result, _ = compare(lexicons, texts)
        out[name] = {
            "texts": len(texts),
            "conflicts": len(result["conflicts"]["default and imported"]),
            **{
                lexicon: {"coverage": m["coverage"]} | {k: m["with_model"][k] for k in NUMBERS}
                for lexicon, m in result["lexicons"].items()
            },
            "differences": result["differences"]["default and imported"],
        }
    return out


def main(
    clean: Annotated[list[Path], typer.Option(help="Clean text on which harm is counted.")],
    tiers_on: Annotated[list[Path], typer.Option(help="Other clean text, on which tiers are earned.")],
    phrases: Annotated[Path, typer.Option("--list", help="The list to import.")],
    jobs: Annotated[int, typer.Option()] = 1,
) -> None:
    """Measure and write the results."""
    default = default_entries()
    on_clean, _ = scored(default, clean, jobs)
    on_corpus, seconds = scored(default, tiers_on, jobs)
    imported = import_file(phrases)
    tiered, imported_seconds = scored(imported.entries, tiers_on, jobs)
    usable = [replace(s.entry, tier=s.proposed) for s in tiered.entries]
    after, _ = scored(usable, clean, jobs)
    counted = Counter(e.tier for e in usable)
    result = {
        "default": {
            "tiers": dict(Counter(e.tier for e in default)),
            "domains": dict(Counter(e.domain for e in default)),
            "clean": harm(on_clean),
            "corpus": harm(on_corpus),
            "seconds_on_corpus": round(seconds, 1),
        },
        "imported": {
            "rows": imported.rows,
            "rows_used": imported.rows - len(imported.refused),
            "refused": imported.reasons,
            "entries": len(imported.entries),
            "tiers_earned": dict(counted),
            "usable_share_of_rows": round((counted["auto"] + counted["ask"]) / imported.rows, 4),
            "clean": harm(after),
            "seconds_on_corpus": round(imported_seconds, 1),
        },
        "together": together(default, usable, [t for path in clean for t in read_texts(path)], phrases),
        "jobs": jobs,
    }
    OUT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    typer.run(main)
