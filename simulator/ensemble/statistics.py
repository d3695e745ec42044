"""What a distribution of runs says, and how sure it is: mean, quantile, value at risk, expected shortfall.

Every function takes the values of one figure, either of independent runs (one seed each), shape (runs,), or as a table
of worlds x draws x seeds with its design (see `crossed`). Each gives its value with a standard error and a 95%
interval of its own. Where so few runs cannot tell, the limit is NaN and `note` says it in words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from simulator.ensemble.crossed import (
    SOURCES,
    Axis,
    Design,
    error_skewness,
    error_variances,
    member_weights,
    weighted_mean,
)
from simulator.ensemble.order import UPPER, least_runs, limit, maritz_jarrett, quantile_of, share_limits, value_at

Floats = npt.NDArray[np.float64]
Bad = Literal["high", "low"]
TAIL_RUNS = 10.0  # runs beyond the value at risk, below which the interval of a shortfall is not told
NORMAL = 1.959963984540054  # the normal distribution's quantile at 97.5%
_ALONE = "one run says nothing of its own error"


@dataclass(frozen=True)
class Estimated:
    """A value, its standard error and its 95% interval; `by_source` are the standard errors of each source alone."""

    value: float
    standard_error: float
    low: float
    high: float
    by_source: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def half_width(self) -> float:
        """From the value to the farther end of the 95% interval; NaN where an end cannot be told."""
        return math.nan if math.isnan(self.low + self.high) else max(self.high - self.value, self.value - self.low)


def mean(values: npt.ArrayLike, design: Design | None = None) -> Estimated:
    """The mean of a figure over all runs, worlds by their weights.

    The standard error adds what each source of uncertainty brings (see `crossed.error_variances`); the interval is
    Student's with Satterthwaite's degrees of freedom (1946, Biometrics Bulletin 2, 110). With seeds alone these are
    the textbook's s / sqrt(n) and n - 1.
    """
    table, design = _table(values, design)
    if lacking := _lacking(table):
        return lacking
    value, error = weighted_mean(table, design), _error_of(table, design)
    reach = error.reach()
    return Estimated(value, error.size, value - reach, value + reach, error.by_source, error.note)


def quantile(values: npt.ArrayLike, level: float, design: Design | None = None) -> Estimated:
    """The value that a share `level` of the runs does not exceed (the mean of two where both would do).

    Independent runs: the interval is free of any distribution, from interpolated order statistics (see `order.limit`),
    the standard error is that of Maritz and Jarrett. Crossed or weighted runs: the interval of the share below, as of
    so many independent runs as its error says (Korn and Graubard 1998, Survey Methodology 24, 193), carried back to
    the values (Woodruff 1952, JASA 47, 635); the standard error is what one standard error of that share is in
    values. A limit that lies beyond the runs there are is NaN, and noted.
    """
    table, design = _table(values, design)
    if lacking := _lacking(table):
        return lacking
    weights, order = member_weights(design).reshape(-1), np.argsort(table, axis=None, kind="stable")
    ordered, weights = table.reshape(-1)[order], weights[order]
    value = quantile_of(ordered, weights, level)
    alone = [source for source, axis in zip(SOURCES, design, strict=True) if axis.levels > 1]
    if len(alone) == 1 and design[SOURCES.index(alone[0])].plain:
        size, low, high = (
            maritz_jarrett(ordered, level),
            limit(ordered, level, 1.0 - UPPER),
            limit(ordered, level, UPPER),
        )
        return Estimated(value, size, low, high, {alone[0]: size}, _beyond(low, high, level, ordered.size))
    share = _error_of((table <= value).astype(np.float64), design)
    if not share.freedom > 0 or share.size <= 0.0:
        note = share.note or "no seed, world or draw moves what lies beyond"
        return Estimated(value, math.nan, math.nan, math.nan, {}, note)

    def in_values(error: float) -> float:
        return (value_at(ordered, weights, level + error) - value_at(ordered, weights, level - error)) / 2.0

    alike = level * (1.0 - level) / share.size**2 * (NORMAL / share.times()) ** 2
    low, high = (value_at(ordered, weights, at) for at in share_limits(level, alike))
    by_source = {source: in_values(error) for source, error in share.by_source.items()}
    return Estimated(value, in_values(share.size), low, high, by_source, _beyond(low, high, level, int(alike)))


def value_at_risk(values: npt.ArrayLike, level: float, design: Design | None = None, *, bad: Bad = "high") -> Estimated:
    """The loss that is not exceeded with probability `level`: a quantile counted from the good end of the figure.

    Of a figure of which low is bad (a profit) it is the quantile at 1 - level.
    """
    return quantile(values, level if bad == "high" else 1.0 - level, design)


def expected_shortfall(
    values: npt.ArrayLike, level: float, design: Design | None = None, *, bad: Bad = "high"
) -> Estimated:
    """The mean of the worst 1 - level of the runs: how bad it is once it is bad.

    The value is the empirical one of Acerbi and Tasche (2002, Journal of Banking & Finance 26, 1487): value at risk
    plus the mean excess over it divided by 1 - level; a run astride the limit counts in part. The standard error is
    that of the mean of its influence function, VaR + max(x - VaR, 0) / (1 - level) (Manistre and Hancock 2005, North
    American Actuarial Journal 9, 129). The interval is Student's, bent for the skewness of that function (Hall 1992,
    Journal of the Royal Statistical Society B 54, 221): the plain one misses a heavy tail too often. With fewer than
    ten runs in the tail it is NaN, and noted.
    """
    sign = 1.0 if bad == "high" else -1.0
    table, design = _table(values, design)
    if lacking := _lacking(table):
        return lacking
    losses, weights = sign * table, member_weights(design).reshape(-1)
    order = np.argsort(losses, axis=None, kind="stable")
    at_risk = quantile_of(losses.reshape(-1)[order], weights[order], level)
    tail = at_risk + np.maximum(losses - at_risk, 0.0) / (1.0 - level)
    value, error = weighted_mean(tail, design), _error_of(tail, design)
    runs, note = table.size * (1.0 - level), error.note
    if runs < TAIL_RUNS - 1e-6:
        least = math.ceil(TAIL_RUNS / (1.0 - level) - 1e-6)
        note = f"{runs:.3g} runs in the tail are too few for an interval; from {least:,} runs on there is one"
    ends = [math.nan, math.nan]
    if not note:
        skew = error_skewness(tail, design, error.size**2)
        ends = [sign * (value - error.size * _unbent(side * error.times(), skew)) for side in (1.0, -1.0)]
    if runs < 2.0:
        return Estimated(sign * value, math.nan, math.nan, math.nan, {}, note)
    return Estimated(sign * value, error.size, min(ends), max(ends), error.by_source, note)


def _unbent(times: float, skew: float) -> float:
    """The inverse of Hall's transformation of a skew error to one that is even on both sides."""
    if abs(skew) < 1e-9:
        return times
    return 3.0 / skew * (float(np.cbrt(1.0 + skew * (times - skew / 6.0))) - 1.0)


@dataclass(frozen=True)
class _Error:
    """The error of a mean over a design: its size, its degrees of freedom, and the error of each source alone."""

    size: float
    freedom: float
    by_source: dict[str, float]

    @property
    def note(self) -> str:
        return "" if self.freedom > 0 else _ALONE

    def times(self) -> float:
        """Student's quantile at 97.5%."""
        return float(stdtrit(self.freedom, UPPER)) if self.freedom > 0 else math.nan

    def reach(self) -> float:
        """Half the 95% interval."""
        return self.times() * self.size


def _error_of(table: Floats, design: Design) -> _Error:
    whole, alone = error_variances(table, design)
    if not alone:
        return _Error(math.nan, 0.0, {})
    axes = dict(zip(SOURCES, design, strict=True))
    least = sum(part**2 / (axes[source].effective - 1.0) for source, part in alone.items())
    freedom = whole**2 / least if least > 0 else max(axes[source].effective - 1.0 for source in alone)
    return _Error(math.sqrt(whole), freedom, {source: math.sqrt(part) for source, part in alone.items()})


def _table(values: npt.ArrayLike, design: Design | None) -> tuple[Floats, Design]:
    table = np.asarray(values, np.float64)
    if design is None:
        table = table.reshape(1, 1, -1)
        return table, (Axis.even(1), Axis.even(1), Axis.even(table.size))
    if table.shape != tuple(axis.levels for axis in design):
        raise ValueError(f"a table of the shape {table.shape} does not go with its design")
    return table, design


def _lacking(table: Floats) -> Estimated | None:
    """A figure that cannot be formed in some run is not told at all."""
    absent = int(np.isnan(table).sum())
    if not absent:
        return None
    what = "any run" if absent == table.size else f"{absent:,} of {table.size:,} runs"
    return Estimated(math.nan, math.nan, math.nan, math.nan, {}, f"cannot be formed in {what}")


def _beyond(low: float, high: float, level: float, runs: int) -> str:
    """In words, which limit of a quantile lies beyond the runs."""
    if not math.isnan(low + high):
        return ""
    both = "limits lie" if math.isnan(low) and math.isnan(high) else "limit lies"
    which = "both" if both == "limits lie" else "the upper" if math.isnan(high) else "the lower"
    told = f"what {max(runs, 1):,} independent runs can tell; from {least_runs(level):,} on there is one"
    return f"{which} {both} beyond {told}"
