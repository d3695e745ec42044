"""The values near a point as a plane through many evaluations: thresholds make single ones stepped, so that the lowest
of them is lucky rather than right, and slopes between two of them are mostly luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calibration.objective import Objective

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """Simulated values as level + slopes (z - centre), by least squares over points in a box around the centre."""

    centre: Floats  # (parameters,)
    level: Floats  # (values,)
    slopes: Floats  # (values, parameters)
    unevenness: Floats  # variance of a value about the plane, mean over its block; (values,)
    shape: Floats  # covariance of a value's slopes for an unevenness of one; (parameters, parameters)
    points: int

    @classmethod
    def through(cls, points: Sequence[Floats], values: Sequence[Floats], centre: Floats, objective: Objective) -> Plane:
        """Through at least parameters + 2 points with their mean values."""
        moved = np.array(points) - centre
        held = np.array(values)
        design = np.column_stack([np.ones(len(moved)), moved])
        found, *_ = np.linalg.lstsq(design, held, rcond=None)
        left = np.square(held - design @ found).sum(axis=0) / max(len(moved) - design.shape[1], 1)
        uneven = np.concatenate([np.full(part.stop - part.start, left[part].mean()) for part in objective.slices])
        shape = np.linalg.pinv(design.T @ design)[1:, 1:]
        return cls(centre, found[0], found[1:].T, uneven, shape, len(moved))


@dataclass(frozen=True)
class Information:
    """What the data say at a point, per prior standard deviation of the parameters and in errors of the fitted rows.

    `data` is J'J, J the slopes of the rows, freed of what the unevenness of the runs adds to it; `scores` is the
    covariance of J'r, r the residuals: were the errors what they are said to be, and independent, it would be `data`.
    """

    gradient: Floats  # J'r
    data: Floats  # (parameters, parameters)
    scores: Floats  # (parameters, parameters)

    @classmethod
    def of(
        cls, objective: Objective, plane: Plane, errors: Floats, spreads: Sequence[Floats], by_seed: Floats, luck: float
    ) -> Information:
        """From a plane, the residuals' covariance by block, and values by seed, shape (seeds, values).

        Luck comes from the seeds themselves, with all its persistence and across all targets: `luck` is how many times
        the variance of one run it has, 1 / seeds for the simulation's and a part for the observed book's own.
        """
        slopes = objective.slopes(plane.slopes, errors)
        residuals = objective.residuals(plane.level, errors)
        squares = [np.square(objective.rows(block)) for block in objective.blocks]
        uneven = [each @ plane.unevenness[part] for each, part in zip(squares, objective.slices, strict=True)]
        doubt = np.concatenate(uneven) / np.square(errors)  # variance of a row about the plane, in errors
        gaps = np.array([objective.residuals(values, errors) for values in by_seed])
        gaps -= gaps.mean(axis=0)
        degrees = max(len(by_seed) - 1, 1)
        noisy = gaps @ slopes
        scores = luck * noisy.T @ noisy / degrees
        variance = luck * np.square(gaps).sum(axis=0) / degrees
        first = 0
        for spread in spreads:
            rows = slice(first, first + len(spread))
            part = slopes[rows] / errors[rows, None]
            scores = scores + part.T @ spread @ part
            variance[rows] += np.diag(spread) / np.square(errors[rows])
            first = rows.stop
        return cls(
            slopes.T @ residuals,
            _no_negative(slopes.T @ slopes - plane.shape * float(doubt.sum())),
            _no_negative(scores - plane.shape * float((doubt * variance).sum())),
        )

    @property
    def bread(self) -> Floats:
        """The inverse of the information of data and prior together: the prior's is one, in its own units."""
        return np.asarray(np.linalg.inv(self.data + np.eye(len(self.data))))

    @property
    def overstated(self) -> float:
        """How many times too small the squared errors are, on the whole, for the weight of data against prior."""
        claimed = float(np.trace(self.bread @ self.data))
        return float(np.trace(self.bread @ self.scores)) / claimed if claimed > 0 else 1.0

    def lowest(self, centre: Floats, lower: Floats, upper: Floats) -> Floats:
        """Where the objective of the plane, with the prior, is lowest within the bounds."""
        from scipy.optimize import lsq_linear

        root = np.linalg.cholesky(self.data + np.eye(len(centre)))
        wanted = np.linalg.solve(root, self.gradient - centre)
        found = lsq_linear(root.T, wanted, bounds=(lower - centre, upper - centre), method="bvls")
        return np.asarray(centre + found.x)


def _no_negative(matrix: Floats) -> Floats:
    """The nearest matrix without negative variances."""
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)
