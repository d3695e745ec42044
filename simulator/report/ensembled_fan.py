"""The fan of an ensemble: the bands in which its runs lie, month by month, for every bucket, charge-offs and the world.

A band is drawn only where there are runs enough to say where it ends; with fewer its place is taken by the range of
all runs, and the caption says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from simulator.ensemble.order import quantile_of
from simulator.ensemble.result import Ensemble
from simulator.report.drawing import GREY, INK, Picture, dated, dates_of, drawn, mark, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
BANDS = (98, 90, 50)  # percent of the runs, from the widest to the narrowest
SHADES = {98: "#e1e8ef", 90: "#b9c8d7", 50: "#88a0b8"}
OWN = "#b4532a"
PLACES = {  # row, first column, and how many columns of four
    "overdue_30_rate": (0, 0, 2),
    "charge_off_rate": (0, 2, 1),
    "unemployment_rate": (0, 3, 1),
    "overdue_1_29_rate": (1, 0, 1),
    "overdue_30_59_rate": (1, 1, 1),
    "overdue_60_89_rate": (1, 2, 1),
    "overdue_90_plus_rate": (1, 3, 1),
}
SHORT = {
    "overdue_1_29_rate": "1 to 29 days overdue",
    "overdue_30_59_rate": "30 to 59 days overdue",
    "overdue_60_89_rate": "60 to 89 days overdue",
    "overdue_90_plus_rate": "90 days and more",
    "overdue_30_rate": "30 days and more overdue",
    "charge_off_rate": "charged off a year",
    "unemployment_rate": "borrowers out of work",
}
UNITS = {
    "unemployment_rate": "% of labour force",
}
MOST_WORLDS = 60  # lines of worlds in one drawing


@dataclass(frozen=True)
class Band:
    """Where so many percent of the runs lie, month by month; `percent` is 100 where it is the range of all runs."""

    percent: int
    low: Floats
    high: Floats

    @property
    def label(self) -> str:
        """For a legend."""
        return "all runs" if self.percent == 100 else f"{self.percent}% of runs"


def lines_of(found: Ensemble, name: str) -> Floats:
    """A measure of every run that has weight, shape (runs, months)."""
    return found.paths[name].reshape(found.runs, -1)


def quantile_lines(lines: Floats, levels: Sequence[float], weights: Floats) -> list[Floats]:
    """Weighted quantiles of the runs that have a value, each month by itself; NaN where none has."""
    months = lines.shape[1]
    found = np.full((len(levels), months), np.nan)
    for month in range(months):
        there = np.isfinite(lines[:, month]) & (weights > 0)
        if there.any():
            order = np.argsort(lines[there, month], kind="stable")
            ordered, held = lines[there, month][order], weights[there][order]
            found[:, month] = [quantile_of(ordered, held / held.sum(), level) for level in levels]
    return list(found)


def drawable(found: Ensemble) -> tuple[int, ...]:
    """The bands that so many runs can tell: one run at least lies beyond each end."""
    weights = found.member_weights
    runs = 1.0 / float((weights**2).sum())
    return tuple(share for share in BANDS if runs * (100 - share) / 200 >= 1 - 1e-9)


def bands_of(found: Ensemble, name: str) -> list[Band]:
    """The bands of a measure, from the widest to the narrowest."""
    lines, weights = lines_of(found, name), found.member_weights
    shares = drawable(found)
    bands = []
    if len(shares) < len(BANDS):
        ends = quantile_lines(lines, (0.0, 1.0), weights)
        bands.append(Band(100, ends[0], ends[1]))
    for share in shares:
        low, high = quantile_lines(lines, ((100 - share) / 200, (100 + share) / 200), weights)
        bands.append(Band(share, low, high))
    return bands


def own_line(found: Ensemble, name: str) -> tuple[str, Floats]:
    """The mean of the scenario's own world where other worlds are beside it, or else of all runs."""
    own = next((place for place, world in enumerate(found.worlds) if not world.values), None)
    if own is not None and len(found.worlds) > 1:
        lines = found.paths[name][own].reshape(-1, len(found.months))
        return "mean of the scenario's own world", mean_line(lines, None)
    return "mean", mean_line(lines_of(found, name), found.member_weights)


def given_path(found: Ensemble) -> Floats:
    """Unemployment as the scenario gives it, a share, month by month."""
    path = found.scenario.world.economy.unemployment
    return np.asarray(path.at_months(found.scenario.span.start, len(found.months)), np.float64) / 100.0


def mean_line(lines: Floats, weights: Floats | None) -> Floats:
    """The weighted mean of the runs that have a value, month by month."""
    there = np.isfinite(lines)
    held = there * (np.ones(len(lines)) if weights is None else weights)[:, None]
    total = held.sum(axis=0)
    sums = (np.where(there, lines, 0.0) * held).sum(axis=0)
    return np.asarray(np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0))


def fan(found: Ensemble) -> Picture:
    """The share overdue 30 days and more with its bands, and beneath it each bucket, charge-offs and the worlds."""
    name, title = "fan", "The fan: how the book may go, month by month"
    shares = drawable(found)
    missing = [f"{share}%" for share in BANDS if share not in shares]
    caption = (
        f"A band holds the stated share of the {found.runs:,} runs in each month; no single run follows its edge. "
    )
    if missing:
        caption += (
            f"{found.runs:,} run{'s are' if found.runs > 1 else ' is'} too few to tell where "
            f"{'bands' if len(missing) > 1 else 'a band'} of {' and '.join(missing)} would end: the lightest shade is "
            "the range of all runs. "
        )
    if len(found.worlds) > 1:
        caption += "Thin lines in the drawing of those out of work are the means of the worlds. "
    caption += "The dashed line of those out of work is the path that the scenario gives."
    if not any(np.isfinite(found.paths[each]).any() for each in PLACES):
        return Picture(name, title, caption, nothing="No run has a value for any month.")

    def draw(figure: Figure) -> None:
        grid = figure.add_gridspec(2, 4, height_ratios=(1.25, 1))
        for each, (row, column, wide) in PLACES.items():
            axes = figure.add_subplot(grid[row, column : column + wide])
            _one(axes, found, each, large=wide > 1)
            if row and column:
                axes.set_ylabel("")  # the unit of the first of the row
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=len(labels), handlelength=1.6, columnspacing=1.3)

    return Picture(name, title, caption, drawn(name, draw, 3.3))


def _one(axes: Axes, found: Ensemble, name: str, *, large: bool) -> None:
    """One measure: bands, median, the scenario's own line, on dates."""
    months = pd.Series(found.months)
    dates = dates_of(months)
    axes.set_title(SHORT[name], fontsize=9.5 if large else 8.5, pad=3)
    lines = lines_of(found, name)
    dot: dict[str, Any] = {"marker": mark(len(dates)), "ms": 4}
    bands = bands_of(found, name)
    for band in bands:
        style: dict[str, Any] = {"color": SHADES.get(band.percent, SHADES[98]), "lw": 0, "label": band.label}
        if len(dates) == 1:
            axes.bar(dates, 100 * (band.high - band.low), 12, bottom=100 * band.low, **style)
        else:
            axes.fill_between(dates, 100 * band.low, 100 * band.high, **style)
    if name == "unemployment_rate" and 1 < len(found.worlds) <= MOST_WORLDS:
        for world in found.paths[name]:
            mean = mean_line(world.reshape(-1, len(dates)), None)
            axes.plot(dates, 100 * mean, color=GREY, lw=0.5, alpha=0.8)
    median = quantile_lines(lines, (0.5,), found.member_weights)[0]
    axes.plot(dates, 100 * median, color=INK, lw=1.6 if large else 1.2, label="median", **dot)
    label, own = own_line(found, name)
    if name == "unemployment_rate":
        own = given_path(found)
    axes.plot(dates, 100 * own, color=OWN, ls="--", lw=1.3 if large else 1.0, label=label, **dot)
    axes.set_ylim(0, _ceiling(bands, own))
    axes.set_ylabel(UNITS.get(name, "% of balance"))
    percent(axes)
    _dates(axes, months, large=large)
    if not np.isfinite(lines).any():
        axes.text(0.5, 0.5, "no value", transform=axes.transAxes, ha="center", color=GREY)


def _ceiling(bands: list[Band], own: Floats) -> float:
    """A little above the widest band and the scenario's own line, in percent."""
    ends = [float(np.nanmax(part)) for part in (own, *(band.high for band in bands)) if np.isfinite(part).any()]
    return 106.0 * max(ends, default=0.0) or 1.0


def _dates(axes: Axes, months: pd.Series[Any], *, large: bool) -> None:
    """Months on the axis of the large drawing; years alone in the small ones, where the span holds two or more."""
    if len(months) < 13 or (large and len(months) <= 61):
        dated(axes, months)
        if not large and len(months) > 4:
            _thinned(axes)
    else:
        span = pd.period_range(months.iloc[0], periods=len(months), freq="M")
        step = -(-len({month.year for month in span}) // (8 if large else 3))  # so many years' names have room
        years: Sequence[pd.Period] = [month for month in span if month.month == 1 and month.year % step == 0]
        axes.set_xticks(dates_of(pd.Series([year.to_timestamp() for year in years])), [f"{y:%Y}" for y in years])
    axes.set_xlabel("")  # the ticks name the months
    first, last = dates_of(months)[[0, -1]]
    room = 40 if len(months) == 1 else 0.03 * (last - first)
    axes.set_xlim(first - room, last + room)


def _thinned(axes: Axes) -> None:
    """Every third month's name only, where there is little room."""
    labels = [label.get_text() if place % 3 == 0 else "" for place, label in enumerate(axes.get_xticklabels())]
    axes.set_xticks(axes.get_xticks(), labels)
