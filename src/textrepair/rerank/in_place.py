"""Score candidates in context with the in-place masked language model, one pass for a passage.

The model reads the text as it stands. It tells at every word piece how likely another one stood there,
and, where it is asked, what that piece was (see `textrepair.training.denoise`). A candidate is aligned to
the pieces it would replace; its score is the log probability of its pieces there, `DELETE` for surplus
ones, against that of the pieces that stand. Single words, phrases and changes of length are so scored on
equal terms.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from textrepair.lexicon.protected import IsOutside
from textrepair.machine import uncollected
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.segment import readable
from textrepair.rerank.encoding import UNK, InPlaceEncoding, PieceScores
from textrepair.rerank.evidence import DELETE, Evidence, ScoringRequest, ScoringResult, ToEncode, slot_targets
from textrepair.rerank.network import Network, open_network
from textrepair.rerank.pieces import Pieces
from textrepair.rerank.proposals import propose

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CLS, SEP, MASK = 101, 102, 103
WINDOW, OVERLAP = 318, 16  # pieces; the length the model was trained on, and the context shared
PIECES_A_BATCH = 512  # larger batches are no faster on a processor, and take more memory


class Slot(NamedTuple):
    """One piece a candidate changes: its index in the text, what stands there, what would."""

    at: int
    keep: int
    target: int


class Reranker:
    """A model folder opened for scoring; weights load at first use."""

    hides_words = False

    def __init__(self, folder: Path, open_: Callable[[Path], Network] = open_network) -> None:
        self.folder = folder
        self._open = open_

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's word-piece tokenizer."""
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / "tokenizer.json"))

    @cached_property
    def pieces(self) -> Pieces:
        """The words and pieces of that tokenizer."""
        return Pieces(self.tokenizer)

    @cached_property
    def network(self) -> Network:
        """The network, ready to run."""
        with uncollected():
            return self._open(self.folder)

    def encode(self, to_encode: Sequence[ToEncode]) -> list[InPlaceEncoding]:
        """The encoding of each text."""
        texts = [self.tokenizer.encode(readable(view.text), add_special_tokens=False) for view in to_encode]
        odds = [np.full(len(text), np.nan, np.float32) for text in texts]
        hidden = [np.zeros((len(text), self.network.width), np.float16) for text in texts]
        windows = []  # (text number, first piece, last piece, first owned, last owned)
        ids, offsets = [text.ids for text in texts], [text.offsets for text in texts]
        read = [_masked(ids[n], offsets[n], view.hidden) for n, view in enumerate(to_encode)]
        for n, view in enumerate(to_encode):
            idle = IsOutside(view.spans)
            ends = len(ids[n])
            for start in range(0, max(1, ends - 2 * OVERLAP), WINDOW - 2 * OVERLAP):
                end = min(start + WINDOW, ends)
                own = (start + OVERLAP if start else 0, end if end == ends else end - OVERLAP)
                if own[0] < own[1] and not idle(offsets[n][own[0]][0], offsets[n][own[1] - 1][1]):
                    windows.append((n, start, end, *own))
        # near equal lengths side by side: padding costs as much as text
        windows.sort(key=lambda w: (w[1] - w[2], w))
        done = 0
        while done < len(windows):
            length = windows[done][2] - windows[done][1] + 2
            batch = windows[done : done + max(1, PIECES_A_BATCH // length)]
            done += len(batch)
            rows, mask = np.zeros((2, len(batch), length), np.int64)
            for row, (n, a, b, _, _) in enumerate(batch):
                rows[row, : b - a + 2] = [CLS, *read[n][a:b], SEP]
                mask[row, : b - a + 2] = 1
            of_pieces, doubts = self.network.encode(rows, mask)
            for row, (n, a, _, lo, hi) in enumerate(batch):
                at = row * length + lo - a + 1
                odds[n][lo:hi] = doubts[at : at + hi - lo]
                hidden[n][lo:hi] = of_pieces[at : at + hi - lo]
        return [
            InPlaceEncoding(view.text, ids[n], offsets[n], text.word_ids, odds[n].tolist(), hidden[n])
            for n, (view, text) in enumerate(zip(to_encode, texts, strict=True))
        ]

    def score_candidates(self, requests: Sequence[ScoringRequest]) -> list[ScoringResult]:
        """The result of each request, whose encoding is one that `encode` gave.

        What the model proposes itself is, for each word of the request that it doubts, its first choices, and
        one wording for neighbouring words that it reads otherwise.
        """
        encodings = [cast("InPlaceEncoding", request.encoding) for request in requests]
        slots = [
            self._slots(encoding, request.candidates)
            for encoding, request in zip(encodings, requests, strict=True)
        ]
        words = [
            encoding.pieces_of(request.words) for encoding, request in zip(encodings, requests, strict=True)
        ]
        asked: list[dict[int, set[int]]] = []
        for encoding, of_text, open_ in zip(encodings, slots, words, strict=True):
            here: dict[int, set[int]] = {}
            for s in itertools.chain.from_iterable(of_text):
                here.setdefault(s.at, set()).update((s.keep, s.target))
            for k in itertools.chain.from_iterable(pieces for _, _, pieces in open_):
                here.setdefault(k, set()).update((encoding.ids[k], DELETE))
            asked.append(here)
        read = self._read(encodings, asked)
        return [
            ScoringResult(
                [_evidence(of_one, row, encoding) for of_one in of_text],
                propose(encoding, open_, row, self.pieces),
            )
            for encoding, of_text, open_, row in zip(encodings, slots, words, read, strict=True)
        ]

    def _slots(self, encoding: InPlaceEncoding, candidates: Sequence[Candidate]) -> list[list[Slot]]:
        """The pieces each candidate changes; none where the tokenizer dropped the text."""
        ids, offsets, word_ids = encoding.ids, encoding.offsets, encoding.word_ids
        out = []
        for (start, end), group in itertools.groupby(candidates, key=lambda c: (c.start, c.end)):
            here = list(group)
            inside = encoding.inside(start, end)
            places = [list(ks) for _, ks in itertools.groupby(inside, key=word_ids.__getitem__)]
            keeps = [[ids[k] for k in ks] for ks in places]
            spans = [(offsets[ks[0]][0] - start, offsets[ks[-1]][1] - start) for ks in places]
            # of a word glued to something it cannot read, or of what was not encoded, the model knows nothing
            unread = any(UNK in keep for keep in keeps)
            unseen = any(math.isnan(encoding.replaced_log_odds[k]) for k in inside)
            stand = tuple(here[0].before[a:b].lower() for a, b in spans)
            for c in here:
                slots: list[Slot] = []
                for ks, keep, pieces in zip(
                    places, keeps, self.pieces.aligned(stand, c.after.lower()), strict=True
                ):
                    target = slot_targets(keep, pieces)
                    slots += [Slot(k, o, t) for k, o, t in zip(ks, keep, target, strict=True) if o != t]
                out.append([] if unseen or (unread and any(s.keep == UNK for s in slots)) else slots)
        return out

    def _read(
        self, encodings: Sequence[InPlaceEncoding], asked: Sequence[Mapping[int, set[int]]]
    ) -> list[dict[int, PieceScores]]:
        """What the network says where it is asked: for each text, the pieces asked of by their index."""
        places = [(n, k) for n, of_text in enumerate(asked) for k in sorted(of_text)]
        out: list[dict[int, PieceScores]] = [{} for _ in encodings]
        for first in range(0, len(places), PIECES_A_BATCH):
            some = places[first : first + PIECES_A_BATCH]
            pairs = [(i, v) for i, (n, k) in enumerate(some) for v in sorted(asked[n][k])]
            hidden = np.stack([encodings[n].hidden[k] for n, k in some]).astype(np.float32)
            found, best, named = (of.tolist() for of in self.network.name(hidden, np.array(pairs)))
            for (n, k), chances, pieces in zip(some, best, named, strict=True):
                out[n][k] = PieceScores({}, chances, pieces)
            for (i, v), value in zip(pairs, found, strict=True):
                n, k = some[i]
                out[n][k].chance[v] = value
        return out


def _masked(
    ids: list[int], offsets: Sequence[tuple[int, int]], hidden: Sequence[tuple[int, int]]
) -> list[int]:
    """The pieces as they are read: those of hidden spans behind masks."""
    if not hidden:
        return ids
    is_seen = IsOutside(hidden)
    return [piece if is_seen(start, end) else MASK for piece, (start, end) in zip(ids, offsets, strict=True)]


def _evidence(slots: Sequence[Slot], row: Mapping[int, PieceScores], encoding: InPlaceEncoding) -> Evidence:
    target = keep = best = replaced_log_odds = 0.0
    for at, stands, would_stand in slots:
        of_piece = row[at]
        target += of_piece.chance[would_stand]
        keep += of_piece.chance[stands]
        best += of_piece.best[0]
        replaced_log_odds += encoding.replaced_log_odds[at]
    return Evidence(target, keep, best, len(slots), replaced_log_odds)
