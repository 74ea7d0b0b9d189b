"""Scheduling, whatever workers do: every item is handed on once, in order, with the outcome of its text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrepair.corpus import schedule
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.schedule import Item, in_order


class Unruly:
    """Workers that answer in any order and die now and then, always so over the text `poison`."""

    def __init__(self, count: int, seed: int, deaths: float) -> None:
        self.count, self.deaths, self.random = count, deaths, random.Random(seed)
        self.busy: dict[int, list[str]] = {}
        self.most = 0

    def __len__(self) -> int:
        return self.count

    def idle(self) -> list[int]:
        return [n for n in range(self.count) if n not in self.busy]

    def submit(self, worker: int, texts: list[str]) -> None:
        assert worker not in self.busy
        assert texts
        self.busy[worker] = texts

    def collect(self, *, block: bool) -> list[tuple[int, list[Outcome] | None]]:
        assert self.busy or not block, "this would wait for ever"
        done = [n for n in self.busy if self.random.random() < 0.5] or list(self.busy)[:1]
        out: list[tuple[int, list[Outcome] | None]] = []
        for n in done:
            texts = self.busy.pop(n)
            dies = "poison" in texts or self.random.random() < self.deaths
            out.append((n, None if dies else [Outcome(words=len(t)) for t in texts]))
        return out


@given(
    lengths=st.lists(st.none() | st.integers(1, 5000), max_size=60),
    count=st.integers(1, 4),
    seed=st.integers(0, 99),
    deaths=st.sampled_from([0.0, 0.05]),
    poison=st.booleans(),
)
def test_every_item_once_in_order(lengths, count, seed, deaths, poison) -> None:
    texts = [None if n is None else "x" * n for n in lengths] + ["poison"] * poison
    with pytest.MonkeyPatch.context() as patch:  # a small window, so that it fills
        sizes = {"BATCH": 3000, "SORT": 9000, "WINDOW": 20_000, "READ": 2000}
        for name, characters in sizes.items():
            patch.setattr(schedule, f"{name}_CHARACTERS", characters)
        items = [Item(n, t) for n, t in enumerate(texts)]
        done = list(in_order(items, Unruly(count, seed, deaths)))
    assert [i.payload for i in done] == list(range(len(texts)))
    for item in done:
        if item.text is None:
            assert item.outcome is None
        elif item.text == "poison":
            assert item.outcome.refused == "worker-lost"
        elif not deaths:
            assert item.outcome == Outcome(words=len(item.text))
        else:
            assert item.outcome.refused in ("", "worker-lost")


def test_no_more_than_a_window_is_read_ahead() -> None:
    read = 0

    def source():
        nonlocal read
        for n in range(3000):
            read += 1
            yield Item(n, "x" * 10_000)

    most = 0
    for n, _ in enumerate(in_order(source(), Unruly(2, 1, 0.0))):
        most = max(most, read - n)
    assert most * 10_000 <= 2 * schedule.WINDOW_CHARACTERS + 20_000


def test_texts_of_like_length_share_a_batch() -> None:
    batches: list[list[str]] = []

    class Watched(Unruly):
        def submit(self, worker: int, texts: list[str]) -> None:
            batches.append(texts)
            super().submit(worker, texts)

    lengths = [random.Random(n).choice([100, 1000, 10_000]) for n in range(300)]
    list(in_order([Item(0, "x" * n) for n in lengths], Watched(2, 0, 0.0)))
    spread = [max(map(len, b)) / min(map(len, b)) for b in batches]
    assert sum(s == 1 for s in spread) > 0.8 * len(spread)
    assert max(sum(map(len, b)) for b in batches) <= schedule.BATCH_CHARACTERS
