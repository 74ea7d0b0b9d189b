"""Harm where a listed phrase is the author's own: clean passages that hold one.

    python benchmarks/own_wording.py find CORPUS.jsonl.xz... english.jsonl
    python benchmarks/own_wording.py measure CORPUS.jsonl.xz... english.jsonl

Passages are a sentence with its neighbours, from documents that are held out of training and counting
(5 in 100 by a hash of their id), of all fields and of general English (`english.py`). *find* draws those
that hold a phrase of several words that the lexicon lists, the rarest phrases first, at most `FROM_PHRASE`
for a phrase and `FROM_FIELD` in a field, and keeps their hashes: no text is copied. Those in the results were
drawn when the lexicon still listed what clean text writes as its own wording. *measure* finds them again by
their hashes, repairs each as a text of its own, and counts those that any edit of synonyms changes. Both
write benchmarks/results/own_wording.json.
"""

from __future__ import annotations

import json
import lzma
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from kept import kept

import textrepair
from textrepair.bench.check import named
from textrepair.bench.circumstances import made_with
from textrepair.bench.stored import code_hash
from textrepair.lexicon.lexicon import stack
from textrepair.models import find_model
from textrepair.pipeline.segment import phrase_finder, unsegmented
from textrepair.training.split import is_held_out

OUT = Path(__file__).parent / "results/own_wording.json"
STORE = Path(__file__).parents[1] / "build/bench/own_wording"
BATCH = 32  # passages read, and kept, at a time
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
FROM_PHRASE, FROM_FIELD = 1, 65  # passages of a phrase, and of a field, at most
MOST_WORDS = 120  # of a passage
app = typer.Typer()
Files = Annotated[list[Path], typer.Argument(help="JSON lines with id, text and field, plain or .xz.")]


def passages(files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """(field, passage) for every sentence with its neighbours in a held-out document."""
    for path in files:
        with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf8") as lines:
            for row in map(json.loads, lines):
                if is_held_out(row["id"]):
                    for paragraph in row["text"].split("\n"):
                        sentences = SENTENCE_END.split(paragraph)
                        for k in range(len(sentences)):
                            passage = " ".join(sentences[max(0, k - 1) : k + 2])
                            if len(passage.split()) <= MOST_WORDS:
                                yield row.get("field", path.name.split(".")[0]), passage


@app.command()
def find(files: Files) -> None:
    """Draw the passages and keep their hashes."""
    forms = stack(()).forms
    listed = [f for f, of in forms.items() if " " in f and any(form.entry.tier != "never" for form in of)]
    holding = phrase_finder(listed)
    drawn: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for field, passage in passages(files):
        if phrases := {phrase for _, _, phrase in holding(unsegmented(passage))}:
            drawn[field].append((named(passage), phrases))
    written = Counter(p for of_field in drawn.values() for _, phrases in of_field for p in phrases)
    kept: set[str] = set()
    for of_field in drawn.values():
        times: Counter[str] = Counter()
        room = FROM_FIELD
        for key, phrases in sorted(of_field, key=lambda d: (min(written[p] for p in d[1]), d[0])):
            if room and key not in kept and any(times[p] < FROM_PHRASE for p in phrases):
                times.update(phrases)
                kept.add(key)
                room -= 1
    write({"hashes": sorted(kept)})


@app.command()
def measure(
    files: Files,
    seconds: Annotated[float, typer.Option(help="For how long to read.")] = float("inf"),
    store: Annotated[Path, typer.Option(help="Where what was read is kept.")] = STORE,
) -> None:
    """Repair the passages that were drawn, and count those that change; what was read is kept, to go on."""
    until = time.monotonic() + seconds
    hashes = set(json.loads(OUT.read_text(encoding="utf8"))["hashes"])
    found = sorted({named(p): (field, p) for field, p in passages(files) if named(p) in hashes}.items())
    repairer = textrepair.load(families=["synonyms"])
    about = f"{made_with(find_model('en_sci_sm'))} {code_hash()}"
    fields: dict[str, Counter[str]] = defaultdict(Counter)
    edits: Counter[str] = Counter()
    for first in range(0, len(found), BATCH):
        if time.monotonic() > until:
            print(f"{first} of {len(found)} passages read; run again to go on")
            return
        batch = [of_field for _, of_field in found[first : first + BATCH]]

        def changed(batch: Sequence[tuple[str, str]] = batch) -> list[list[str]]:
            return [[e.source for e in r.edits] for r in repairer.pipe(p for _, p in batch)]

        for (field, passage), reasons in zip(
            batch, kept(store, about + json.dumps(batch), changed), strict=True
        ):
            fields[field].update(passages=1, words=len(passage.split()), changed=bool(reasons))
            edits.update(reasons)
    total = sum(fields.values(), Counter())
    write(
        {
            "passages": total["passages"],
            "words": total["words"],
            "changed": total["changed"],
            "share_changed": round(total["changed"] / total["passages"], 4),
            "edits": dict(edits.most_common()),
            "fields": {field: dict(counts) for field, counts in sorted(fields.items())},
        }
    )


def write(result: dict[str, Any]) -> None:
    """Put a result beside what is written already."""
    known = json.loads(OUT.read_text(encoding="utf8")) if OUT.exists() else {}
    known = {**known, **made_with(find_model("en_sci_sm")), **result}
    known["hashes"] = known.pop("hashes")  # last, since it is the longest
    OUT.write_text(json.dumps(known, indent=1) + "\n", encoding="utf8")
    print(json.dumps({k: v for k, v in known.items() if k != "hashes"}, indent=1), len(known["hashes"]))


if __name__ == "__main__":
    app()
