"""How near the fit comes: errors of each target, fitted and held out, and the model error for a back-test's band."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calibration.objective import Objective
from simulator.scenario import ModelError

Floats = npt.NDArray[np.float64]
MOST_PERSISTENT = 0.95


@dataclass(frozen=True)
class Score:
    """Errors of one target in its unit: root-mean-square and mean of observed less simulated; NaN without values."""

    unit: str
    values: int
    rmse: float
    bias: float
    held_out: int
    hold_out_rmse: float
    hold_out_bias: float
    model_error: ModelError | None  # of a series


def scores_of(objective: Objective, simulated: Floats, set_by_data: float) -> dict[str, Score]:
    """The scores by target; `set_by_data` is how many parameters the data set, for the degrees of freedom."""
    found = {}
    everything = sum(int(block.fitted.sum()) for block in objective.blocks)
    for block, part in zip(objective.blocks, objective.slices, strict=True):
        gap = block.observed - simulated[part]
        inside, outside = gap[block.fitted], gap[~block.fitted]
        error = None
        if block.kind == "series":
            if len(outside) > 3:
                error = model_error(outside, block.periods[~block.fitted], 0.0)
            else:
                share = set_by_data * len(inside) / everything
                error = model_error(inside, block.periods[block.fitted], share)
        found[block.name] = Score(
            block.unit, len(inside), _rms(inside), _mean(inside), len(outside), _rms(outside), _mean(outside), error
        )
    return found


def model_error(gap: Floats, periods: npt.NDArray[np.int64], parameters: float) -> ModelError:
    """Size and persistence of residuals about nought: an autoregression of the first order.

    Held-out residuals keep their bias, since a forecast's error has it too; fitted ones are divided by their number
    less the parameters that the data set.
    """
    square = float(gap @ gap)
    neighbours = np.flatnonzero(np.diff(periods) == 1)
    product = float((gap[neighbours] * gap[neighbours + 1]).sum())
    persistence = product / square * len(gap) / max(len(neighbours), 1) if square > 0 else 0.0
    spread = math.sqrt(square / max(len(gap) - parameters, 1.0))
    return ModelError(
        standard_deviation=float(f"{spread:.4g}"),
        persistence=round(min(max(persistence, 0.0), MOST_PERSISTENT), 3),
    )


def _rms(gap: Floats) -> float:
    return math.sqrt(float(np.square(gap).mean())) if len(gap) else math.nan


def _mean(gap: Floats) -> float:
    return float(gap.mean()) if len(gap) else math.nan
