"""How much the simulated spinners change, and how near they are to real ones.

    python benchmarks/spinner.py CLEAN.jsonl.xz REAL_PAIRS.tsv

Writes `results/spinner.json`: for several rates the share of words swapped and the kinds of swaps, on
the first documents of a clean corpus; and for swaps seen on real pages (a TSV with the columns spun,
original, kind) which share the package's own channels can make, and how likely they make them.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from textrepair.bench.circumstances import made_with
from textrepair.texts import read_texts
from textrepair.training.channels import default_channels, observed_triples
from textrepair.training.spinner import Channel, spin_documents, words_of

DOCUMENTS = 200
RATES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)


def spun(texts: Sequence[str], rate: float) -> dict[str, Any]:
    """Share of words swapped, swaps and their kinds, at one rate."""
    words, swapped, kinds = sum(len(t.split()) for t in texts), 0, Counter[str]()
    for record in spin_documents(texts, default_channels(), rate=rate):
        swapped += sum(len(g["accept"][0].split()) for g in record["gold"])
        kinds.update(g["kind"] for g in record["gold"])
    return {"share_of_words": round(swapped / words, 4), "swaps": sum(kinds.values()), "kinds": dict(kinds)}


def chance(channel: Channel, canonical: str, form: str) -> float:
    """How likely the channel swaps `canonical`, if it does, for `form`."""
    before, after = words_of(canonical), words_of(form)
    for phrase, forms, summed in channel.phrases.get(before[0], ()):
        if phrase == before and after in forms:
            return float(np.diff(summed, prepend=0.0)[forms.index(after)])
    return 0.0


def likeness(pairs: Path) -> dict[str, Any]:
    """How the channels stand to swaps seen on real pages, which they were not given here."""
    shares = [share for share, _ in default_channels()]
    seen = [
        sum(s * chance(c, a, b) for s, c in default_channels()) / sum(shares)
        for a, b, _ in observed_triples(pairs)
    ]
    made = [p for p in seen if p]
    return {
        "real_swaps": len(seen),
        "share_that_can_be_made": round(len(made) / len(seen), 3),
        "median_chance_of_those": round(statistics.median(made), 4),
        "mean_chance_of_all": round(statistics.mean(seen), 4),
    }


if __name__ == "__main__":
    texts = list(itertools.islice(read_texts(Path(sys.argv[1])), DOCUMENTS))
    result = {
        **made_with(None),
        "documents": len(texts),
        "words": sum(len(t.split()) for t in texts),
        "rates": {str(rate): spun(texts, rate) for rate in RATES},
        "real": likeness(Path(sys.argv[2])),
    }
    out = Path(__file__).parent / "results/spinner.json"
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")
    print(json.dumps(result, indent=1))
