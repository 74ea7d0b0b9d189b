"""What each entry of a lexicon does to text: how often it fires, how often it is right, its tier."""

from __future__ import annotations

import itertools
import multiprocessing
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from textrepair.bench.score import Change, score
from textrepair.bench.texts import Text
from textrepair.candidates import like
from textrepair.edits import Edit
from textrepair.errors import missing_extra
from textrepair.lexicon.entries import Entry
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.lint import commonness
from textrepair.repairer import Repairer
from textrepair.segment import unsegmented

BATCH = 64  # texts counted at a time: enough for a process to be worth its messages
PRECISE = 0.95  # least precision of `auto`
ENOUGH = 500_000  # clean words without a firing: a rate of six in a million would have shown (rule of three)
HOPELESS = 0.5  # an entry surely less precise than this does more wrong than right: `never`

Counts = Counter[tuple[int, str]]  # (number of the entry, what was counted)


@dataclass(frozen=True)
class Scored:
    """An entry with its counts, its precision with a 95 % Wilson interval, and the tier they earn."""

    entry: Entry
    clean: int
    spun: int
    right: int
    precision: float | None
    interval: tuple[float, float]
    proposed: str

    def measured(self, evidence: str) -> Entry:
        """The entry with its new tier, its precision and what that was measured on."""
        fires = f"fires {self.clean} times on clean, {self.spun} on spun, {self.right} right; {evidence}"
        note = self.entry.note or ("more often wrong than right" if self.proposed == "never" else "")
        return replace(self.entry, tier=self.proposed, precision=self.precision, evidence=fires, note=note)


def count(entries: Sequence[Entry], texts: Iterable[Text], *, jobs: int = 1) -> Iterator[tuple[int, Counts]]:
    """(words read, counts) for each batch of texts, by the lexicon alone: every match is a firing.

    A match is right where putting in its first canonical form is what the text's gold accepts.
    Several `jobs` share the batches; what they count does not depend on their number.
    """
    rest = iter(texts)
    batches = iter(lambda: list(itertools.islice(rest, BATCH)), [])
    first = next(batches, [])
    if jobs == 1 or len(first) < BATCH:
        _start(entries)
        for batch in itertools.chain([first], batches):
            yield _count(batch)
        return
    # started afresh: a progress bar's thread would not survive a fork
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=fresh, initializer=_start, initargs=(entries,)) as pool:
        waiting: deque[Future[tuple[int, Counts]]] = deque()
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


def _count(batch: Sequence[Text]) -> tuple[int, Counts]:
    assert _working is not None
    lexicon, numbers = _working
    counts: Counts = Counter()
    for text in batch:
        for match in lexicon.find(unsegmented(text.text)):
            for form in match.forms:
                n = numbers[id(form.entry)]
                counts[n, "clean" if text.gold is None else "spun"] += 1
                if text.gold is not None and form.canonical:
                    before = text.text[match.start : match.end]
                    change = Change(match.start, match.end, like(before, form.canonical[0]))
                    counts[n, "right"] += score(text.text, [change], text.gold).right
    return sum(len(text.text.split()) for text in batch), counts


def count_edits(
    repairer: Repairer, entries: Sequence[Entry], texts: Iterable[Text]
) -> Iterator[tuple[int, Counts]]:
    """As `count`, of the edits that a repairer makes for these entries: with the reranker's agreement.

    Give a repairer whose lexicon holds the entries as `ask`.
    """
    numbers = {key_of(e): n for n, e in enumerate(entries)}
    for text in texts:
        counts: Counts = Counter()
        for edit in repairer.explain(text.text).edits:
            n = numbers.get(key_of(edit))
            if n is not None:
                counts[n, "clean" if text.gold is None else "spun"] += 1
                change = Change(edit.start, edit.end, edit.after)
                counts[n, "right"] += score(text.text, [change], text.gold or ()).right
        yield len(text.text.split()), counts


def key_of(source: Entry | Edit) -> tuple[str, str]:
    """(domain, spun side) of an entry, or of the one that an edit names as its reason.

    >>> key_of(Edit(0, 7, "illness", "disease", "terminology", 0.9, "lexicon:biomedical 'illness' (ask)"))
    ('biomedical', "'illness'")
    """
    if isinstance(source, Entry):
        return source.domain, repr(source.spun)
    m = re.match(r"lexicon:(.*?) (['\"].*['\"]) \(\w+\)\Z", source.reason)
    return (m[1], m[2]) if m else ("", "")


def judge(entries: Sequence[Entry], counts: Counts, clean_words: int) -> list[Scored]:
    """Each entry with its precision and the tier that `counts` over `clean_words` of clean text earn.

    `auto` needs a precision of `PRECISE` or, unseen, `ENOUGH` clean words, and to be wording that
    science does not write for wording that it does; `never` is what is surely below `HOPELESS`. What
    is protected stays so.
    """
    out = []
    for n, entry in enumerate(entries):
        clean, spun, right = (counts[n, what] for what in ("clean", "spun", "right"))
        fires = clean + spun
        interval = wilson(right, fires)
        precision = right / fires if fires else None
        if entry.tier == "never" or interval[1] < HOPELESS:
            tier = "never"
        elif (1.0 if precision is None else precision) >= PRECISE and clean_words >= ENOUGH and _safe(entry):
            tier = "auto"
        else:
            tier = "ask"
        out.append(Scored(entry, clean, spun, right, precision, interval, tier))
    return out


def _safe(entry: Entry) -> bool:
    """Whether science writes the canonical side, pair by pair, and not the spun one."""
    words = re.findall(r"[^\W\d_]{2,}", entry.canonical[0])
    pairs = [" ".join(pair) for pair in pairwise(words)] or words
    return not commonness(entry.spun) and all(commonness(p) > 0 for p in pairs)


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
