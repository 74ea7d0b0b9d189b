"""What the default lexicon and an imported phrase list cost on clean text; counts only, no phrases.

    python benchmarks/lexicons.py tiers --clean dev.jsonl.xz --tiers-on corpus.jsonl.xz --list tortured.csv
    python benchmarks/lexicons.py together --clean dev.jsonl.xz --tiers-on corpus.jsonl.xz --list tortured.csv
    python benchmarks/lexicons.py unwritten --clean dev.jsonl.xz

The imported list is tiered on one corpus and its harm counted on the other. *together*: with the model, what
the built-in lexicon restores and breaks, and what both do: on the spun seed, hand-written passages, some
of the clean texts, and clean excerpts in each of which one phrase kept out of the model's training is
planted. The phrases stand in the list, so the excerpts show what importing is worth where a list knows the
phrase, and no more. *unwritten*: how often other clean text writes what the built-in lexicon asks for and the
training corpus never writes.
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

import marisa_trie
import typer
from unseen import planted

from textrepair.bench.circumstances import made_with
from textrepair.bench.lexicon_scores import ScoredLexicon, score_entries
from textrepair.bench.report import compare
from textrepair.bench.score import read_gold
from textrepair.bench.texts import Text, read_texts
from textrepair.lexicon.entries import DATA, Entry, default_entries
from textrepair.lexicon.exchange import import_file
from textrepair.models import find_model
from textrepair.pipeline.segment import phrase_finder, unsegmented

ROOT = Path(__file__).parents[1]
NUMBERS = "harm_per_10000_words harm_edits clean_words recall precision restored gold right wrong".split()
GOLD = ROOT / "benchmarks/data/seed_000.gold.jsonl"
app = typer.Typer()
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


Clean = Annotated[list[Path], typer.Option(help="Clean text on which harm is counted.")]
TiersOn = Annotated[list[Path], typer.Option(help="Other clean text, on which tiers are earned.")]
Phrases = Annotated[Path, typer.Option("--list", help="The list to import.")]
Jobs = Annotated[int, typer.Option()]


@app.command()
def together(
    clean: Clean,
    tiers_on: TiersOn,
    phrases: Phrases,
    jobs: Jobs = 1,
    most: Annotated[int, typer.Option(help="Clean texts on which the model is run.")] = 250,
) -> None:
    """What the built-in lexicon does with the model, and what it does with the imported one on top."""
    tiered, _ = scored(import_file(phrases).entries, tiers_on, jobs)
    imported = [replace(s.entry, tier=s.proposed) for s in tiered.entries]
    default = default_entries()
    lexicons = {"default": [default], "default and imported": [default, imported]}
    texts = [t for path in clean for t in read_texts(path)]
    excerpts = planted([t.text for t in texts], phrases, random.Random(5))
    sets = {
        "seed": [
            Text(path.read_bytes().decode(), tuple(read_gold(GOLD))) for path in ROOT.glob("seeds/000_*")
        ],
        "hand-written": list(read_texts(ROOT / "tests/cases/synthetic.jsonl", spun=True)),
        "planted": [Text(excerpt, tuple(gold)) for _, (excerpt, gold) in excerpts],
        "clean": random.Random(0).sample(texts, min(most, len(texts))),
    }
    out: dict[str, Any] = {}
    for name, some in sets.items():
        result, _ = compare(lexicons, some)
        out[name] = {
            "texts": len(some),
            "conflicts": len(result["conflicts"]["default and imported"]),
            **{
                lexicon: {"coverage": m["coverage"]} | {k: m["with_model"][k] for k in NUMBERS}
                for lexicon, m in result["lexicons"].items()
            },
            "differences": result["differences"]["default and imported"],
        }
        keep({"together": out})  # what is done is kept, should the rest take too long
    print(json.dumps(out, indent=1))


def keep(part: dict[str, Any]) -> None:
    """Put a part of the results in its place."""
    result = json.loads(OUT.read_text(encoding="utf8")) | made_with(find_model("en_sci_sm")) | part
    OUT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


@app.command()
def tiers(clean: Clean, tiers_on: TiersOn, phrases: Phrases, jobs: Jobs = 1) -> None:
    """What each tier of both does by itself, and which tiers the imported entries earn."""
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
        "jobs": jobs,
    }
    keep(result)
    print(json.dumps(result, indent=1, ensure_ascii=False))


@app.command()
def unwritten(clean: Clean) -> None:
    """How often clean text writes the phrases of `unwritten.marisa`."""
    listed = [*marisa_trie.Trie().mmap(str(DATA / "unwritten.marisa"))]
    find = phrase_finder(listed)
    texts = [t.text for path in clean for t in read_texts(path)]
    fired = Counter(phrase for text in texts for _, _, phrase in find(unsegmented(text)))
    words = sum(len(text.split()) for text in texts)
    result = {
        "forms": len(listed),
        "forms_that_fired": len(fired),
        "firings": fired.total(),
        "clean_words": words,
        "per_10000_words": round(fired.total() / words * 1e4, 4),
    }
    keep({"unwritten": result})
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    app()
