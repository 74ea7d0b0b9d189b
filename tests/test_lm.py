"""A second opinion against a slow, plain reading of its definition, on tiny models of three kinds."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    T5Config,
)

from textrepair import TextrepairError
from textrepair.lm import Opinion, Wording, limits, open_language_model, opinion, opinions
from textrepair.lm.opening import PLAIN

TEXT = (
    "The sufferers with bosom peril were treated with chemotherapy, and the naïve T-cells were counted in "
    "spite of an impediment of the technique 🧬. Results were found to be satisfactory in all, and in others."
)
WORDINGS = [
    ("The", "A"),
    ("sufferers", "patients"),
    ("sufferers", "subjects of research"),
    ("bosom peril", "breast cancer"),
    ("naïve", "naive"),
    ("in spite of an impediment", "despite a limitation"),
    ("were found to be", "were"),
    ("satisfactory", "good"),
    ("others", "the others"),
]
SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
LENGTH = 512  # pieces the tiny models read at once


def tokenizer() -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([TEXT, PLAIN], trainer)
    return made


def gpt2(pieces: int) -> Any:
    return GPT2LMHeadModel(GPT2Config(vocab_size=pieces, n_positions=LENGTH, n_embd=32, n_layer=2, n_head=2))


def llama(pieces: int) -> Any:
    return LlamaForCausalLM(
        LlamaConfig(vocab_size=pieces, max_position_embeddings=LENGTH, num_key_value_heads=1, **SIZE)
    )


def gemma(pieces: int) -> Any:
    return Gemma3ForCausalLM(
        Gemma3TextConfig(
            vocab_size=pieces, max_position_embeddings=LENGTH, num_key_value_heads=1, head_dim=16,
            sliding_window=LENGTH, **SIZE,
        )
    )  # fmt: skip


KINDS: dict[str, Callable[[int], Any]] = {"gpt2": gpt2, "llama": llama, "gemma": gemma}


def save(folder: Path, kind: str, *, trained: bool = True) -> str:
    """A tiny model that has learned a little of two texts, so that it finds English likelier than chance."""
    torch.manual_seed(0)
    made = tokenizer()
    PreTrainedTokenizerFast(tokenizer_object=made, bos_token="<s>", eos_token="</s>").save_pretrained(folder)
    model = KINDS[kind](made.get_vocab_size())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for text in [TEXT, PLAIN] * 20 * trained:
        ids = torch.tensor([made.encode(text).ids])
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval().save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module", params=sorted(KINDS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return save(tmp_path_factory.mktemp(request.param), request.param)


def wordings(text: str = TEXT) -> list[Wording]:
    return [Wording(at := text.index(before), at + len(before), after) for before, after in WORDINGS]


def plainly(name: str, text: str, wording: Wording) -> Opinion:
    """The opinion by its definition: both texts read from their beginning, piece by piece."""
    model = AutoModelForCausalLM.from_pretrained(name).eval()
    made = AutoTokenizer.from_pretrained(name)

    def read(text: str) -> tuple[list[int], list[int], list[float]]:
        encoded = made(text, add_special_tokens=False, return_offsets_mapping=True)
        ids = [made.bos_token_id, *encoded["input_ids"]]
        with torch.inference_mode():
            said = model(torch.tensor([ids])).logits[0].log_softmax(-1)
        chances = [0.0, *(said[k - 1, ids[k]].item() for k in range(1, len(ids)))]
        return ids, [0, *(start for start, _ in encoded["offset_mapping"])], chances

    head, follows = text[: wording.start] + wording.after, text[wording.end :]
    stand, then = read(text), read(head + follows)
    same = next(k for k, (a, b) in enumerate(zip(stand[0], then[0], strict=False)) if a != b)

    def words(of: tuple[list[int], list[int], list[float]], end: int) -> float:
        return sum(p for k, (start, p) in enumerate(zip(*of[1:], strict=True)) if k >= same and start < end)

    def after(of: tuple[list[int], list[int], list[float]], end: int) -> float:
        behind = [p for k, (start, p) in enumerate(zip(*of[1:], strict=True)) if k >= same and start >= end]
        return sum(behind)

    stands = words(stand, wording.end)
    return Opinion(
        words(then, len(head)) - stands, after(then, len(head)) - after(stand, wording.end), stands
    )


def in_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read models of a folder so, which processors with AMX read in half of it."""
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)


def test_opinions_are_what_the_whole_texts_say(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinion, "AFTER", 150)  # all that follows
    monkeypatch.setattr(opinion, "BRANCH", 200)
    in_single_precision(monkeypatch)  # as the whole texts are read
    model = open_language_model(folder)
    for wording, found in zip(wordings(), opinions(model, TEXT, wordings()), strict=True):
        assert found == pytest.approx(plainly(folder, TEXT, wording), abs=2e-3), wording


def test_white_space_reads_as_one_space(folder: str) -> None:
    model = open_language_model(folder)
    spaced = TEXT.replace(" ", " \n ")
    asked = [Wording(at := spaced.index(w), at + len(w), "patients \t of") for w in ("sufferers", "others")]
    here = [Wording(at := TEXT.index(w), at + len(w), "patients of") for w in ("sufferers", "others")]
    assert opinions(model, spaced, asked) == opinions(model, TEXT, here)


def test_only_what_is_near_matters(folder: str) -> None:
    model = open_language_model(folder)
    before, after = "Nothing else was seen. " * 60, " Nothing else was seen." * 60
    asked = [Wording(len(before) + w.start, len(before) + w.end, w.after) for w in wordings()]
    found = opinions(model, before + TEXT + after, asked)
    assert None not in found
    near = opinions(
        model,
        f"Something {before}{TEXT}{after} again",
        [w._replace(start=w.start + 10, end=w.end + 10) for w in asked],
    )
    assert near == [pytest.approx(f, abs=1e-3) for f in found]


def test_texts_longer_than_a_model_reads_are_read_in_windows(folder: str) -> None:
    model = open_language_model(folder)
    text = " ".join([TEXT] * 10)
    asked = [
        Wording(w.start + k * (len(TEXT) + 1), w.end + k * (len(TEXT) + 1), w.after)
        for k in range(10)
        for w in wordings()
    ]
    assert None not in opinions(model, text, asked)
    assert opinions(model, text, asked[::-1]) == [
        pytest.approx(o, abs=1e-3) for o in opinions(model, text, asked)[::-1]
    ]


def test_nothing_is_said_of_what_reads_the_same_or_is_too_long(folder: str) -> None:
    model = open_language_model(folder)
    same, long = Wording(4, 13, "sufferers"), Wording(4, 13, "patient " * 60)
    assert opinions(model, TEXT, [same, long]) == [None, None]
    assert opinions(model, "\ud800 " + TEXT, [Wording(6, 15, "patients")]) != [None]
    assert opinions(model, TEXT, []) == []


def other_tokenizer(folder: Path) -> None:
    made = json.loads((folder / "tokenizer.json").read_text())
    vocabulary = made["model"]["vocab"]
    pieces = sorted(vocabulary, key=vocabulary.__getitem__)
    made["model"]["vocab"] = dict(zip(pieces, [0, 1, *range(len(pieces) - 1, 1, -1)], strict=True))
    (folder / "tokenizer.json").write_text(json.dumps(made))


def masked(folder: Path) -> None:
    BertForMaskedLM(BertConfig(vocab_size=330, **SIZE)).save_pretrained(folder)


def both_ways(folder: Path) -> None:
    T5Config().save_pretrained(folder)


def short(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "n_positions": 64}))


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


DAMAGE: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no config": (without("config.json"), "config.json"),
    "no weights": (without("model.safetensors"), "weights cannot be read"),
    "no tokenizer": (without("tokenizer.json"), "tokenizer"),
    "masked": (masked, "masked language model"),
    "encoder and decoder": (both_ways, "no causal language model"),
    "another tokenizer": (other_tokenizer, "less likely than chance"),
    "short": (short, "64 pieces at once"),
    "no GGUF": (lambda folder: (folder / "config.json").rename(folder / "x.gguf"), "config.json"),
}


@pytest.mark.parametrize("damage", sorted(DAMAGE))
def test_a_model_of_no_use_is_refused_by_what_is_wrong(damage: str, tmp_path: Path) -> None:
    name = save(tmp_path, "gpt2")
    done, said = DAMAGE[damage]
    done(tmp_path)
    with pytest.raises(TextrepairError, match=said) as error:
        open_language_model(name)
    assert name in str(error.value)


def test_weights_that_were_not_trained_are_refused(tmp_path: Path) -> None:
    name = save(tmp_path, "gpt2")
    model = AutoModelForCausalLM.from_pretrained(name)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    model.save_pretrained(tmp_path)
    with pytest.raises(TextrepairError, match="less likely than chance"):
        open_language_model(name)


def test_a_model_larger_than_the_memory_is_refused(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_free", lambda: 1000)
    with pytest.raises(TextrepairError, match=r"GB of memory are free"):
        open_language_model(folder)


def test_an_unknown_name_and_a_file_that_is_no_gguf_are_told(tmp_path: Path) -> None:
    with pytest.raises(TextrepairError, match="no such folder or file"):
        open_language_model("nobody/no-such-model")
    with pytest.raises(TextrepairError, match="cannot be read"):
        open_language_model(str(tmp_path / "none.gguf"))
    (tmp_path / "x.gguf").write_bytes(b"nothing")
    with pytest.raises(TextrepairError, match="no GGUF file"):
        open_language_model(str(tmp_path / "x.gguf"))


def test_a_missing_library_is_told_with_its_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(TextrepairError, match=r"llama_cpp: pip install 'textrepair\[lm\]'"):
        open_language_model(str(tmp_path / "x.gguf"))
