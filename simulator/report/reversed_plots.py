"""The pictures of a reverse stress: the figure over the dial, and the unemployment found beside its history."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.special import stdtrit

from simulator.report.drawing import GREY, INK, Picture, day_numbers, drawn, percent
from simulator.reverse import History, Reversed, Unemployment
from simulator.reverse.history import steepest
from simulator.reverse.search import SURE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
BROKEN = "#b4532a"
BAND = "#a9bccf"
PAST = ((INK, "-"), (INK, "--"), ("#5b7fa3", "-"), ("#5b7fa3", "--"))  # a line of history each
LAID_OVER = 36  # months
LONG = 30  # years from which on only some are named on the axis


def pictures_of(found: Reversed) -> list[Picture]:
    """Every picture of the page."""
    return [curve(found), *([] if found.unemployment is None else [beside_history(found, found.unemployment)])]


# The figure over the dial --------------------------------------------------------------------------------


def curve(found: Reversed) -> Picture:
    """The mean over the dial with its 95% band, every seed, the limit and the place found."""
    metric = found.limit.metric
    title = "How the figure moves along the dial"
    caption = (
        "The dark line is the mean over the seeds at every place tried, the band its 95% interval (Student's t), dots "
        "the places of the grid; each pale line is one seed, with the same luck at every place. Dashed: the limit. "
    )
    if found.search.crossing is not None:
        caption += (
            "The upright line is the answer, the stripe the 95% interval of the crossing, and the short strokes at the "
            "foot are where each seed by itself first breaks the limit."
        )

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        _lines(axes, found)
        _answer(axes, found)
        axes.set_xlabel(_dial_label(found))
        share = metric.unit.startswith("share")
        axes.set_ylabel(f"{metric.label},\n{'percent' if share else metric.unit_in(found.base.lender.currency)}")
        if share:
            percent(axes)
        axes.legend(loc="best")

    return Picture("curve", title, caption, drawn("curve", draw, 3.9))


def _scale(found: Reversed) -> float:
    return 100.0 if found.limit.metric.unit.startswith("share") else 1.0


def _along(found: Reversed, dial: float) -> float:
    """Where a place stands on the axis: at its key's number, or its percentage of the way of several keys."""
    moves = found.dial.moves
    return moves[0].exact(dial) if len(moves) == 1 else 100.0 * dial


def _dial_label(found: Reversed) -> str:
    moves = found.dial.moves
    if len(moves) > 1:
        return "percent of the way from the mild end to the hard end"
    return f"{moves[0].key}" + (f", {moves[0].unit}" if moves[0].unit else "")


def _lines(axes: Axes, found: Reversed) -> None:
    points, times = found.search.points, _scale(found)
    at = np.array([_along(found, point.dial) for point in points])
    mean = times * np.array([point.mean for point in points])
    count = len(found.seeds)
    reach = float(stdtrit(count - 1, 0.5 + SURE / 2)) * times
    error = reach * np.array([point.standard_error for point in points])
    every = times * np.array([point.figures for point in points])
    axes.plot(at, every, color=BAND, lw=0.7, alpha=0.8)
    axes.fill_between(at, mean - error, mean + error, color=BAND, alpha=0.35, lw=0, label="95% interval of the mean")
    axes.plot(at, mean, color=INK, lw=1.6, label=f"mean of {count} seeds")
    on_grid = np.array([point.on_grid for point in points])
    axes.plot(at[on_grid], mean[on_grid], "o", color=INK, ms=4)
    low, high = min(mean.min(), every.min()), max(mean.max(), every.max())
    room = 0.15 * max(high - low, 1e-12)
    value = times * found.limit.value
    if low - 4 * room <= value <= high + 4 * room:
        axes.axhline(value, color=BROKEN, lw=1.2, ls="--", label="limit")
    else:
        axes.plot([], [], color=BROKEN, lw=1.2, ls="--", label="limit: out of the picture")
    axes.set_ylim(
        min(low, value if value > low - 4 * room else low) - room, max(high, min(value, high + 4 * room)) + room
    )


def _answer(axes: Axes, found: Reversed) -> None:
    crossing = found.search.crossing
    if crossing is None:
        return
    if not math.isnan(crossing.standard_error):
        low, high = (_along(found, min(max(end, 0.0), 1.0)) for end in (crossing.low, crossing.high))
        axes.axvspan(low, high, color=BROKEN, alpha=0.08, lw=0)
    axes.axvline(_along(found, found.place), color=BROKEN, lw=1.4, label="the answer")
    own = [_along(found, place) for place in crossing.own if place is not None]
    axes.plot(own, np.full(len(own), 0.02), "|", color=BROKEN, ms=9, mew=1.2, transform=axes.get_xaxis_transform())


# Beside history ------------------------------------------------------------------------------------------


def beside_history(found: Reversed, seen: Unemployment) -> Picture:
    """Unemployment as it was and as it would be; below, how often it rose by how much within twelve months."""
    title = "The unemployment found, beside its history"
    if not found.found:
        title = f"Unemployment at the {'mild' if found.place == 0.0 else 'hard'} end, beside its history"
    caption = "Unemployment as the scenario gives it to the economy, and dotted as the simulated borrowers live it. "
    if seen.history is None:
        caption += "No history is known for this scenario."
    else:
        caption += (
            f"Grey: history ({seen.history.source}). In the middle: the steepest years of history and the "
            "steepest of the scenario, each from the month where its twelve months begin. Below: all changes over "
            "twelve months in history (each window overlaps its neighbours), and the largest rise of the scenario."
        )

    def draw(figure: Figure) -> None:
        if seen.history is None:
            _path(figure.add_subplot(), found, seen, None)
            return
        upper, middle, lower = figure.subplots(3, 1, height_ratios=(3, 3, 2))
        _path(upper, found, seen, seen.history)
        _laid_over(middle, seen, seen.history)
        _changes(lower, seen, seen.history)

    return Picture("history", title, caption, drawn("history", draw, 3.0 if seen.history is None else 7.6))


def _path(axes: Axes, found: Reversed, seen: Unemployment, history: History | None) -> None:
    if history is not None:
        months = pd.period_range(history.first, periods=history.values.size, freq="M")
        axes.plot(day_numbers(months), history.values, color=GREY, lw=1.1, label="history")
    start = pd.Period(found.base.span.start, freq="M")
    months = pd.period_range(start - seen.before.size, periods=seen.before.size + seen.economy.size, freq="M")
    at = day_numbers(months)
    axes.plot(at, np.concatenate([seen.before, seen.economy]), color=BROKEN, lw=1.8, label="this scenario")
    axes.plot(at[seen.before.size :], seen.borrowers, color=INK, lw=1.2, ls=":", label="its borrowers")
    axes.axhline(seen.peak, color=BROKEN, lw=0.8, ls="--")
    first = months[0] if history is None else min(months[0], pd.Period(history.first, freq="M"))
    last = months[-1] if history is None else max(months[-1], pd.Period(history.last, freq="M"))
    _years(axes, first, last)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("unemployment,\npercent of the labour force")
    percent(axes)
    axes.legend(loc="upper left", ncols=3)


def _laid_over(axes: Axes, seen: Unemployment, history: History) -> None:
    """The steepest rises of history and of the scenario, points above the month in which each begins."""
    for number, begin in enumerate(steepest(history.values, len(PAST))):
        colour, dashes = PAST[number]
        line = history.values[begin : begin + LAID_OVER + 1]
        label = f"from {history.month(begin):%b %Y}"
        axes.plot(np.arange(line.size), line - line[0], color=colour, ls=dashes, lw=1.3, label=label)
    own = np.concatenate([seen.before, seen.economy])
    for begin in steepest(own, 1):
        line = own[begin : begin + LAID_OVER + 1]
        axes.plot(np.arange(line.size), line - line[0], color=BROKEN, lw=1.8, label="this scenario")
    axes.axvline(12, color=GREY, lw=0.7, ls=":")
    axes.set_xticks(range(0, LAID_OVER + 1, 6))
    axes.set_xlabel("months since the steepest twelve months began")
    axes.set_ylabel("unemployment, points\nabove the first month")
    axes.legend(loc="upper right")


def _years(axes: Axes, first: pd.Period, last: pd.Period) -> None:
    years = range(first.year + (first.month > 1), last.year + 1)
    step = 10 if len(years) > LONG else 2 if len(years) > 12 else 1
    ticks = [pd.Period(f"{year}-01", freq="M") for year in years if year % step == 0]
    axes.set_xticks(day_numbers(pd.PeriodIndex(ticks, freq="M")), [str(tick.year) for tick in ticks])
    axes.set_xlabel("January of the year")


def _changes(axes: Axes, seen: Unemployment, history: History) -> None:
    rises = history.rises
    top = max(float(rises.max()), seen.rise) + 0.5
    edges = np.arange(math.floor(2 * float(rises.min())) / 2, top + 0.5, 0.5)
    counts, _ = np.histogram(np.round(rises, 6), edges)
    axes.bar(edges[:-1], 100.0 * counts / rises.size, width=0.46, align="edge", color=GREY)
    for edge, count in zip(edges[:-1], counts, strict=True):
        if 0 < count <= 0.01 * rises.size:
            high = 100.0 * float(count) / rises.size
            axes.text(float(edge) + 0.23, high, str(count), ha="center", va="bottom", fontsize=7)
    axes.axvline(seen.rise, color=BROKEN, lw=1.4, label=f"this scenario: {seen.rise:.1f} points")
    axes.set_xlabel("change of unemployment over twelve months, points (bars of half a point; small ones are counted)")
    axes.set_ylabel(f"share of the {rises.size:,}\nwindows of history")
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    percent(axes)
    axes.legend(loc="upper right")
