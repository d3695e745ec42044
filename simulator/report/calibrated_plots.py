"""The pictures of a calibration: observed against fitted, residuals, prior and posterior, the search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.calibration import Calibration
from simulator.calibration.blocks import Block
from simulator.calibration.measures import PERIODS_A_YEAR, measure_of
from simulator.calibration.moments import SeriesAsked
from simulator.report.drawing import GREY, INK, Picture, day_numbers, drawn, worded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OBSERVED, HELD_OUT = "#b4532a", "#eef1f4"
AGAINST = "#5b7fa3"
LONGEST_NAME = 46


def series_pictures(found: Calibration) -> list[Picture]:
    """Each series: observed and fitted above, observed less fitted below, the hold-out shaded."""
    return [
        _series_picture(found, block, found.objective.slices[number])
        for number, block in enumerate(found.blocks)
        if block.dates
    ]


def _series_picture(found: Calibration, block: Block, part: slice) -> Picture:
    assert isinstance(block.asked, SeriesAsked)
    name, measure = f"fit-{block.name}", measure_of(block.measure)
    seeds = len(found.seeds)
    caption = (
        f"Above: {measure.label.lower()}, observed, fitted (mean of {seeds} seed{'s' if seeds > 1 else ''}) and at the "
        "start of the search. Below: observed less fitted."
        + (" Shaded: held out, scored and not fitted." if not block.fitted.all() else "")
    )
    at = day_numbers(pd.PeriodIndex(list(block.dates), freq="D"))
    periods = block.periods

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        for axes in (upper, lower):
            _shade(axes, at, block)
        upper.plot(*_broken(at, found.start.mean[part], periods), color=GREY, ls=":", lw=1.2, label="at the start")
        upper.plot(*_broken(at, found.best.mean[part], periods), color=INK, lw=1.8, label="fitted")
        upper.plot(*_broken(at, block.observed, periods), color=OBSERVED, lw=1.3, marker=".", ms=4, label="observed")
        upper.set_ylabel(measure.unit or "as measured")
        upper.yaxis.set_major_locator(MaxNLocator(6))
        upper.legend(ncols=4, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, handlelength=1.8)
        days = 365.25 / PERIODS_A_YEAR[block.asked.frequency]  # type: ignore[union-attr]
        lower.bar(at, block.observed - found.best.mean[part], 0.7 * days, color="#6885a3")
        lower.axhline(0, color=GREY, lw=0.9)
        lower.set_ylabel("\n".join(filter(None, ("residual,", measure.points or "as measured"))))
        lower.yaxis.set_major_locator(MaxNLocator(4))
        _years(lower, block)
        figure.align_ylabels([upper, lower])

    return Picture(name, f"{worded(block.name).capitalize()}: observed and fitted", caption, drawn(name, draw, 4.4))


def _broken(at: Any, values: Any, periods: Any) -> tuple[Any, Any]:
    """A line with gaps where periods are left out."""
    gaps = np.flatnonzero(np.diff(periods) > 1) + 1
    return np.insert(np.asarray(at, float), gaps, np.nan), np.insert(np.asarray(values, float), gaps, np.nan)


def _shade(axes: Axes, at: Any, block: Block) -> None:
    """Grey behind the periods that are held out."""
    held = np.flatnonzero(~block.fitted)
    if not len(held):
        return
    half = 0.5 * 365.25 / PERIODS_A_YEAR[block.asked.frequency]  # type: ignore[union-attr]
    for run in np.split(held, np.flatnonzero(np.diff(held) > 1) + 1):
        axes.axvspan(at[run[0]] - half, at[run[-1]] + half, color=HELD_OUT, zorder=0, lw=0)


def _years(axes: Axes, block: Block) -> None:
    years = range(block.dates[0].year, block.dates[-1].year + 2)
    step = 1 + len(years) // 14
    ticks = pd.PeriodIndex([f"{year}-01-01" for year in years if year % step == 0 or len(years) < 4], freq="D")
    axes.set_xticks(day_numbers(ticks), [f"{tick:%Y}" for tick in ticks])
    assert isinstance(block.asked, SeriesAsked)
    axes.set_xlabel(f"first day of the {block.asked.frequency}; years at January")


def others_picture(found: Calibration) -> Picture | None:
    """Targets that are no series: each value observed, with its 90% error, and fitted."""
    chosen = [
        (block, part) for block, part in zip(found.blocks, found.objective.slices, strict=True) if not block.dates
    ]
    if not chosen:
        return None
    name, title = "fit-others", "Other targets: observed and fitted"
    caption = "Each value as observed, with the 90% interval of its error, and as fitted; each target on its own scale."
    rows = sum(len(block.labels) for block, _ in chosen)

    def draw(figure: Figure) -> None:
        ratios = [len(block.labels) for block, _ in chosen]
        plots = figure.subplots(len(chosen), 1, squeeze=False, height_ratios=ratios)[:, 0]
        for axes, (block, part) in zip(plots, chosen, strict=True):
            places = np.arange(len(block.labels))
            reach = 1.645 * block.error if block.error is not None else None
            axes.errorbar(
                block.observed, places, xerr=reach, color=OBSERVED, ls="", marker="o", ms=4.5, label="observed"
            )
            axes.plot(found.best.mean[part], places, color=INK, ls="", marker="D", ms=4.5, label="fitted")
            axes.set_yticks(places, block.labels)
            axes.set_ylim(len(places) - 0.4, -0.6)
            axes.grid(visible=True, axis="x")
            axes.set_xlabel(", ".join(filter(None, (worded(block.name), block.unit))))
        figure.legend(*plots[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)

    return Picture(name, title, caption, drawn(name, draw, 0.8 + 0.3 * rows + 0.5 * len(chosen)))


def parameters_picture(found: Calibration) -> Picture:
    """Prior and posterior of each parameter."""
    name, title = "parameters", "What was believed before, and what the data say"
    caption = (
        "The prior (grey) and what is known after the fit (dark), each as a density; the tick is the fitted value, the "
        "bar under it the 90% interval, the light bar the prior's. Where the two curves are the same, "
        "the data say nothing."
    )
    count = len(found.estimates.each)
    columns = min(2, count)

    def draw(figure: Figure) -> None:
        lines = -(-count // columns)
        plots = figure.subplots(lines, columns, squeeze=False).ravel()
        for axes, one in zip(plots, found.estimates.each, strict=False):
            z = np.linspace(-3.2, 3.2, 801) if one.z_error > 0.2 else np.unique(
                np.concatenate([np.linspace(-3.2, 3.2, 401), one.z + one.z_error * np.linspace(-4, 4, 401)])
            )  # fmt: skip
            values = np.array([one.parameter.value(float(at)) for at in z])
            slopes = np.array([max(one.parameter.slope(float(at)), 1e-300) for at in z])
            before = np.exp(-0.5 * z**2) / slopes
            after = np.exp(-0.5 * ((z - one.z) / one.z_error) ** 2) / slopes / one.z_error
            top = float(after.max())
            axes.fill_between(values, before / top, color="#c9d1d9", lw=0)
            axes.plot(values, after / top, color=INK, lw=1.5)
            axes.plot([one.parameter.prior_low, one.parameter.prior_high], [-0.14] * 2, color="#c9d1d9", lw=4)
            axes.plot([one.low, one.high], [-0.07] * 2, color=INK, lw=2.4, solid_capstyle="butt")
            axes.plot([one.value] * 2, [-0.1, -0.04], color=OBSERVED, lw=2)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.xaxis.set_major_locator(MaxNLocator(5))
            axes.set_title(f"{_name(one.parameter.path)}\nset by the {one.set_by}, narrowed {one.narrowed:.0%}")
        for axes in plots[count:]:
            axes.set_visible(False)

    return Picture(name, title, caption, drawn(name, draw, 0.2 + 1.9 * -(-count // columns)))


def _name(path: str) -> str:
    """The end of a path that fits."""
    keys = path.split(".")
    while len(".".join(keys)) > LONGEST_NAME and len(keys) > 1:
        keys = keys[1:]
    return ".".join(keys)


def tried_picture(found: Calibration) -> Picture:
    """The objective of every evaluation, and the best so far."""
    name, title = "tried", "The search"
    caption = (
        "The objective at every point that was evaluated, in order, and the lowest so far. The last points fill boxes "
        "around the estimate: the values near it are smoothed by a plane, because the lowest single point is a lucky "
        "one. The estimate's own objective is the level line."
    )
    objectives = np.array([objective for _, objective in found.tried])

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        numbers = np.arange(1, len(objectives) + 1)
        axes.plot(numbers, objectives, color=AGAINST, ls="", marker=".", ms=4, label="evaluations")
        lowest = np.minimum.accumulate(objectives)
        axes.step(numbers, lowest, where="post", color=INK, lw=1.4, label="lowest so far")
        axes.axhline(found.best.objective, color=OBSERVED, lw=1, ls="--", label="the estimate")
        if objectives.min() > 0:
            axes.set_yscale("log")
            for axis_part in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
                axis_part(FuncFormatter(lambda value, _: f"{value:,.4g}"))
        axes.set_xlabel("evaluation")
        axes.set_ylabel("objective")
        axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2)

    return Picture(name, title, caption, drawn(name, draw, 2.8))
