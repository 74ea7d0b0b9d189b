"""Other runtimes say what the default says, and what they lack is told when the model is loaded."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from textrepair import TextrepairError, load
from textrepair.machine import RUNTIMES
from textrepair.models import find_model
from textrepair.rerank import OPENED_BY
from textrepair.rerank.network import open_network

TEXT = "The sufferers were treated for bosom peril."


def row(text: str) -> np.ndarray:
    """The pieces of a text as a network reads them."""
    tokenizer = load().reranker.tokenizer
    return np.array([[101, *tokenizer.encode(text, add_special_tokens=False).ids, 102]])


@pytest.mark.parametrize("runtime", ["torch", "auto", pytest.param("openvino", marks=pytest.mark.engines)])
def test_another_runtime_repairs_alike(runtime: str) -> None:
    assert (
        load(runtime=runtime).fix(TEXT) == load().fix(TEXT) == "The patients were treated for breast cancer."
    )


@pytest.mark.parametrize("runtime", ["torch", pytest.param("openvino", marks=pytest.mark.engines)])
def test_another_runtime_computes_the_same(runtime: str) -> None:
    ids = row(TEXT)
    folder = find_model("en_sci_sm")
    (_, usual), (_, other) = (
        network.encode(ids, np.ones_like(ids))
        for network in (open_network(folder), OPENED_BY[runtime](folder))
    )
    np.testing.assert_allclose(
        other, usual, atol=0.3
    )  # where it computes in bfloat16; else to the third digit
    assert usual.max() - usual.min() > 5


def test_the_settings_name_what_there_is_the_default_first() -> None:
    assert (*OPENED_BY,) == RUNTIMES
    assert OPENED_BY[RUNTIMES[0]] is open_network


def test_a_runtime_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        TextrepairError, match="runtime: there is none named 'tpu'; they are onnxruntime, auto"
    ):
        load(runtime="tpu")


def test_a_gpu_there_is_not_is_told_before_any_text_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(TextrepairError, match="runtime 'cuda': torch finds no GPU here; use 'onnxruntime'"):
        load(runtime="cuda")


def test_a_runtime_that_is_not_installed_is_told_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(TextrepairError, match=r"needs openvino: pip install 'textrepair\[openvino\]'"):
        load(runtime="openvino")
