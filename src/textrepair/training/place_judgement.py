"""Fit the judgement of places to the candidates of documents of which it is known what was swapped.

There are few such documents, so that two of its answers are regressions with small weights, over the features
and what the judgement of each candidate alone says; the third is a small network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import torch

from textrepair.pipeline.networks import FeatureNetwork
from textrepair.pipeline.places import PlaceJudgement, Span, favourites, with_rivals
from textrepair.training.calibrate import fit

# Penalties of the weights (of their squares, halved): of what was swapped, and of what stood there; both set
# on pages left out.
OF_SWAPPED, OF_ORIGINAL = 33.0, 30.0
UNITS = 12  # hidden units of each network that says which candidate is right
UNKNOWN = -1  # label of a candidate of which it is not known whether it is right (1) or wrong (0)


class LabelledPlaces(Protocol):
    """The candidates of a document: their features, how likely each is right alone, its place and its label;
    and whether each place was swapped, in the order of `favourites`.
    """

    @property
    def rows(self) -> Sequence[Mapping[str, float]]:
        """The features of each candidate."""

    @property
    def alone(self) -> Sequence[float]:
        """How likely each is right alone."""

    @property
    def spans(self) -> Sequence[Span]:
        """The place of each."""

    @property
    def labels(self) -> Sequence[int]:
        """What each is: 1, 0 or `UNKNOWN`."""

    @property
    def swapped(self) -> Sequence[bool]:
        """Whether each place was swapped."""


def fit_place_judgement(pages: Sequence[LabelledPlaces]) -> PlaceJudgement:
    """Fit each place's chance of having been swapped, what stood there if it was, and which is right."""
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
    is_known = (swapped > 0) & (right | ~unknown)
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
        loss = loss - likelihood[is_known].sum()
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
