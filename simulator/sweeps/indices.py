"""How much each key matters: shares of variance and rank regression, and how much of it is luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws, mix
from simulator.sweeps.design import Design
from simulator.sweeps.estimate import SURE, Estimate, with_error

Floats = npt.NDArray[np.float64]
RESAMPLES = 1000
WORDS = {
    "first_order": "share of the variance that the key explains by itself",
    "total_order": "share of the variance that the key has a part in, alone or with others",
    "rank_regression": "standardised rank regression coefficient, from -1 to 1",
    "rank_correlation": "partial rank correlation coefficient, from -1 to 1",
}


@dataclass(frozen=True)
class Index:
    """One measure of how much a key matters to a figure: what it is (a name in WORDS), and its value with error."""

    path: str
    name: str
    estimate: Estimate


@dataclass(frozen=True)
class Noise:
    """How much of what differs between points is luck that is left in their means over the seeds.

    `between` is the standard deviation of the points' means, `luck` that of the luck in such a mean (what a key does
    with one seed and not with another), `share` the luck's part of the variance. NaN with a single seed.
    """

    between: float
    luck: float
    share: float


def noise(values: Floats) -> Noise:
    """From the figure of each point and seed, shape (points, seeds).

    Two-way analysis of variance without replication: what neither the point nor the seed explains. The luck that all
    points share, because they live with the same seeds, is not counted: it moves all alike and cannot disturb them.
    """
    points, seeds = values.shape
    between = float(values.mean(axis=1).std(ddof=1)) if points > 1 else math.nan
    if seeds < 2 or points < 2 or not math.isfinite(between):
        return Noise(between, math.nan, math.nan)
    left = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()
    luck = float((left**2).sum()) / ((points - 1) * (seeds - 1)) / seeds
    share = min(luck / between**2, 1.0) if between > 0 else 0.0
    return Noise(between, math.sqrt(luck), share)


def indices(design: Design, values: Floats, seed: int = 1) -> tuple[Index, ...]:
    """Every index that the design allows; `values` has the shape (points, seeds); `seed` is that of the resampling.

    A grid gives exact shares of the variance over its own values, a Sobol design estimates them, a Latin hypercube
    gives rank coefficients; one key at a time gives none. None either where a figure could not be formed somewhere.
    """
    if np.isnan(values).any():
        return ()
    if design.kind == "grid":
        return _of_grid(design, values)
    if design.kind == "sobol":
        return _of_sobol(design, values.mean(axis=1), seed)
    return _of_ranks(design, values.mean(axis=1)) if design.fills else ()


def _of_sobol(design: Design, means: Floats, seed: int) -> tuple[Index, ...]:
    """Sobol's indices by scipy.stats.sobol_indices (Saltelli et al. 2010), with intervals by resampling the points.

    The resampling is keyed by the seed, which scipy's own bootstrap is not: the same sweep, the same bytes.
    """
    from scipy.stats import sobol_indices

    count, width = design.base, len(design.keys)
    blocks = means.reshape(width + 2, count)
    luck = Draws(seed).uniform("sweep.resample", 0, mix(np.arange(RESAMPLES * count, dtype=np.int64)))
    rows = np.vstack([np.arange(count), (luck * count).astype(np.int64).reshape(RESAMPLES, count)])
    found = sobol_indices(func={"f_A": blocks[0][rows], "f_B": blocks[1][rows], "f_AB": blocks[2:][:, rows]}, n=count)
    result = []
    for name, table in (("first_order", found.first_order), ("total_order", found.total_order)):
        each = np.asarray(table).reshape(RESAMPLES + 1, width)
        for place, key in enumerate(design.keys):
            low, high = np.quantile(each[1:, place], [(1 - SURE) / 2, (1 + SURE) / 2])
            error = float(each[1:, place].std(ddof=1))
            result.append(Index(key.path, name, Estimate(float(each[0, place]), error, float(low), float(high))))
    return tuple(result)


def _of_grid(design: Design, values: Floats) -> tuple[Index, ...]:
    """Shares of the variance over the grid's own values, each value as likely as the others; errors over seeds.

    First order: variance of the means along a key, over the variance of all. Total: the mean of the variances along
    the key with all others held, over the same. Errors by leaving out one seed at a time (the jackknife).
    """
    shape = tuple(len({repr(value) for value in design.column(key)}) for key in design.keys)
    seeds = values.shape[1]
    whole = _shares(values.mean(axis=1).reshape(shape))
    if seeds < 2:
        errors = np.full_like(whole, math.nan)
    else:
        without = [_shares(np.delete(values, seed, axis=1).mean(axis=1).reshape(shape)) for seed in range(seeds)]
        apart = np.array(without) - np.mean(without, axis=0)
        errors = np.sqrt((seeds - 1) / seeds * (apart**2).sum(axis=0))
    return tuple(
        Index(key.path, name, with_error(float(whole[row, place]), float(errors[row, place]), seeds - 1))
        for row, name in enumerate(("first_order", "total_order"))
        for place, key in enumerate(design.keys)
    )


def _shares(cells: Floats) -> Floats:
    """First-order and total shares of each axis; shape (2, axes). Nought where nothing varies."""
    whole = float(cells.var())
    if whole == 0.0:
        return np.zeros((2, cells.ndim))
    axes = range(cells.ndim)
    first = [float(cells.mean(axis=tuple(other for other in axes if other != axis)).var()) for axis in axes]
    total = [float(cells.var(axis=axis).mean()) for axis in axes]
    return np.array([first, total]) / whole


def _of_ranks(design: Design, means: Floats) -> tuple[Index, ...]:
    """Standardised rank regression and partial rank correlation coefficients, with the errors of linear regression.

    Words and switches stand in the order in which they were given. Saltelli et al., Sensitivity Analysis in
    Practice (2004), chapter 6; interval of the correlation by Fisher's transformation.
    """
    from scipy.stats import rankdata

    count, width = len(means), len(design.keys)
    freedom = count - width - 1
    ranks = np.column_stack([rankdata(design.places(), axis=0), rankdata(means)])
    spread = ranks.std(axis=0, ddof=1)
    if freedom < 1 or not (spread > 0).all():
        return ()
    scores = (ranks - ranks.mean(axis=0)) / spread
    across, target = scores[:, :-1], scores[:, -1]
    inverse = np.linalg.pinv(across.T @ across)
    slopes = inverse @ across.T @ target
    left = target - across @ slopes
    errors = np.sqrt(np.diag(inverse) * float(left @ left) / freedom)
    found = [
        Index(key.path, "rank_regression", with_error(float(slopes[place]), float(errors[place]), freedom))
        for place, key in enumerate(design.keys)
    ]
    for place, key in enumerate(design.keys):
        partial = _partial(across[:, place], target, np.delete(across, place, axis=1))
        found.append(Index(key.path, "rank_correlation", _correlation(partial, freedom)))
    return tuple(found)


def _partial(one: Floats, other: Floats, rest: Floats) -> float:
    """The correlation of what the rest leaves of both; nought where it leaves nothing."""
    solved = np.linalg.pinv(rest)
    left, right = (values - rest @ (solved @ values) for values in (one, other))
    size = math.sqrt(float(left @ left) * float(right @ right))
    return min(max(float(left @ right) / size, -1.0), 1.0) if size > 0 else 0.0


def _correlation(value: float, freedom: int) -> Estimate:
    error = math.sqrt(max(1.0 - value**2, 0.0) / max(freedom, 1))
    if freedom < 3 or abs(value) >= 1.0:
        return Estimate(value, error)
    middle, reach = math.atanh(value), 1.96 / math.sqrt(freedom - 2)
    return Estimate(value, error, math.tanh(middle - reach), math.tanh(middle + reach))
