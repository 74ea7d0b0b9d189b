"""How our words and sentence starts compare with those of spaCy's rule-based English pipeline.

`python benchmarks/segmentation.py CLEAN.jsonl.xz` writes `benchmarks/results/segmentation.json`.
"""

from __future__ import annotations

import json
import lzma
import sys
import time
from collections.abc import Callable
from pathlib import Path

import spacy

from textrepair.bench.circumstances import made_with
from textrepair.pipeline.segment import readable, segment

HERE = Path(__file__).parent
Words = dict[tuple[int, int, int], bool]  # (document, start, end) → whether it opens a sentence or a line


def timed(words_of: Callable[[str], list[tuple[int, int, bool]]], texts: list[str]) -> tuple[Words, float]:
    begun = time.process_time()
    words = {(n, start, end): opens for n, t in enumerate(texts) for start, end, opens in words_of(t)}
    return words, time.process_time() - begun


def main(clean: Path, every: int = 9) -> None:
    with lzma.open(clean, "rt", encoding="utf8") as file:
        texts = [json.loads(line)["text"] for line in file][::every]
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")

    def by_spacy(text: str) -> list[tuple[int, int, bool]]:
        out, last = [], 0
        for token in nlp(readable(text)):
            if token.is_alpha:
                opens = bool(token.is_sent_start) or "\n" in text[last : token.idx]
                out.append((token.idx, token.idx + len(token), opens))
            if not token.is_space:
                last = token.idx + len(token)
        return out

    def by_us(text: str) -> list[tuple[int, int, bool]]:
        return [(w.start, w.end, w.opens) for w in segment(text).words]

    theirs, their_time = timed(by_spacy, texts)
    ours, our_time = timed(by_us, texts)
    both = theirs.keys() & ours.keys()
    result = {
        **made_with(None),
        "documents": len(texts),
        "words_of_spacy": len(theirs),
        "of_these_ours": len(both),
        "words_ours_alone": len(ours) - len(both),
        "sentence_starts_differ": sum(theirs[w] != ours[w] for w in both),
        "spacy_seconds": round(their_time, 2),
        "our_seconds": round(our_time, 2),
    }
    (HERE / "results" / "segmentation.json").write_text(json.dumps(result, indent=1) + "\n")
    print(result)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
