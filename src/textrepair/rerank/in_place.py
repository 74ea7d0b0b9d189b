"""Score candidates in context with the in-place masked language model, one pass for a passage.

The model reads the text as it stands and predicts, at every word piece, what the original piece
was (see `textrepair.training.denoise`). A candidate is aligned to the pieces it would replace;
its score is the log probability of its pieces there, `DELETE` for surplus ones, against that of
the pieces that stand. Single words, phrases and changes of length are so scored on equal terms.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from textrepair.candidates import Candidate
from textrepair.models import loading
from textrepair.rerank.evidence import DELETE, Evidence, Job, Named, align, slot_targets
from textrepair.rerank.network import Network, open_network
from textrepair.segment import BETWEEN, readable

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

UNK, CLS, SEP = 100, 101, 102
WINDOW, OVERLAP = 158, 16  # pieces; the length the model was trained on, and the context shared
# A word the model names must be at most so much less likely (nats) than the one that stands, and so likely.
DOUBT, LEAST = 2.0, -4.0
LONGEST = 4  # neighbouring words it names one wording for
ALIGNED = 1 << 15  # candidates whose pieces are remembered
PIECES_A_BATCH = 512  # larger batches are no faster on a processor, and take more memory


class Slot(NamedTuple):
    """One piece a candidate changes: its index in the text, what stands there, what would."""

    at: int
    keep: int
    target: int


class Span(NamedTuple):
    """A word: its offsets, and the indices of its pieces."""

    start: int
    end: int
    pieces: list[int]


class Place(NamedTuple):
    """What the network says of a piece: log probability by vocabulary id, the best of all and their ids."""

    chance: dict[int, float]
    best: list[float]
    named: list[int]


class Reranker:
    """A model folder opened for scoring; weights load at first use."""

    def __init__(self, folder: Path, open_: Callable[[Path], Network] = open_network) -> None:
        self.folder = folder
        self._open = open_
        # the same few thousand candidates come up again and again
        self._split: dict[str, tuple[str, ...]] = {}
        self._encoded: dict[str, list[int]] = {}
        self._pieces_for = lru_cache(ALIGNED)(self._align)
        self._whole: dict[int, str] = {}

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

    def ask(self, jobs: Sequence[Job]) -> list[tuple[list[Evidence], list[Named]]]:
        """For each job: `Evidence` of each candidate, in the same order, and what the model names itself.

        That is, for each of the job's words that it doubts, its own first choices, and one wording for
        neighbouring words that it reads otherwise.
        """
        if not any(job.candidates or job.words for job in jobs):
            return [([], []) for _ in jobs]
        encoded = [self.tokenizer.encode(readable(job.text), add_special_tokens=False) for job in jobs]
        slots = [self._slots(e, job.candidates) for e, job in zip(encoded, jobs, strict=True)]
        words = [_pieces_of(e, job.words) for e, job in zip(encoded, jobs, strict=True)]
        asked: list[dict[int, set[int]]] = []
        for e, of_text, open_ in zip(encoded, slots, words, strict=True):
            ids = e.ids
            here: dict[int, set[int]] = {}
            for s in itertools.chain.from_iterable(of_text):
                here.setdefault(s.at, set()).update((s.keep, s.target))
            for k in itertools.chain.from_iterable(pieces for _, _, pieces in open_):
                here.setdefault(k, set()).update((ids[k], DELETE))
            asked.append(here)
        read = self._read([e.ids for e in encoded], asked)
        return [
            ([_evidence(of_one, row) for of_one in of_text], self._named(e.ids, open_, row, job.text))
            for e, of_text, open_, row, job in zip(encoded, slots, words, read, jobs, strict=True)
        ]

    def _named(
        self, ids: Sequence[int], words: Sequence[Span], row: dict[int, Place], text: str
    ) -> list[Named]:
        """What the model names for each word, and for neighbouring ones together."""
        out: list[Named] = []
        runs: list[list[tuple[int, int, str, Evidence]]] = [[]]  # of neighbours it reads otherwise
        for start, end, pieces in words:
            first, rest = row[pieces[0]], pieces[1:]
            gone = sum(row[k].chance[DELETE] for k in rest)
            keep = sum(row[k].chance[ids[k]] for k in pieces)
            best = sum(row[k].best[0] for k in pieces)
            for chance, piece in zip(first.best, first.named, strict=True):
                if chance + gone < keep - DOUBT or chance < LEAST:
                    break
                word = self._word(piece)
                if word and piece != ids[pieces[0]]:
                    out.append(Named(start, end, word, Evidence(chance + gone, keep, best, len(pieces))))
            otherwise = [k for k in pieces if row[k].named[0] != ids[k]]
            if runs[-1] and text[runs[-1][-1][1] : start].strip(BETWEEN):
                runs.append([])
            if not otherwise:
                runs.append([])
                continue
            choice = [row[k].named[0] for k in pieces if row[k].named[0] != DELETE]
            target = sum(row[k].best[0] for k in otherwise)
            kept = sum(row[k].chance[ids[k]] for k in otherwise)
            reading = self.tokenizer.decode(choice) if choice else ""
            runs[-1].append((start, end, reading, Evidence(target, kept, target, len(otherwise))))
            if len(choice) > 1:
                out.append(Named(start, end, reading, runs[-1][-1][3]))
        for run in runs:
            for n in range(2, LONGEST + 1):
                for i in range(len(run) - n + 1):
                    some = run[i : i + n]
                    after = " ".join(reading for _, _, reading, _ in some if reading)
                    total = Evidence(*map(sum, zip(*(e for *_, e in some), strict=True)))
                    out.append(Named(some[0][0], some[-1][1], after, total))
        return [n for n in out if n.after]

    def _word(self, piece: int) -> str:
        """The word that a piece of the vocabulary is; empty if it is a part of one, or no word."""
        if piece not in self._whole:
            token = self.tokenizer.id_to_token(piece) or ""
            self._whole[piece] = token if token.isalpha() and len(token) > 2 else ""
        return self._whole[piece]

    def _slots(self, text: Encoding, candidates: Sequence[Candidate]) -> list[list[Slot]]:
        """The pieces each candidate changes; none where the tokenizer dropped the text."""
        ids, offsets, word_ids = text.ids, text.offsets, text.word_ids  # each access copies the list
        first_at = _first_at(offsets)
        out = []
        for (start, end), group in itertools.groupby(candidates, key=lambda c: (c.start, c.end)):
            here = list(group)
            inside = _inside(offsets, first_at, start, end)
            places = [list(ks) for _, ks in itertools.groupby(inside, key=word_ids.__getitem__)]
            keeps = [[ids[k] for k in ks] for ks in places]
            spans = [(offsets[ks[0]][0] - start, offsets[ks[-1]][1] - start) for ks in places]
            # of a word glued to something it cannot read, the model knows nothing
            unread = any(UNK in keep for keep in keeps)
            stand = tuple(here[0].before[a:b].lower() for a, b in spans)
            for c in here:
                slots: list[Slot] = []
                for ks, keep, pieces in zip(
                    places, keeps, self._pieces_for(stand, c.after.lower()), strict=True
                ):
                    target = slot_targets(keep, pieces)
                    slots += [Slot(k, o, t) for k, o, t in zip(ks, keep, target, strict=True) if o != t]
                out.append([] if unread and any(s.keep == UNK for s in slots) else slots)
        return out

    def _align(self, stand: tuple[str, ...], after: str) -> list[list[int]]:
        """For each word that stands the pieces of `after` that answer to it."""
        return [[i for w in words for i in self._pieces(w)] for _, words in align(self._words(after), stand)]

    def _words(self, text: str) -> tuple[str, ...]:
        if text not in self._split:
            self._split[text] = tuple(w for w, _ in self.tokenizer.pre_tokenizer.pre_tokenize_str(text))
        return self._split[text]

    def _pieces(self, word: str) -> list[int]:
        if word not in self._encoded:
            self._encoded[word] = self.tokenizer.encode(word, add_special_tokens=False).ids
        return self._encoded[word]

    def _read(
        self, texts: Sequence[Sequence[int]], asked: Sequence[Mapping[int, set[int]]]
    ) -> list[dict[int, Place]]:
        """What the network says where it is asked: for each text, the pieces asked of by their index."""
        wanted = [sorted(of_text) for of_text in asked]
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
        out: list[dict[int, Place]] = [{} for _ in texts]
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
            pairs = [(i, v) for i, (_, n, k) in enumerate(places) for v in sorted(asked[n][k])]
            found, best, named = self.network(
                rows, mask, np.array([at for at, _, _ in places]), np.array(pairs)
            )
            for (_, n, k), chances, pieces in zip(places, best.tolist(), named.tolist(), strict=True):
                out[n][k] = Place({}, chances, pieces)
            for (i, v), value in zip(pairs, found.tolist(), strict=True):
                _, n, k = places[i]
                out[n][k].chance[v] = value
        return out


def _first_at(offsets: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The index of the first piece that starts at an offset of the text."""
    return {start: k for k, (start, end) in reversed(list(enumerate(offsets))) if end > start}


def _inside(
    offsets: Sequence[tuple[int, int]], first_at: Mapping[int, int], start: int, end: int
) -> list[int]:
    """The indices of the pieces from `start` to `end`; none if no piece starts there."""
    at = first_at.get(start, len(offsets))
    return list(itertools.takewhile(lambda k: offsets[k][0] < end, range(at, len(offsets))))


def _pieces_of(text: Encoding, words: Sequence[tuple[int, int]]) -> list[Span]:
    """Those words that are whole in a text's pieces, none of them unknown, with the indices of these."""
    ids, offsets = text.ids, text.offsets
    first_at = _first_at(offsets)
    out = []
    for start, end in words:
        pieces = _inside(offsets, first_at, start, end)
        if pieces and offsets[pieces[-1]][1] == end and not any(ids[k] == UNK for k in pieces):
            out.append(Span(start, end, pieces))
    return out


def _within(places: Sequence[int], lo: int, hi: int) -> Sequence[int]:
    """Those of the sorted `places` from `lo` to before `hi`."""
    return places[bisect_left(places, lo) : bisect_left(places, hi)]


def _evidence(slots: Sequence[Slot], row: Mapping[int, Place]) -> Evidence:
    return Evidence(
        sum(row[s.at].chance[s.target] for s in slots),
        sum(row[s.at].chance[s.keep] for s in slots),
        sum(row[s.at].best[0] for s in slots),
        len(slots),
    )
