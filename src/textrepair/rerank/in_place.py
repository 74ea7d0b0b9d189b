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
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from textrepair.candidates import Candidate
from textrepair.lexicon.protected import Outside
from textrepair.models import loading
from textrepair.rerank.evidence import (
    DELETE,
    Answer,
    Evidence,
    Job,
    Named,
    View,
    align,
    slot_targets,
    together,
)
from textrepair.rerank.network import Network, open_network
from textrepair.segment import BETWEEN, readable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNK, CLS, SEP = 100, 101, 102
WINDOW, OVERLAP = 158, 16  # pieces; the length the model was trained on, and the context shared
# A word the model names must be at most so much less likely (nats) than the one that stands, and so likely.
DOUBT, LEAST = 2.0, -4.0
LONGEST = 4  # neighbouring words it names one wording for
SHORTEST, LONGEST_WORD = 3, 40  # letters of a word that it may name another for, and of its neighbour
WORD_BEFORE, WORD_AFTER = re.compile(r"(?<!\S)([^\W\d_]+)\s\Z"), re.compile(r"\s([^\W\d_]+)")
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


@dataclass(frozen=True)
class Seen:
    """What the network sees of a text: for each piece the log odds that another one stood there (nan where it
    did not look), and what the piece is in its context.
    """

    text: str
    ids: list[int]
    offsets: list[tuple[int, int]]
    word_ids: list[int | None]
    odds: list[float]
    hidden: NDArray[np.float16]  # half of the memory, for the few that are read further
    tells = True

    @cached_property
    def _first_at(self) -> dict[int, int]:
        """The index of the first piece that starts at an offset of the text."""
        return {start: k for k, (start, end) in reversed(list(enumerate(self.offsets))) if end > start}

    def inside(self, start: int, end: int) -> list[int]:
        """The indices of the pieces from `start` to `end`; none if no piece starts there."""
        offsets = self.offsets
        at = self._first_at.get(start, len(offsets))
        return list(itertools.takewhile(lambda k: offsets[k][0] < end, range(at, len(offsets))))

    def pieces_of(self, words: Iterable[tuple[int, int]]) -> list[Span]:
        """Those words that are whole in the text's pieces, none of them unknown, with these pieces."""
        out = []
        for start, end in words:
            pieces = self.inside(start, end)
            if pieces and self.offsets[pieces[-1]][1] == end and not any(self.ids[k] == UNK for k in pieces):
                out.append(Span(start, end, pieces))
        return out

    def replaced(self, words: Iterable[tuple[int, int]]) -> dict[tuple[int, int], float]:
        """The words that are whole and were looked at, with the probability that another one stood there."""
        surest = {(w.start, w.end): max(self.odds[k] for k in w.pieces) for w in self.pieces_of(words)}
        return {word: 1 / (1 + math.exp(-x)) for word, x in surest.items() if not math.isnan(x)}


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

    def look(self, views: Sequence[View]) -> list[Seen]:
        """What the network sees of each text."""
        texts = [self.tokenizer.encode(readable(view.text), add_special_tokens=False) for view in views]
        odds = [np.full(len(text), np.nan, np.float32) for text in texts]
        hidden = [np.zeros((len(text), self.network.width), np.float16) for text in texts]
        windows = []  # (text number, first piece, last piece, first owned, last owned)
        ids, offsets = [text.ids for text in texts], [text.offsets for text in texts]
        for n, view in enumerate(views):
            idle = Outside(view.spans)
            ends = len(ids[n])
            for start in range(0, max(1, ends - 2 * OVERLAP), WINDOW - 2 * OVERLAP):
                end = min(start + WINDOW, ends)
                own = (start + OVERLAP if start else 0, end if end == ends else end - OVERLAP)
                if own[0] < own[1] and not idle(offsets[n][own[0]][0], offsets[n][own[1] - 1][1]):
                    windows.append((n, start, end, *own))
        # near equal lengths side by side: padding costs as much as text
        windows.sort(key=lambda w: (w[1] - w[2], w))
        while windows:
            length = windows[0][2] - windows[0][1] + 2
            size = max(1, PIECES_A_BATCH // length)
            batch, windows = windows[:size], windows[size:]
            rows, mask = np.zeros((2, len(batch), length), np.int64)
            for row, (n, a, b, _, _) in enumerate(batch):
                rows[row, : b - a + 2] = [CLS, *ids[n][a:b], SEP]
                mask[row, : b - a + 2] = 1
            of_pieces, doubts = self.network.encode(rows, mask)
            for row, (n, a, _, lo, hi) in enumerate(batch):
                at = row * length + lo - a + 1
                odds[n][lo:hi] = doubts[at : at + hi - lo]
                hidden[n][lo:hi] = of_pieces[at : at + hi - lo]
        return [
            Seen(view.text, ids[n], offsets[n], text.word_ids, odds[n].tolist(), hidden[n])
            for n, (view, text) in enumerate(zip(views, texts, strict=True))
        ]

    def ask(self, jobs: Sequence[Job]) -> list[Answer]:
        """The answer for each job, whose sight is one that `look` gave.

        What the model names itself is, for each of the job's words that it doubts, its own first choices, and
        one wording for neighbouring words that it reads otherwise.
        """
        sights = [cast("Seen", job.sight) for job in jobs]
        slots = [self._slots(seen, job.candidates) for seen, job in zip(sights, jobs, strict=True)]
        words = [seen.pieces_of(job.words) for seen, job in zip(sights, jobs, strict=True)]
        asked: list[dict[int, set[int]]] = []
        for seen, of_text, open_ in zip(sights, slots, words, strict=True):
            here: dict[int, set[int]] = {}
            for s in itertools.chain.from_iterable(of_text):
                here.setdefault(s.at, set()).update((s.keep, s.target))
            for k in itertools.chain.from_iterable(pieces for _, _, pieces in open_):
                here.setdefault(k, set()).update((seen.ids[k], DELETE))
            asked.append(here)
        read = self._read(sights, asked)
        return [
            Answer([_evidence(of_one, row, seen) for of_one in of_text], self._named(seen, open_, row))
            for seen, of_text, open_, row in zip(sights, slots, words, read, strict=True)
        ]

    def _named(self, seen: Seen, words: Sequence[Span], row: dict[int, Place]) -> list[Named]:
        """What the model names for each word, and for neighbouring ones together."""
        text = seen.text
        out: list[Named] = []
        runs: list[list[Named]] = [[]]  # of neighbours it reads otherwise
        for word in words:
            if word.end - word.start >= SHORTEST:
                out += self._single(seen, word, row)
            if runs[-1] and text[runs[-1][-1].end : word.start].strip(BETWEEN):
                runs.append([])
            if read := self._otherwise(seen, word, row):
                runs[-1].append(read)
            else:
                runs.append([])
        for run in runs:
            out += filter(self._spelled, run)
            out += _together(run)
            out += _without(text, run)
        return out

    def _spelled(self, read: Named) -> bool:
        """Whether it is of several pieces, so that no single one of them names it."""
        letters = read.after.replace(" ", "").isalpha() and read.end - read.start >= SHORTEST
        return letters and len(self._pieces(read.after)) > 1

    def _single(self, seen: Seen, word: Span, row: Mapping[int, Place]) -> Iterator[Named]:
        """The words of one piece that it takes for likely where `word` stands."""
        ids, pieces = seen.ids, word.pieces
        first = row[pieces[0]]
        gone = sum(row[k].chance[DELETE] for k in pieces[1:])
        keep = sum(row[k].chance[ids[k]] for k in pieces)
        best = sum(row[k].best[0] for k in pieces)
        replaced = sum(seen.odds[k] for k in pieces)
        for chance, piece in zip(first.best, first.named, strict=True):
            if chance + gone < keep - DOUBT or chance < LEAST:
                break
            name = self._word(piece)
            if name and piece != ids[pieces[0]]:
                evidence = Evidence(chance + gone, keep, best, len(pieces), replaced)
                yield Named(word.start, word.end, name, evidence)

    def _otherwise(self, seen: Seen, word: Span, row: Mapping[int, Place]) -> Named | None:
        """What it reads for a word, which may be nothing, if not what stands there.

        Where it finds it likelier that a piece was replaced than not, that is never what stands.
        """
        ids = seen.ids
        ranks = {k: int(row[k].named[0] == ids[k] and seen.odds[k] > 0) for k in word.pieces}
        pieces = {k: row[k].named[rank] for k, rank in ranks.items()}
        changed = [k for k, piece in pieces.items() if piece != ids[k]]
        if not changed:
            return None
        choice = [piece for piece in pieces.values() if piece != DELETE]
        target = sum(row[k].best[ranks[k]] for k in changed)
        keep = sum(row[k].chance[ids[k]] for k in changed)
        best = sum(row[k].best[0] for k in changed)
        evidence = Evidence(target, keep, best, len(changed), sum(seen.odds[k] for k in changed))
        after = self.tokenizer.decode(choice) if choice else ""
        return Named(word.start, word.end, after, evidence)

    def _word(self, piece: int) -> str:
        """The word that a piece of the vocabulary is; empty if it is a part of one, or no word."""
        if piece not in self._whole:
            token = self.tokenizer.id_to_token(piece) or ""
            self._whole[piece] = token if token.isalpha() and len(token) > 2 else ""
        return self._whole[piece]

    def _slots(self, seen: Seen, candidates: Sequence[Candidate]) -> list[list[Slot]]:
        """The pieces each candidate changes; none where the tokenizer dropped the text."""
        ids, offsets, word_ids = seen.ids, seen.offsets, seen.word_ids
        out = []
        for (start, end), group in itertools.groupby(candidates, key=lambda c: (c.start, c.end)):
            here = list(group)
            inside = seen.inside(start, end)
            places = [list(ks) for _, ks in itertools.groupby(inside, key=word_ids.__getitem__)]
            keeps = [[ids[k] for k in ks] for ks in places]
            spans = [(offsets[ks[0]][0] - start, offsets[ks[-1]][1] - start) for ks in places]
            # of a word glued to something it cannot read, or where it did not look, the model knows nothing
            unread = any(UNK in keep for keep in keeps)
            unseen = any(math.isnan(seen.odds[k]) for k in inside)
            stand = tuple(here[0].before[a:b].lower() for a, b in spans)
            for c in here:
                slots: list[Slot] = []
                for ks, keep, pieces in zip(
                    places, keeps, self._pieces_for(stand, c.after.lower()), strict=True
                ):
                    target = slot_targets(keep, pieces)
                    slots += [Slot(k, o, t) for k, o, t in zip(ks, keep, target, strict=True) if o != t]
                out.append([] if unseen or (unread and any(s.keep == UNK for s in slots)) else slots)
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
        self, sights: Sequence[Seen], asked: Sequence[Mapping[int, set[int]]]
    ) -> list[dict[int, Place]]:
        """What the network says where it is asked: for each text, the pieces asked of by their index."""
        places = [(n, k) for n, of_text in enumerate(asked) for k in sorted(of_text)]
        out: list[dict[int, Place]] = [{} for _ in sights]
        for first in range(0, len(places), PIECES_A_BATCH):
            some = places[first : first + PIECES_A_BATCH]
            pairs = [(i, v) for i, (n, k) in enumerate(some) for v in sorted(asked[n][k])]
            hidden = np.stack([sights[n].hidden[k] for n, k in some]).astype(np.float32)
            found, best, named = (of.tolist() for of in self.network.name(hidden, np.array(pairs)))
            for (n, k), chances, pieces in zip(some, best, named, strict=True):
                out[n][k] = Place({}, chances, pieces)
            for (i, v), value in zip(pairs, found, strict=True):
                n, k = some[i]
                out[n][k].chance[v] = value
        return out


def _together(run: Sequence[Named]) -> Iterator[Named]:
    """Neighbouring words as one; with one of a letter or two only if some of them go."""
    for n in range(2, LONGEST + 1):
        for i in range(len(run) - n + 1):
            some = run[i : i + n]
            after = " ".join(read.after for read in some if read.after)
            short = any(read.end - read.start < SHORTEST for read in some)
            if after and not (short and all(read.after for read in some)):
                yield Named(some[0].start, some[-1].end, after, together(*(read.evidence for read in some)))


def _without(text: str, run: Sequence[Named]) -> Iterator[Named]:
    """What goes, with a neighbour that stays: *human beings*, *may perhaps*."""
    for goes, some in itertools.groupby(run, key=lambda read: not read.after):
        if goes:
            gone = list(some)
            start, end = gone[0].start, gone[-1].end
            evidence = together(*(read.evidence for read in gone))
            before = WORD_BEFORE.search(text, max(0, start - LONGEST_WORD), start)
            if before and gone[0] == run[0]:
                yield Named(before.start(), end, before[1].lower(), evidence)
            after = WORD_AFTER.match(text, end)
            if after and gone[-1] == run[-1]:
                yield Named(start, after.end(), after[1].lower(), evidence)


def _evidence(slots: Sequence[Slot], row: Mapping[int, Place], seen: Seen) -> Evidence:
    return Evidence(
        sum(row[s.at].chance[s.target] for s in slots),
        sum(row[s.at].chance[s.keep] for s in slots),
        sum(row[s.at].best[0] for s in slots),
        len(slots),
        sum(seen.odds[s.at] for s in slots),
    )
