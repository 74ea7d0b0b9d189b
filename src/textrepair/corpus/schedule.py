"""Hand texts to workers in batches of like length, and hand the rows on in the order they came.

Whatever the input, no more than a window of it is in memory. A batch whose worker died is cut into
single texts and tried again; a text over which a second worker dies is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from textrepair.corpus.outcome import Outcome

BATCH_CHARACTERS = 32_000  # characters sent to a worker at a time, unless one text is longer
BATCH_TEXTS = 64  # texts, likewise
# Characters a worker among which texts of like length are put side by side.
SORT_CHARACTERS = 8 * BATCH_CHARACTERS
WINDOW_CHARACTERS = 4 * SORT_CHARACTERS  # characters a worker that are read and not yet handed on
READ_CHARACTERS = SORT_CHARACTERS // 4  # characters read before workers are looked after again

T = TypeVar("T")


@dataclass(eq=False)
class Item(Generic[T]):
    """Something to hand on in order; `text` is None where no worker is needed."""

    payload: T
    text: str | None = None
    outcome: Outcome | None = None
    tries: int = 0

    @property
    def open(self) -> bool:
        """Whether it still waits for its outcome."""
        return self.text is not None and self.outcome is None

    @property
    def size(self) -> int:
        """Roughly what it weighs, in characters."""
        return 200 + len(self.text or "")


class Workers(Protocol):
    """Processes or actors that turn texts into outcomes, numbered from 0."""

    def __len__(self) -> int:
        """How many there are."""

    def idle(self) -> list[int]:
        """Those that are ready and have nothing to do."""

    def submit(self, worker: int, texts: list[str]) -> None:
        """Give an idle worker a batch."""

    def collect(self, *, block: bool) -> list[tuple[int, list[Outcome] | None]]:
        """Workers that finished their batch, with its outcomes, or None where the worker was lost."""


def in_order(items: Iterable[Item[T]], workers: Workers) -> Iterator[Item[T]]:
    """The items in their order, each with its outcome."""
    source = iter(items)
    queue: deque[Item[T]] = deque()  # read and not yet handed on
    fresh: list[Item[T]] = []  # of those, in no batch yet
    batches: deque[list[Item[T]]] = deque()
    busy: dict[int, list[Item[T]]] = {}
    held, more = 0, True
    while more or queue:
        while queue and not queue[0].open:
            held -= queue[0].size
            yield queue.popleft()
        after_reading = held + READ_CHARACTERS
        while more and held < min(after_reading, WINDOW_CHARACTERS * len(workers)):
            item = next(source, None)
            if item is None:
                more = False
                break
            queue.append(item)
            held += item.size
            fresh += [item] if item.open else []
        room = more and held < WINDOW_CHARACTERS * len(workers)
        idle = workers.idle()
        enough = SORT_CHARACTERS * len(workers) if room else 1
        if idle and not batches and sum(i.size for i in fresh) >= enough:
            batches.extend(batched(fresh, len(workers)))
            fresh = []
        for worker in idle[: len(batches)]:
            busy[worker] = batches.popleft()
            workers.submit(worker, [i.text or "" for i in busy[worker]])
        if busy or batches or fresh:
            for worker, outcomes in workers.collect(block=not room):
                batch = busy.pop(worker)
                if outcomes is None:
                    batches.extendleft(_again(batch))
                else:
                    for item, outcome in zip(batch, outcomes, strict=True):
                        item.outcome = outcome


def _again(batch: Sequence[Item[T]]) -> list[list[Item[T]]]:
    """What of a lost batch is to be tried again, one by one; the others are refused."""
    alone = len(batch) == 1
    for item in batch:
        item.tries += alone
        if item.tries == 2:
            item.outcome = Outcome(
                refused="worker-lost", detail=f"{len(item.text or ''):,} characters; out of memory, perhaps"
            )
    return [[i] for i in batch if i.open]


def batched(items: Sequence[Item[T]], workers: int) -> list[list[Item[T]]]:
    """`items` by length, longest first, in batches of at most `BATCH_CHARACTERS` and `BATCH_TEXTS`.

    There are some batches for each worker where there are items enough, so that all end together.

    >>> [[len(i.text) for i in b] for b in batched([Item(0, "x" * n) for n in (9, 40_000, 30_000)], 1)]
    [[40000], [30000], [9]]
    """
    most = min(BATCH_CHARACTERS, sum(i.size for i in items) // (4 * workers))
    out: list[list[Item[T]]] = []
    left = 0
    for item in sorted(items, key=lambda i: -i.size):
        if not out or item.size > left or len(out[-1]) == BATCH_TEXTS:
            out.append([])
            left = most
        out[-1].append(item)
        left -= item.size
    return out
