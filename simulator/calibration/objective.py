"""How far a run is from the past: residuals over their standard errors, and the prior as residuals of its own.

The objective is that of simulated moments with priors (maximum a posteriori): the sum over the fitted values of
((observed - simulated) / error)^2, and over the parameters of z^2, z in prior standard deviations. An error's square is
that of the observation and, over the number of seeds, that of the simulation. The simulated values are means over
seeds that stay the same, and chance is keyed, so the same point gives the same objective.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calibration.blocks import LEAST_VALUES, Block

Floats = npt.NDArray[np.float64]
FIRST_ERROR = 0.05  # of a series' mean: the error it is given until its residuals are known
LAGS = 1.3  # times the root of the number of periods: the lags of Newey and West's long-run variance
# (Lazarus, Lewis, Stock and Watson, HAR Inference: Recommendations for Practice, JBES 36, 2018)


@dataclass(frozen=True)
class Objective:
    """The blocks as one row of values, and the rows of what is fitted: values, and changes over a year."""

    blocks: tuple[Block, ...]

    @property
    def slices(self) -> list[slice]:
        """Where each block's values stand in the row."""
        ends = np.cumsum([len(block.observed) for block in self.blocks])
        return [slice(int(end) - len(block.observed), int(end)) for block, end in zip(self.blocks, ends, strict=True)]

    @property
    def observed(self) -> Floats:
        """All observed values, held out ones too."""
        return np.concatenate([block.observed for block in self.blocks])

    def rows(self, block: Block) -> Floats:
        """From a block's values to its fitted rows; shape (rows, values)."""
        size = len(block.observed)
        levels = np.eye(size)[block.fitted]
        pairs = block.yearly_changes
        changes = np.zeros((len(pairs), size))
        for number, (later, earlier) in enumerate(pairs):
            changes[number, later], changes[number, earlier] = 1.0, -1.0
        return np.vstack([levels, changes])

    def fitted_rows(self, block: Block, values: Floats) -> Floats:
        """A block's fitted rows of some values of it (or of their slopes: shape (values, parameters))."""
        return np.asarray(self.rows(block) @ values)

    def errors(self, own: Sequence[Floats]) -> Floats:
        """The standard error of each fitted row, divided by the root of its weight; `own` holds each block's values'.

        A change over a year has the error of a difference of two values that are independent of each other.
        """
        parts = []
        for block, error in zip(self.blocks, own, strict=True):
            rows = self.rows(block)
            parts.append(np.sqrt(np.square(rows) @ np.square(error)) / math.sqrt(block.weight))
        return np.concatenate(parts)

    def residuals(self, simulated: Floats, errors: Floats) -> Floats:
        """Observed less simulated in standard errors, one for each fitted row."""
        gap = self.observed - simulated
        rows = [self.rows(block) @ gap[part] for block, part in zip(self.blocks, self.slices, strict=True)]
        return np.asarray(np.concatenate(rows) / errors)

    def slopes(self, by_parameter: Floats, errors: Floats) -> Floats:
        """Slopes of the simulated values, shape (values, parameters), as slopes of the fitted rows in errors."""
        rows = [self.rows(block) @ by_parameter[part] for block, part in zip(self.blocks, self.slices, strict=True)]
        return np.asarray(np.vstack(rows) / errors[:, None])

    def misfit(self, simulated: Floats, errors: Floats) -> float:
        """The sum of squares of the residuals, the prior left out."""
        return float(np.square(self.residuals(simulated, errors)).sum())


def first_errors(objective: Objective, noise: Floats) -> list[Floats]:
    """The errors to begin with: as given, or a twentieth of a series' mean; with luck, variance `noise` by block."""
    found = []
    for block, variance in zip(objective.blocks, noise, strict=True):
        given = block.error
        if given is None:
            usual = FIRST_ERROR * float(np.abs(block.observed[block.fitted]).mean())
            given = np.full(len(block.observed), usual or 1.0)
        found.append(np.sqrt(np.square(given) + variance))
    return found


def errors_of_residuals(objective: Objective, simulated: Floats, noise: Floats, parameters: int) -> list[Floats]:
    """The errors once the residuals are known: of a series without a given error, the root of their long-run variance.

    So a series whose residuals last for years counts as the fewer independent values that it is.
    """
    found = []
    for block, part, variance in zip(objective.blocks, objective.slices, noise, strict=True):
        if block.error is not None:
            found.append(np.sqrt(np.square(block.error) + variance))
            continue
        gap = (block.observed - simulated[part])[block.fitted]
        own = autocovariances(gap, block.periods[block.fitted], degrees(objective, block, parameters))
        taper = 1.0 - np.arange(len(own)) / len(own)
        long_run = float(own[0] + 2.0 * (taper[1:] * own[1:]).sum())
        spread = max(long_run, float(own[0]), variance, 1e-30)
        found.append(np.full(len(block.observed), math.sqrt(spread)))
    return found


def degrees(objective: Objective, block: Block, parameters: int) -> float:
    """What residuals shrink by for having been fitted: values over values less this block's share of the parameters."""
    count = int(block.fitted.sum())
    everything = sum(int(each.fitted.sum()) for each in objective.blocks)
    return count / max(count - parameters * count / everything, 1.0)


def autocovariances(gap: Floats, periods: npt.NDArray[np.int64], scale: float) -> Floats:
    """Autocovariances of residuals about nought at lags 0 to L, L = 1.3 times the root of their number.

    Periods that are missing count as nought and shrink no lag's divisor, so that the tapered matrix of them has no
    negative variance (Newey and West, A Simple, Positive Semi-Definite, ... Covariance Matrix, Econometrica 55, 1987).
    """
    count = len(gap)
    lags = min(math.ceil(LAGS * math.sqrt(count)), count - 1)
    line = np.zeros(int(periods[-1] - periods[0]) + 1)
    line[periods - periods[0]] = gap
    found = [float(line[lag:] @ line[: len(line) - lag]) for lag in range(lags + 1)]
    return np.asarray(found) * scale / count


def covariance(objective: Objective, simulated: Floats, noise: Floats, parameters: int) -> list[Floats]:
    """The covariance of each block's fitted rows, luck left out: of a series by Newey and West from its residuals.

    `noise` is the variance of each block's residuals that is luck, of the simulation and of the observed book; it is
    measured from seed to seed with all its persistence, so the residuals' covariance is scaled down by its share.
    """
    found = []
    for block, part, variance in zip(objective.blocks, objective.slices, noise, strict=True):
        rows = objective.rows(block)
        if block.kind == "series" and block.fitted.sum() >= LEAST_VALUES:
            gap = (block.observed - simulated[part])[block.fitted]
            periods = block.periods
            own = autocovariances(gap, periods[block.fitted], degrees(objective, block, parameters))
            own *= max(1.0 - variance / own[0], 0.0) if own[0] > 0 else 0.0
            tapered = np.append(own * (1.0 - np.arange(len(own)) / len(own)), 0.0)
            apart = np.abs(periods[:, None] - periods[None, :])
            spread = tapered[np.minimum(apart, len(own))]
        else:
            assert block.error is not None
            spread = np.diag(np.square(block.error))
        found.append(rows @ spread @ rows.T)
    return found
