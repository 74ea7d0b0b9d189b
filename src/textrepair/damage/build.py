"""Derive `data/words.marisa`: `python -m textrepair.damage.build CORPUS...` counts words in clean text.

CORPUS are JSON lines with a `text` field, plain or .xz. Listed are word forms and hyphenated compounds
used at least `LEAST_OCCURRENCES` times, but for those that are two words run together, as text out of PDF
has them.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import marisa_trie

from textrepair.damage.dictionary import DATA, STEP
from textrepair.damage.words import TIES
from textrepair.files import lines
from textrepair.lexicon.ngrams import log_count
from textrepair.lexicon.words import zipf_in_english

LEAST_OCCURRENCES = 3
GLUED = 1.5  # log10 count from which a pair of words is likelier than one rare word of the same letters
TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*")


def texts(paths: Iterable[Path]) -> Iterator[str]:
    """The `text` of every line of every file."""
    for path in paths:
        for _, line in lines(path):
            yield json.loads(line)["text"]


def run_together(word: str) -> bool:
    """Whether a rare word no English list knows is a frequent pair of words without its space.

    One of the pair must be of the words that stand beside anything: *timecourse* is a word of its own.
    """
    if zipf_in_english(word):
        return False
    cuts = ((word[:k], word[k:]) for k in range(1, len(word)))
    return any(
        (b in TIES or a in TIES - {"a", "as", "in", "is", "on"}) and log_count(f"{a} {b}") >= GLUED
        for a, b in cuts
    )


def write_words(path: Path, counts: Counter[str]) -> int:
    """Write the table; returns its number of rows."""
    rows = [
        (word, (max(1, min(255, round(math.log10(n) / STEP))),))
        for word, n in sorted(counts.items())
        if n >= LEAST_OCCURRENCES and len(word) > 1 and not (n < LEAST_OCCURRENCES**4 and run_together(word))
    ]
    marisa_trie.RecordTrie("<B", rows).save(str(path))
    return len(rows)


if __name__ == "__main__":
    seen: Counter[str] = Counter()
    for text in texts(map(Path, sys.argv[1:])):
        seen.update(TOKEN.findall(text.lower()))
    sys.stdout.write(f"{write_words(DATA / 'words.marisa', seen):,} words\n")
