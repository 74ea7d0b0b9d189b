"""Screen a corpus: each document read once, the most suspicious ones first, what was swapped in it told."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from os import PathLike

from textrepair.corpus.reading import RowRead, ShardEnded, read_shards
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.shards import find
from textrepair.corpus.worker import pieces
from textrepair.detection import Detection, Original, SwappedSpan
from textrepair.pipeline.repair import Repairer

DEFAULT_OPTIONS = RowOptions()
TOGETHER = 32  # documents read at a time
COUNTED = 0.5  # probability from which a swapped span is counted
SUREST = 5  # phrases of a document that are told
# Words that hardly another language has, one word in five of English prose; of a text with fewer than one in
# twenty it is said that it is not English, if it has some words at all.
ENGLISH = frozenset("the of and to for with that were from by this which".split())
FEW, ENOUGH = 0.05, 20
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Phrase:
    """A span that was likely swapped, by its offsets and line in the document, and its likeliest original."""

    start: int
    end: int
    line: int
    text: str
    probability: float
    original: str
    original_probability: float
    reason: str


@dataclass(frozen=True)
class Screened:
    """A document: its `id` (of its column, or FILE:ROW), where it stands, and what was swapped in it.

    `probability` that it is spun; `swapped` share of its words; `per_1000`: swapped spans in 1,000 words,
    counted from .5 on; `phrases`: the surest; `lexicons`: those that list a counted span. `note` says that a
    document is not English; such a one is not scored.
    """

    id: str
    file: str
    row: int
    words: int
    probability: float
    swapped: float
    per_1000: float
    phrases: tuple[Phrase, ...] = ()
    lexicons: tuple[str, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """Plain values only."""
        return asdict(self)


@dataclass
class Account:
    """What a run saw: documents, words, rows refused, and files that could not be read, with why."""

    documents: int = 0
    words: int = 0
    empty: int = 0
    refused: int = 0
    left_out: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def screen(
    inputs: Sequence[str | PathLike[str]],
    repairer: Repairer,
    *,
    options: RowOptions = DEFAULT_OPTIONS,
    on_progress: Callable[[Account, float], None] = lambda account, share: None,
) -> tuple[list[Screened], Account]:
    """Every document of `inputs`, the most suspicious first, and an account of the run.

    `inputs` are paths, folders, globs or fsspec URLs, as for `clean`. The `gate` of the repairer is the cheap
    first look: documents less likely spun are not shown to the model. `on_progress` is told of the account so
    far and the share of the input behind it. Raises `TextrepairError` for inputs there are not.
    """
    shards, left_out = find([str(i) for i in inputs])
    account = Account(left_out=left_out)
    out: list[Screened] = []
    total, behind = max(1, sum(s.size for s in shards)), 0

    def documents() -> Iterator[RowRead]:
        nonlocal behind
        for item in read_shards(shards, options, lambda shard: None):
            match item.payload:
                case RowRead() as took:
                    refused = item.outcome.refused if item.outcome else ""
                    account.refused += bool(refused)
                    account.empty += item.outcome is not None and not refused
                    if item.outcome is None:
                        yield took
                    on_progress(account, (behind + took.share * took.shard.size) / total)
                case ShardEnded(shard, problem):
                    behind += shard.size
                    if problem:
                        account.failed[shard.url] = problem

    source = documents()
    while some := [*itertools.islice(source, TOGETHER)]:
        english = [is_english(took.row.text or "") for took in some]
        read = _screened([*itertools.compress(some, english)], repairer)
        for took, is_scored in zip(some, english, strict=True):
            screened = next(read) if is_scored else _foreign(took)
            account.documents += 1
            account.words += screened.words
            out.append(screened)
            on_progress(account, (behind + took.share * took.shard.size) / total)
    out.sort(key=lambda s: (-s.probability, -s.per_1000, s.file, s.row))
    return out, account


def is_english(text: str) -> bool:
    """Whether a text is English, as far as its commonest words tell; a few words tell nothing.

    >>> is_english("Die Patienten mit Brustkrebs wurden behandelt und sind genesen. " * 3)
    False
    """
    words = [word.lower() for word in WORD.findall(text)]
    return len(words) < ENOUGH or sum(word in ENGLISH for word in words) >= FEW * len(words)


def _foreign(took: RowRead) -> Screened:
    words = len((took.row.text or "").split())
    name = took.row.id or f"{took.shard.name}:{took.number}"
    return Screened(name, took.shard.url, took.number, words, 0.0, 0.0, 0.0, note="not English")


def _screened(some: Sequence[RowRead], repairer: Repairer) -> Iterator[Screened]:
    """Each document, long ones read in pieces."""
    cuts = [pieces(took.row.text or "") for took in some]
    parts = ((took.row.text or "")[a:b] for took, places in zip(some, cuts, strict=True) for a, b in places)
    repairs = repairer.pipe(parts, batch_size=TOGETHER)
    for took, places in zip(some, cuts, strict=True):
        yield _one(took, [(at, next(repairs).detection) for at, _ in places])


def _one(took: RowRead, found: Sequence[tuple[int, Detection]]) -> Screened:
    words = len((took.row.text or "").split())
    spans = [(at, s) for at, d in found for s in d.spans if s.probability >= COUNTED]
    sizes = [max(1, len(d.source)) for _, d in found]
    share = sum(d.swapped * size for (_, d), size in zip(found, sizes, strict=True)) / sum(sizes)
    return Screened(
        took.row.id or f"{took.shard.name}:{took.number}",
        took.shard.url,
        took.number,
        words,
        max(d.spun for _, d in found),
        round(share, 4),
        round(1000 * len(spans) / max(1, words), 2),
        tuple(_phrase(took.row.text or "", at, s) for at, s in _surest(spans)),
        tuple(sorted({s.reason.split(" ")[0] for _, s in spans if s.reason.startswith("lexicon:")})),
    )


def _surest(spans: Sequence[tuple[int, SwappedSpan]]) -> list[tuple[int, SwappedSpan]]:
    """The surest spans of different wordings."""
    of_wording: dict[str, tuple[int, SwappedSpan]] = {}
    for at, span in sorted(spans, key=lambda x: -x[1].probability):
        of_wording.setdefault(span.text.casefold(), (at, span))
    return [*of_wording.values()][:SUREST]


def _phrase(text: str, at: int, span: SwappedSpan) -> Phrase:
    line = text.count("\n", 0, span.start + at) + 1
    best = span.originals[0] if span.originals else Original("", 0.0)
    place = span.start + at, span.end + at, line
    return Phrase(*place, span.text, span.probability, best.text, best.probability, span.reason)
