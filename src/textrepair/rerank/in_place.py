"""Score candidates in context with the in-place masked language model, one pass for a passage.

The model reads the text as it stands and predicts, at every word piece, what the original piece
was (see `textrepair.training.denoise`). A candidate is aligned to the pieces it would replace;
its score is the log probability of its pieces there, `DELETE` for surplus ones, against that of
the pieces that stand. Single words, phrases and changes of length are so scored on equal terms.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from textrepair.candidates import Candidate
from textrepair.models import loading
from textrepair.rerank.evidence import Evidence, align, slot_targets
from textrepair.rerank.network import Network, open_network
from textrepair.segment import readable

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

UNK, CLS, SEP = 100, 101, 102
WINDOW, OVERLAP = 158, 16  # pieces; the length the model was trained on, and the context shared
PIECES_A_BATCH = 512  # larger batches are no faster on a processor, and take more memory


class Slot(NamedTuple):
    """One piece a candidate changes: its index in the text, what stands there, what would."""

    at: int
    keep: int
    target: int


class Reranker:
    """A model folder opened for scoring; weights load at first use."""

    def __init__(self, folder: Path, open_: Callable[[Path], Network] = open_network) -> None:
        self.folder = folder
        self._open = open_
        # the same few thousand candidates come up again and again
        self._split: dict[str, tuple[str, ...]] = {}
        self._encoded: dict[str, list[int]] = {}

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's word-piece tokenizer."""
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / "tokenizer.json"))

    @cached_property
    def network(self) -> Network:
        """The network, ready to run."""
        with loading():
            return self._open(self.folder)

    def score(self, jobs: Sequence[tuple[str, Sequence[Candidate]]]) -> list[list[Evidence]]:
        """`Evidence` for each candidate of each (text, candidates) job, in the same order."""
        if not any(candidates for _, candidates in jobs):
            return [[] for _ in jobs]
        encoded = [self.tokenizer.encode(readable(text), add_special_tokens=False) for text, _ in jobs]
        slots = [self._slots(e, candidates) for e, (_, candidates) in zip(encoded, jobs, strict=True)]
        wanted = [sorted({s.at for of_one in of_text for s in of_one}) for of_text in slots]
        rows = self._log_probabilities([e.ids for e in encoded], wanted, slots)
        return [
            [_evidence(of_one, row) for of_one in of_text] for of_text, row in zip(slots, rows, strict=True)
        ]

    def _slots(self, text: Encoding, candidates: Sequence[Candidate]) -> list[list[Slot]]:
        """The pieces each candidate changes; none where the tokenizer dropped the text."""
        ids, offsets, word_ids = text.ids, text.offsets, text.word_ids  # each access copies the list
        first_at: dict[int, int] = {}
        for k, (start, end) in enumerate(offsets):
            if end > start:
                first_at.setdefault(start, k)
        out = []
        for c in candidates:
            at = first_at.get(c.start, len(ids))
            inside = itertools.takewhile(lambda k: offsets[k][0] < c.end, range(at, len(ids)))  # noqa: B023
            places = [list(ks) for _, ks in itertools.groupby(inside, key=lambda k: word_ids[k])]
            stand = [c.before[offsets[ks[0]][0] - c.start : offsets[ks[-1]][1] - c.start] for ks in places]
            here: list[Slot] = []
            for ks, (_, words) in zip(
                places, align(self._words(c.after.lower()), [w.lower() for w in stand]), strict=True
            ):
                keep = [ids[k] for k in ks]
                target = slot_targets(keep, [i for w in words for i in self._pieces(w)])
                here += [Slot(k, o, t) for k, o, t in zip(ks, keep, target, strict=True) if o != t]
            # of a word glued to something it cannot read, the model knows nothing
            out.append([] if any(s.keep == UNK for s in here) else here)
        return out

    def _words(self, text: str) -> tuple[str, ...]:
        if text not in self._split:
            self._split[text] = tuple(w for w, _ in self.tokenizer.pre_tokenizer.pre_tokenize_str(text))
        return self._split[text]

    def _pieces(self, word: str) -> list[int]:
        if word not in self._encoded:
            self._encoded[word] = self.tokenizer.encode(word, add_special_tokens=False).ids
        return self._encoded[word]

    def _log_probabilities(
        self,
        texts: Sequence[Sequence[int]],
        wanted: Sequence[Sequence[int]],
        slots: Sequence[Sequence[Sequence[Slot]]],
    ) -> list[dict[tuple[int, int], float]]:
        """For each text: (piece index, vocabulary id) → log probability; id -1 holds the best one."""
        windows = []  # (text number, first piece, last piece, first owned, last owned)
        for n, ids in enumerate(texts):
            step = WINDOW - 2 * OVERLAP
            start = 0
            while wanted[n]:  # to the end of the text
                end = min(start + WINDOW, len(ids))
                own = (start + OVERLAP if start else 0, end if end == len(ids) else end - OVERLAP)
                if _within(wanted[n], own[0], own[1]):
                    windows.append((n, start, end, *own))
                if end == len(ids):
                    break
                start += step
        # near equal lengths side by side: padding costs as much as text
        windows.sort(key=lambda w: (w[1] - w[2], w))
        ids_at: list[dict[int, set[int]]] = [{} for _ in texts]
        for n, of_text in enumerate(slots):
            for of_one in of_text:
                for s in of_one:
                    ids_at[n].setdefault(s.at, set()).update((s.keep, s.target))
        out: list[dict[tuple[int, int], float]] = [{} for _ in texts]
        while windows:
            size = max(1, PIECES_A_BATCH // (windows[0][2] - windows[0][1] + 2))
            batch, windows = windows[:size], windows[size:]
            length = batch[0][2] - batch[0][1] + 2
            rows, mask = np.zeros((2, len(batch), length), np.int64)
            for row, (n, a, b, _, _) in enumerate(batch):
                rows[row, : b - a + 2] = [CLS, *texts[n][a:b], SEP]
                mask[row, : b - a + 2] = 1
            places = [
                (row * length + k - a + 1, n, k)
                for row, (n, a, _, lo, hi) in enumerate(batch)
                for k in _within(wanted[n], lo, hi)
            ]
            pairs = [(i, v) for i, (_, n, k) in enumerate(places) for v in sorted(ids_at[n][k])]
            found, best = self.network(rows, mask, np.array([at for at, _, _ in places]), np.array(pairs))
            for (i, v), value in zip(pairs, found.tolist(), strict=True):
                _, n, k = places[i]
                out[n][k, v] = value
            for (_, n, k), value in zip(places, best.tolist(), strict=True):
                out[n][k, -1] = value
        return out


def _within(places: Sequence[int], lo: int, hi: int) -> Sequence[int]:
    """Those of the sorted `places` from `lo` to before `hi`."""
    return places[bisect_left(places, lo) : bisect_left(places, hi)]


def _evidence(slots: Sequence[Slot], row: dict[tuple[int, int], float]) -> Evidence:
    return Evidence(
        sum(row[s.at, s.target] for s in slots),
        sum(row[s.at, s.keep] for s in slots),
        sum(row[s.at, -1] for s in slots),
        len(slots),
    )
