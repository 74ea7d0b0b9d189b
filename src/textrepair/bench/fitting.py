"""Fit the judgement of places to real spun pages, and the threshold at which pages left out stay precise.

    python -m textrepair.bench.fitting FOLDER --model models/en_sci_sm [--folds FOLDER] [--lm FILE]

Simulated spins teach what a swap looks like; what real spinners do is another thing, and pages with gold
show it. The threshold is that of pages left out, fold by fold. It stands in the bench, which reads and scores
the pages: what is fitted to is what is measured on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from textrepair.bench.pages import Page, fold_of, read_pages
from textrepair.bench.score import Score, changes_of, labelled_words, score, verdicts
from textrepair.bench.stored import find_out
from textrepair.errors import TextrepairError
from textrepair.lexicon.acronyms import tokens
from textrepair.lexicon.observed import Swaps, lemma_pairs, published_swaps
from textrepair.lm import LanguageModel, open_language_model
from textrepair.models import write_manifest
from textrepair.pipeline.candidates import Candidate, agree, swap_key
from textrepair.pipeline.decide import best_together
from textrepair.pipeline.detect import DetectedDocument
from textrepair.pipeline.features import FEATURES, OF_LARGE
from textrepair.pipeline.judgement import Decision
from textrepair.pipeline.loading import load
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.pipeline.places import PlaceJudgement, PlaceScores, Span, favourites
from textrepair.pipeline.repair import Repairer
from textrepair.pipeline.shortlist import Shortlisted, chosen_widely, feature_rows, with_opinions
from textrepair.pipeline.word_judgement import word_rows
from textrepair.training.calibrate import fit as fit_network
from textrepair.training.place_judgement import UNKNOWN, fit_place_judgement

OF_WORDS = 12  # hidden units of each network that says whether a word was swapped
PRECISION = 0.85  # that pages left out must keep
FEWEST_PAGES = 5
THRESHOLDS = np.arange(0.30, 0.90, 0.01)
# What a candidate's verdict says of it; what is partly right or lies on a neutral span says nothing.
LABELS = {"right": 1, "other": 0, "beside": 0}
MOST_OFTEN = 2  # times that one page can tell of a swap
OPINIONS = ("opinion", "opinion_words", "opinion_after")  # features for which a language model is asked
# those of swaps seen elsewhere
OBSERVED = ("observed", "observed_share", "observed_spun", "observed_canonical")
Fit = Callable[[Sequence["PageRows"]], PlaceJudgement]  # fits the judgement of places to pages


@dataclass(frozen=True)
class PageRows:
    """The candidates of a page with their features, and what each is (1 right, 0 wrong, -1 neither).

    `alone`: how likely each is right alone.
    """

    page: Page
    detected: DetectedDocument
    chosen: list[Shortlisted]
    rows: list[dict[str, float]]
    alone: list[float]
    labels: list[int]

    def without(self, names: Collection[str]) -> PageRows:
        """The same, without some features."""
        rows = [{name: value for name, value in row.items() if name not in names} for row in self.rows]
        return replace(self, rows=rows)

    def observed(self, pages: Iterable[PageRows]) -> Swaps:
        """The swaps that spinners were seen to make, on other pages too."""
        others = [swap for p in pages if p.page.id != self.page.id for swap in p.swaps.items()]
        return published_swaps().with_others(others)

    def seeing(self, pages: Iterable[PageRows]) -> PageRows:
        """The same, with the swaps of other pages among the features; its own gold says nothing of it."""
        of_swaps = feature_rows(self.chosen, self.detected.document, OBSERVED, self.observed(pages))
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


def read_rows(repairer: Repairer, page: Page) -> PageRows:
    """The candidates of a page, as the first pass of a repairer lays them out for a spun document."""
    found = find_out(repairer, page.text)
    large = repairer.large
    chosen = chosen_widely(found.detected, found.scored, repairer.reranker, large=large)
    names = [name for name in FEATURES if large or name not in OF_LARGE]
    rows = [*feature_rows(chosen, found.detected.document, names)]
    candidates = [c.candidate for c in chosen]
    alone = repairer.decision.candidate_if_spun(rows, [swap_key(c) for c in candidates])
    detected = replace(found.detected, encoding=None, large_encoding=None)
    return PageRows(page, detected, chosen, rows, alone, [label(page, c) for c in candidates])


def fit_places(pages: Sequence[PageRows]) -> PlaceJudgement:
    """The judgement of places fitted to these pages; to each, what was swapped on the others is known."""
    return fit_place_judgement([p.seeing(pages) for p in pages])


def asked_of(rows: Sequence[PageRows], lm: LanguageModel, fit: Fit = fit_places) -> list[PageRows]:
    """The same pages, with the opinions of a language model on the favourites of a judgement that was fitted
    without the page's fold, in the text with the edits that this one makes.
    """
    out: list[PageRows] = []
    left_out = [*judged_left_out([p.without(OPINIONS) for p in rows], fit)]
    threshold = precise_threshold([(p, scores.candidates) for p, scores in left_out])
    for p, scores in left_out:
        chosen = with_opinions(p.chosen, scores.candidates, threshold, p.detected.document, lm)
        said = feature_rows(chosen, p.detected.document, OPINIONS)
        rows_of_page = [{**a, **b} for a, b in zip(p.rows, said, strict=True)]
        out.append(replace(p, chosen=chosen, rows=rows_of_page))
    return sorted(out, key=lambda p: p.page.id)


def label(page: Page, candidate: Candidate) -> int:
    """1 if making the candidate alone would be right, 0 if wrong, -1 if neither can be said."""
    around = [g for g in page.gold if g.start < candidate.end + 60 and candidate.start - 60 < g.end]
    changes = changes_of(agree(page.text, [candidate.edit(0.0)]))  # with its article, as it is made
    return LABELS.get(verdicts(page.text, changes, around).get(changes[0], "") if changes else "", UNKNOWN)


def fit_to_pages(
    decision: Decision, pages: Sequence[PageRows], lm: str | None = None, fit: Fit = fit_places
) -> Decision:
    """The decision with a judgement of places fitted to these pages, and the threshold of pages left out.

    `lm`: the identity of the general language model whose opinions are among the features, if one is; a
    second judgement is then fitted that weighs them. `fit`: what fits to pages.
    Raises `TextrepairError` for fewer than `FEWEST_PAGES`.
    """
    if len(pages) < FEWEST_PAGES:
        raise TextrepairError(f"{len(pages)} pages are too few to fit to; give at least {FEWEST_PAGES}")
    place, threshold, word = _fit_left_out([p.without(OPINIONS) for p in pages], fit)
    made = replace(decision, place_if_spun=place, threshold_if_spun=threshold, word_if_spun=word)
    if lm is not None:
        place, threshold, word = _fit_left_out(pages, fit)
        made = replace(made, place_with_lm=place, threshold_with_lm=threshold, word_with_lm=word, lms=(lm,))
    seen: Counter[tuple[str, str]] = Counter()
    for p in pages:
        seen.update(p.swaps)
    return replace(
        made,
        fitted_to=tuple(sorted(p.page.id for p in pages)),
        seen=tuple((*swap, times) for swap, times in sorted(seen.items())),
    )


def _fit_left_out(pages: Sequence[PageRows], fit: Fit) -> tuple[PlaceJudgement, float, FeatureNetwork]:
    """The judgement of places fitted to all pages, the threshold at which those of each fold, left out of it,
    stay precise, and the judgement of words fitted to what is then said of them.
    """
    left_out = [*judged_left_out(pages, fit)]
    words = [
        row
        for p, scores in left_out
        for row in labelled_word_rows(
            p, scores, p.observed(q for q in pages if fold_of(q.page.id) != fold_of(p.page.id))
        )
    ]
    of_words = fit_network(
        [features for features, _ in words], [label for _, label in words], hidden=OF_WORDS
    )
    return fit(pages), precise_threshold([(p, of.candidates) for p, of in left_out]), of_words


def judged_left_out(pages: Sequence[PageRows], fit: Fit) -> Iterator[tuple[PageRows, PlaceScores]]:
    """The pages by fold, each with what a judgement says of it that was fitted without its fold."""
    for fold in sorted({fold_of(p.page.id) for p in pages}):
        others = [p for p in pages if fold_of(p.page.id) != fold]
        judge = fit(others)
        for p in pages:
            if fold_of(p.page.id) == fold:
                seeing = p.seeing(others)
                yield seeing, judge(seeing.rows, seeing.alone, seeing.spans)


def labelled_word_rows(
    p: PageRows, scores: PlaceScores, observed: Swaps
) -> Iterator[tuple[dict[str, float], bool]]:
    """The features of each word of a page of which it is known whether it was swapped, and whether it was."""
    proposed = [c.edit(s) for c, s in zip(p.candidates, scores.candidates, strict=True)]
    rows = word_rows(p.detected, proposed, scores.swapped, observed)
    unread = () if p.detected.large_probs else ("large_word",)
    for start, end, was_swapped in labelled_words(p.page.text, p.page.gold):
        if was_swapped is not None and (start, end) in rows:
            yield {k: v for k, v in rows[start, end].items() if k not in unread}, was_swapped


def precise_threshold(judged: Sequence[tuple[PageRows, Sequence[float]]]) -> float:
    """The lowest score at which the edits of all pages keep `PRECISION` together; else the highest."""
    for threshold in THRESHOLDS:
        if score_at(judged, threshold).fair_precision >= PRECISION:
            return round(float(threshold), 2)
    return round(float(THRESHOLDS[-1]), 2)


def score_at(judged: Sequence[tuple[PageRows, Sequence[float]]], threshold: float) -> Score:
    """What the edits of all pages that reach a score come to."""
    total = Score()
    for p, scores in judged:
        edits = [c.edit(s) for c, s in zip(p.candidates, scores, strict=True) if s >= threshold]
        made = agree(p.page.text, best_together(edits))
        total += score(p.page.text, changes_of(made), p.page.gold)
    return total


def each_once() -> Fit:
    """What fits to pages as `fit_places` does, and to the same pages and features only once.

    Folds are left out of what is fitted without other folds, so that each pair of them comes twice, and of
    what tells of which candidates a language model is asked.
    """
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], PlaceJudgement] = {}

    def fit(pages: Sequence[PageRows]) -> PlaceJudgement:
        key = tuple(p.page.id for p in pages), tuple(pages[0].rows[0])
        if key not in known:
            known[key] = fit_places(pages)
        return known[key]

    return fit


def refit(
    repairer: Repairer, pages: Sequence[Page], model: Path, folds: Path | None, lm: str | None = None
) -> Decision:
    """Fit the model's decision to the pages and write it; to `folds` one for each fold, fitted without it."""
    asked = open_language_model(lm) if lm else None
    fit = each_once()
    rows = [read_rows(repairer, page) for page in sorted(pages, key=lambda page: page.id)]
    if asked:
        rows = asked_of(rows, asked, fit)
    identity = asked.identity if asked else None
    if folds:
        folds.mkdir(parents=True, exist_ok=True)
        for fold in sorted({fold_of(page.id) for page in pages}):
            others = [p for p in rows if fold_of(p.page.id) != fold]
            fit_to_pages(repairer.decision, others, identity, fit).write(folds / f"fold_{fold}.json")
    decision = fit_to_pages(repairer.decision, rows, identity, fit)
    decision.write(model / "decision.json")
    return decision


def main(
    folder: Annotated[Path, typer.Argument(help="Pages with gold: ID.txt, ID.gold.jsonl, ID.meta.json.")],
    model: Annotated[Path, typer.Option(help="Folder of the model whose decision is fitted.")],
    folds: Annotated[
        Path | None, typer.Option(help="Folder for the decisions that are fitted without each fold.")
    ] = None,
    lm: Annotated[
        str | None,
        typer.Option(help="A general language model, for a second judgement that weighs its opinion."),
    ] = None,
) -> None:
    """Fit a model's judgement of places, and its threshold in spun documents, to real spun pages."""
    repairer = load(str(model), families=["synonyms"])
    refit(repairer, read_pages(folder), model, folds, lm)
    write_manifest(model)


if __name__ == "__main__":
    typer.run(main)
