"""The history of unemployment: where it comes from, and how often the past was as severe as a path."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.calibration.series import observed
from simulator.errors import ReverseError
from simulator.params import TimePath
from simulator.scenario import Scenario, shipped_scenarios

Floats = npt.NDArray[np.float64]
YEAR = 12  # months of a window
FEWEST = 5 * 12  # months of a history from which anything is said
QUOTED = ("lendingclub", "USD")  # the shipped scenario that quotes a series, and the lenders' currency that it fits


@dataclass(frozen=True)
class History:
    """A monthly series of unemployment, percent; `step` is 3 where it was given by quarter and filled in."""

    first: dt.date
    values: Floats
    source: str
    step: int = 1

    @property
    def last(self) -> dt.date:
        """Its last month."""
        return _after(self.first, self.values.size - 1)

    def month(self, number: int) -> dt.date:
        """The month of an entry."""
        return _after(self.first, number)

    @property
    def rises(self) -> Floats:
        """Each month's value less that of twelve months before, from the thirteenth month on, points."""
        return np.asarray(self.values[YEAR:] - self.values[:-YEAR])


@dataclass(frozen=True)
class Severity:
    """How often the past was at least so severe.

    `times` of `windows` values are at least `value`; neighbouring windows overlap, so they are worth about
    `apart` separate ones, and those that are so severe lie in `episodes` stretches at least a year from one another.
    `largest` is the history's own largest, in `largest_month`.
    """

    value: float
    times: int
    windows: int
    apart: int
    episodes: tuple[tuple[dt.date, dt.date], ...]
    largest: float
    largest_month: dt.date

    @property
    def share(self) -> float:
        """The share of the windows that are at least so severe."""
        return self.times / self.windows

    @property
    def percentile(self) -> float:
        """The share of the windows that are milder, percent."""
        return 100.0 * (1.0 - self.share)


def history_of(scenario: Scenario, file: str | None) -> History | None:
    """The history beside which a scenario's unemployment is laid; None where none is known.

    First the CSV file that was given, then UNRATE.csv of the folder that the scenario reads its economy from, then,
    for a lender whose money is the US dollar, the monthly rate quoted in the shipped scenario `lendingclub` (Bureau
    of Labor Statistics, 2007 to 2025). Raises SeriesError and ReverseError.
    """
    if file is not None:
        return _read(file, Path(file).name)
    named = scenario.world.economy.unemployment.file
    if named and (Path(named) / "UNRATE.csv").is_file():
        return _read(str(Path(named) / "UNRATE.csv"), "UNRATE, Bureau of Labor Statistics")
    if scenario.lender.currency == QUOTED[1]:
        return _quoted()
    return None


def _read(file: str, source: str) -> History:
    found = observed(file)
    step = 3 if found.frequency == "quarter" else 1
    known = np.array([date.year * 12 + date.month - 1 for date in found.dates], np.int64)
    first, last = int(known[0]), int(known[-1])
    if last - first + 1 < FEWEST:
        raise ReverseError(f"{file}: {last - first + 1} months; a history of at least {FEWEST} is wanted")
    if float(found.values.min()) < 0 or float(found.values.max()) > 100 or float(found.values.max()) <= 1:
        told = f"from {found.values.min():g} to {found.values.max():g}"
        raise ReverseError(f"{file}: {told}; unemployment in percent of the labour force is wanted, as 5.2")
    values = np.interp(np.arange(first, last + 1), known, found.values)
    return History(dt.date(first // 12, first % 12 + 1, 1), values, source, step)


@cache
def _quoted() -> History | None:
    """The series written out in a shipped scenario."""
    from simulator.scenario.merge import read_merged
    from simulator.scenario.tree import plain

    file = shipped_scenarios().get(QUOTED[0])
    if file is None:
        return None
    body = plain(read_merged(file, file.name).root)
    path = TimePath.read(body["world"]["economy"]["unemployment"])
    first = path.dates[0]
    months = (path.dates[-1].year - first.year) * 12 + path.dates[-1].month - first.month + 1
    source = f"UNRATE, Bureau of Labor Statistics, as quoted in the scenario {QUOTED[0]}"
    return History(first, path.at_months(first, months), source)


def largest_rise(before: Floats, path: Floats) -> float:
    """The largest rise of a path over twelve months, points; `before` are the twelve months before it."""
    whole = np.concatenate([before, path])
    return float((whole[YEAR:] - whole[:-YEAR]).max())


def steepest(path: Floats, count: int, apart: int = 2 * YEAR) -> list[int]:
    """Where the largest rises over twelve months begin, the largest first, so many months from one another at least."""
    rises = path[YEAR:] - path[:-YEAR]
    found: list[int] = []
    for at in np.argsort(-np.round(rises, 6), kind="stable"):
        if len(found) == count or rises[at] <= 0:
            break
        if all(abs(int(at) - other) >= apart for other in found):
            found.append(int(at))
    return found


def rise_in(history: History, rise: float) -> Severity:
    """How often unemployment rose by so much within twelve months."""
    return _severity(history, history.rises, rise, YEAR)


def peak_in(history: History, peak: float) -> Severity:
    """In how many months unemployment was so high."""
    return _severity(history, history.values, peak, 0)


def _severity(history: History, values: Floats, value: float, skipped: int) -> Severity:
    value = round(value, 6)  # a rise of 3 points is one, whatever the last digit of a difference
    rounded = np.round(values, 6)
    at = np.flatnonzero(rounded >= value)
    top = int(rounded.argmax())
    return Severity(
        value,
        int(at.size),
        int(values.size),
        max(int(values.size) // YEAR, 1),
        tuple((history.month(skipped + first), history.month(skipped + last)) for first, last in _stretches(at)),
        float(rounded[top]),
        history.month(skipped + top),
    )


def _stretches(at: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """First and last of each run of numbers of which neighbours are less than a year apart."""
    if not at.size:
        return []
    cuts = np.flatnonzero(np.diff(at) >= YEAR)
    firsts, lasts = np.concatenate([[0], cuts + 1]), np.concatenate([cuts, [at.size - 1]])
    return [(int(at[first]), int(at[last])) for first, last in zip(firsts, lasts, strict=True)]


def _after(first: dt.date, months: int) -> dt.date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)
