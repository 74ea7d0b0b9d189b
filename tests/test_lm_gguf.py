"""Of one model as a folder and as a GGUF file the opinions are the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from test_lm import TEXT, in_single_precision, save, wordings
from textrepair import TextrepairError
from textrepair.lm import open_language_model, opinions

pytestmark = pytest.mark.gguf  # llama-cpp-python is compiled where it is installed


def as_gguf(folder: str, path: Path, architecture: str = "llama") -> str:
    """The tiny Llama model of a folder, written as a GGUF file."""
    import gguf

    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    config = model.config
    out = gguf.GGUFWriter(path, architecture)
    out.add_context_length(config.max_position_embeddings)
    out.add_embedding_length(config.hidden_size)
    out.add_block_count(config.num_hidden_layers)
    out.add_feed_forward_length(config.intermediate_size)
    out.add_head_count(config.num_attention_heads)
    out.add_head_count_kv(config.num_key_value_heads)
    out.add_layer_norm_rms_eps(config.rms_norm_eps)
    out.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(pieces)
    out.add_token_types([3 if piece in ("<s>", "</s>") else 1 for piece in pieces])
    out.add_token_merges([" ".join(pair) for pair in merges(Path(folder))])
    out.add_bos_token_id(tokenizer.bos_token_id)
    out.add_eos_token_id(tokenizer.eos_token_id)
    for name, tensor in model.state_dict().items():
        heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
        kind = name.split(".")[-2]
        if kind in heads:  # rotary pairs lie side by side in GGUF
            tensor = tensor.view(heads[kind], 2, -1, tensor.shape[-1]).swapaxes(1, 2).reshape(tensor.shape)
        out.add_tensor(NAMES[kind].format(*name.split(".")[2:3]), tensor.to(torch.float32).numpy())
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    return str(path)


NAMES = {
    "embed_tokens": "token_embd.weight",
    "norm": "output_norm.weight",
    "lm_head": "output.weight",
    "input_layernorm": "blk.{}.attn_norm.weight",
    "post_attention_layernorm": "blk.{}.ffn_norm.weight",
    "q_proj": "blk.{}.attn_q.weight",
    "k_proj": "blk.{}.attn_k.weight",
    "v_proj": "blk.{}.attn_v.weight",
    "o_proj": "blk.{}.attn_output.weight",
    "gate_proj": "blk.{}.ffn_gate.weight",
    "up_proj": "blk.{}.ffn_up.weight",
    "down_proj": "blk.{}.ffn_down.weight",
}


def merges(folder: Path) -> list[list[str]]:
    return json.loads((folder / "tokenizer.json").read_text())["model"]["merges"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = save(tmp_path_factory.mktemp("llama"), "llama")
    return folder, as_gguf(folder, tmp_path_factory.mktemp("gguf") / "tiny.gguf")


def test_a_gguf_file_says_what_its_folder_says(
    both: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_single_precision(monkeypatch)  # as the file is
    folder, file = map(open_language_model, both)
    assert file.encode(TEXT) == folder.encode(TEXT)
    asked = wordings() * 5  # more branches than are read side by side
    by_folder, by_file = opinions(folder, TEXT, asked), opinions(file, TEXT, asked)
    assert None not in by_folder
    assert by_file == [pytest.approx(o, abs=0.02) for o in by_folder]


def test_a_damaged_gguf_file_is_refused(both: tuple[str, str], tmp_path: Path) -> None:
    whole = Path(both[1]).read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TextrepairError, match=r"llama\.cpp cannot load it"):
        open_language_model(str(tmp_path / "cut.gguf"))
