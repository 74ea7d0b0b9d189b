"""What the in-place network proposes itself: other words for one that stands, and one wording for several."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from textrepair.pipeline.segment import BETWEEN
from textrepair.rerank.encoding import InPlaceEncoding, PieceScores, WordPieces
from textrepair.rerank.evidence import DELETE, Evidence, ModelProposal, joint_evidence
from textrepair.rerank.pieces import Pieces

# A word the model names must be at most so much less likely (nats) than the one that stands, and so likely.
LESS_LIKELY, LEAST_LOG_PROB = 2.0, -4.0
MOST_WORDS = 4  # neighbouring words it names one wording for
LEAST_LETTERS, MOST_LETTERS = 3, 40  # letters of a word that it may name another for, and of its neighbour
WORD_BEFORE, WORD_AFTER = re.compile(r"(?<!\S)([^\W\d_]+)\s\Z"), re.compile(r"\s([^\W\d_]+)")


def propose(
    encoding: InPlaceEncoding, words: Sequence[WordPieces], row: Mapping[int, PieceScores], pieces: Pieces
) -> list[ModelProposal]:
    """The model's proposals for each word, and for neighbouring ones together."""
    text = encoding.text
    out: list[ModelProposal] = []
    runs: list[list[ModelProposal]] = [[]]  # of neighbours it reads otherwise
    for word in words:
        if word.end - word.start >= LEAST_LETTERS:
            out += _single(encoding, word, row, pieces)
        if runs[-1] and text[runs[-1][-1].end : word.start].strip(BETWEEN):
            runs.append([])
        if read := _otherwise(encoding, word, row, pieces):
            runs[-1].append(read)
        else:
            runs.append([])
    for run in runs:
        out += (read for read in run if _spelled(read, pieces))
        out += _together(run)
        out += _without(text, run)
    return out


def _spelled(read: ModelProposal, pieces: Pieces) -> bool:
    """Whether it is of several pieces, so that no single one of them names it."""
    letters = read.after.replace(" ", "").isalpha() and read.end - read.start >= LEAST_LETTERS
    return letters and len(pieces.of(read.after)) > 1


def _single(
    encoding: InPlaceEncoding, word: WordPieces, row: Mapping[int, PieceScores], pieces: Pieces
) -> Iterator[ModelProposal]:
    """The words of one piece that it takes for likely where `word` stands."""
    ids, own = encoding.ids, word.pieces
    first = row[own[0]]
    gone = sum(row[k].chance[DELETE] for k in own[1:])
    keep = sum(row[k].chance[ids[k]] for k in own)
    best = sum(row[k].best[0] for k in own)
    replaced = sum(encoding.replaced_log_odds[k] for k in own)
    for chance, piece in zip(first.best, first.best_ids, strict=True):
        if chance + gone < keep - LESS_LIKELY or chance < LEAST_LOG_PROB:
            break
        word_of_piece = pieces.word(piece)
        if word_of_piece and piece != ids[own[0]]:
            evidence = Evidence(chance + gone, keep, best, len(own), replaced)
            yield ModelProposal(word.start, word.end, word_of_piece, evidence)


def _otherwise(
    encoding: InPlaceEncoding, word: WordPieces, row: Mapping[int, PieceScores], pieces: Pieces
) -> ModelProposal | None:
    """What it reads for a word, which may be nothing, if not what stands there.

    Where it finds it likelier that a piece was replaced than not, that is never what stands.
    """
    ids = encoding.ids
    ranks = {k: int(row[k].best_ids[0] == ids[k] and encoding.replaced_log_odds[k] > 0) for k in word.pieces}
    read = {k: row[k].best_ids[rank] for k, rank in ranks.items()}
    changed = [k for k, piece in read.items() if piece != ids[k]]
    if not changed:
        return None
    choice = [piece for piece in read.values() if piece != DELETE]
    target = sum(row[k].best[ranks[k]] for k in changed)
    keep = sum(row[k].chance[ids[k]] for k in changed)
    best = sum(row[k].best[0] for k in changed)
    evidence = Evidence(target, keep, best, len(changed), sum(encoding.replaced_log_odds[k] for k in changed))
    return ModelProposal(word.start, word.end, pieces.read(choice), evidence)


def _together(run: Sequence[ModelProposal]) -> Iterator[ModelProposal]:
    """Neighbouring words as one; with one of a letter or two only if some of them go."""
    for n in range(2, MOST_WORDS + 1):
        for i in range(len(run) - n + 1):
            some = run[i : i + n]
            after = " ".join(read.after for read in some if read.after)
            short = any(read.end - read.start < LEAST_LETTERS for read in some)
            if after and not (short and all(read.after for read in some)):
                yield ModelProposal(
                    some[0].start, some[-1].end, after, joint_evidence(*(read.evidence for read in some))
                )


def _without(text: str, run: Sequence[ModelProposal]) -> Iterator[ModelProposal]:
    """What goes, with a neighbour that stays: *human beings*, *may perhaps*."""
    for goes, some in itertools.groupby(run, key=lambda read: not read.after):
        if goes:
            gone = list(some)
            start, end = gone[0].start, gone[-1].end
            evidence = joint_evidence(*(read.evidence for read in gone))
            before = WORD_BEFORE.search(text, max(0, start - MOST_LETTERS), start)
            if before and gone[0] == run[0]:
                yield ModelProposal(before.start(), end, before[1].lower(), evidence)
            after = WORD_AFTER.match(text, end)
            if after and gone[-1] == run[-1]:
                yield ModelProposal(start, after.end(), after[1].lower(), evidence)
