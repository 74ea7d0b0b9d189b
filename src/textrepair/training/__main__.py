"""`python -m textrepair.training`: the recipe of the default model, step by step.

1. `tables`     the candidate table and the science word list, from thesauri and a clean corpus
2. `denoise`    the in-place masked language model, on simulated spins of the corpus
3. `calibrate`  the gate, the score and the threshold; model card, metrics and hashes
"""

from __future__ import annotations

import json
import lzma
import random
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from tokenizers import Tokenizer

from textrepair.lexicon.entries import DATA

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
say = Console(stderr=True).log
Corpus = Annotated[
    list[Path],
    typer.Option(help="Clean text: JSON lines with `text`, plain or .xz; repeat it, always in one order."),
]
Encoder = Annotated[Path, typer.Option(help="Folder of a BERT-like sentence encoder (safetensors).")]
Pairs = Annotated[Path, typer.Option(help="TSV of substitutions seen on real pages: spun, original, kind.")]
Tortured = Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")]
Cache = Annotated[Path, typer.Option(help="Where the packed corpus is kept between runs.")]


def plain_tokenizer(encoder: Path) -> Tokenizer:
    """The encoder's tokenizer without truncation or padding."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@app.command()
def tables(
    corpus: Corpus,
    encoder: Encoder,
    pairs: Pairs,
    tortured: Tortured,
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")],
    moby: Annotated[Path, typer.Option(help="Moby thesaurus words.txt.")],
    cache: Cache = Path("corpus.npz"),
) -> None:
    """Derive `synonyms.marisa`, `ngrams.marisa` and `science.tsv.gz`."""
    from collections import Counter

    from textrepair.training import thesaurus
    from textrepair.training.alignment import align_words
    from textrepair.training.channels import default_channels, observed_triples, seen_terms
    from textrepair.training.denoise import pack
    from textrepair.training.frequencies import count_spins, write_ngrams, write_science
    from textrepair.training.spinner import words_of

    packed = pack(corpus, plain_tokenizer(encoder), cache)
    counts = np.bincount(packed.ids, minlength=len(packed.words))
    science = Counter(dict(zip(packed.words, map(int, counts), strict=True)))
    related = thesaurus.collect(mythes, moby, science)
    vectors = thesaurus.embed(sorted({w for p in related for w in p[:2]}), encoder)
    say(f"{len(related)} pairs of related words")

    def facts(pair: thesaurus.Pair) -> list[float]:
        return thesaurus.features(pair, related[pair], float(vectors[pair[0]] @ vectors[pair[1]]), science)

    def likeness(a: str, b: str) -> float:
        return float(vectors[a] @ vectors[b]) if a in vectors and b in vectors else 0.0

    seen = observed_triples(pairs)
    chances = thesaurus.from_thesauri(
        related, facts, thesaurus.fit(related, facts, thesaurus.lemma_pairs(seen, related))
    )
    phrases = [(words_of(a), words_of(b)) for a, b, _ in seen]
    phrases += [(words_of(a), words_of(b)) for a, b in seen_terms(tortured)]
    swaps = thesaurus.from_phrases(align_words(phrases, likeness), likeness)
    thesaurus.write_table(DATA / "synonyms.marisa", thesaurus.table(chances, swaps, science))
    channels = [c for _, c in default_channels(pairs, tortured)]
    say(write_ngrams(DATA / "ngrams.marisa", packed))
    say(write_science(DATA / "science.tsv.gz", packed, *count_spins(packed, channels, passages=20_000)))


@app.command()
def denoise(
    corpus: Corpus,
    encoder: Encoder,
    pairs: Pairs,
    tortured: Tortured,
    out: Annotated[Path, typer.Option(help="Folder of the model; a checkpoint in it is resumed.")],
    minutes: Annotated[float, typer.Option(help="Time budget; the learning rate falls to its end.")] = 90,
    seed: int = 1,
    cache: Cache = Path("corpus.npz"),
) -> None:
    """Train the in-place masked language model."""
    from textrepair.training.channels import default_channels
    from textrepair.training.denoise import Sampler, from_encoder, pack, train

    tokenizer = plain_tokenizer(encoder)
    sampler = Sampler(pack(corpus, tokenizer, cache), default_channels(pairs, tortured), tokenizer, seed)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    train(from_encoder(encoder), sampler, out, minutes=minutes, report=say)


@app.command()
def calibrate(
    corpus: Corpus,
    pairs: Pairs,
    tortured: Tortured,
    model: Annotated[Path, typer.Option(help="Folder of the trained model.")],
    documents: Annotated[
        int, typer.Option(help="Documents to fit on; more than half of their excerpts stay clean.")
    ] = 1500,
    harm: Annotated[float, typer.Option(help="Edits per 10,000 clean words the threshold may allow.")] = 2.0,
    gate: Annotated[float, typer.Option(help="Documents less likely spun than this are left alone.")] = 0.15,
    reranker: Annotated[
        str | None,
        typer.Option(help="Masked language model (folder or hub name) the model will be used with, if any."),
    ] = None,
) -> None:
    """Fit gate and score, choose the threshold by harm on the clean half, write the manifest."""
    from textrepair.lexicon.lexicon import stack
    from textrepair.models import write_manifest
    from textrepair.rerank import choose
    from textrepair.training import calibrate as c
    from textrepair.training.channels import default_channels
    from textrepair.training.denoise import SPARED

    rng = random.Random(3)
    texts: list[str] = []
    number = 0
    for path in corpus:
        text = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        lines = text.splitlines()
        spared = [line for n, line in enumerate(lines, number) if n % SPARED == 0]
        # each source gives its share, whatever its size
        some = rng.sample(spared, min(len(spared), documents // len(corpus)))
        texts += [json.loads(line)["text"] for line in some]
        number += len(lines)
    rng.shuffle(texts)
    channels = default_channels(pairs, tortured)
    excerpts = [c.excerpt(text, rng) for text in texts for _ in range(c.EXCERPTS)]
    examples = list(c.passages(excerpts, channels, clean=0.6, seed=7))
    lexicon = stack(())
    scorer = choose(model, reranker)
    record = c.calibrate(examples, lexicon, scorer, model / "decision.json", harm=harm, gate=gate)
    (model / "metrics.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")
    write_manifest(model)
    say(record)


if __name__ == "__main__":
    app()
