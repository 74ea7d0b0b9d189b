"""What a comparison costs and brings, as a picture."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from textrepair.bench.compare import Run
from textrepair.bench.score import Row
from textrepair.bench.score import curve as curve_of
from textrepair.errors import missing_extra

THRESHOLDS = "textrepair, en_sci_sm, at other thresholds"  # a grey line
FILLS = ("white", "darkgrey", "black")  # of the marks of ours
# of a curve, with a mark here and there
LINE: dict[str, Any] = {"linestyle": "-", "linewidth": 1.4, "markevery": 0.15, "markersize": 5}


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
    `textrepair.training.evaluation` measures them (a reliability diagram: Niculescu-Mizil & Caruana 2005);
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


def plot_systems(systems: Mapping[str, Mapping[str, Any]], real: Mapping[str, Any]) -> bytes:
    """A PNG with two panels: precision over recall on real pages, of swaps restored and of words told.

    `systems` and `real` are what benchmarks/systems.py and real_pages.py measured. Points carry their 95 %
    intervals; systems without a threshold are points on the second panel too. The grey line is ours at other
    thresholds.
    """
    drawn = figure((11, 5.6))
    restored, told = drawn.subplots(1, 2)
    curve = [p for p in real["curve"] if p["restored"]]
    restored.plot([p["recall"] for p in curve], [p["precision"] for p in curve], "-", color="grey")
    for (name, s), style in zip(systems.items(), _styles(systems), strict=True):
        if s["touched"] + s["beside"]:
            ranges = [_range(s[of], s["intervals"][of]) for of in ("recall", "precision")]
            restored.errorbar(
                [s["recall"]], [s["precision"]], xerr=ranges[0], yerr=ranges[1], elinewidth=0.8, **style
            )
        points = s["detection_curve"]
        if points:
            alone = len(points) == 1
            told.plot(*zip(*points, strict=True), **(style if alone else style | LINE))
        told.plot([], [], label=name, **style)
    told.plot([], [], "-", color="grey", label=THRESHOLDS)
    restored.set(xlabel="swaps restored", ylabel="precision of edits", title="Restoration")
    told.set(xlabel="swapped words told", ylabel="precision of words told", title="Detection")
    return _with_legend(drawn, (restored, told), told)


def plot_cost(
    systems: Mapping[str, Mapping[str, Any]], real: Mapping[str, Any], harm: Mapping[str, Any]
) -> bytes:
    """A PNG with two panels, for what swaps restored cost: in edits of clean text, and in time.

    `systems`, `real` and `harm` are what benchmarks/systems.py, real_pages.py and harm.py measured. The grey
    line is ours at other thresholds.
    """
    drawn = figure((11, 5.6))
    clean, speed = drawn.subplots(1, 2)
    by_threshold = {p["threshold"]: p["recall"] for p in real["curve"]}
    words = max(1, harm["all"]["words"])
    line = [(by_threshold[p["threshold"]], 1e4 * p["edits"] / words) for p in harm["curve"]]
    for (name, s), style in zip(systems.items(), _styles(systems), strict=True):
        clean.plot([s["recall"]], [s["harm"]["per_10000_words"]], label=name, **style)
        if s["touched"] + s["beside"]:
            speed.plot([s["words_per_second"]], [s["recall"]], **style)
    clean.plot(*zip(*line, strict=True), "-", color="grey", label=THRESHOLDS)
    clean.set(xlabel="swaps restored on real pages", ylabel="edits in 10,000 clean words", title="Harm")
    clean.set_yscale("symlog", linthresh=0.1)
    clean.set(ylim=(-0.02, 1e4), xlim=(-0.01, None))
    speed.set(xlabel="words a second, one core", ylabel="swaps restored on real pages", title="Speed")
    speed.set(xscale="log", ylim=(-0.01, None))
    return _with_legend(drawn, (clean, speed), clean)


def plot_rates(spinners: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """A PNG with three panels, a line a spinner: quality against the share of words that were swapped.

    `spinners` is what benchmarks/spin_rates.py measured; one that was not read at any rate is left out.
    """
    drawn = figure((11, 4.2))
    panels = drawn.subplots(1, 3, sharex=True, sharey=True)
    shown = {"recall": "swaps restored", "precision": "precision of edits", "told": "words told at .90"}
    read = {name: rates for name, rates in spinners.items() if rates}
    for axes, (of, title) in zip(panels, shown.items(), strict=True):
        for (name, rates), style in zip(read.items(), _styles(read), strict=True):
            shares, low, high = (
                [r["swapped"] for r in rates],
                *zip(*(r["intervals"][of] for r in rates), strict=True),
            )
            axes.plot(shares, [r[of] for r in rates], label=name, **(style | {"linestyle": "-"}))
            axes.fill_between(shares, low, high, color=style["color"], alpha=0.15, linewidth=0)
        axes.set(xscale="log", ylim=(0, 1.02), title=title, xlabel="share of words swapped")
        axes.minorticks_off()
        axes.set_xticks([0.01, 0.03, 0.1, 0.3], ["1 %", "3 %", "10 %", "30 %"])
    return _with_legend(drawn, panels, panels[0])


def plot_reliability(real: Mapping[str, Any]) -> bytes:
    """A PNG: how far the score of an edit can be trusted on real pages (Niculescu-Mizil & Caruana 2005)."""
    drawn = figure((5.2, 4.8))
    axes = drawn.subplots()
    _reliability(axes, real["groups"]["all"]["calibration"]["bins"])
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", frameon=False)
    return _png(drawn)


def plot_own(result: Mapping[str, Any], words: Iterable[Row]) -> str:
    """An SVG with two panels for gold of one's own: precision over recall, and how far scores can be trusted.

    `result` is what `own.figures` gives, `words` each word with the probability that it was swapped.
    """
    drawn = figure((11, 4.5))
    quality, trust = drawn.subplots(1, 2)
    curve = [p for p in result["curve"] if p["right"]]
    quality.plot([p["recall"] for p in curve], [p["precision"] for p in curve], "-", label="swaps restored")
    quality.plot([result["recall"]], [result["precision"]], "o", color="C0", label="at its own thresholds")
    told = curve_of(words)
    quality.plot([p.recall for p in told], [p.precision for p in told], "-", label="swapped words told")
    quality.set(xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02), title="What is found")
    _reliability(trust, result["calibration"]["bins"])
    trust.set(title="How far scores can be trusted")
    for axes in (quality, trust):
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    out = io.StringIO()
    drawn.savefig(out, format="svg", metadata={"Date": None})
    return "<svg" + out.getvalue().partition("<svg")[2]


def _reliability(axes: Any, bins: Sequence[tuple[float, float, int]]) -> None:
    """Draw bins of edits: their mean score, the share that is right, their number."""
    axes.plot([0, 1], [0, 1], ":", color="grey", label="as often right as the score says")
    spread = [1.96 * (right * (1 - right) / number) ** 0.5 for _, right, number in bins]
    chances, shares = [chance for chance, _, _ in bins], [right for _, right, _ in bins]
    axes.errorbar(
        chances, shares, yerr=spread, fmt="o-", elinewidth=0.8, label="the favourite of each place, in bins"
    )
    axes.set(xlabel="score", ylabel="share that is right", xlim=(0, 1.02), ylim=(0, 1.02))


def _styles(names: Iterable[str]) -> list[dict[str, Any]]:
    """A colour and a mark for each; ours are black circles, the fuller the more models they ask."""
    with missing_extra("bench"):
        from matplotlib import colormaps
    colours, marks, fills = colormaps["tab10"], "sD^vP<>X*hp", itertools.cycle(FILLS)
    style = {"linestyle": "", "markersize": 7}
    return [
        {"color": "black", "marker": "o", "markerfacecolor": next(fills), **style}
        if name.startswith("textrepair")
        else {"color": colours(n % 10), "marker": marks[n % len(marks)], **style}
        for n, name in enumerate(names)
    ]


def _range(figure: float, interval: Sequence[float]) -> list[list[float]]:
    """A 95 % interval as what lies below and above a figure."""
    return [[max(0.0, figure - interval[0])], [max(0.0, interval[1] - figure)]]


def _with_legend(drawn: Any, panels: Sequence[Any], named: Any) -> bytes:
    """The picture with a grid, and its names below."""
    for axes in panels:
        axes.grid(alpha=0.3)
        if axes.get_ylabel().startswith("precision"):
            axes.set(xlim=(-0.02, 1), ylim=(0, 1.02))
    drawn.legend(
        *named.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False, fontsize=9
    )
    return _png(drawn)


def _png(drawn: Any) -> bytes:
    out = io.BytesIO()
    drawn.savefig(out, format="png", dpi=120, metadata={"Software": None})
    return out.getvalue()
