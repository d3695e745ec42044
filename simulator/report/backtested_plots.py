"""The picture of a back-test: observed against predicted with its band, and below it the errors, by date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulator.calibration.backtest import Backtest
from simulator.report.drawing import GREY, INK, Picture, day_numbers, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OBSERVED = "#b4532a"
REGRESSIONS = {"unemployment": ":", "unemployment_and_leverage": "--"}
LEGENDS = {
    "unemployment": "regression on unemployment",
    "unemployment_and_leverage": "regression with card debt against income",
}


def picture_of(found: Backtest) -> Picture:
    """Observed, predicted, band and the regressions fitted before the window; below, predicted less observed."""
    title = "Observed and predicted"
    shown = [name for name, each in found.baselines.items() if each is not None and each.before is not None]
    caption = (
        f"Above: {found.measure.label.lower()}, observed and predicted (mean of {len(found.seeds)} "
        f"seed{'s' if len(found.seeds) > 1 else ''})"
        + (", with the 90% band shaded" if found.band is not None else "")
        + (", and what regressions fitted before the window would have said. " if shown else ". ")
        + "Below: predicted less observed. "
        + ("Rings are periods left out of the scores. " if found.window.skipped else "")
    )

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        at = _places(found)
        _series(upper, found, at, shown)
        _errors(lower, found, at)
        _dates(lower, found)
        figure.align_ylabels([upper, lower])

    return Picture("backtest", title, caption.strip(), drawn("backtest", draw, 4.6))


def _places(found: Backtest) -> Any:
    """Each period's place on the axis: its first day, where its tick is."""
    return day_numbers(pd.PeriodIndex(list(found.periods), freq="D"))


def _series(axes: Axes, found: Backtest, at: Any, regressions: list[str]) -> None:
    mark = "o" if len(at) < 3 else ""
    if found.band is not None:
        axes.fill_between(at, found.band.low, found.band.high, color="#a9bccf", alpha=0.45, lw=0, label="90% band")
    for name in regressions:
        baseline = found.baselines[name]
        assert baseline is not None
        assert baseline.before is not None
        said = [baseline.before.predicted.get(period, np.nan) for period in found.periods]
        axes.plot(at, said, color=GREY, ls=REGRESSIONS[name], lw=1.2, marker=mark, label=LEGENDS[name])
    axes.plot(at, found.predicted, color=INK, lw=1.8, marker=mark, label="predicted")
    axes.plot(at, found.observed, color=OBSERVED, lw=1.5, marker=mark or ".", ms=4.5, label="observed")
    out = [period in set(found.window.skipped) for period in found.periods]
    if any(out):
        style: dict[str, Any] = {"facecolor": "white", "edgecolor": OBSERVED, "zorder": 4, "s": 30}
        axes.scatter(at[out], found.observed[out], label="left out", **style)
    axes.set_ylabel(found.measure.unit or found.measure.text)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, handlelength=1.8)


def _errors(axes: Axes, found: Backtest, at: Any) -> None:
    days = 365.25 / (4 if found.window.frequency == "quarter" else 12)
    gap = np.where(found.judged, found.predicted - found.observed, np.nan)
    axes.bar(at, gap, 0.7 * days, color="#6885a3")
    axes.axhline(0, color=GREY, lw=0.9)
    points = found.measure.points
    axes.set_ylabel(f"error, {points}" if points else "error")
    axes.yaxis.set_major_locator(MaxNLocator(4))


def _dates(axes: Axes, found: Backtest) -> None:
    """The year at its first day; the quarters too where the window is short."""
    years = range(found.periods[0].year, found.periods[-1].year + 2)
    step = 1 + len(years) // 16
    ticks = pd.PeriodIndex([f"{year}-01-01" for year in years if year % step == 0 or len(years) < 4], freq="D")
    axes.set_xticks(day_numbers(ticks), [f"{tick:%Y}" for tick in ticks])
    if len(years) < 6:
        quarters = pd.period_range(f"{years[0]}-01-01", f"{years[-1]}-12-31", freq="Q")
        axes.set_xticks(day_numbers(quarters), minor=True)
    at = _places(found)
    room = 60 if found.window.frequency == "quarter" else 20
    axes.set_xlim(float(at[0]) - room, float(at[-1]) + room)
    axes.set_xlabel(f"first day of the {found.window.frequency}; years at January")
