"""Are listed terms restored where they are planted in clean text?

    python benchmarks/listed.py --clean clean_dev.jsonl.xz --tortured export.csv [--seconds 200]

Planted are phrases of several words that the built-in lexicon lists for a term of several words, each in an
excerpt of a clean document that holds its term: `NUMBER` drawn by chance, one for a term, and those among the
published phrases of `--tortured`. An excerpt counts as restored if the term stands where it stood. The other
side, wordings that are the author's own, is `own_wording.py`. What was read is kept in `--store`, so that a
run can be stopped and go on. Writes benchmarks/results/listed.json.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from kept import kept
from unseen import meet, planted, whole_word

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Gold, changes_of, score
from textrepair.bench.stored import code_hash
from textrepair.bench.texts import read_texts
from textrepair.lexicon.entries import default_entries
from textrepair.models import find_model
from textrepair.pipeline.segment import phrase_finder, unsegmented

ROOT = Path(__file__).parents[1]
OUT, STORE = ROOT / "benchmarks/results/listed.json", ROOT / "build/bench/listed"
NUMBER, BATCH, AROUND = 150, 16, 350  # excerpts; those read at a time; characters before and behind
Example = tuple[str, str, Gold]  # kind of phrase, text, what was planted


def drawn(documents: Sequence[str], rng: random.Random) -> Iterator[Example]:
    """Excerpts in each of which a listed phrase stands for a term, as (composed or other, text, gold)."""
    of_term: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for e in default_entries():
        term = e.canonical[0].lower() if e.tier != "never" else ""
        if " " in e.spun and " " in term and e.pos == "NOUN" and e.kind == "terminology":
            of_term[term].append((e.spun, "composed" if "composed" in e.note else "other"))
    find = phrase_finder(of_term)
    used: set[str] = set()
    for text in rng.sample(documents, len(documents)):
        terms = sorted({term for _, _, term in find(unsegmented(text))} - used)
        if len(used) == NUMBER:
            return
        if not terms or (m := whole_word(term := rng.choice(terms)).search(text)) is None:
            continue
        phrase, kind = rng.choice(of_term[term])
        used.add(term)
        start = max(0, text.rfind(". ", 0, max(0, m.start() - AROUND)) + 1)
        end = text.find(". ", m.end() + AROUND) + 1 or len(text)
        at = m.start() - start
        written = text[start : m.start()] + phrase + text[m.end() : end]
        yield kind, written, Gold(at, at + len(phrase), (m[0],), "terminology")


def main(
    clean: Annotated[Path, typer.Option(help="Clean texts: JSON lines with `text`, .xz.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    seconds: Annotated[float, typer.Option(help="For how long to read.")] = float("inf"),
    store: Annotated[Path, typer.Option(help="Where what was read is kept.")] = STORE,
) -> None:
    """Measure, print, and write benchmarks/results/listed.json."""
    until = time.monotonic() + seconds
    documents = [t.text for t in read_texts(clean)]
    repairer, model = textrepair.load(families=["synonyms"]), find_model("en_sci_sm")
    forms = repairer.lexicon.forms

    def made() -> list[Any]:
        examples = [(kind, text, asdict(gold)) for kind, text, gold in drawn(documents, random.Random(3))]
        for phrase, (text, [gold]) in planted(documents, tortured, random.Random(5)):
            if any(form.entry.tier != "never" for form in forms.get(phrase.lower(), ())):
                examples.append(("published", text, asdict(gold)))
        return examples

    key = f"{clean} {tortured} {code_hash()}"
    examples = [
        (k, t, Gold(**{**gold, "accept": tuple(gold["accept"])})) for k, t, gold in kept(store, key, made)
    ]
    about = f"{made_with(model)} {code_hash()}"
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for first in range(0, len(examples), BATCH):
        if time.monotonic() > until:
            print(f"{first} of {len(examples)} excerpts read; run again to go on")
            return
        batch = examples[first : first + BATCH]

        def read(batch: Sequence[Example] = batch) -> list[Any]:
            out = []
            for (_, _, gold), r in zip(batch, repairer.pipe(text for _, text, _ in batch), strict=True):
                elsewhere = sum(not meet(e, gold) for e in r.edits)
                out.append((score(r.source, changes_of(r.edits), [gold]).right > 0, elsewhere))
            return out

        for (kind, text, _), (restored, elsewhere) in zip(
            batch, kept(store, about + json.dumps([t for _, t, _ in batch]), read), strict=True
        ):
            counts[kind].update(
                excerpts=1, words=len(text.split()), restored=bool(restored), elsewhere=elsewhere
            )
    total = sum(counts.values(), Counter())
    result = {
        **made_with(model),
        **total,
        "share_restored": round(total["restored"] / total["excerpts"], 4),
        "kinds": {kind: dict(of_kind) for kind, of_kind in sorted(counts.items())},
    }
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    typer.run(main)
