"""The graph that ONNX Runtime runs computes what the torch model does, whatever its size and input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from textrepair import TextrepairError
from textrepair.models import GRAPHS, find_model
from textrepair.rerank.network import Network, nameable, open_network, torch_model, torch_network
from textrepair.training.base import read_base, save_weights
from textrepair.training.graph import write_graphs


def left_by_training(base: Path, out: Path) -> Path:
    """A tiny model as training leaves one: half precision, the decoder stored once."""
    read = read_base(str(base), 1)
    save_weights(read.model, out)
    read.tokenizer.save(str(out / "tokenizer.json"))
    write_graphs(out)
    return out


@pytest.fixture
def folder(tiny: Path, tmp_path: Path) -> Path:
    return left_by_training(tiny, tmp_path)


def batch(lengths: list[int], vocabulary: int) -> tuple[np.ndarray, ...]:
    """Rows of random pieces, some padded; every third place is named, two pieces are asked for at each."""
    rng = np.random.default_rng(len(lengths))
    mask = (np.arange(max(lengths)) < np.array(lengths)[:, None]).astype(np.int64)
    places = np.flatnonzero(mask)[::3]
    wanted = np.array([(k, v) for k in range(len(places)) for v in sorted(rng.choice(vocabulary, 2))])
    return rng.integers(1, vocabulary, mask.shape) * mask, mask, places, wanted


def said(network: Network, ids: np.ndarray, mask: np.ndarray, places: np.ndarray, wanted: np.ndarray) -> list:
    """All that a network says of a batch: whether pieces were replaced, and what it names at the places."""
    hidden, replaced = network.encode(ids, mask)
    assert hidden.shape == (ids.size, network.width)
    return [replaced[mask.ravel() == 1], *network.name(hidden[places], wanted)]


@pytest.mark.parametrize("lengths", [[1], [320], [30, 30], [70, 12, 3]])
@pytest.mark.parametrize("which", ["tiny", "tiny_mpnet", "en_sci_sm"])
def test_both_runtimes_agree(
    which: str, lengths: list[int], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    tiny = which.startswith("tiny")
    opened = left_by_training(request.getfixturevalue(which), tmp_path) if tiny else find_model(which)
    model = torch_model(opened)
    asked = batch(lengths, model.config.vocab_size)
    pieces = nameable(Tokenizer.from_file(str(opened / "tokenizer.json")))
    (*ours, named), (*wanted, names) = (
        said(open_network(opened), *asked),
        said(torch_network(model, pieces), *asked),
    )
    for a, b in zip(ours, wanted, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)
    # two pieces about as likely may change places
    steps = -np.diff(wanted[-1], axis=1, prepend=np.inf, append=-np.inf)
    tied = np.minimum(steps[:, :-1], steps[:, 1:]) < 1e-3
    np.testing.assert_array_equal(named[~tied], names[~tied])
    assert not tied.all()


def test_only_words_of_science_are_named_and_what_is_asked_for_counts() -> None:
    folder = find_model("en_sci_sm")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pieces = nameable(tokenizer)
    stranger, named = tokenizer.token_to_id("vodka"), tokenizer.token_to_id("cancer")
    assert stranger not in pieces
    assert named in pieces
    ids = np.array([[101, *tokenizer.encode("breast vodka cells", add_special_tokens=False).ids, 102]])
    wanted = np.array([(0, named), (0, stranger), (1, named)])
    _, found, best, names = said(open_network(folder), ids, np.ones_like(ids), np.array([2, 3]), wanted)
    assert set(names.ravel().tolist()) <= set(pieces)
    assert (found <= 0).all()
    # at the first place the shares are of what may be named and of the stranger who stands there
    assert np.exp(best[0]).sum() + np.exp(found[1]) <= 1 + 1e-5


def test_what_is_padding_tells_on_nothing(folder: Path) -> None:
    network = open_network(folder)
    ids, mask, places, wanted = batch([9], 150)
    padded = [np.pad(a, ((0, 2), (0, 7))) for a in (ids, mask)]
    for alone, beside in zip(
        said(network, ids, mask, places, wanted), said(network, *padded, places, wanted), strict=True
    ):
        np.testing.assert_allclose(alone, beside, atol=1e-5)


def test_the_graphs_hold_no_weights_and_are_the_same_for_others(
    folder: Path, tiny: Path, tmp_path: Path
) -> None:
    first = [(folder / name).read_bytes() for name in GRAPHS]
    assert all(len(graph) < 50_000 for graph in first)
    model = read_base(str(tiny), 1).model
    for parameter in model.parameters():
        parameter.data += 1
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "tokenizer.json", other)
    save_weights(model, other)
    write_graphs(other)
    assert [(other / name).read_bytes() for name in GRAPHS] == first


def test_another_activation_is_refused_before_training(tiny: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "hidden_act": "relu"}))
    with pytest.raises(TextrepairError, match="activation is 'relu'"):
        read_base(str(copy), 1)
