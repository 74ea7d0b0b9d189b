"""Harm in short texts: clean sentences and paragraphs read on their own, without the rest of their document.

    python benchmarks/short.py clean_dev.jsonl.xz

Of every document one sentence and one run of three or four sentences are drawn, and the documents under 400
words that are left whole. Each is repaired as it is, and with the discount for short texts taken away
(`judgement.discount_short_text`). Writes benchmarks/results/short.json.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import typer

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.texts import read_texts
from textrepair.models import find_model
from textrepair.training.harm import SHORT_WORDS

ROOT = Path(__file__).parents[1]
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def drawn(documents: Sequence[str], lengths: Sequence[int], rng: random.Random) -> Iterator[str]:
    """Of each document a run of sentences in a row, as many as one of `lengths` says."""
    for text in documents:
        sentences = [s for s in SENTENCE_END.split(text) if len(s.split()) >= 8]
        n = rng.choice(lengths)
        if len(sentences) >= n:
            at = rng.randrange(len(sentences) - n + 1)
            yield " ".join(sentences[at : at + n])


def measured(repairer: textrepair.Repairer, texts: Sequence[str]) -> tuple[float, float]:
    """Edits in 10,000 words, and the share of texts that look spun."""
    repairs = list(repairer.pipe(texts))
    words = sum(len(text.split()) for text in texts)
    spun = sum(r.spun >= repairer.decision.spun_document_threshold for r in repairs)
    return round(1e4 * sum(len(r.edits) for r in repairs) / words, 2), round(spun / len(texts), 4)


def main(clean: Annotated[Path, typer.Argument(help="Clean texts: JSON lines with `text`, .xz.")]) -> None:
    """Measure, print, and write benchmarks/results/short.json."""
    documents = [t.text for t in read_texts(clean)]
    rng = random.Random(11)
    kinds = {
        "sentences": [*drawn(documents, (1,), rng)],
        "three or four sentences": [*drawn(documents, (3, 4), rng)],
        f"texts of less than {SHORT_WORDS} words": [d for d in documents if len(d.split()) < SHORT_WORDS],
    }
    repairer = textrepair.load(families=["synonyms"])
    result: dict[str, Any] = {
        **made_with(find_model("en_sci_sm")),
        "what": "edits of synonyms in 10,000 words of clean text, by what a text is",
        "threshold": repairer.decision.threshold,
    }
    for kind, texts in kinds.items():
        harm, spun = measured(repairer, texts)
        with patch("textrepair.pipeline.detect.discount_short_text", lambda chance, words: chance):
            then, spun_then = measured(repairer, texts)
        result[kind] = {
            "texts": len(texts),
            "words": sum(len(t.split()) for t in texts),
            "per_10000_words": harm,
            "look_spun": spun,
            "per_10000_words_if_short_texts_were_judged_as_long_ones": then,
            "look_spun_then": spun_then,
        }
    text = json.dumps(result, indent=1)
    (ROOT / "benchmarks/results/short.json").write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    typer.run(main)
