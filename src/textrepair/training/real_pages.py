"""Fit the judgement of places to real spun pages, and the threshold at which pages left out stay precise.

Simulated spins teach what a swap looks like; what real spinners do is another thing, and pages with gold
show it. There are few of them, so that what is fitted is a regression with small weights, over the features
and what the judgement of each candidate alone says; the threshold is that of pages left out, fold by fold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from textrepair.bench.pages import Page, fold_of
from textrepair.bench.score import Change, Score, changes_of, score, verdicts
from textrepair.bench.stored import find_out
from textrepair.edits import Edit
from textrepair.errors import TextrepairError
from textrepair.lexicon.acronyms import tokens
from textrepair.lexicon.observed import lemma_pairs, published_swaps
from textrepair.lm import LanguageModel, open_language_model
from textrepair.pipeline.candidates import Candidate, swap_key
from textrepair.pipeline.decide import best_together
from textrepair.pipeline.document import Document
from textrepair.pipeline.features import FEATURES
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.pipeline.places import PlaceJudgement, Span, favourites, with_rivals
from textrepair.pipeline.repair import Repairer
from textrepair.pipeline.shortlist import (
    WIDE,
    Shortlisted,
    feature_rows,
    shortlist,
    with_hidden,
    with_opinions,
)
from textrepair.training.calibrate import fit

# Penalties of the weights (of their squares, halved): of what was swapped, and of what stood there; both set
# on pages left out.
OF_SWAPPED, OF_ORIGINAL = 33.0, 30.0
UNITS = 12  # hidden units of each network that says which candidate is right
PRECISION = 0.85  # that pages left out must keep
FEWEST_PAGES = 5
THRESHOLDS = np.arange(0.30, 0.90, 0.01)
# What a candidate's verdict says of it; what is partly right or lies on a neutral span says nothing.
LABELS = {"right": 1, "other": 0, "beside": 0}
UNKNOWN = -1
MOST_OFTEN = 2  # times that one page can tell of a swap
OPINIONS = ("opinion", "opinion_words", "opinion_after")  # features for which a language model is asked
OBSERVED = (
    "observed",
    "observed_share",
    "observed_spun",
    "observed_canonical",
)  # those of swaps seen elsewhere


@dataclass(frozen=True)
class PageRows:
    """The candidates of a page with their features, and what each is (1 right, 0 wrong, -1 neither).

    `alone`: how likely each is right alone.
    """

    page: Page
    document: Document
    chosen: list[Shortlisted]
    rows: list[dict[str, float]]
    alone: list[float]
    labels: list[int]

    def without(self, names: Collection[str]) -> PageRows:
        """The same, without some features."""
        rows = [{name: value for name, value in row.items() if name not in names} for row in self.rows]
        return replace(self, rows=rows)

    def seeing(self, pages: Iterable[PageRows]) -> PageRows:
        """The same, with the swaps of other pages among the features; its own gold says nothing of it."""
        others = [swap for p in pages if p.page.id != self.page.id for swap in p.swaps.items()]
        observed = published_swaps().with_others(others)
        of_swaps = feature_rows(self.chosen, self.document, OBSERVED, observed)
        return replace(self, rows=[{**a, **b} for a, b in zip(self.rows, of_swaps, strict=True)])

    @cached_property
    def swaps(self) -> dict[tuple[str, str], int]:
        """How often one lemma stands on the page for another: (spun, canonical) → times."""
        times: Counter[tuple[str, str]] = Counter()
        for gold in self.page.gold:
            for canonical in (gold.accept or ())[:1]:
                spun = self.page.text[gold.start : gold.end]
                times.update(p for p in lemma_pairs(*map(tokens, (spun, canonical))) if p[0] != p[1])
        return {swap: min(MOST_OFTEN, number) for swap, number in times.items()}

    @property
    def candidates(self) -> list[Candidate]:
        """What may have stood there."""
        return [shortlisted.candidate for shortlisted in self.chosen]

    @property
    def spans(self) -> list[Span]:
        """The place of each candidate."""
        return [(c.start, c.end) for c in self.candidates]

    @property
    def swapped(self) -> list[bool]:
        """Whether each place was swapped, in the order of `favourites`."""
        return [
            any(g.start < end and start < g.end for g in self.page.gold)
            for start, end in favourites(self.alone, self.spans)
        ]


def read_rows(repairer: Repairer, page: Page, lm: LanguageModel | None = None) -> PageRows:
    """The candidates of a page, as the first pass of a repairer lays them out for a spun document."""
    found = find_out(repairer, page.text)
    document, replaced = found.detected.document, found.detected.replaced_probs
    chosen = with_hidden(shortlist(found.scored, replaced, breadth=WIDE), document, repairer.reranker)
    if lm:
        chosen = with_opinions(chosen, document, lm)
    rows = feature_rows(chosen, document, [*FEATURES])
    candidates = [c.candidate for c in chosen]
    alone = repairer.decision.candidate_if_spun(rows, [swap_key(c) for c in candidates])
    return PageRows(page, document, chosen, rows, alone, [label(page, c) for c in candidates])


def label(page: Page, candidate: Candidate) -> int:
    """1 if making the candidate alone would be right, 0 if wrong, -1 if neither can be said."""
    change = Change(candidate.start, candidate.end, candidate.after)
    around = [g for g in page.gold if g.start < candidate.end + 60 and candidate.start - 60 < g.end]
    return LABELS.get(verdicts(page.text, [change], around).get(change, ""), UNKNOWN)


def fit_to_pages(decision: Decision, pages: Sequence[PageRows], lm: str | None = None) -> Decision:
    """The decision with a judgement of places fitted to these pages, and the threshold of pages left out.

    `lm`: the identity of the general language model whose opinions are among the features, if one is; a
    second judgement is then fitted that weighs them. Raises `TextrepairError` for fewer than `FEWEST_PAGES`.
    """
    if len(pages) < FEWEST_PAGES:
        raise TextrepairError(f"{len(pages)} pages are too few to fit to; give at least {FEWEST_PAGES}")
    place, threshold = _fit_left_out([p.without(OPINIONS) for p in pages])
    made = replace(decision, place_if_spun=place, threshold_if_spun=threshold)
    if lm is not None:
        place, threshold = _fit_left_out(pages)
        made = replace(made, place_with_lm=place, threshold_with_lm=threshold, lms=(lm,))
    seen: Counter[tuple[str, str]] = Counter()
    for p in pages:
        seen.update(p.swaps)
    return replace(
        made,
        fitted_to=tuple(sorted(p.page.id for p in pages)),
        seen=tuple((*swap, times) for swap, times in sorted(seen.items())),
    )


def _fit_left_out(pages: Sequence[PageRows]) -> tuple[PlaceJudgement, float]:
    """The judgement fitted to all pages, and the threshold at which those of each fold, left out of it, stay
    precise.
    """
    left_out: list[tuple[PageRows, list[float]]] = []
    for fold in sorted({fold_of(p.page.id) for p in pages}):
        others = [p for p in pages if fold_of(p.page.id) != fold]
        judge = fit_places(others)
        of_fold = [p.seeing(others) for p in pages if fold_of(p.page.id) == fold]
        left_out += [(p, judge(p.rows, p.alone, p.spans).candidates) for p in of_fold]
    return fit_places(pages), precise_threshold(left_out)


def precise_threshold(judged: Sequence[tuple[PageRows, Sequence[float]]]) -> float:
    """The lowest score at which the edits of all pages keep `PRECISION` together; else the highest."""
    for threshold in THRESHOLDS:
        total = Score()
        for p, scores in judged:
            edits = [c.edit(s) for c, s in zip(p.candidates, scores, strict=True) if s >= threshold]
            made: tuple[Edit, ...] = best_together(edits)
            total += score(p.page.text, changes_of(made), p.page.gold)
        if total.fair_precision >= PRECISION:
            return round(float(threshold), 2)
    return round(float(THRESHOLDS[-1]), 2)


def fit_places(pages: Sequence[PageRows]) -> PlaceJudgement:
    """Fit each place's chance of having been swapped, what stood there if it was, and which is right.

    Of each page the features of swaps that were seen are those of the others.
    """
    pages = [p.seeing(pages) for p in pages]
    rows = [row for p in pages for row in with_rivals(p.rows, p.alone, p.spans)]
    names = tuple(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    mean, scale = values.mean(0), values.std(0)
    scale[scale < 1e-3] = 1.0
    x = torch.tensor((values - mean) / scale, dtype=torch.float32)
    place: list[int] = []
    best: list[int] = []
    swapped: list[bool] = []
    offset = 0
    for p in pages:
        of_place = favourites(p.alone, p.spans)
        number = {span: len(best) + k for k, span in enumerate(of_place)}
        place += [number[span] for span in p.spans]
        best += [offset + k for k in of_place.values()]
        swapped += p.swapped
        offset += len(p.rows)
    labels = torch.tensor([label for p in pages for label in p.labels])
    of_swapped, of_original = _fitted(
        x, torch.tensor(place), torch.tensor(best), torch.tensor(swapped, dtype=torch.float32), labels
    )

    def network(weights: torch.Tensor) -> FeatureNetwork:
        layer = [[round(float(w), 5)] for w in weights[:-1]]
        scales = tuple(mean.round(5).tolist()), tuple(scale.round(5).tolist())
        return FeatureNetwork(names, *scales, (layer,), ([round(float(weights[-1]), 5)],))

    said = [k for k, label in enumerate(labels.tolist()) if label != UNKNOWN]
    right = fit([rows[k] for k in said], [labels[k].item() == 1 for k in said], hidden=UNITS)
    return PlaceJudgement(network(of_swapped), network(of_original), right)


def _fitted(
    x: torch.Tensor, place: torch.Tensor, best: torch.Tensor, swapped: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The weights of both answers, each with its bias last.

    `place` is the number of each row's place, `best` the row of each place's favourite. A swapped place of
    which a candidate is right tells which; one of which all are wrong tells that it was none; of others
    nothing is known.
    """
    number, width = len(best), x.shape[1]
    weights = torch.zeros(2, width + 1, requires_grad=True)
    right, unknown = (_any(labels == value, place, number) for value in (1, UNKNOWN))
    tells = (swapped > 0) & (right | ~unknown)
    favourite = x[best]
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        of_swapped, of_original = weights
        logits = favourite @ of_swapped[:-1] + of_swapped[-1]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, swapped, reduction="sum")
        odds = torch.exp((x @ of_original[:-1] + of_original[-1]).clamp(-30, 30))
        total = 1 + torch.zeros(number).scatter_add(0, place, odds)
        of_right = torch.zeros(number).scatter_add(0, place, odds * (labels == 1))
        likelihood = torch.log(torch.where(right, of_right, torch.ones(number)) / total)
        loss = loss - likelihood[tells].sum()
        penalty = OF_SWAPPED * (of_swapped[:-1] ** 2).sum() + OF_ORIGINAL * (of_original[:-1] ** 2).sum()
        total_loss: torch.Tensor = loss + penalty / 2
        total_loss.backward()  # type: ignore[no-untyped-call]
        return total_loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    found = weights.detach()
    return found[0], found[1]


def _any(rows: torch.Tensor, place: torch.Tensor, number: int) -> torch.Tensor:
    """Whether any row of each place is true."""
    return torch.zeros(number).scatter_add(0, place, rows.float()) > 0


def refit(
    repairer: Repairer, pages: Sequence[Page], model: Path, folds: Path | None, lm: str | None = None
) -> Decision:
    """Fit the model's decision to the pages and write it; to `folds` one for each fold, fitted without it."""
    asked = open_language_model(lm) if lm else None
    rows = [read_rows(repairer, page, asked) for page in pages]
    identity = asked.identity if asked else None
    if folds:
        folds.mkdir(parents=True, exist_ok=True)
        for fold in sorted({fold_of(page.id) for page in pages}):
            others = [p for p in rows if fold_of(p.page.id) != fold]
            fit_to_pages(repairer.decision, others, identity).write(folds / f"fold_{fold}.json")
    decision = fit_to_pages(repairer.decision, rows, identity)
    decision.write(model / "decision.json")
    return decision
