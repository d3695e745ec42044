"""The 90% band of a back-test: sampling of borrowers, uncertain parameters, and the model's own error, put together.

The recipe. The three are independent, so their variances add, period by period:

- sampling: the variance v of one run over the seeds, smoothed over a moving window of a year to each side, since a
  few seeds alone tell it badly. With a known model error the band is for a series as large as the one fitted to, and
  only the noise of the mean of n seeds counts, v / n. Without one it is for another book of this size: v (1 + 1 / n).
- parameters: from runs whose parameters are drawn from the fit's estimates. Each is taken against the run of the same
  seed with the fitted values, so the same luck stands in both; the mean square of these differences is the variance.
  The draws are normal, with the fit's correlations, stretched on each side so that their 90% interval is the stated
  one, and turned at right angles to each other, so that few of them cover all directions evenly.
- model error: the standard deviation that the fit states for the measure.

The band reaches 1.645 standard deviations to each side of the mean over the seeds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws, mix
from simulator.ensemble.parameter_draws import brought_back, fitted_values
from simulator.scenario import Scenario
from simulator.scenario.fit import REACH, Estimate, Fit

Floats = npt.NDArray[np.float64]
SIDE = 4  # periods to each side over which the sampling variance is smoothed


@dataclass(frozen=True)
class Band:
    """The 90% band and what it is made of: the standard deviation of each part by period, shape (periods,)."""

    low: Floats
    high: Floats
    sampling: Floats
    parameters: Floats | None
    model: float | None


def noise_of(runs: Floats) -> Floats | None:
    """Standard error of the mean over seeds by period; `runs` is (seeds, periods). None for a single seed."""
    if len(runs) < 2:
        return None
    return np.asarray(runs.std(axis=0, ddof=1) / math.sqrt(len(runs)))


def band_of(runs: Floats, differences: Floats, model_error: float | None) -> Band | None:
    """The band round the mean of `runs` (seeds, periods), by the recipe above; None where nothing is known of it.

    `differences` (draws, periods) are runs with drawn parameters less the runs of the same seeds with the fitted ones.
    """
    count = len(runs)
    if count < 2 and model_error is None and not len(differences):
        return None
    variance = smoothed(runs.var(axis=0, ddof=1)) if count > 1 else np.zeros(runs.shape[1])
    sampling = variance / count if model_error is not None else variance * (1.0 + 1.0 / count)
    parameters = np.mean(differences**2, axis=0) if len(differences) else None
    total = sampling + (0.0 if parameters is None else parameters) + (model_error or 0.0) ** 2
    reach = REACH * np.sqrt(total)
    middle = runs.mean(axis=0)
    return Band(
        middle - reach,
        middle + reach,
        np.sqrt(sampling),
        None if parameters is None else np.sqrt(parameters),
        model_error,
    )


def smoothed(values: Floats) -> Floats:
    """The mean over each value and its neighbours, as many as there are up to SIDE on each side."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(values.size)
    first, last = np.maximum(places - SIDE, 0), np.minimum(places + SIDE + 1, values.size)
    return np.asarray((sums[last] - sums[first]) / (last - first))


def directions(draws: int, parameters: int, seed: int) -> Floats:
    """Standard normal directions, (draws, parameters), at right angles as far as possible, each column's mean square 1.

    For a measure that answers evenly to the parameters, with at least as many draws as parameters, the mean square of
    its answers is then exactly the variance; with fewer it is right on average.
    """
    ids = mix(np.arange(draws * parameters, dtype=np.int64))
    numbers = Draws(seed).normal("backtest.parameters", 0, ids).reshape(draws, parameters)
    left, _, right = np.linalg.svd(numbers, full_matrices=False)
    turned: Floats = left @ right
    return turned * math.sqrt(draws if draws >= parameters else parameters)


def drawn_values(fit: Fit, estimates: Mapping[str, Estimate], draws: int, seed: int) -> list[dict[str, float]]:
    """As many sets of parameters as there are draws, from the estimates that are in force."""
    if not estimates or draws < 1:
        return []
    return fitted_values(fit, estimates, directions(draws, len(estimates), seed))


def with_values(scenario: Scenario, values: Mapping[str, float], estimates: Mapping[str, Estimate]) -> Scenario:
    """The scenario with other values of its fitted parameters.

    A draw that the scenario does not accept is brought half-way back, a few times; then ScenarioError.
    """
    return brought_back(scenario, values, {path: each.value for path, each in estimates.items()})[0]


def spread_seeds(seeds: Sequence[int], draws: int) -> list[int]:
    """The seed of each draw: the seeds one after the other."""
    return [seeds[number % len(seeds)] for number in range(draws)]
