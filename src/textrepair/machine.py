"""What a run asks of the machine: its cores, what runs the model, and that the garbage collector waits."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

RUNTIMES = ("onnxruntime", "auto", "openvino", "torch", "cuda")  # what may run the model, the default first


def cores() -> int:
    """The cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count() or 1


@contextmanager
def uncollected() -> Iterator[None]:
    """Suspend the garbage collector, which would search many new records and tables for cycles in vain.

    A fifth of the time of a batch went into that.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
