"""The numbers of an ensemble's report, each worked out once: headline figures, the tail, what moves them, seeds needed.

The page, the pictures and the workbook take them from here, so that they cannot differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simulator.ensemble.crossed import SOURCES, Design
from simulator.ensemble.precision import bad_side, seeds_for
from simulator.ensemble.result import Ensemble
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.statistics import Estimated, expected_shortfall, mean, quantile, value_at_risk
from simulator.ensemble.summary import design
from simulator.ensemble.variance import Share, decomposition
from simulator.metrics import Metric

Floats = npt.NDArray[np.float64]
BY_NAME = {metric.name: metric for metric in FIGURES}
LOSS = "net_loss"
HEADLINE = (
    LOSS, "cumulative_charge_off_rate", "peak_charge_off_rate", "peak_overdue_30_rate",
    "peak_overdue_90_rate", "default_rate", "profit",
)  # fmt: skip
AT_RISK = (0.90, 0.95, 0.99)
BEYOND = (0.95, 0.99)
PRECISIONS = (0.01, 0.02, 0.05)
SOURCE_WORDS = {"sampling": "luck", "world": "world", "parameters": "parameters", "together": "acting together"}


@dataclass(frozen=True)
class Headline:
    """One figure over all runs: its mean, median, value at risk and expected shortfall, and what moves it."""

    metric: Metric
    mean: Estimated
    median: Estimated
    at_risk: dict[float, Estimated]  # by level; of a figure of which low is bad, counted from the low end
    beyond: dict[float, Estimated]  # expected shortfall, by level
    shares: list[Share]

    @property
    def told(self) -> bool:
        """Whether it has a value."""
        return math.isfinite(self.mean.value)


class Numbers:
    """Everything the report of an ensemble says in numbers."""

    def __init__(self, found: Ensemble) -> None:
        self.found = found
        self.design = design(found)

    @cached_property
    def headlines(self) -> list[Headline]:
        """The headline figures that can be formed in every run."""
        every = (headline(self.found, self.design, name) for name in HEADLINE if name in self.found.figures)
        return [each for each in every if each.told]

    @cached_property
    def loss(self) -> Headline | None:
        """The loss of the span, where it can be formed in every run."""
        return next((each for each in self.headlines if each.metric.name == LOSS), None)

    @cached_property
    def absent(self) -> list[str]:
        """Headline figures that cannot be formed in some run."""
        there = {each.metric.name for each in self.headlines}
        return [BY_NAME[name].label for name in HEADLINE if name in self.found.figures and name not in there]

    @cached_property
    def varied(self) -> tuple[str, ...]:
        """The sources of uncertainty that differ between the runs: of sampling, world, parameters."""
        levels = {source: axis.levels for source, axis in zip(SOURCES, self.design, strict=True)}
        return tuple(source for source in reversed(SOURCES) if levels[source] > 1)

    @cached_property
    def opening(self) -> float:
        """The balance the span began with, mean of the runs; NaN where nothing was charged off in any of them."""
        if not {"charged_off", "cumulative_charge_off_rate"} <= set(self.found.figures):
            return math.nan
        lost, rate = self.found.flat("charged_off"), self.found.flat("cumulative_charge_off_rate")
        there = (lost > 0) & (rate > 0)
        if not there.any():
            return math.nan
        weights = self.found.member_weights[there]
        return float((lost[there] / rate[there]) @ weights / weights.sum())


def headline(found: Ensemble, crossed: Design, name: str) -> Headline:
    """One figure, with errors."""
    values, bad = found.figures[name], bad_side(name)
    return Headline(
        BY_NAME[name],
        mean(values, crossed),
        quantile(values, 0.5, crossed),
        {level: value_at_risk(values, level, crossed, bad=bad) for level in AT_RISK},
        {level: expected_shortfall(values, level, crossed, bad=bad) for level in BEYOND},
        decomposition(values, crossed),
    )


def seeds_wanted(estimate: Estimated, seeds: int) -> dict[float, int | None]:
    """How many seeds bring half the 95% interval to 1%, 2% and 5% of the value.

    0 where no number does, since luck of worlds or parameters remains; None where the runs cannot tell.
    """
    if not estimate.half_width > 0.0 or estimate.value == 0.0:
        return dict.fromkeys(PRECISIONS, None)
    return {size: seeds_for(estimate, seeds, size * abs(estimate.value)) for size in PRECISIONS}


def share_of(value: float, whole: float) -> float:
    """A part of the opening balance; NaN where that is not known."""
    return value / whole if whole > 0 else math.nan


@dataclass(frozen=True)
class Moved:
    """One uncertain parameter over its draws, and how the mean loss of a draw goes with it."""

    path: str
    low: float
    middle: float
    high: float
    rank_correlation: float  # Spearman's; NaN for fewer than five draws or where nothing moves
    per_deviation: float  # change of the loss for one standard deviation of the parameter, by a line through the draws


LEAST_DRAWS = 5  # to say how a figure goes with a parameter


def moved_by(found: Ensemble, name: str = LOSS) -> list[Moved]:
    """Each uncertain parameter, the one that goes most with the figure first."""
    figure = np.tensordot(found.weights, found.figures[name], axes=1).mean(axis=1)
    paths = sorted({path for draw in found.draws for path in draw.values})
    rows = []
    for path in paths:
        values = np.array([draw.values.get(path, math.nan) for draw in found.draws])
        known = np.isfinite(values) & np.isfinite(figure)
        told = values[np.isfinite(values)]
        correlation = slope = math.nan
        if known.sum() >= LEAST_DRAWS and np.ptp(values[known]) > 0 and np.ptp(figure[known]) > 0:
            correlation = float(np.corrcoef(_ranks(values[known]), _ranks(figure[known]))[0, 1])
            slope = float(np.corrcoef(values[known], figure[known])[0, 1] * figure[known].std(ddof=1))
        rows.append(Moved(path, float(told.min()), float(np.median(told)), float(told.max()), correlation, slope))
    return sorted(rows, key=lambda row: (math.isnan(row.rank_correlation), -abs(row.rank_correlation)))


def _ranks(values: Floats) -> Floats:
    """Ranks, those of equal values being their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place])
