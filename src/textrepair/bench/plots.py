"""What a comparison costs and brings, as a picture."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from textrepair.bench.compare import Run
from textrepair.errors import missing_extra


def figure(inches: tuple[float, float] = (11, 4.5)) -> Any:
    """An empty figure; raises `TextrepairError` where matplotlib is not installed."""
    with missing_extra("bench"):
        from matplotlib.figure import Figure
    return Figure(figsize=inches, layout="constrained")


def plot(runs: Mapping[str, Run]) -> bytes:
    """A PNG with two panels, a line a lexicon: precision over recall, and harm over recall.

    The thick point is where each stands at the chosen threshold. Better is up and right on the
    first panel, down and right on the second.
    """
    drawn = figure()
    left, right = drawn.subplots(1, 2)
    for name, run in runs.items():
        points = [p for p in run.points.values() if p[0].right + p[0].wrong]
        recalls = [s.recall for s, _ in points]
        words = max(1, sum(run.clean_words))
        (line,) = left.plot(recalls, [s.precision for s, _ in points], "-", label=name)
        left.plot([run.score.recall], [run.score.precision], "o", color=line.get_color())
        right.plot(
            recalls, [1e4 * harm / words for _, harm in points], "-", color=line.get_color(), label=name
        )
        right.plot([run.score.recall], [run.per_10000], "o", color=line.get_color())
    left.set(xlabel="recall", ylabel="precision", title="Spun text", ylim=(0, 1.02))
    right.set(xlabel="recall on spun text", ylabel="edits per 10,000 clean words", title="What it costs")
    left.set_xlim(left=0)
    right.set_xlim(left=0)
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    return _png(drawn)


def plot_trust(
    reliability: Sequence[tuple[float, float, float]], harm: Sequence[tuple[float, float]]
) -> bytes:
    """A PNG with two panels: how far a model's score can be trusted, and the harm each score would do.

    `reliability`: (mean score, share right, number) of the candidates in each range of the score, as
    `textrepair.training.trust` measures them (a reliability diagram: Niculescu-Mizil & Caruana 2005);
    `harm`: (score, edits per 10,000 clean words).
    """
    drawn = figure()
    left, right = drawn.subplots(1, 2)
    left.plot([0, 1], [0, 1], ":", color="grey")
    left.plot([score for score, _, _ in reliability], [share for _, share, _ in reliability], "o-")
    for score, share, number in reliability:
        left.annotate(f"{number:,}", (score, share), textcoords="offset points", xytext=(6, -10), fontsize=8)
    left.set(xlabel="score", ylabel="share right", title="Candidates held out", xlim=(0, 1), ylim=(0, 1))
    right.plot([score for score, _ in harm], [edits for _, edits in harm], "o-")
    right.set(xlabel="least score", ylabel="edits per 10,000 words", title="Clean text", yscale="symlog")
    right.set(xlim=(0, 1), ylim=(0, None))
    for axes in (left, right):
        axes.grid(alpha=0.3)
    return _png(drawn)


def plot_systems(
    systems: Mapping[str, Mapping[str, Any]], real: Mapping[str, Any], harm: Mapping[str, Any]
) -> bytes:
    """A PNG with four panels: systems on real pages, and how far the score of ours can be trusted there.

    Precision over recall, of swapped words told and of swaps restored; harm over swaps restored; and a
    reliability diagram (Niculescu-Mizil & Caruana 2005). `systems`, `real` and `harm` are what
    benchmarks/systems.py, real_pages.py and harm.py measured; systems without a threshold are points.
    """
    drawn = figure((11, 9))
    (told, restored), (cost, trust) = drawn.subplots(2, 2)
    restored.plot(
        [p["recall"] for p in real["curve"]], [p["precision"] for p in real["curve"]], "-", color="grey"
    )
    cost.plot(
        [p["recall"] for p in real["curve"]],
        [1e4 * p["edits"] / harm["all"]["words"] for p in harm["curve"]],
        "-",
        color="grey",
    )
    for name, s in systems.items():
        points = s["detection_curve"]
        (line,) = told.plot(
            *zip(*(points or [(0, 0)]), strict=True), "-" if len(points) > 1 else "o", label=name
        )
        restored.plot([s["recall"]], [s["precision"]], "o", color=line.get_color())
        cost.plot([s["recall"]], [s["harm"]["per_10000_words"]], "o", color=line.get_color())
    bins = real["groups"]["all"]["calibration"]["bins"]
    trust.plot([0, 1], [0, 1], ":", color="grey")
    trust.plot([score for score, _, _ in bins], [right for _, right, _ in bins], "o-")
    told.set(xlabel="swapped words told", ylabel="precision", title="Detection", ylim=(0, 1.02))
    restored.set(xlabel="swaps restored", ylabel="precision", title="Restoration", ylim=(0, 1.02))
    cost.set(xlabel="swaps restored", ylabel="edits in 10,000 clean words", title="Harm", yscale="symlog")
    cost.set_ylim(bottom=0)
    trust.set(xlabel="score", ylabel="share right", title="Favourites on real pages", ylim=(0, 1.02))
    for axes in (told, restored, cost, trust):
        axes.grid(alpha=0.3)
        axes.set_xlim(left=0)
    told.legend(fontsize=7)
    return _png(drawn)


def _png(drawn: Any) -> bytes:
    out = io.BytesIO()
    drawn.savefig(out, format="png", dpi=120, metadata={"Software": None})
    return out.getvalue()
