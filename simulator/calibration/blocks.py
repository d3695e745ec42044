"""The targets beside what a run can show: which values of the past are met, fitted or only scored, and how sure."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.calibration.measures import PERIODS_A_YEAR, Frequency, measure_of
from simulator.calibration.moments import FIGURES, Asked, MomentAsked, RollsAsked, SeriesAsked, VintagesAsked
from simulator.calibration.series import observed
from simulator.calibration.targets import (
    HoldOut,
    MomentTarget,
    RollRatesTarget,
    SeriesTarget,
    TargetsFile,
    VintageTarget,
)
from simulator.errors import Problem, ScenarioError, SeriesError
from simulator.scenario import Scenario
from simulator.scenario.words import did_you_mean

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LEAST_VALUES = 8  # a shorter series says nothing of its own error


@dataclass(frozen=True)
class Block:
    """One target, made ready: what is asked of a run, and what was observed."""

    name: str
    kind: str
    measure: str
    unit: str
    asked: Asked
    labels: tuple[str, ...]  # of each value: its period, or what it is
    observed: Floats  # (values,)
    error: Floats | None  # standard error of each value; None: from the residuals
    fitted: Flags  # fitted, or only scored
    weight: float
    changes: bool
    notes: str  # what was left out, in words

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The periods of a series; of other targets none."""
        return self.asked.dates if isinstance(self.asked, SeriesAsked) else ()

    @property
    def periods(self) -> npt.NDArray[np.int64]:
        """The periods of a series as numbers that count up by one."""
        assert isinstance(self.asked, SeriesAsked)
        step = 12 // PERIODS_A_YEAR[self.asked.frequency]
        return np.array([(date.year * 12 + date.month - 1) // step for date in self.asked.dates], dtype=np.int64)

    @property
    def yearly_changes(self) -> list[tuple[int, int]]:
        """Pairs of fitted values a year apart, the later first; none unless changes are wanted."""
        if not self.changes or not isinstance(self.asked, SeriesAsked):
            return []
        year = PERIODS_A_YEAR[self.asked.frequency]
        place = {int(period): number for number, period in enumerate(self.periods) if self.fitted[number]}
        return [(here, place[period - year]) for period, here in place.items() if period - year in place]


def blocks_of(file: TargetsFile, scenario: Scenario) -> list[Block]:
    """Every target made ready. Raises ScenarioError with all mistakes, those of the series' files among them."""
    found: list[Block] = []
    problems: list[Problem] = []
    unread: list[str] = []
    span = (scenario.clock.month_date(0), scenario.clock.month_date(scenario.span.months - 1))
    for name, target in file.body.targets.items():
        try:
            found.append(_MAKERS[type(target)](name, target, span, file.body.hold_out, scenario))
        except _TargetError as wrong:
            problems.append(file.problem(("targets", name, *wrong.keys), wrong.message))
        except SeriesError as error:
            unread.append(str(error))
    if problems or unread:
        raise ScenarioError("\n".join([*map(str, problems), *unread]), problems)
    if not any(block.fitted.any() for block in found):
        told = "every value lies in the hold-out; nothing is left to fit"
        raise ScenarioError.of([file.problem(("hold_out",), told)])
    return found


class _TargetError(Exception):
    """A mistake under a key of a target."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.message, self.keys = message, keys


Months = tuple[dt.date, dt.date]


def _series(name: str, target: SeriesTarget, span: Months, hold_out: HoldOut | None, scenario: Scenario) -> Block:
    try:
        measure = measure_of(target.measure)
    except SeriesError as wrong:
        raise _TargetError(str(wrong), "measure") from wrong
    series = observed(target.file)
    months = 12 // PERIODS_A_YEAR[series.frequency]
    for key, given in (("from", target.first), ("to", target.last)):
        if given is not None and not span[0] <= given <= span[1]:
            told = f"{given:%Y-%m} lies outside the scenario's span, {span[0]:%Y-%m} to {span[1]:%Y-%m}"
            raise _TargetError(told, key)
    if strange := [date for date in target.skip if date not in series.dates]:
        raise _TargetError(f"{strange[0]:%Y-%m} is no {series.frequency} of the series; write its first month", "skip")
    first, last = target.first or span[0], target.last or span[1]
    dates: list[dt.date] = []
    values: list[float] = []
    fitted: list[bool] = []
    outside = 0
    for date, value in zip(series.dates, series.values, strict=True):
        end = _add(date, months - 1)
        held = hold_out is not None and hold_out.first <= date and end <= hold_out.last
        touches = hold_out is not None and hold_out.first <= end and date <= hold_out.last
        if date < span[0] or end > span[1] or not (held or (first <= date and end <= last and not touches)):
            outside += 1
        elif date not in target.skip:
            dates.append(date)
            values.append(float(value))
            fitted.append(not held)
    if not any(fitted):
        raise _TargetError(f"no {series.frequency} of the series lies in the months that are fitted")
    error = None if target.error is None else np.full(len(values), target.error)
    if error is None and sum(fitted) < LEAST_VALUES:
        told = f"{sum(fitted)} values say nothing of their own error; give an error, or at least {LEAST_VALUES} values"
        raise _TargetError(told)
    notes = [f"{sum(fitted)} {series.frequency}s fitted"]
    notes += [f"{len(values) - sum(fitted)} held out"] if not all(fitted) else []
    notes += [f"{len(target.skip)} skipped"] if target.skip else []
    notes += [f"{len(series.blank)} without a value"] if series.blank else []
    notes += [f"{outside} of the file outside the window"] if outside else []
    asked = SeriesAsked(target.measure, series.frequency, tuple(dates))
    return Block(
        name,
        "series",
        target.measure,
        measure.points,
        asked,
        tuple(_period(date, series.frequency) for date in dates),
        np.array(values),
        error,
        np.array(fitted, dtype=np.bool_),
        target.weight,
        target.changes,
        ", ".join(notes),
    )


def _period(date: dt.date, frequency: Frequency) -> str:
    return f"{date.year}Q{(date.month + 2) // 3}" if frequency == "quarter" else f"{date:%Y-%m}"


def _add(date: dt.date, months: int) -> dt.date:
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def _window(target: Any, span: Months, hold_out: HoldOut | None) -> Months:
    """The months a target speaks of; where it does not say, all that are not held out."""
    first, last = target.first or span[0], target.last or span[1]
    for key, date in (("from", first), ("to", last)):
        if not span[0] <= date <= span[1]:
            told = f"{date:%Y-%m} lies outside the scenario's span, {span[0]:%Y-%m} to {span[1]:%Y-%m}"
            raise _TargetError(told, key)
    if hold_out is None or last < hold_out.first or first > hold_out.last:
        return first, last
    if target.last is None and first < hold_out.first:
        return first, _add(hold_out.first, -1)
    if target.first is None and last > hold_out.last:
        return _add(hold_out.last, 1), last
    raise _TargetError(
        f"{first:%Y-%m} to {last:%Y-%m} reaches into the hold-out, {hold_out.first:%Y-%m} to {hold_out.last:%Y-%m}; "
        "only a series can be scored there"
    )


def _moment(name: str, target: MomentTarget, span: Months, hold_out: HoldOut | None, scenario: Scenario) -> Block:
    if target.metric is not None and target.metric not in FIGURES:
        told = (
            f"there is no metric {target.metric!r}{did_you_mean(target.metric, FIGURES)}; see `loanbook list metrics`"
        )
        raise _TargetError(told, "metric")
    unit = FIGURES[target.metric].unit_in(scenario.lender.currency) if target.metric is not None else ""
    if target.measure is not None:
        try:
            unit = measure_of(target.measure).points
        except SeriesError as wrong:
            raise _TargetError(str(wrong), "measure") from wrong
    first, last = _window(target, span, hold_out)
    asked = MomentAsked(target.measure, target.metric, first, last)
    label = f"{target.metric or f'mean of {target.measure}'}, {first:%Y-%m} to {last:%Y-%m}"
    values = ([label], [target.value], [target.standard_error])
    return _plain(name, target, asked, target.metric or target.measure or "", unit, values)


def _rolls(name: str, target: RollRatesTarget, span: Months, hold_out: HoldOut | None, scenario: Scenario) -> Block:
    _known_product(target.product, scenario)
    if target.file is not None:
        rows = _table(target.file, ("from_bucket", "to_bucket"), target.standard_error)
    else:
        error = target.standard_error or math.nan
        rows = [((begin, end), share, error) for begin, row in target.values.items() for end, share in row.items()]
    first, last = _window(target, span, hold_out)
    asked = RollsAsked(target.product, target.by, first, last, tuple((begin, end) for (begin, end), _, _ in rows))
    labels = [f"{begin} to {end}" for (begin, end), _, _ in rows]
    values = (labels, [share for _, share, _ in rows], [error for _, _, error in rows])
    return _plain(name, target, asked, f"roll rates by {target.by}", "share", values)


def _vintage(name: str, target: VintageTarget, span: Months, hold_out: HoldOut | None, scenario: Scenario) -> Block:
    _known_product(target.product, scenario)
    if target.file is not None:
        rows = [
            (int(float(keys[0])), share, error)
            for keys, share, error in _table(target.file, ("months_on_book",), target.standard_error)
        ]
    else:
        rows = [(month, share, target.standard_error or math.nan) for month, share in target.values.items()]
    first, last = _window(target, span, hold_out)
    asked = VintagesAsked(target.product, target.of, first, last, tuple(month for month, _, _ in rows))
    labels = [f"{month} months on book" for month, _, _ in rows]
    values = (labels, [share for _, share, _ in rows], [error for _, _, error in rows])
    return _plain(name, target, asked, target.of.replace("_", " "), "share", values)


_MAKERS: dict[type[Any], Any] = {
    SeriesTarget: _series,
    MomentTarget: _moment,
    RollRatesTarget: _rolls,
    VintageTarget: _vintage,
}


def _plain(
    name: str, target: Any, asked: Asked, measure: str, unit: str, values: tuple[list[str], list[float], list[float]]
) -> Block:
    """A target that is no series: all of it is fitted, its errors are given."""
    labels, shares, errors = values
    notes = f"{len(labels)} value{'' if len(labels) == 1 else 's'} fitted"
    fitted = np.ones(len(labels), np.bool_)
    return Block(
        name, target.kind, measure, unit, asked, tuple(labels), np.array(shares), np.array(errors), fitted,
        target.weight, False, notes,
    )  # fmt: skip


def _known_product(product: str | None, scenario: Scenario) -> None:
    products = scenario.lender.products
    if product is not None and product not in products:
        told = f"the lender has no product {product!r}{did_you_mean(product, products)}; it has {', '.join(products)}"
        raise _TargetError(told, "product")


Row = tuple[tuple[str, ...], float, float]


def _table(file: str, keys: Sequence[str], error: float | None) -> list[Row]:
    """Rows of a CSV file of some key columns, share, and standard_error unless one is given for all."""
    wanted = [*keys, "share", *(["standard_error"] if error is None else [])]
    try:
        with Path(file).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if missing := [name for name in wanted if name not in (reader.fieldnames or ())]:
                raise SeriesError(f"{file}:1: the column {missing[0]} is missing; {', '.join(wanted)} are wanted")
            rows: list[Row] = []
            for row in reader:
                try:
                    numbers = [float(row[name]) for name in wanted[len(keys) :]]
                except (TypeError, ValueError):
                    raise SeriesError(f"{file}:{reader.line_num}: numbers are wanted in {', '.join(wanted)}") from None
                if not 0 <= numbers[0] <= 1:
                    raise SeriesError(f"{file}:{reader.line_num}: the share {numbers[0]:g}; from 0 to 1 is wanted")
                own = numbers[1] if error is None else error
                if not own > 0:
                    raise SeriesError(f"{file}:{reader.line_num}: the standard error {own:g}; above 0 is wanted")
                rows.append((tuple(str(row[name]) for name in keys), numbers[0], own))
    except (OSError, UnicodeDecodeError) as problem:
        raise SeriesError(f"the file {file} cannot be read: {problem}") from None
    if not rows:
        raise SeriesError(f"{file} holds no rows")
    return rows
