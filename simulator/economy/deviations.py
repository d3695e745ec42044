"""How unemployment strays from a path: a deviation with momentum, fitted to a history or given, and laid over the path.

The deviation d, in percentage points, moves in steps of a month or a quarter:

    d(t) = persistence x d(t-1) + momentum x (d(t-1) - d(t-2)) + surprise(t),  d = 0 before the first step

an autoregression of the second order (Hamilton 1994, Time Series Analysis, chapter 3). Momentum is what unemployment
has and a first-order process has not: of a quarter's change two thirds carry on into the next. Without it the spread
one year ahead comes out at 60% of what UNRATE shows for 1968-2019 (0.6 and not 1.0 points).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.params import TimePath

Floats = npt.NDArray[np.float64]
LEAST_STEPS = 20  # steps from which a process can be fitted at all
MOST_RATE = 40.0  # percent; no path of unemployment goes beyond it


@dataclass(frozen=True)
class Process:
    """How a deviation lasts and how strong its surprises are, a step at a time."""

    persistence: float
    momentum: float
    innovation: float  # standard deviation of the surprises, percentage points

    @property
    def stationary(self) -> float:
        """The standard deviation of the deviation in the long run, percentage points (Hamilton 1994, 3.4.30)."""
        first, second = self.persistence + self.momentum, -self.momentum
        return float(self.innovation * np.sqrt((1.0 - second) / ((1.0 + second) * ((1.0 - second) ** 2 - first**2))))

    def follow(self, surprises: Floats) -> Floats:
        """The deviations that surprises (paths, steps) in percentage points make, nought first: (paths, steps + 1)."""
        paths, steps = surprises.shape
        found = np.zeros((paths, steps + 1))
        before = np.zeros(paths)
        for step in range(steps):
            now = found[:, step]
            found[:, step + 1] = self.persistence * now + self.momentum * (now - before) + surprises[:, step]
            before = now
        return found


def fitted(values: Floats) -> tuple[Process, Floats]:
    """The process of a series' deviations from its mean, by least squares, and its surprises (mean nought), in order.

    Raises ValueError where there are too few steps, the series never changes, or it does not come back to a mean.
    """
    if values.size < LEAST_STEPS:
        raise ValueError(f"{values.size} steps are too few to tell how unemployment strays; {LEAST_STEPS} are wanted")
    change = np.diff(values)
    terms = np.column_stack([np.ones(change.size - 1), values[1:-1], change[:-1]])
    if np.linalg.matrix_rank(terms) < 3:
        raise ValueError("the series hardly changes; nothing can be told of how it strays")
    (_, pull, momentum), *_ = np.linalg.lstsq(terms, change[1:], rcond=None)
    surprises = change[1:] - terms @ np.linalg.lstsq(terms, change[1:], rcond=None)[0]
    spread = float(np.sqrt((surprises**2).sum() / (surprises.size - 3)))
    process = Process(1.0 + float(pull), float(momentum), spread)
    stays, carries = process.persistence, process.momentum
    if not (stays < 1.0 and abs(carries) < 1.0 and stays + 2.0 * carries > -1.0):  # stationary (Hamilton 1994, 2.3)
        raise ValueError(
            f"the series does not come back to a mean (persistence {stays:.3f}, momentum "
            f"{carries:.3f}); a longer one, or persistence below 1, is wanted"
        )
    return process, surprises - surprises.mean()


def read_history(place: str, months: int) -> Floats:
    """The means of steps of `months` months of a CSV date,value of unemployment, or of UNRATE.csv in a folder, percent.

    A month left out lies on a straight line between its neighbours; what is left over at the beginning is dropped.
    Raises ValueError with what is missing or wrong.
    """
    file = Path(place) / "UNRATE.csv" if Path(place).is_dir() else Path(place)
    if not file.is_file():
        raise ValueError(f"{place} is neither a CSV file date,value nor a folder with UNRATE.csv in it")
    path = TimePath.read(str(file))
    return in_steps(path, months)


def in_steps(path: TimePath, months: int, before: int | None = None) -> Floats:
    """A dated path in steps of so many months; only months before the month number `before`, if given.

    A month number is year x 12 + month - 1.
    """
    numbers = np.array([date.year * 12 + date.month - 1 for date in path.dates])
    kept = numbers < before if before is not None else np.ones(numbers.size, np.bool_)
    if not kept.any():
        return np.empty(0)
    known, values = numbers[kept], np.array(path.values)[kept]
    wrong = (values < 0.0) | (values > 100.0)
    if wrong.any():
        raise ValueError(f"{values[wrong][0]:g} is no unemployment rate in percent")
    monthly = np.interp(np.arange(known[0], known[-1] + 1), known, values)
    over = monthly.size % months
    return np.asarray(monthly[over:].reshape(-1, months).mean(axis=1))


def by_month(deviations: Floats, step: int, months: int) -> Floats:
    """Deviations at the ends of steps of `step` months, nought first, by month in straight lines: (paths, months).

    The first month of the span is at nought; the last month of the first step holds the first deviation.
    """
    at = np.arange(deviations.shape[1]) * float(step)
    found = np.empty((len(deviations), months))
    for row, each in enumerate(deviations):
        found[row] = np.interp(np.arange(months), at, each)
    return found


def laid_over(rates: Floats, deviations: Floats, floor: float) -> Floats:
    """Paths in percent: `rates` (months,) plus deviations (paths, months), never brought below `floor` or above 40.

    Where the path itself lies below the floor, it is not brought lower.
    """
    least, most = np.minimum(rates, floor), np.maximum(rates, MOST_RATE)
    return np.asarray(np.clip(rates + deviations, least, most))
