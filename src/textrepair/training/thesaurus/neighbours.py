"""The words that a sentence encoder finds nearest: what the far simulated spinner puts."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from lemminflect import getAllLemmas
from wordfreq import zipf_frequency

from textrepair.lexicon.guard import flips_meaning, respelled
from textrepair.lexicon.words import zipf
from textrepair.training.thesaurus.forms import stem, swappable

# Words of science that neighbours are looked up for are no rarer (Zipf), nor are neighbours in English; how
# many of them, how alike at least (cosine, less the mean), and how many forms of the word itself.
USED, KNOWN, NEAREST, RELATED, ALIKE = 3.2, 2.6, 16, 0.3, 3


def embed(words: Sequence[str], encoder: Path) -> dict[str, np.ndarray]:
    """Word → unit vector: the mean of the encoder's last hidden states over the word's pieces."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.enable_padding()
    model = BertModel.from_pretrained(encoder)
    out: dict[str, np.ndarray] = {}
    for i in range(0, len(words), 512):
        batch = tokenizer.encode_batch(words[i : i + 512])
        mask = torch.tensor([e.attention_mask for e in batch])
        with torch.inference_mode():
            hidden = model(torch.tensor([e.ids for e in batch]), mask).last_hidden_state
        mean = (hidden * mask[..., None]).sum(1)
        vectors = torch.nn.functional.normalize(mean).numpy()
        out.update(zip(words[i : i + 512], vectors, strict=True))
    return out


def nearest(table: Collection[str], science: Counter[str], encoder: Path) -> dict[str, list[str]]:
    """The `neighbours` of the words of science among the spun forms in a `table` that English knows."""
    total = sum(science.values())

    def usable(some: Iterable[str]) -> list[str]:
        return sorted(w for w in some if swappable(w) and getAllLemmas(w))

    words = usable(w for w, n in science.items() if zipf(n, total) >= USED)
    others = usable(w for w in table if len(w) > 3 and zipf_frequency(w, "en") >= KNOWN)
    return neighbours(words, others, embed(sorted({*words, *others}), encoder))


def neighbours(
    words: Sequence[str], others: Sequence[str], vectors: Mapping[str, np.ndarray]
) -> dict[str, list[str]]:
    """Word → those of the `others` that a sentence encoder finds nearest to it, nearest first.

    They are related in any way: synonyms, words of the same field, other forms of the word itself, of which
    `ALIKE` are enough. `vectors` holds those of all words. Opposites and other spellings are left out.
    """
    mean = np.mean([*vectors.values()], axis=0)

    def units(some: Sequence[str]) -> np.ndarray:
        rows = np.array([vectors[w] for w in some]) - mean
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    targets = units(others)
    near: dict[str, list[str]] = {}
    for i in range(0, len(words), 1000):
        some = words[i : i + 1000]
        for word, likeness in zip(some, units(some) @ targets.T, strict=True):
            options = [others[k] for k in np.argsort(-likeness)[: 3 * NEAREST] if likeness[k] > RELATED]
            options = [
                o for o in options if o != word and not respelled(word, o) and not flips_meaning(word, o)
            ]
            alike = [o for o in options if o.startswith(stem(word)) or word.startswith(stem(o))]
            too_many = alike[ALIKE:]
            near[word] = [o for o in options if o not in too_many][:NEAREST]
    return {word: options for word, options in near.items() if options}


def write_neighbours(path: Path, near: Mapping[str, Sequence[str]]) -> int:
    """Write what `neighbours` returns; returns the number of rows."""
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(b"canonical\tspun\n")
        f.writelines(f"{word}\t{'|'.join(options)}\n".encode() for word, options in sorted(near.items()))
    return len(near)
