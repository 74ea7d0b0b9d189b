"""`python -m textrepair.training split|tables`: divide a corpus, and derive the package's word tables of it.

Models are trained by `textrepair train`; this is needed only to make the tables anew.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from textrepair.lexicon.entries import DATA, default_entries
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.observed import TABLE, write_observed
from textrepair.lexicon.synonyms import all_synonyms
from textrepair.lexicon.words import science
from textrepair.texts import read_texts
from textrepair.training.acronyms import write_acronyms
from textrepair.training.alignment import align_words
from textrepair.training.channels import (
    NEIGHBOURS,
    PHRASES,
    default_channels,
    observed_triples,
    read_listed,
    seen_terms,
)
from textrepair.training.frequencies import count_spins, write_ngrams, write_science, write_unwritten
from textrepair.training.packed import pack
from textrepair.training.spinner import words_of
from textrepair.training.split import split
from textrepair.training.thesaurus.closeness import features, fit, from_phrases, from_thesauri, lemma_pairs
from textrepair.training.thesaurus.habits import (
    Synonyms,
    in_all_forms,
    read_habits,
    with_habits,
    write_habits,
)
from textrepair.training.thesaurus.neighbours import embed, nearest, write_neighbours
from textrepair.training.thesaurus.table import FEWEST_USES, table, write_table
from textrepair.training.thesaurus.thesauri import Pair, collect, phrases, write_phrases

app = typer.Typer(help="Divide a corpus, and derive the word tables that come with the package.")


@app.command("split")
def split_corpus(
    corpus: Annotated[
        list[Path], typer.Argument(metavar="CORPUS...", help="JSON lines with `id` and `text`.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the two sides.")],
    leave_out: Annotated[
        list[str] | None, typer.Option(help="A word of licences or sources to leave out; repeat it.")
    ] = None,
    most: Annotated[
        list[str] | None, typer.Option(metavar="SOURCE=SHARE", help="The share a source may have; repeat it.")
    ] = None,
) -> None:
    """Divide a corpus by a hash of each document's id: most is learnt from, the rest only measured on."""
    pairs = [limit.rpartition("=") for limit in most or ()]
    limits = {source: float(share) for source, _, share in pairs}
    print(json.dumps(split(corpus, out, leave_out=leave_out or (), most=limits)["words"], indent=1))


@app.command()
def tables(
    corpus: Annotated[
        list[Path], typer.Option(help="Clean text, as `textrepair train` reads it; repeat it, in one order.")
    ],
    encoder: Annotated[Path, typer.Option(help="Folder of a BERT-like sentence encoder (safetensors).")],
    pairs: Annotated[Path, typer.Option(help="TSV of swaps seen on real pages: spun, original, kind.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")],
    moby: Annotated[Path, typer.Option(help="Moby thesaurus words.txt.")],
) -> None:
    """Derive the word tables, in the package itself: synonyms, n-grams, counts, acronyms, phrases."""
    say = Console(stderr=True).log
    packed = pack([read_texts(path) for path in corpus])
    counts = np.bincount(packed.ids, minlength=len(packed.words))
    science = Counter(dict(zip(packed.words, map(int, counts), strict=True)))
    related = collect(mythes, moby, science)
    vectors = embed(sorted({w for p in related for w in p[:2]}), encoder)
    say(f"{len(related)} pairs of related words")

    def facts(pair: Pair) -> list[float]:
        return features(pair, related[pair], float(vectors[pair[0]] @ vectors[pair[1]]), science)

    def likeness(a: str, b: str) -> float:
        return float(vectors[a] @ vectors[b]) if a in vectors and b in vectors else 0.0

    seen = observed_triples(pairs)
    chances = from_thesauri(related, facts, fit(related, facts, lemma_pairs(seen, related)))
    reworded = [(words_of(a), words_of(b)) for a, b, _ in seen]
    reworded += [(words_of(a), words_of(b)) for a, b in seen_terms(tortured)]
    aligned = align_words(reworded, likeness)
    say(write_observed(TABLE, aligned))
    swaps = from_phrases(aligned, likeness)
    written = {word: math.log10(n) for word, n in science.items() if n >= FEWEST_USES}
    rows = _with_habits(table(chances, swaps, science), written)
    write_table(DATA / "synonyms.marisa", rows)
    say(write_neighbours(NEIGHBOURS, nearest(rows, science, encoder)))
    say(write_phrases(PHRASES, phrases(mythes, science)))
    channels = [c for _, c in default_channels(pairs, tortured)]
    say(write_ngrams(DATA / "ngrams.marisa", packed))

    def counted() -> Iterator[str]:
        texts = itertools.chain.from_iterable(map(read_texts, corpus))
        return (text for k, text in enumerate(texts) if packed.part(k) != "spared")

    say(write_acronyms(DATA / "acronyms.tsv.gz", counted()))
    say(write_unwritten(DATA / "unwritten.marisa", Lexicon([default_entries()]), counted()))
    say(write_science(DATA / "science.tsv.gz", packed, *count_spins(packed, channels, passages=20_000)))


@app.command("habits")
def derive_habits() -> None:
    """Derive the table of habits, and add what it lists to the candidate table, in the package itself."""
    frequency = {word: use.zipf for word, use in science().items()}
    write_table(DATA / "synonyms.marisa", _with_habits(dict(all_synonyms()), frequency))


def _with_habits(rows: Synonyms, frequency: Mapping[str, float]) -> dict[str, list[tuple[str, float]]]:
    """Write the table of habits; the candidate table with its single words."""
    ranks = in_all_forms(read_habits(), read_listed(), frequency.keys())
    write_habits(DATA / "habits.marisa", ranks)
    return with_habits(rows, ranks, frequency)


if __name__ == "__main__":
    app()
