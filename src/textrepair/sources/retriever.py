"""What finds passages: the index on this machine, or an engine on others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Found:
    """A passage that was found: its document, and what stands around it, `text`, from `start` on."""

    document: str
    start: int
    text: str
    score: float


class Retriever(Protocol):
    """Whatever finds passages: weighted terms in, scored passages out; or a passage in, those like it out."""

    def search(self, terms: Mapping[str, float], *, limit: int, around: int) -> list[Found]:
        """The `limit` passages that score best by weighted `terms`, with `around` characters about each."""

    def alike(self, text: str, *, limit: int, around: int) -> list[Found]:
        """The `limit` passages whose vectors are nearest that of `text`; none where there are no vectors."""


class Encoder(Protocol):
    """What makes vectors of passages; those by other `weights` (their SHA-256) do not compare."""

    @property
    def weights(self) -> str:
        """The SHA-256 of the weights of its model."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A vector a row for each text."""


K = TypeVar("K", bound=Hashable)


def surrounded(
    hits: Iterable[tuple[float, K, int]], document: Callable[[K], tuple[str, str] | None], around: int
) -> Iterator[Found]:
    """Each hit, given as score, key of a document and offset in it, with what stands around it.

    `document` gives the name and the text for a key. Of hits that stand side by side the first is kept.

    >>> hits = [(2.0, 7, 4), (1.0, 7, 5), (0.5, 7, 40)]
    >>> [(f.start, f.text) for f in surrounded(hits, lambda key: ("seven", "x" * 50), 10)]
    [(0, 'xxxxxxxxxxxxxxxxxxxxxxxx'), (30, 'xxxxxxxxxxxxxxxxxxxx')]
    """
    taken: dict[K, list[int]] = {}
    for score, key, start in hits:
        if any(abs(start - other) < around for other in taken.setdefault(key, [])):
            continue
        taken[key].append(start)
        if (found := document(key)) is not None:
            name, text = found
            first = max(0, start - around)
            yield Found(name, first, text[first : start + 2 * around], score)
