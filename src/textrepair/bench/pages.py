"""Real spun pages with gold: read, divided into folds, and measured.

A folder of pages holds `ID.txt`, `ID.gold.jsonl` (the scorer's format) and `ID.meta.json` (an object with
`field` and `density`) for each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from textrepair.bench.candidate_recall import CandidateRecall, candidate_recall
from textrepair.bench.score import (
    WAYS,
    Change,
    Gold,
    Row,
    Score,
    changes_of,
    exact_sentences,
    read_gold,
    score,
    sentence_rows,
    verdicts,
    word_rows,
)
from textrepair.edits import Repair
from textrepair.errors import TextrepairError
from textrepair.lexicon.guard import flips_meaning
from textrepair.pipeline.candidates import Candidate

FOLDS = 5
WORTH_TRUSTING = 0.1  # favourites that score less are not asked whether they are right
ASKED = ("right", "other", "beside")  # verdicts that speak for or against a score
NO_CANDIDATES = CandidateRecall(0, 0, 0, 0)


@dataclass(frozen=True)
class Page:
    """A spun text, what was swapped in it, its field, and how densely it is spun."""

    id: str
    text: str
    gold: tuple[Gold, ...]
    field: str
    density: str

    @property
    def words(self) -> int:
        """Words between white space."""
        return len(self.text.split())


def read_pages(folder: Path) -> list[Page]:
    """The pages of a folder, by id. Raises `TextrepairError` where one is not whole, or there is none."""
    paths = sorted(folder.glob("*.gold.jsonl"))
    if not paths:
        raise TextrepairError(
            f"{folder}: holds no pages; give a folder of ID.txt, ID.gold.jsonl, ID.meta.json"
        )
    return [_page(path.with_name(path.name.removesuffix(".gold.jsonl"))) for path in paths]


def _page(stem: Path) -> Page:
    text_path, gold_path, meta_path = (
        stem.with_name(stem.name + x) for x in (".txt", ".gold.jsonl", ".meta.json")
    )
    try:
        text = text_path.read_bytes().decode("utf8")
        meta = json.loads(meta_path.read_text(encoding="utf8"))
        gold = tuple(read_gold(gold_path))
        page = Page(stem.name, text, gold, meta["field"], meta["density"])
    except OSError as e:
        raise TextrepairError(f"{e.filename}: cannot be read: {e.strerror}") from None
    except (KeyError, TypeError, ValueError) as e:
        raise TextrepairError(f"{stem}: no page with gold and meta: {e!r}") from None
    if any(not 0 <= g.start <= g.end <= len(text) for g in gold):
        raise TextrepairError(f"{gold_path}: a span leaves the text of {len(text)} characters")
    return page


def fold_of(document: str, folds: int = FOLDS) -> int:
    """The fold of a document, by its id alone: what is fitted for a fold must not see its documents.

    >>> [fold_of(name) for name in ("page-1", "page-2", "page-3")]
    [2, 0, 1]
    """
    return int(hashlib.sha256(f"fold {document}".encode()).hexdigest(), 16) % folds


@dataclass(frozen=True)
class Measured:
    """What a system made of a page.

    `words` and `sentences`: each with the probability that it was swapped; `favourites`: edits that would be
    made from `WORTH_TRUSTING` on, each with its score and whether it is right; `single`, `several`: how many
    swaps of one word for one, and of several on either side, have a right candidate; `exact`: how many spun
    sentences read again as they were, and how many there are; `flips`: edits that change what is said, and
    are neither right nor on a neutral span.
    """

    page: Page
    threshold: float
    spun: float
    score: Score
    words: tuple[Row, ...]
    sentences: tuple[Row, ...]
    favourites: tuple[Row, ...] = ()
    single: CandidateRecall = NO_CANDIDATES
    several: CandidateRecall = NO_CANDIDATES
    exact: tuple[int, int] = (0, 0)
    flips: int = 0


def measure_changes(
    page: Page, changes: Iterable[Change], spans: Iterable[tuple[int, int, float]]
) -> Measured:
    """Measure what any system changes in a page, and the spans that it thinks were swapped, as it tells them.

    A system without a threshold or a judgement of documents has those at 0.
    """
    told, made = list(spans), list(changes)
    wrong = [c for c, verdict in verdicts(page.text, made, page.gold).items() if verdict in WAYS]
    return Measured(
        page,
        0.0,
        0.0,
        score(page.text, made, page.gold),
        tuple(word_rows(page.text, page.gold, told)),
        tuple(sentence_rows(page.text, page.gold, told)),
        exact=exact_sentences(page.text, made, page.gold),
        flips=sum(flips_meaning(page.text[c.start : c.end], c.after) for c in wrong),
    )


def measure(
    page: Page,
    repair: Repair,
    threshold: float,
    candidates: Iterable[Candidate] = (),
) -> Measured:
    """Measure the repair of a page, and what its detection tells of swapped words."""
    spans = [(span.start, span.end, span.probability) for span in repair.detection.spans]
    made = changes_of(repair.edits)
    found = list(candidates)
    asked = [g for g in page.gold if g.accept]
    single, several = ([g for g in asked if _several(page.text, g) is s] for s in (False, True))
    return replace(
        measure_changes(page, made, spans),
        threshold=threshold,
        spun=repair.spun,
        favourites=tuple(favourites(page, repair)),
        single=candidate_recall(page.text, single, found),
        several=candidate_recall(page.text, several, found),
    )


def _several(text: str, gold: Gold) -> bool:
    """Whether several words stand in a gold span, or stood there by its first answer."""
    return any(len(side.split()) > 1 for side in (text[gold.start : gold.end], (gold.accept or ("",))[0]))


def favourites(page: Page, repair: Repair) -> list[Row]:
    """Each place's favourite that scores `WORTH_TRUSTING` or more: its score, and whether it is right.

    Those that are partly right or lie on neutral spans are left out: they are neither right nor wrong.
    """
    made = repair.at(WORTH_TRUSTING).edits
    told = verdicts(page.text, changes_of(made), page.gold)
    asked = ((e.score, told.get(change, "")) for e, change in zip(made, changes_of(made), strict=True))
    return [Row(chance, verdict == "right") for chance, verdict in asked if verdict in ASKED]
