"""Weights in eight bits and in several files read as they were trained, but for rounding."""

from __future__ import annotations

import json
import math
import shutil
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from textrepair import TextrepairError
from textrepair.models import MANIFEST, check_model, find_model, weight_files, weights_sha256
from textrepair.rerank.network import TOKENS, open_network
from textrepair.rerank.weights import SCALE, in_eight_bits, read_weights, weight_shapes
from textrepair.training import shipping


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small model as a larger one is shipped, in several files."""
    monkeypatch.setattr(shipping, "LARGEST", 10_000_000)
    folder = Path(shutil.copytree(find_model("en_sci_sm"), tmp_path / "pair"))
    shipping.ship(folder, "en_sci_sm")
    return folder


def test_every_value_of_a_row_is_off_by_half_a_127th_of_its_largest_at_most() -> None:
    rows = np.random.default_rng(1).normal(size=(128, 16)).astype(np.float32)
    stored = in_eight_bits({"layer.weight": rows, "layer.bias": rows[0]})
    assert stored["layer.bias"].dtype == np.float16
    again = stored["layer.weight"] * stored["layer.weight" + SCALE].astype(np.float32)
    assert (np.abs(again - rows) <= np.abs(rows).max(1, keepdims=True) / 254 * 1.001).all()


def test_a_shipped_model_has_the_weights_it_was_made_of(shipped: Path) -> None:
    before, after = read_weights(find_model("en_sci_sm")), read_weights(shipped)
    assert before.keys() == after.keys()
    for name, tensor in before.items():
        off = np.abs(after[name] - tensor)
        assert (off <= np.abs(tensor).max(-1, keepdims=True) / 250 + 1e-6).all(), name
    assert len(weight_files(shipped)) > 2
    assert all(path.stat().st_size < 12_000_000 for path in weight_files(shipped))


def test_only_what_is_wanted_is_read(shipped: Path) -> None:
    everything = read_weights(shipped)
    wanted = read_weights(shipped, lambda name: name.startswith("replaced."))
    assert wanted.keys() == {name for name in everything if name.startswith("replaced.")}
    assert wanted
    for name, tensor in wanted.items():
        np.testing.assert_array_equal(tensor, everything[name])


def test_of_all_weights_an_open_network_keeps_the_table_that_its_graphs_share() -> None:
    folder = find_model("en_sci_sm")
    bytes_of = {name: 4 * math.prod(shape) for name, shape in weight_shapes(folder).items()}
    tracemalloc.start()
    network = open_network(folder)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert network.width == weight_shapes(folder)[TOKENS][1]
    assert bytes_of[TOKENS] <= kept < 1.1 * bytes_of[TOKENS]
    assert most < 1.25 * sum(bytes_of.values())  # and not what is stored beside it


def test_a_missing_file_of_several_is_named(shipped: Path) -> None:
    gone = weight_files(shipped)[1]
    gone.unlink()
    with pytest.raises(TextrepairError, match=f"{gone.name}.*no file"):
        check_model(shipped)


def test_weights_in_several_files_are_named_by_all_of_them(shipped: Path) -> None:
    before = weights_sha256(shipped)
    last = weight_files(shipped)[-1]
    last.write_bytes(last.read_bytes() + b" ")
    assert weights_sha256(shipped) != before


def test_a_model_of_another_format_is_refused_with_both_numbers(shipped: Path) -> None:
    manifest = json.loads((shipped / MANIFEST).read_text())
    (shipped / MANIFEST).write_text(json.dumps(manifest | {"format": 7}))
    with pytest.raises(TextrepairError, match=r"format 7.*format 1"):
        check_model(shipped)
