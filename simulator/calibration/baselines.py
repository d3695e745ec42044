"""Baselines: what a plain regression on the same inputs would have said, so that a model has something to beat.

(a) The measure on a constant, unemployment, and its change over a year. (b) The same with card debt against income a
year before. Each is fitted twice by ordinary least squares: on what was observed before the window, which is a fair
forecast, and on the window itself, a floor that no forecast can reach with these inputs. Both are judged on the
window. Inputs are means over the quarter (or month) of the scenario's own paths, in percent.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.calibration.closeness import bias, rmse
from simulator.calibration.window import a_year_before

if TYPE_CHECKING:
    from simulator.params import TimePath

Floats = npt.NDArray[np.float64]
Known = Mapping[dt.date, float]  # a value by the first day of its period

UNEMPLOYMENT = ("constant", "unemployment", "unemployment_change")
LEVERAGE = (*UNEMPLOYMENT, "leverage_a_year_before")
SPARE = 2  # observations beyond the coefficients, the fewest that make a fit


@dataclass(frozen=True)
class Regression:
    """One regression: its coefficients, the periods it was fitted on, and how near it came in the window."""

    rmse: float
    bias: float
    coefficients: dict[str, float]
    quarters: int
    judged: int  # periods of the window whose inputs are known
    predicted: dict[dt.date, float]  # for every period of the window whose inputs are known


@dataclass(frozen=True)
class Baseline:
    """A regression fitted before the window and within it; None with the reason where there are too few periods."""

    before: Regression | None
    within: Regression | None
    why_not: dict[str, str]


def baselines(
    dates: Sequence[dt.date],
    observed: Known,
    before: Known,
    unemployment: Known,
    leverage: Known | None,
    window: Sequence[dt.date] = (),
) -> dict[str, Baseline | None]:
    """Both baselines for the periods `dates` of the window; `window` adds those that are told but not judged.

    `observed` holds their values, `before` what was observed earlier; `unemployment` and `leverage` the inputs. The
    second is None without leverage.
    """
    inputs, told = _unemployment_inputs(unemployment), sorted({*dates, *window})
    plain = _baseline(UNEMPLOYMENT, dates, observed, before, inputs, told)
    found: dict[str, Baseline | None] = {"unemployment": plain}
    if leverage is None:
        return found | {"unemployment_and_leverage": None}
    more = {
        date: (*row, leverage[a_year_before(date)]) for date, row in inputs.items() if a_year_before(date) in leverage
    }
    return found | {"unemployment_and_leverage": _baseline(LEVERAGE, dates, observed, before, more, told)}


def _unemployment_inputs(unemployment: Known) -> dict[dt.date, tuple[float, ...]]:
    """Constant, level and change over a year, where the year before is known."""
    return {
        date: (1.0, value, value - unemployment[a_year_before(date)])
        for date, value in unemployment.items()
        if a_year_before(date) in unemployment
    }


def _baseline(
    names: tuple[str, ...],
    dates: Sequence[dt.date],
    observed: Known,
    before: Known,
    inputs: Mapping[dt.date, tuple[float, ...]],
    window: Sequence[dt.date],
) -> Baseline:
    why_not: dict[str, str] = {}
    found: dict[str, Regression | None] = {}
    judged = {date: observed[date] for date in dates}
    for name, fitted_on in (("before", before), ("within", judged)):
        try:
            found[name] = regression(names, fitted_on, judged, inputs, window)
        except ValueError as error:
            found[name], why_not[name] = None, str(error)
    return Baseline(found["before"], found["within"], why_not)


def regression(
    names: tuple[str, ...],
    fitted_on: Known,
    judged: Known,
    inputs: Mapping[dt.date, tuple[float, ...]],
    window: Sequence[dt.date],
) -> Regression:
    """Least squares on one set of periods, judged on another and told for the whole window, which holds the latter.

    ValueError with the reason where it cannot be.
    """
    rows = sorted(date for date in fitted_on if date in inputs)
    if len(rows) < len(names) + SPARE:
        raise ValueError(f"{len(rows)} periods with all inputs; at least {len(names) + SPARE} are wanted")
    there = sorted(date for date in judged if date in inputs)
    if not there:
        raise ValueError("no period of the window has all inputs")
    shown = sorted(date for date in window if date in inputs)
    design = np.array([inputs[date] for date in rows])
    coefficients, _, rank, _ = np.linalg.lstsq(design, np.array([fitted_on[date] for date in rows]), rcond=1e-10)
    if rank < len(names):
        raise ValueError("the inputs do not vary enough to tell them apart")
    answers = np.array([inputs[date] for date in shown]) @ coefficients
    predicted = {date: float(value) for date, value in zip(shown, answers, strict=True)}
    said = np.array([predicted[date] for date in there])
    seen = np.array([judged[date] for date in there])
    return Regression(
        rmse(seen, said),
        bias(seen, said),
        {name: float(value) for name, value in zip(names, coefficients, strict=True)},
        len(rows),
        len(there),
        predicted,
    )


def path_means(path: TimePath, periods: Sequence[dt.date], months: int, first: dt.date) -> dict[dt.date, float]:
    """The mean of a path over each period of so many months.

    A period that begins before `first` counts only where the path has dates of its own as early as that.
    """
    known_from = min(first, path.starts) if path.starts is not None else first
    found = {date: float(path.at_months(date, months).mean()) for date in periods if date >= known_from}
    return {date: value for date, value in found.items() if math.isfinite(value)}
