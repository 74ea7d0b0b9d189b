"""Entries proposed from suspicious text that nobody labelled, and from what a reviewer decided."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

from textrepair.decisions import Reviewed
from textrepair.edits import SWAPS, Edit, Repair
from textrepair.errors import numbered
from textrepair.lexicon.entries import COLUMNS, Entry, row_of, write
from textrepair.lexicon.guard import flips_meaning
from textrepair.lexicon.lexicon import stack
from textrepair.lexicon.lint import log_science_count
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.pipeline.decide import LEXICON
from textrepair.pipeline.loading import load
from textrepair.pipeline.segment import Segmented, segment

LEANING = 0.3  # least score of a restoration that counts; that it is repeated is the better evidence
LINES = 3  # lines of evidence a proposal shows
FUNCTION = 6.0  # zipf from which a word is a function word, whose company says nothing
AROUND = 40  # characters of context on each side


@dataclass
class Proposal:
    """A swap that was found, with the documents it stands in, its scores and lines of evidence.

    `reviewed`: in how many places a reviewer accepted it or corrected an edit to it.
    """

    spun: str
    canonical: str
    kind: str
    documents: set[int | str] = field(default_factory=set)
    scores: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    reviewed: int = 0

    @property
    def entry(self) -> Entry:
        """As an entry to be reviewed; what was counted is its evidence."""
        counts = [numbered(len(self.documents), "text")]
        if self.scores:
            counts += [numbered(len(self.scores), "place"), f"mean score {fmean(self.scores):.2f}"]
        if self.reviewed:
            counts.append(f"{self.reviewed} by a reviewer")
        return Entry(
            self.spun, (self.canonical,), "PHRASE", "mined", "ask", kind=self.kind,
            evidence=f"{', '.join(counts)}: {' | '.join(self.lines)}",
        )  # fmt: skip

    def note(self, document: int | str, edit: Edit, text: str) -> None:
        """Count a place in a text."""
        self.documents.add(document)
        if len(self.lines) < LINES:
            around = text[max(0, edit.start - AROUND) : edit.end + AROUND]
            self.lines.append(" ".join(around.split()))


def mine(
    texts: Iterable[str],
    *,
    reviewed: Iterable[Reviewed] = (),
    least: int = 2,
    model: str = "en_sci_sm",
    advance: Callable[[int], None] = lambda n: None,
) -> list[Proposal]:
    """What the model restores in at least `least` of the texts and no lexicon knows, most often first.

    Swaps that a reviewer accepted or corrected are proposed were it only once, unless they were rejected more
    often. A word is proposed together with its neighbour where science writes the pair that restoring makes
    and not the one that stands: *immune complicated* says more than *complicated*. `advance` is called with 1
    after each text. The model is loaded if there are texts.
    """
    found: dict[tuple[str, str], Proposal] = {}
    rejected: Counter[tuple[str, str]] = Counter()
    for decision in reviewed:
        if decision.kind not in SWAPS:
            continue
        text, edit = _as_edit(decision)
        for swap in _swaps(Repair(text, (edit,))):
            key = swap.before, swap.after
            if decision.verdict == "rejected":
                rejected[key] += 1
            else:
                proposal = found.setdefault(key, Proposal(*key, swap.kind))
                proposal.note(decision.text, swap, text)
                proposal.reviewed += 1
    for number, repair in enumerate(_repairs(iter(texts), model)):
        for swap in _swaps(repair.at(LEANING)):
            key = swap.before, swap.after
            proposal = found.setdefault(key, Proposal(*key, swap.kind))
            proposal.note(number, swap, repair.source)
            proposal.scores.append(swap.score)
        advance(1)
    known = stack(()).forms
    kept = [
        p for key, p in found.items()
        if (p.reviewed or len(p.documents) >= least) and p.reviewed >= rejected[key]
        and not any(p.canonical in form.canonical for form in known.get(p.spun, ()))
    ]  # fmt: skip
    return sorted(kept, key=lambda p: (-len(p.documents), -len(p.scores), p.spun, p.canonical))


def _repairs(texts: Iterator[str], model: str) -> Iterator[Repair]:
    first = next(texts, None)
    if first is not None:
        yield from load(model).pipe(itertools.chain([first], texts))


def _as_edit(decision: Reviewed) -> tuple[str, Edit]:
    """A decision as an edit of what stands around it; a rejected one as it was proposed."""
    start, is_rejected = len(decision.left), decision.verdict == "rejected"
    text = decision.left + decision.before + decision.right
    after = decision.proposed if is_rejected else decision.after
    # what a reviewer made of a listed phrase is not known already
    source = decision.source if decision.verdict == "accepted" else ""
    edit = Edit(
        start, start + len(decision.before), decision.before, after, decision.kind, 1.0, "", source=source
    )
    return text, edit


def _swaps(repair: Repair) -> Iterator[Edit]:
    """The edits of a text in lower case, those side by side as one, single words with company."""
    text, seg = repair.source, segment(repair.source)
    for run in _side_by_side(text, repair.edits):
        first, last = run[0], run[-1]
        stands = text[first.start : last.end]
        article = ARTICLE.match(stands)  # mended with the word after it; the swap is that word
        before, after = (
            " ".join(ARTICLE.sub("", side.lower()).split())
            for side in (stands, " ".join(e.after for e in run))
        )
        if all(e.source.startswith(LEXICON) for e in run):
            continue  # known already
        whole = replace(first, start=first.start + (article.end() if article else 0), end=last.end,
                        before=before, after=after, score=min(e.score for e in run))  # fmt: skip
        if before and after and before != after and not flips_meaning(before, after):
            yield _with_company(seg, whole) if " " not in before + after else whole


ARTICLE = re.compile(r"an?\s+", re.IGNORECASE)


def _side_by_side(text: str, edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    run: list[Edit] = []
    for edit in edits:
        if run and text[run[-1].end : edit.start] != " ":
            yield run
            run = []
        run.append(edit)
    if run:
        yield run


def _with_company(seg: Segmented, edit: Edit) -> Edit:
    """The edit of a word with the neighbour that makes a pair science writes of one that it does not."""
    (_, left), (right, _) = seg.neighbours(edit.start, edit.end)
    pairs = [
        (f"{left} {edit.before}", f"{left} {edit.after}") if side == "left"
        else (f"{edit.before} {right}", f"{edit.after} {right}")
        for side, word in (("left", left), ("right", right))
        if 0 < science().get(word, UNKNOWN).zipf < FUNCTION
    ]  # fmt: skip
    unseen = [(before, after) for before, after in pairs if not log_science_count(before)]
    telling = [(log_science_count(after), before, after) for before, after in unseen]
    common, before, after = max(telling, default=(0.0, "", ""))
    return replace(edit, before=before, after=after) if common > 0 else edit


def review_file(proposals: Iterable[Proposal]) -> str:
    """Proposals as a table whose first column is for the reviewer's `yes`; a lexicon if all have theirs.

    >>> review_file([Proposal("ailment", "disease", "terminology", {1, 2}, [0.5, 0.7])]).splitlines()[1][:16]
    '\\tailment\\tdisease'
    """
    rows = [*proposals]
    if rows and all(p.reviewed for p in rows):
        return write(p.entry for p in rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["accept", *COLUMNS])
    writer.writerows(["yes" if p.reviewed else "", *row_of(p.entry).values()] for p in rows)
    return out.getvalue()
