"""The pictures of a comparison: gain of one side against the other, a forest of figures, and who gains by income."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from simulator.ensemble import FIGURES, QUINTILES, Against, Comparison, Paired
from simulator.report.compared_gains import ARREARS, DEFAULTS, MONEY, PROFIT, Gain, gain_of
from simulator.report.drawing import GREY, INK, Picture, drawn, worded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOREST = (
    "income",
    "penalty_charged",
    "fees_charged",
    "months_in_arrears",
    "mean_overdue_30_rate",
    "peak_overdue_90_rate",
    "defaults",
    "net_loss",
    "charge_off_rate",
    "new_lending",
)
MARKS = (("o", INK), ("s", "#5b7fa3"), ("^", "#a3acb6"), ("D", INK), ("v", "#5b7fa3"), ("P", "#a3acb6"))
LABEL = {metric.name: metric.label for metric in FIGURES}


def pictures_of(comparison: Comparison) -> list[Picture]:
    """Every picture of the page."""
    return [benefits(comparison), forest(comparison), by_income(comparison)]


def _style(number: int) -> dict[str, Any]:
    marker, colour = MARKS[number % len(MARKS)]
    return {"marker": marker, "color": colour, "ecolor": colour, "ls": "", "ms": 5, "capsize": 0, "elinewidth": 1.4}


def _reach(found: Paired) -> list[list[float]]:
    """How far the 95% interval goes below and above."""
    return [[found.difference - found.low], [found.high - found.difference]]


def benefits(comparison: Comparison) -> Picture:
    """What the lender gains against what the borrowers gain, each scenario a point with its 95% bands."""
    name, title = "benefits", "What the lender gains against what the borrowers gain"
    caption = (
        "Each point is a scenario, the base is where the lines cross; the bars are 95% intervals. Right of the upright "
        "line the lender earns more than in the base, above the level line the borrowers are better off. Their "
        "gain in money is interest, penalty and fees no longer charged, debt forgiven, and money given to households."
    )

    def draw(figure: Figure) -> None:
        plots = figure.subplots(2, 1, sharex=True)
        for axes, gain in zip(plots, (MONEY, DEFAULTS), strict=True):
            _plane(axes, comparison, gain)
        plots[-1].set_xlabel(PROFIT.label(comparison.base.lender.currency).replace("\n", " "))

    return Picture(name, title, caption, drawn(name, draw, 6.8))


def _plane(axes: Axes, comparison: Comparison, gain: Gain) -> None:
    axes.axhline(0, color=GREY, lw=0.9)
    axes.axvline(0, color=GREY, lw=0.9)
    points = []
    for number, other in enumerate(comparison.others):
        across, up = gain_of(comparison, other, PROFIT), gain_of(comparison, other, gain)
        if not (math.isnan(across.difference) or math.isnan(up.difference)):
            points.append((worded(other.name), across.difference, up.difference))
            at = (across.difference, up.difference)
            axes.errorbar(*at, xerr=_reach(across), yerr=_reach(up), **_style(number))
    axes.margins(0.18, 0.16)
    _name(axes, points)
    axes.set_ylabel(gain.label(comparison.base.lender.currency))
    for words, x, y, side in (
        ("both gain", 1, 1, "right"),
        ("borrowers gain, lender loses", 0, 1, "left"),
        ("lender gains, borrowers lose", 1, 0.02, "right"),
        ("both lose", 0.01, 0.02, "left"),
    ):
        axes.text(x, y, words, transform=axes.transAxes, ha=side, va="bottom", color=GREY)


def _name(axes: Axes, points: list[tuple[str, float, float]]) -> None:
    """Each point's name beside it: under it where another point is near above it, over it otherwise."""
    wide, high = (abs(end - start) or 1.0 for start, end in (axes.get_xlim(), axes.get_ylim()))
    for name, x, y in points:
        others = [(there, up) for other, there, up in points if other != name]
        near = any(abs(there - x) < 0.35 * wide and 0 <= up - y < 0.2 * high for there, up in others)
        axes.annotate(
            name, (x, y), (6, -6 if near else 5), textcoords="offset points",
            va="top" if near else "bottom", annotation_clip=False,
        )  # fmt: skip


def forest(comparison: Comparison) -> Picture:
    """The change of each key figure against the base, in percent of the base, with 95% intervals."""
    name, title = "forest", "How far each figure moves"
    caption = (
        "Change against the base as a percentage of the base's own value; the bars are 95% intervals. A bar that "
        "crosses the line is a change that may be chance. Figures that are nought in the base are left out."
    )
    first = comparison.others[0].figures
    shown = [metric for metric in FOREST if first["all", metric].base > 0]
    if not shown:
        return Picture(name, title, caption, nothing="Every key figure of the base is nought.")
    count = len(comparison.others)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.axvline(0, color=GREY, lw=0.9)
        for number, other in enumerate(comparison.others):
            places = np.arange(len(shown)) + (number - (count - 1) / 2) * min(0.24, 0.7 / count)
            for place, metric in zip(places, shown, strict=True):
                found = other.figures["all", metric]
                scaled = _times(found, 100 / found.base)
                label = worded(other.name) if metric == shown[0] else None
                axes.errorbar(scaled.difference, place, xerr=_reach(scaled), label=label, **_style(number))
        axes.set_yticks(range(len(shown)), [LABEL[metric] for metric in shown])
        axes.invert_yaxis()
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("change against the base, % of its value")
        figure.legend(loc="outside upper left", ncols=min(count, 3))

    rows = len(shown) * max(1.0, 0.45 * count)
    return Picture(name, title, caption, drawn(name, draw, 1.1 + 0.26 * rows + 0.2 * -(-count // 3)))


def _times(found: Paired, scale: float) -> Paired:
    return Paired(*(value * scale for value in vars(found).values()))


def by_income(comparison: Comparison) -> Picture:
    """What each fifth of income gains: money, months in arrears, defaults."""
    name, title = "by-income", "Who gains, by income"
    caption = (
        "A year's gain of the base's borrowers in each fifth of income (1 is the lowest), with 95% intervals; below "
        "the line they lose. Every drawing has a scale of its own."
    )
    gains = (MONEY, ARREARS, DEFAULTS)
    others = [other for other in comparison.others if set(QUINTILES) <= set(other.segments)]
    if not others:
        return Picture(name, title, caption, nothing="The books do not report by fifth of income (book.segments).")
    caption += gifts_left_out(others)
    currency = comparison.base.lender.currency

    def draw(figure: Figure) -> None:
        grid = figure.subplots(len(others), len(gains), sharex=True, squeeze=False)
        for row, other in zip(grid, others, strict=True):
            for axes, gain in zip(row, gains, strict=True):
                _fifths(axes, comparison, other, gain)
            row[0].set_ylabel("\n".join(textwrap.wrap(worded(other.name), 24)))
        for axes, gain in zip(grid[0], gains, strict=True):
            axes.set_title(gain.label(currency))
        for axes in grid[-1]:
            axes.set_xlabel("fifth of income")

    return Picture(name, title, caption, drawn(name, draw, 0.8 + 1.7 * len(others)))


def gifts_left_out(others: list[Against]) -> str:
    """A sentence where money was given to households: to which fifth of income is not recorded."""
    given = any(found.base or found.other for other in others for found in (other.figures["all", "money_given"],))
    return " Money given to households is known of the whole book only and is not in the fifths." if given else ""


def _fifths(axes: Axes, comparison: Comparison, other: Against, gain: Gain) -> None:
    found = [gain_of(comparison, other, gain, segment) for segment in QUINTILES]
    heights = [each.difference for each in found]
    reach = np.hstack([np.array(_reach(each)) for each in found])
    axes.bar(range(1, 6), heights, 0.66, color="#8ba3ba", yerr=reach, ecolor=INK, error_kw={"elinewidth": 1.2})
    axes.axhline(0, color=GREY, lw=0.9)
    axes.set_xticks(range(1, 6))
