"""A BERT and an MPNet small enough to train in a moment, and a corpus that comes with the tests."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[1] / "cases/negative.jsonl"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Clean passages written for this project, as JSON lines with `text`."""
    return CORPUS


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a two-layer BERT, drawn at random, whose pieces are single letters and common words."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertForMaskedLM

    from textrepair.training.spinner import words_of

    folder = tmp_path_factory.mktemp("tiny")
    texts = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf8").splitlines()]
    words = sorted({w for text in texts for w in words_of(text) if len(w) > 1})
    letters = sorted({c for w in words for c in w} | set(string.ascii_lowercase + string.punctuation))
    pieces = ["[PAD]", *(f"[unused{k}]" for k in range(99)), "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]
    pieces += [f"##{c}" for c in letters] + words[::4]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    BertWordPieceTokenizer(vocab=vocabulary).save(str(folder / "tokenizer.json"))
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=320,
    )
    torch.manual_seed(0)
    BertForMaskedLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_mpnet(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a two-layer MPNet encoder, drawn at random, that reads the pieces of `tiny`."""
    import torch
    from transformers import MPNetConfig, MPNetModel

    folder = tmp_path_factory.mktemp("tiny_mpnet")
    tokenizer = json.loads((tiny / "tokenizer.json").read_text(encoding="utf8"))
    own = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces = [*own, *sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get), "<mask>"]
    tokenizer["model"]["vocab"] = {piece: number for number, piece in enumerate(pieces)}
    flags = {"special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    tokenizer["added_tokens"] = [
        {"id": pieces.index(piece), "content": piece, **flags} for piece in (*own, "[UNK]", "<mask>")
    ]
    tokenizer["post_processor"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf8")
    config = MPNetConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=322,
    )
    torch.manual_seed(0)
    MPNetModel(config).save_pretrained(folder)
    return folder
