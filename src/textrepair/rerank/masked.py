"""Score candidates with any masked language model, by what it expects behind masks.

A candidate is judged by the words it changes and one neighbour on each side: their pseudo-log-
likelihood as the text stands against that as it would be (Salazar et al. 2020). Of a word of
several pieces those to the right of the one that is read are masked too, or the model would give
rare words away by their ends (Kauf & Ivanova 2023). Words are found by character offsets, so any
tokenizer that keeps them will do.

Masks cost a pass each, so they share: equal ones are one, and those far apart stand in one row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.segment import readable
from textrepair.rerank.evidence import DOUBTFUL, NOTHING, Evidence, ScoringRequest, ScoringResult, ToEncode
from textrepair.rerank.pretrained import BEST, Row, open_pretrained

if TYPE_CHECKING:
    from tokenizers import Encoding

APART = 24  # pieces between masks of one row: what is hidden there hardly tells on the other
LONG = 12  # pieces; a neighbour of more is no word but a sequence or a number, and is not asked for
WORD = re.compile(r"\w+")
Span = tuple[int, int]


class Masking(NamedTuple):
    """A masked row: pieces `start` to `end` of the passage give way to `put`, which is read at `at`."""

    start: int
    end: int
    put: tuple[int, ...]
    at: int


Reads = list[tuple[Masking, int]]  # each with the piece whose probability is wanted


class Plan(NamedTuple):
    """What a candidate needs read, as the text stands and as it would be; `pieces` it changes."""

    request: int
    number: int
    keep: Reads
    target: Reads
    pieces: int


class Words(NamedTuple):
    """The spans of the words a candidate changes, and of their neighbours."""

    near: list[Span]
    changed: list[Span]


@dataclass(frozen=True)
class Unencoded:
    """A text that is not encoded: any word of it may have been replaced."""

    text: str
    has_detector = False

    def replaced_probs(self, words: Iterable[tuple[int, int]]) -> dict[tuple[int, int], float]:
        """All of the words, each as doubtful as it must be to be asked of."""
        return dict.fromkeys(words, DOUBTFUL)


class MaskedReranker:
    """A masked language model, by folder or hub name, opened for scoring.

    Raises `TextrepairError` when it cannot be found or used; see `pretrained.open_pretrained`.
    """

    hides_words = True

    def __init__(self, model: str) -> None:
        self.pretrained = open_pretrained(model)

    def encode(self, to_encode: Sequence[ToEncode]) -> list[Unencoded]:
        """The texts as they are: a model that hides words does not detect whether they were replaced."""
        return [Unencoded(view.text) for view in to_encode]

    def score_candidates(self, requests: Sequence[ScoringRequest]) -> list[ScoringResult]:
        """The `score` of each request; with its words hidden, a model would propose anything that fits."""
        scored = self.score([(request.encoding.text, request.candidates) for request in requests])
        return [ScoringResult(evidence, []) for evidence in scored]

    def score(self, requests: Sequence[tuple[str, Sequence[Candidate]]]) -> list[list[Evidence]]:
        """`Evidence` for each candidate of each (text, candidates) job, in the same order."""
        out = [[NOTHING] * len(candidates) for _, candidates in requests]
        rows: list[Row] = []
        asked: list[
            tuple[list[Plan], list[list[Masking]]]
        ] = []  # by passage: its plans, the asks of its rows
        for n, (text, candidates) in enumerate(requests):
            text = readable(text)
            for lo, hi, numbers in self._passages(text, candidates):
                base, plans = self._plans(text[lo:hi], lo, n, candidates, numbers)
                wanted: dict[Masking, set[int]] = {}
                for plan in plans:
                    for masking, piece in plan.keep + plan.target:
                        wanted.setdefault(masking, set()).add(piece)
                shared = pack(wanted, self.pretrained.longest - len(base))
                rows += [_row(base, maskings, wanted) for maskings in shared]
                asked.append((plans, shared))
        values = iter(self.pretrained.read(rows))
        for plans, shared in asked:
            said = {
                masking: v for maskings in shared for masking, v in zip(maskings, next(values), strict=True)
            }
            for plan in plans:
                out[plan.request][plan.number] = Evidence(
                    sum(said[masking][piece] for masking, piece in plan.target),
                    sum(said[masking][piece] for masking, piece in plan.keep),
                    sum(said[masking][BEST] for masking, _ in plan.target),
                    plan.pieces,
                )
        return out

    def _passages(self, text: str, candidates: Sequence[Candidate]) -> Iterator[tuple[int, int, list[int]]]:
        """Windows (from, to) of the text with the numbers of the candidates each is to judge.

        Every candidate has context on both sides, as far as the text goes, and there is room for
        longer wordings.
        """
        if not candidates:
            return
        tokenizer = self.pretrained.tokenizer
        offsets = tokenizer.encode(text, add_special_tokens=False).offsets
        room = self.pretrained.longest - tokenizer.num_special_tokens_to_add(False)
        length = room - room // 16
        context = length // 8
        begins = range(0, max(1, len(offsets) - 2 * context), length - 2 * context)
        if len(offsets) <= length:
            begins = range(1)
        owned = [0, *(offsets[b + context][0] for b in begins[1:])]  # characters each is to judge from
        shares: list[list[int]] = [[] for _ in begins]
        for k, c in enumerate(candidates):
            shares[bisect_right(owned, (c.start + c.end) // 2) - 1].append(k)
        for b, numbers in zip(begins, shares, strict=True):
            if numbers:
                last = b + length >= len(offsets)
                yield offsets[b][0] if b else 0, len(text) if last else offsets[b + length - 1][1], numbers

    def _plans(
        self, text: str, shift: int, request: int, candidates: Sequence[Candidate], numbers: Iterable[int]
    ) -> tuple[list[int], list[Plan]]:
        """The pieces of a passage, and what its candidates need read; no plan for what it cannot read."""
        words = [m.span() for m in WORD.finditer(text)]
        changes = []
        for k in numbers:
            c = candidates[k]
            start, end = c.start - shift, c.end - shift
            if start >= 0 and end <= len(text):
                edited, now, then = concerned(text, words, start, end, readable(c.after))
                if now.changed or then.changed:
                    changes.append((k, edited, now, then))
        base, *encodings = self.pretrained.tokenizer.encode_batch([text, *(c[1] for c in changes)])
        ids = base.ids
        plans = []
        for (k, _, now, then), encoded in zip(changes, encodings, strict=True):
            if len(encoded) <= self.pretrained.longest:
                keep, gone = self._reads(ids, base, now)
                target, come = self._reads(ids, encoded, then)
                if gone is not None and come is not None:
                    plans.append(Plan(request, k, keep, target, max(gone, come)))
        return ids, plans

    def _reads(self, base: list[int], text: Encoding, words: Words) -> tuple[Reads, int | None]:
        """What to read for `words`, and how many pieces the changed ones have; None if it knows not all."""
        ids, offsets = text.ids, text.offsets  # each access copies the list
        spans = [*words.near, *words.changed]
        lo, hi = min(s for s, _ in spans), max(e for _, e in spans)
        inside = [k for k, (s, e) in enumerate(offsets) if e > lo and s < hi]
        # where they differ from those of the passage as it stands
        head, tail = _alike(base, ids)
        first, last = (head, len(ids) - tail) if base != ids else (len(ids), 0)
        mask, unknown = self.pretrained.mask, self.pretrained.unknown
        out: Reads = []
        changed: list[int] = []
        for number, (start, end) in enumerate(spans):
            ks = [k for k in inside if offsets[k][1] > start and offsets[k][0] < end]
            if number >= len(words.near):
                changed += ks
            elif len(ks) > LONG or unknown in (ids[k] for k in ks):
                continue
            for i, k in enumerate(ks):
                a, b = min(first, k), max(last, ks[-1] + 1)
                put = (*ids[a:k], *[mask] * (len(ks) - i), *ids[ks[-1] + 1 : b])
                out.append((Masking(a, b - len(ids) + len(base), put, k - a), ids[k]))
        return out, None if unknown in (ids[k] for k in changed) else len(changed)


def concerned(text: str, words: Sequence[Span], start: int, end: int, after: str) -> tuple[str, Words, Words]:
    """The text with `after` for `text[start:end]`, and the words concerned: as they stand, as they would.

    >>> text = "seen in spite of it all"
    >>> edited, now, then = concerned(text, [m.span() for m in WORD.finditer(text)], 5, 16, "in view of")
    >>> edited, [text[s:e] for s, e in now.near + now.changed], then.changed
    ('seen in view of it all', ['in', 'of', 'spite'], [(8, 12)])
    """
    edited = text[:start] + after + text[end:]
    grown = len(edited) - len(text)
    i = bisect_right(words, start, key=lambda w: w[1])
    j = bisect_left(words, end, lo=i, key=lambda w: w[0])
    left, touched, right = words[max(0, i - 1) : i], words[i:j], words[j : j + 1]
    lo, hi = min([start, *(s for s, _ in touched)]), max([end, *(e for _, e in touched)])
    come = [m.span() for m in WORD.finditer(edited, lo, hi + grown)]
    now, then = [*left, *touched, *right], [*left, *come, *((s + grown, e + grown) for s, e in right)]
    same, tail = _alike([text[s:e] for s, e in now], [edited[s:e] for s, e in then])

    def around(spans: list[Span]) -> Words:
        end = len(spans) - tail
        return Words(spans[max(0, same - 1) : same] + spans[end : end + 1], spans[same:end])

    return edited, around(now), around(then)


def _alike(a: Sequence[object], b: Sequence[object]) -> tuple[int, int]:
    """How many items `a` and `b` begin with alike, and how many of the rest they end with alike."""
    most = min(len(a), len(b))
    head = next((k for k in range(most) if a[k] != b[k]), most)
    tail = next((k for k in range(most - head) if a[-1 - k] != b[-1 - k]), most - head)
    return head, tail


def pack(maskings: Iterable[Masking], room: int) -> list[list[Masking]]:
    """Rows of asks that stand at least `APART` from one another and lengthen a row by at most `room`.

    >>> a, b, c = Masking(1, 2, (9,), 0), Masking(1, 2, (5, 9), 1), Masking(40, 41, (9,), 0)
    >>> pack([a, b, c], 4) == [[b, c], [a]]
    True
    """
    rows: list[list[Masking]] = []
    ends: list[int] = []
    rooms: list[int] = []
    for masking in sorted(maskings):
        grown = len(masking.put) - (masking.end - masking.start)
        row = next(
            (r for r, e in enumerate(ends) if e + APART <= masking.start and grown <= rooms[r]), len(rows)
        )
        if row == len(rows):
            rows.append([])
            ends.append(0)
            rooms.append(room)
        rows[row].append(masking)
        ends[row] = masking.end
        rooms[row] -= grown
    return rows


def _row(base: Sequence[int], maskings: Sequence[Masking], wanted: Mapping[Masking, Iterable[int]]) -> Row:
    """The pieces of a passage with the asks put in, and where they are to be read."""
    ids: list[int] = []
    places: list[tuple[int, list[int]]] = []
    done = 0
    for masking in maskings:
        ids += base[done : masking.start]
        places.append((len(ids) + masking.at, sorted(wanted[masking])))
        ids += masking.put
        done = masking.end
    return Row([*ids, *base[done:]], places)
