"""Ray: `Repair` for `map_batches` of Ray Data, and `Actors`, the workers of `--engine ray`.

    ds = ray.data.read_parquet("s3://bucket/corpus")
    ds = ds.map_batches(Repair, batch_size=64, concurrency=8)

The model is loaded once an actor. With `--engine ray` the machine that runs `textrepair clean` reads
and writes, exactly as without, and hands the texts to actors on every node of the cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import ray

from textrepair.corpus.batches import Repair
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.worker import RepairerSpec
from textrepair.errors import TextrepairError

__all__ = ["Actors", "Repair"]

MOST_LOST_IN_A_ROW = 3  # actors that may be lost in a row before any has answered


class _Worker:
    def __init__(self, spec: RepairerSpec) -> None:
        self._repair = spec.open(threads=1)

    def repair(self, texts: Sequence[str]) -> list[Outcome]:
        return self._repair(texts)


class Actors:
    """`count` actors of one core each, on whatever nodes have room; without a count as many as there are
    cores, and more when nodes join. Where the runtime is a GPU, an actor takes one too, and GPUs count.

    A context manager that ends them. Joins the cluster that `RAY_ADDRESS` names or that runs here, else
    starts one on this machine. The actor of a node that is lost is started elsewhere; its batch is tried
    again.
    """

    def __init__(self, spec: RepairerSpec, count: int | None = None) -> None:
        self._joined = ray.is_initialized()
        if not self._joined:
            ray.init(log_to_driver=False, logging_level="warning")
        on_gpu = spec.settings.get("runtime") == "cuda"
        self._takes = "GPU" if on_gpu else "CPU"
        self._spec, self._count, self._failed = spec, count, 0
        self._actor = ray.remote(num_cpus=1, num_gpus=int(on_gpu))(_Worker)
        self._actors: list[Any] = []
        self._grow()
        self._tasks: dict[object, int] = {}

    def _grow(self) -> None:
        """Start the actors that are still to be started, at least one in all."""
        there = self._count or int(ray.cluster_resources().get(self._takes, 0))
        while len(self._actors) < max(1, there):
            self._actors.append(self._actor.remote(self._spec))

    def __enter__(self) -> Actors:
        return self

    def __exit__(self, *_: object) -> None:
        for actor in self._actors:
            with suppress(Exception):  # the cluster may be gone before us
                ray.kill(actor)
        if not self._joined:
            ray.shutdown()

    def __len__(self) -> int:
        return len(self._actors)

    def idle(self) -> list[int]:
        """The numbers of those that have nothing to do, among them those of nodes that have joined."""
        self._grow()
        busy = set(self._tasks.values())
        return [n for n in range(len(self._actors)) if n not in busy]

    def submit(self, worker: int, texts: list[str]) -> None:
        """Give an idle actor a batch."""
        self._tasks[self._actors[worker].repair.remote(texts)] = worker

    def collect(self, *, block: bool) -> list[tuple[int, list[Outcome] | None]]:
        """Finished batches by actor; None for the batch of an actor that was lost."""
        if not self._tasks:
            return []
        ready, _ = ray.wait(list(self._tasks), num_returns=1, timeout=None if block else 0)
        done: list[tuple[int, list[Outcome] | None]] = []
        for task in ready:
            n = self._tasks.pop(task)
            try:
                done.append((n, ray.get(task)))
                self._failed = 0
            except ray.exceptions.RayActorError as error:
                self._failed += 1
                if self._failed > MOST_LOST_IN_A_ROW * len(self._actors):
                    raise TextrepairError(f"Ray: actors die as they start: {error}") from None
                self._actors[n] = self._actor.remote(self._spec)
                done.append((n, None))
        return done
