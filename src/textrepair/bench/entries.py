"""What each entry of a lexicon does to text: how often it fires, how often it is right, its tier."""

from __future__ import annotations

import itertools
import multiprocessing
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from textrepair.bench.score import Change, score
from textrepair.bench.texts import Text
from textrepair.errors import missing_extra
from textrepair.lexicon.entries import TIERS, Entry
from textrepair.lexicon.expansion import unfold
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.lint import log_science_count
from textrepair.pipeline.candidates import reason_of
from textrepair.pipeline.decide import LEXICON
from textrepair.pipeline.repair import Repairer
from textrepair.pipeline.segment import unsegmented
from textrepair.pipeline.written import like

BATCH_TEXTS = 64  # texts counted at a time: enough for a process to be worth its messages
AUTO_PRECISION = 0.95  # least precision of `auto`
# Clean words without a firing: a rate of six in a million would have shown (rule of three).
AUTO_CLEAN_WORDS = 500_000
NEVER_PRECISION = 0.5  # an entry surely less precise than this does more wrong than right: `never`


@dataclass(frozen=True)
class Firings:
    """How often an entry fired on clean text, on spun text, and how often it was right there."""

    clean: int
    spun: int
    right: int

    @property
    def precision(self) -> float | None:
        """Right firings over all; None where there were none."""
        return self.right / (self.clean + self.spun) if self.clean + self.spun else None

    @property
    def wrong(self) -> int:
        """Firings that were not right: on clean text, none is."""
        return self.clean + self.spun - self.right

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the precision."""
        return wilson(self.right, self.clean + self.spun)


@dataclass(frozen=True)
class Scored:
    """An entry, its firings `alone` and as edits the reranker agreed to (`asked`; None: not tried),
    and the tier they earn.
    """

    entry: Entry
    alone: Firings
    asked: Firings | None
    proposed: str


@dataclass
class Counted:
    """Words read, and firings by (number of the entry, "clean" | "spun" | "right")."""

    clean_words: int = 0
    spun_words: int = 0
    firings: Counter[tuple[int, str]] = field(default_factory=Counter)

    def __iadd__(self, other: Counted) -> Counted:
        """Both together."""
        self.clean_words += other.clean_words
        self.spun_words += other.spun_words
        self.firings.update(other.firings)
        return self

    def note(self, text: Text, number: int, change: Change | None) -> None:
        """Count one firing in `text`; without a change (of a protected term) it cannot be right."""
        self.firings[number, "clean" if text.gold is None else "spun"] += 1
        if text.gold is not None and change is not None:
            self.firings[number, "right"] += score(text.text, [change], text.gold).right

    def of(self, number: int) -> Firings:
        """The firings of one entry."""
        return Firings(*(self.firings[number, what] for what in ("clean", "spun", "right")))


def _words(text: Text) -> Counted:
    words = len(text.text.split())
    return Counted(words, 0) if text.gold is None else Counted(0, words)


def count(entries: Sequence[Entry], texts: Iterable[Text], *, jobs: int = 1) -> Iterator[Counted]:
    """What is counted in each batch of texts, by the lexicon alone: every match is a firing.

    A match is right where putting in its first canonical form is what the text's gold accepts.
    Several `jobs` share the batches; what they count does not depend on their number.
    """
    rest = iter(texts)
    batches = iter(lambda: list(itertools.islice(rest, BATCH_TEXTS)), [])
    first = next(batches, [])
    if jobs == 1 or len(first) < BATCH_TEXTS:
        _start(entries)
        for batch in itertools.chain([first], batches):
            yield _count(batch)
        return
    # started afresh: a progress bar's thread would not survive a fork
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=fresh, initializer=_start, initargs=(entries,)) as pool:
        waiting: deque[Future[Counted]] = deque()
        for batch in itertools.chain([first], batches):
            waiting.append(pool.submit(_count, batch))
            if len(waiting) > 2 * jobs:  # so that a long file is not read far ahead
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_working: tuple[Lexicon, dict[int, int]] | None = None  # of this process


def _start(entries: Sequence[Entry]) -> None:
    global _working
    _working = Lexicon([entries]), {id(e): n for n, e in enumerate(entries)}


def _count(batch: Sequence[Text]) -> Counted:
    assert _working is not None
    lexicon, numbers = _working
    counted = Counted()
    for text in batch:
        counted += _words(text)
        for match in lexicon.find(unsegmented(text.text)):
            before = text.text[match.start : match.end]
            for form in match.forms:
                after = like(before, form.canonical[0]) if form.canonical else None
                change = None if after is None else Change(match.start, match.end, after)
                counted.note(text, numbers[id(form.entry)], change)
    return counted


def count_edits(repairer: Repairer, entries: Sequence[Entry], texts: Iterable[Text]) -> Iterator[Counted]:
    """As `count`, of the edits that a repairer makes for these entries: with the reranker's agreement.

    Give a repairer whose lexicon holds the entries as `ask`.
    """
    numbers = {reason: n for n, e in enumerate(entries) for reason in edit_reasons(e)}
    read, repaired = itertools.tee(texts)
    for text, repair in zip(read, repairer.pipe(t.text for t in repaired), strict=True):
        counted = _words(text)
        for edit in repair.edits:
            number = numbers.get(edit.reason)
            if number is not None:
                counted.note(text, number, Change(edit.start, edit.end, edit.after))
        yield counted


def edit_reasons(entry: Entry) -> list[str]:
    """The reasons of the edits that an entry is the source of, one for each tier that may hold there.

    >>> entry = Entry("illness", ("disease",), "NOUN", "biomedical", "ask")
    >>> from textrepair.pipeline.candidates import proposal
    >>> proposal(0, 7, "illness", "disease", entry).edit(0.9).reason in edit_reasons(entry)
    True
    """
    return [reason_of(f"{LEXICON}{entry.domain}", entry.spun, tier) for tier in TIERS]


def judge(entries: Sequence[Entry], alone: Counted, asked: Counted | None = None) -> list[Scored]:
    """Each entry with its firings and the tier they earn.

    `auto` needs a precision of `AUTO_PRECISION` or, unseen, `AUTO_CLEAN_WORDS` clean words, and to be
    wording that science does not write for wording that it does. `never` is what is surely below
    `NEVER_PRECISION`, with the reranker if it was asked. What is protected stays so.
    """
    out = []
    for n, entry in enumerate(entries):
        fired, agreed = alone.of(n), asked.of(n) if asked else None
        precise = fired.precision is None or fired.precision >= AUTO_PRECISION
        if entry.tier == "never" or (agreed or fired).interval[1] < NEVER_PRECISION:
            tier = "never"
        else:
            tier = "auto" if precise and alone.clean_words >= AUTO_CLEAN_WORDS and _safe(entry) else "ask"
        out.append(Scored(entry, fired, agreed, tier))
    return out


def _safe(entry: Entry) -> bool:
    """Whether science writes the canonical side, pair by pair, and not the spun one, in every reading."""
    return all(
        not log_science_count(e.spun) and all(map(log_science_count, _pairs(e.canonical[0])))
        for e in unfold(entry)
    )


def _pairs(phrase: str) -> list[str]:
    words = re.findall(r"[^\W\d_]{2,}", phrase)
    return [" ".join(pair) for pair in pairwise(words)] or words


@cache
def wilson(right: int, fires: int) -> tuple[float, float]:
    """The 95 % interval of a precision (Wilson 1927), by scipy; all of 0 to 1 where nothing fired.

    >>> low, high = wilson(9, 10)
    >>> round(low, 2), round(high, 2)
    (0.6, 0.98)
    """
    if not fires:
        return 0.0, 1.0
    with missing_extra("bench"):
        from scipy.stats import binomtest
    interval = binomtest(right, fires).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)
