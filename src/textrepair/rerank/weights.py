"""The weights of a model folder: one file of safetensors, or several, in half precision or in eight bits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrepair.models import weight_files

Real = NDArray[np.float32]
SCALE = ".scale"  # behind the name of a tensor in eight bits: what its rows are multiplied by
LEAST_ROWS = 64  # smaller tensors stay in half precision: they weigh nothing and bend more


def read_weights(folder: Path, wanted: Callable[[str], bool] = bool) -> dict[str, Real]:
    """The weights in single precision, by their names: those whose names are `wanted`, by default all.

    They lie in one block, which the system has back at once when they are let go; many small ones would leave
    holes that it does not get. Raises `safetensors.SafetensorError` for a file that is damaged.
    """
    from safetensors import safe_open

    shapes = {name: shape for name, shape in weight_shapes(folder).items() if wanted(name)}
    sizes = [math.prod(shape) for shape in shapes.values()]
    parts = np.split(np.empty(sum(sizes), np.float32), np.cumsum(sizes)[:-1])
    weights = {name: part.reshape(shapes[name]) for name, part in zip(shapes, parts, strict=True)}
    for path in weight_files(folder):
        with safe_open(path, "np") as stored:
            here = {*stored.keys()}
            for name in here & weights.keys():
                weights[name][...] = stored.get_tensor(name)
                if name + SCALE in here:
                    weights[name] *= stored.get_tensor(name + SCALE)
    return weights


def weight_shapes(folder: Path) -> dict[str, list[int]]:
    """Their shapes by their names; no weights are read."""
    from safetensors import safe_open

    shapes: dict[str, list[int]] = {}
    for path in weight_files(folder):
        with safe_open(path, "np") as stored:
            names = [name for name in stored.keys() if not name.endswith(SCALE)]  # noqa: SIM118 (no mapping)
            shapes |= {name: stored.get_slice(name).get_shape() for name in names}
    return shapes


def in_eight_bits(weights: Mapping[str, Real]) -> dict[str, NDArray[np.generic]]:
    """The same weights with every row of the large matrices in eight bits, beside what it is multiplied by.

    A row's largest value becomes 127, so that none is off by more than half of its 127th part.

    >>> rows = np.linspace(-2, 2, 128, dtype=np.float32).reshape(64, 2)
    >>> stored = in_eight_bits({"layer.weight": rows})
    >>> sorted(stored), stored["layer.weight"].dtype.name
    (['layer.weight', 'layer.weight.scale'], 'int8')
    >>> float(np.abs(np.multiply(*stored.values()) - rows).max()) < 2 / 254
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
