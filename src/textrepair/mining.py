"""Entries proposed from suspicious text that nobody labelled: what the model keeps restoring."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

from textrepair.edits import Edit, Repair
from textrepair.lexicon.entries import COLUMNS, Entry, row_of
from textrepair.lexicon.lint import commonness
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.pipeline.decide import LEXICON
from textrepair.pipeline.repair import load
from textrepair.pipeline.segment import Segmented, segment

LEANING = 0.3  # least score of a restoration that counts; that it is repeated is the better evidence
LINES = 3  # lines of evidence a proposal shows
FUNCTION = 6.0  # zipf from which a word is a function word, whose company says nothing
AROUND = 40  # characters of context on each side


@dataclass
class Proposal:
    """A swap that was found, with the documents it stands in, its scores and lines of evidence."""

    spun: str
    canonical: str
    kind: str
    documents: set[int] = field(default_factory=set)
    scores: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def entry(self) -> Entry:
        """As an entry to be reviewed; what was counted is its evidence."""
        counts = (
            f"{len(self.documents)} texts, {len(self.scores)} places, mean score {fmean(self.scores):.2f}"
        )
        return Entry(
            self.spun, (self.canonical,), "PHRASE", "mined", "ask", kind=self.kind,
            evidence=f"{counts}: {' | '.join(self.lines)}",
        )  # fmt: skip


def mine(
    texts: Iterable[str],
    *,
    least: int = 2,
    model: str = "en_sci_sm",
    advance: Callable[[int], None] = lambda n: None,
) -> list[Proposal]:
    """What the model restores in at least `least` of the texts and no lexicon knows, most often first.

    A word is proposed together with its neighbour where science writes the pair that restoring makes
    and not the one that stands: *immune complicated* says more than *complicated*. `advance` is
    called with 1 after each text.
    """
    repairer = load(model)
    found: dict[tuple[str, str], Proposal] = {}
    for number, repair in enumerate(repairer.pipe(texts)):
        text = repair.source
        for edit in _swaps(repair.at(LEANING)):
            key = edit.before, edit.after
            proposal = found.setdefault(key, Proposal(*key, edit.kind))
            proposal.documents.add(number)
            proposal.scores.append(edit.score)
            if len(proposal.lines) < LINES:
                around = text[max(0, edit.start - AROUND) : edit.end + AROUND]
                proposal.lines.append(" ".join(around.split()))
        advance(1)
    known = repairer.lexicon.forms
    kept = [
        p for p in found.values()
        if len(p.documents) >= least
        and not any(p.canonical in form.canonical for form in known.get(p.spun, ()))
    ]  # fmt: skip
    return sorted(kept, key=lambda p: (-len(p.documents), -len(p.scores), p.spun, p.canonical))


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
        if before and after and before != after:
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
    telling = [(commonness(after), before, after) for before, after in pairs if not commonness(before)]
    common, before, after = max(telling, default=(0.0, "", ""))
    return replace(edit, before=before, after=after) if common > 0 else edit


def review_file(proposals: Iterable[Proposal]) -> str:
    """Proposals as a table whose first column is for the reviewer's `yes`.

    >>> review_file([Proposal("ailment", "disease", "terminology", {1, 2}, [0.5, 0.7])]).splitlines()[1][:16]
    '\\tailment\\tdisease'
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["accept", *COLUMNS])
    writer.writerows(["", *row_of(p.entry).values()] for p in proposals)
    return out.getvalue()
