"""What is read off a run to stand beside the targets: series, means, roll rates and vintage curves, as one row."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from simulator.calibration.measures import Frequency, measured
from simulator.ensemble.tasks import Parcel, unpacked
from simulator.errors import SeriesError
from simulator.metrics import METRICS, segment_rows
from simulator.run import Result, run

if TYPE_CHECKING:
    import pandas as pd

FIGURES = {metric.name: metric for metric in METRICS}


@dataclass(frozen=True)
class SeriesAsked:
    """A measure of the panel at some periods."""

    measure: str
    frequency: Frequency
    dates: tuple[dt.date, ...]

    def of(self, result: Result) -> list[float]:
        """One value a period."""
        values = measured(result.panel, self.measure, self.frequency)
        known = {stamp.date(): float(value) for stamp, value in values.items()}  # type: ignore[attr-defined]
        return [known.get(date, np.nan) for date in self.dates]


@dataclass(frozen=True)
class MomentAsked:
    """A metric of a window of the panel, or the mean of a measure over its months."""

    measure: str | None
    metric: str | None
    first: dt.date
    last: dt.date

    def of(self, result: Result) -> list[float]:
        """The one value."""
        rows = within(result.panel, "month", self.first, self.last)
        if self.metric is not None:
            return [float(FIGURES[self.metric].of(segment_rows(rows)))]
        assert self.measure is not None
        return [float(measured(rows, self.measure, "month").mean())]


@dataclass(frozen=True)
class RollsAsked:
    """Shares of a bucket found in a state a month later, all months of a window together."""

    product: str | None
    by: Literal["accounts", "balance"]
    first: dt.date
    last: dt.date
    cells: tuple[tuple[str, str], ...]

    def of(self, result: Result) -> list[float]:
        """One share for each pair of bucket and state."""
        rows = within(result.roll_rates, "month", self.first, self.last)
        if self.product is not None:
            rows = rows[rows["product"] == self.product]
        cells = rows.groupby(["from_bucket", "to_bucket"], observed=True)[self.by].sum()
        there = rows.groupby("from_bucket", observed=True)[self.by].sum()
        whole = {begin: float(there.get(begin, 0.0)) for begin, _ in self.cells}
        return [
            float(cells.get((begin, end), 0.0)) / whole[begin] if whole[begin] > 0 else np.nan
            for begin, end in self.cells
        ]


@dataclass(frozen=True)
class VintagesAsked:
    """Cumulated shares of all vintages opened in a window, by months on book; each as old as it is asked for."""

    product: str | None
    of_what: Literal["defaults", "charge_off_accounts", "charge_offs"]
    first: dt.date
    last: dt.date
    months: tuple[int, ...]

    def of(self, result: Result) -> list[float]:
        """One share for each number of months on book."""
        rows = within(result.vintages, "vintage", self.first, self.last)
        if self.product is not None:
            rows = rows[rows["product"] == self.product]
        base = "lent" if self.of_what == "charge_offs" else "accounts"
        lost = rows.groupby(["product", "vintage"], observed=True)[self.of_what].cumsum()
        frame = rows.assign(lost=lost)
        found = []
        for month in self.months:
            old = frame[frame["months_on_book"] == month]
            whole = float(old[base].sum())
            found.append(float(old["lost"].sum()) / whole if whole > 0 else np.nan)
        return found


Asked: TypeAlias = SeriesAsked | MomentAsked | RollsAsked | VintagesAsked


def within(frame: pd.DataFrame, column: str, first: dt.date, last: dt.date) -> pd.DataFrame:
    """The rows whose date lies from the first day of the first month to the last day of the last month."""
    import pandas as pd

    end = pd.Timestamp(last) + pd.offsets.MonthEnd(1)
    dates = frame[column]
    return frame[(dates >= pd.Timestamp(first)) & (dates < end + pd.Timedelta(days=1))]


@dataclass(frozen=True)
class Lived:
    """What is kept of one run of a calibration: the values asked for, in order, and the seconds it took."""

    values: tuple[float, ...]
    seconds: float


def lived(parcel: Parcel, seed: int, asked: Sequence[tuple[str, Asked]]) -> Lived:
    """Live through a scenario with one seed and keep what is asked for; `asked` holds names and questions.

    Raises SeriesError where a value cannot be formed, with the target's name.
    """
    started = time.perf_counter()
    result = run(unpacked(parcel), seed, unshocked=False)
    values: list[float] = []
    for name, question in asked:
        found = question.of(result)
        if missing := [number for number, value in enumerate(found) if not np.isfinite(value)]:
            raise SeriesError(f"targets.{name}: {_lacking(question, missing[0])}; the run has nothing to show there")
        values += found
    return Lived(tuple(values), time.perf_counter() - started)


def _lacking(question: Asked, number: int) -> str:
    """Which of its values a run cannot show."""
    if isinstance(question, SeriesAsked):
        return f"{question.measure} at {question.dates[number]:%Y-%m}"
    if isinstance(question, RollsAsked):
        return f"accounts that were {question.cells[number][0]}"
    if isinstance(question, VintagesAsked):
        return f"vintages {question.months[number]} months on book"
    return str(question.metric or question.measure)
