"""The window of a back-test: whole quarters or months from one date to another, some of them left out openly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.calibration.measures import PERIODS_A_YEAR, Frequency
from simulator.calibration.series import date_of, period_start
from simulator.errors import SeriesError

Periods = tuple[dt.date, ...]  # the first day of each


@dataclass(frozen=True)
class Window:
    """The periods that are looked at, by their first days, and those of them that are left out of every score."""

    periods: Periods
    skipped: Periods
    frequency: Frequency
    widened: bool = False  # the dates given were not those of whole quarters
    outside: Periods = ()  # to be left out too, but not of this window: of what the regressions are fitted on

    @property
    def first(self) -> dt.date:
        """The first day of the window."""
        return self.periods[0]

    @property
    def last(self) -> dt.date:
        """The first day of the last month of the window."""
        return _months_on(self.periods[-1], 12 // PERIODS_A_YEAR[self.frequency] - 1)

    @property
    def wanted(self) -> Periods:
        """The periods without those left out."""
        left_out = set(self.skipped)
        return tuple(period for period in self.periods if period not in left_out)


def window_of(
    first: str | dt.date, last: str | dt.date, frequency: Frequency = "quarter", skip: Iterable[str | dt.date] = ()
) -> Window:
    """Every quarter (or month) from one date to another, widened to whole ones; `skip` leaves some out.

    A date may be written 2007-01, 2007-03-31 or 2007Q1 and stands for the period in which it lies. Raises SeriesError
    for what is no date, a window that ends before it begins, and one of which nothing is left. A period to skip that is
    not in the window is left out of the earlier ones on which the regressions are fitted.
    """
    begin, end = _date(first, "the window's first month"), _date(last, "the window's last month")
    start, stop = period_start(begin, frequency), period_start(end, frequency)
    if end < begin:
        raise SeriesError(f"the window from {begin:%Y-%m} to {end:%Y-%m} ends before it begins")
    step = 12 // PERIODS_A_YEAR[frequency]
    periods = tuple(_months_on(start, step * number) for number in range(_months_between(start, stop) // step + 1))
    skipped: set[dt.date] = set()
    outside: set[dt.date] = set()
    for given in skip:
        date = _date(given, f"a {frequency} to skip")
        period = period_start(date, frequency)
        (skipped if period in periods else outside).add(period)
    if len(skipped) == len(periods):
        raise SeriesError(f"every {frequency} of the window is to be skipped; nothing is left to judge")
    cut = (begin.month - 1) % step != 0 or (end.month - 1) % step != step - 1
    return Window(periods, tuple(sorted(skipped)), frequency, cut, tuple(sorted(outside)))


def a_year_before(period: dt.date) -> dt.date:
    """The same period of the year before."""
    return period.replace(year=period.year - 1)


def words(period: dt.date, frequency: Frequency) -> str:
    """2007Q1, or 2007-01 by month."""
    return f"{period.year}Q{(period.month + 2) // 3}" if frequency == "quarter" else f"{period:%Y-%m}"


def listed(periods: Iterable[dt.date], frequency: Frequency, most: int = 8) -> str:
    """Periods in words, the first few and how many more."""
    told = [words(period, frequency) for period in periods]
    more = f" and {len(told) - most} more" if len(told) > most else ""
    return ", ".join(told[:most]) + more


def _date(given: str | dt.date, what: str) -> dt.date:
    if isinstance(given, dt.date):
        return given
    try:
        return date_of(given.strip())
    except ValueError as error:
        raise SeriesError(f"{what}: {error}") from None


def _months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _months_on(date: dt.date, months: int) -> dt.date:
    years, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(years, month + 1, 1)


def months_from(start: dt.date, last: dt.date) -> int:
    """How many months lie from the month of one date to that of another, both counted."""
    return _months_between(start, last) + 1
