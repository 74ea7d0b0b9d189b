"""The weights of a model folder: one file of safetensors, or several, in half precision or in eight bits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrepair.models import weight_files

Real = NDArray[np.float32]
SCALE = ".scale"  # behind the name of a tensor in eight bits: what its rows are multiplied by
LEAST_ROWS = 64  # smaller tensors stay in half precision: they weigh nothing and bend more


def read_weights(folder: Path) -> dict[str, Real]:
    """The weights in single precision, by their names.

    Raises `safetensors.SafetensorError` for a file that is damaged.
    """
    from safetensors.numpy import load_file

    stored = {name: tensor for path in weight_files(folder) for name, tensor in load_file(path).items()}
    return dict(_unpacked(stored))


def weight_shapes(folder: Path) -> dict[str, list[int]]:
    """Their shapes by their names; no weights are read."""
    from safetensors import safe_open

    shapes: dict[str, list[int]] = {}
    for path in weight_files(folder):
        with safe_open(path, "np") as stored:
            names = [name for name in stored.keys() if not name.endswith(SCALE)]  # noqa: SIM118 (no mapping)
            shapes |= {name: stored.get_slice(name).get_shape() for name in names}
    return shapes


def _unpacked(stored: Mapping[str, NDArray[np.generic]]) -> Iterator[tuple[str, Real]]:
    for name, tensor in stored.items():
        if not name.endswith(SCALE):
            scale = stored.get(name + SCALE)
            values = tensor.astype(np.float32)
            yield name, values if scale is None else values * scale.astype(np.float32)


def in_eight_bits(weights: Mapping[str, Real]) -> dict[str, NDArray[np.generic]]:
    """The same weights with every row of the large matrices in eight bits, beside what it is multiplied by.

    A row's largest value becomes 127, so that none is off by more than half of its 127th part.

    >>> rows = np.linspace(-2, 2, 128, dtype=np.float32).reshape(64, 2)
    >>> stored = in_eight_bits({"layer.weight": rows})
    >>> sorted(stored), stored["layer.weight"].dtype.name
    (['layer.weight', 'layer.weight.scale'], 'int8')
    >>> float(np.abs(dict(_unpacked(stored))["layer.weight"] - rows).max()) < 2 / 254
    True
    """
    stored: dict[str, NDArray[np.generic]] = {}
    for name, tensor in weights.items():
        if tensor.ndim != 2 or len(tensor) < LEAST_ROWS:
            stored[name] = tensor.astype(np.float16)
            continue
        scale = np.maximum(np.abs(tensor).max(1, keepdims=True), 1e-12) / 127
        stored[name] = np.rint(tensor / scale).astype(np.int8)
        stored[name + SCALE] = scale.astype(np.float32)
    return stored
