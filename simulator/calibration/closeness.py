"""How near a predicted series came to the observed one: errors, peaks, sums, correlations, in plain figures.

Every function takes arrays of the same periods, without missing values. A figure that cannot be formed is None.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calibration.measures import PERIODS_A_YEAR, Frequency, Measure
from simulator.calibration.window import a_year_before

Floats = npt.NDArray[np.float64]
FEWEST_PAIRS = 3  # of fewer points a correlation says nothing


@dataclass(frozen=True)
class Closeness:
    """How near the prediction came, in the measure's own unit."""

    rmse: float
    bias: float
    peak: float
    peak_date: dt.date
    observed_peak: float
    observed_peak_date: dt.date
    cumulative: float | None
    observed_cumulative: float | None
    correlation: float | None
    correlation_of_yearly_changes: float | None
    yearly_changes: int  # pairs of periods a year apart behind that correlation


def rmse(observed: Floats, predicted: Floats) -> float:
    """Root-mean-square error: the typical distance, large misses counting more."""
    return math.sqrt(float(np.mean((predicted - observed) ** 2)))


def bias(observed: Floats, predicted: Floats) -> float:
    """Predicted less observed, on average: above nought where the prediction was too high."""
    return float(np.mean(predicted - observed))


def correlation(one: Floats, other: Floats) -> float | None:
    """Pearson's correlation; None for fewer than three pairs or a series that never varies."""
    if one.size < FEWEST_PAIRS:
        return None
    here, there = one - one.mean(), other - other.mean()
    size = math.sqrt(float(here @ here) * float(there @ there))
    return float(np.clip(here @ there / size, -1.0, 1.0)) if size > 1e-12 else None


def cumulated(values: Floats, measure: Measure, frequency: Frequency) -> float | None:
    """The sum over the periods: of yearly rates each divided by the periods in a year (percent of balance over the
    window), of flows as they are; None for what is not a flow."""
    if measure.kind == "yearly rate":
        return float(values.sum()) / PERIODS_A_YEAR[frequency]
    return float(values.sum()) if measure.kind == "flow" else None


def coverage(observed: Floats, low: Floats, high: Floats) -> float:
    """Share of the observed values that lie in the band."""
    return float(np.mean((low <= observed) & (observed <= high)))


def closeness(
    dates: Sequence[dt.date],
    observed: Mapping[dt.date, float],
    predicted: Mapping[dt.date, float],
    measure: Measure,
    frequency: Frequency,
    skipped: Sequence[dt.date] = (),
) -> Closeness:
    """Every figure over the periods `dates`; both series may reach further back, for changes over a year.

    A change is taken where both series are known a year before and that period was not skipped. Of two equal peaks
    the earlier counts.
    """
    seen = np.array([observed[date] for date in dates])
    said = np.array([predicted[date] for date in dates])
    pairs = [
        (date, before)
        for date, before in ((date, a_year_before(date)) for date in dates)
        if before in observed and before not in skipped and math.isfinite(predicted.get(before, math.nan))
    ]
    seen_changes = np.array([observed[date] - observed[before] for date, before in pairs])
    said_changes = np.array([predicted[date] - predicted[before] for date, before in pairs])
    highest, seen_highest = int(said.argmax()), int(seen.argmax())
    return Closeness(
        rmse(seen, said),
        bias(seen, said),
        float(said[highest]),
        dates[highest],
        float(seen[seen_highest]),
        dates[seen_highest],
        cumulated(said, measure, frequency),
        cumulated(seen, measure, frequency),
        correlation(seen, said),
        correlation(seen_changes, said_changes),
        len(pairs),
    )
