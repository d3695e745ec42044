"""Quantiles from ordered runs: the value, its error and its limits, without any belief about the distribution."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv

Floats = npt.NDArray[np.float64]
SURE = 0.95
UPPER = 0.5 + SURE / 2.0
_ALIKE = 1e-9  # shares of weight that differ by less are the same


def quantile_of(ordered: Floats, weights: Floats, level: float) -> float:
    """The value that a share `level` of the weights does not exceed, the mean of two where both would do.

    `ordered` and its `weights`, which sum to one, have the shape (runs,). Definition 2 of Hyndman and Fan (1996, The
    American Statistician 50).
    """
    reached = np.cumsum(weights)
    last = ordered.size - 1
    first = min(int(np.searchsorted(reached, level - _ALIKE)), last)
    after = min(int(np.searchsorted(reached, level + _ALIKE)), last)
    return float(0.5 * (ordered[first] + ordered[after]))


def value_at(ordered: Floats, weights: Floats, share: float) -> float:
    """The value at a share of the runs, between two runs in proportion."""
    return float(np.interp(share, np.cumsum(weights) - 0.5 * weights, ordered))


def maritz_jarrett(ordered: Floats, level: float) -> float:
    """The standard error of a quantile of independent runs (Maritz and Jarrett 1978, JASA 73, 194)."""
    count = ordered.size
    place = min(max(math.floor(count * level + 0.5), 1), count)
    share = np.diff(betainc(place, count - place + 1, np.arange(count + 1) / count))
    return math.sqrt(max(float(share @ np.square(ordered - float(share @ ordered))), 0.0))


def limit(ordered: Floats, level: float, sure: float) -> float:
    """Where the quantile of independent runs lies below with chance `sure`; NaN where no run is so far out.

    The r-th of n ordered runs is above the quantile with chance P(B < r), B binomial (n, level). Between two runs in
    the proportion that keeps the chance for any distribution that is smooth there (Hettmansperger and Sheather 1986,
    Statistics & Probability Letters 4; Nyblom 1992, same journal 14).
    """
    count = ordered.size
    places = np.arange(1, count + 1)
    above = betainc(count - places + 1, places, 1.0 - level)
    if sure < above[0] or sure > above[-1]:
        return math.nan
    place = min(int(np.searchsorted(above, sure, side="right")), count - 1)  # above[place - 1] <= sure
    least, most = above[place - 1], above[place]
    if most <= sure:
        return float(ordered[place])
    share = 1.0 / (1.0 + place * (1.0 - level) * (most - sure) / ((count - place) * level * max(sure - least, 1e-300)))
    return float((1.0 - share) * ordered[place - 1] + share * ordered[place])


def share_limits(level: float, runs: float) -> tuple[float, float]:
    """The 95% interval of a share that is seen to be `level` in so many independent runs; NaN where they cannot tell.

    Halfway between the binomial limits that are never too narrow (Clopper and Pearson 1934) and those that would be
    right were the share not seen in whole runs; `runs` need not be whole (Korn and Graubard 1998).
    """
    return 1.0 - _highest_share(1.0 - level, runs), _highest_share(level, runs)


def _highest_share(level: float, runs: float) -> float:
    if runs <= 0.0 or level**runs > 1.0 - UPPER:
        return math.nan
    hits = level * runs
    widest = betaincinv(hits + 1.0, runs - hits, UPPER)
    narrow = betaincinv(hits, runs - hits + 1.0, UPPER)
    return float(0.5 * (widest + narrow))


def least_runs(level: float) -> int:
    """From how many independent runs on both limits of a quantile can be told: level^n and (1 - level)^n <= 2.5%."""
    return math.ceil(math.log(1.0 - UPPER) / math.log(max(level, 1.0 - level)))
