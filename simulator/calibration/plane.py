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
    """Simulated values as level + slopes (z - centre), by least squares over points in a box around the centre.

    There is one for each seed: what a parameter does to a book differs from book to book, and the differences tell how
    far the mean slope may be off.
    """

    centre: Floats  # (parameters,)
    levels: Floats  # (seeds, values)
    slopes_by_seed: Floats  # (seeds, values, parameters)
    points: int

    @classmethod
    def through(cls, points: Sequence[Floats], values: Sequence[Floats], centre: Floats) -> Plane:
        """Through at least parameters + 2 points with their values, each of shape (seeds, values)."""
        moved = np.array(points) - centre
        held = np.array(values)
        design = np.column_stack([np.ones(len(moved)), moved])
        found, *_ = np.linalg.lstsq(design, held.reshape(len(moved), -1), rcond=None)
        shaped: Floats = np.asarray(found.reshape(len(found), *held.shape[1:]), dtype=np.float64)
        return cls(centre, shaped[0], np.moveaxis(shaped[1:], 0, -1), len(moved))

    @property
    def level(self) -> Floats:
        """Values at the centre, mean over the seeds; (values,)."""
        return np.asarray(self.levels.mean(axis=0))

    @property
    def slopes(self) -> Floats:
        """Slopes, mean over the seeds; (values, parameters)."""
        return np.asarray(self.slopes_by_seed.mean(axis=0))


@dataclass(frozen=True)
class Information:
    """What the data say at a point, per prior standard deviation of the parameters and in errors of the fitted rows.

    `data` is J'J, J the slopes of the rows, freed of what the luck in the slopes adds to it; `scores` is the covariance
    of J'r, r the residuals: were the errors what they are said to be, and independent, it would be `data`; it is less
    by luck alone, and in no direction taken as less. Without this the slopes' luck passes for information, and the
    intervals are too narrow; with one seed it cannot be done.
    """

    gradient: Floats  # J'r
    data: Floats  # (parameters, parameters)
    scores: Floats  # (parameters, parameters)
    of_luck: Floats  # the part of `scores` that was measured from seed to seed
    degrees: int  # of freedom of that part

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
        seeds = len(plane.levels)
        apart = np.array([objective.slopes(each, errors) for each in plane.slopes_by_seed]) - slopes
        off = residuals - np.array([objective.residuals(each, errors) for each in plane.levels])
        share = 1.0 / (seeds * max(seeds - 1, 1))  # from a sum of squares over seeds to the variance of their mean
        gaps = np.array([objective.residuals(values, errors) for values in by_seed])
        gaps -= gaps.mean(axis=0)
        degrees = max(len(by_seed) - 1, 1)
        noisy = gaps @ slopes
        of_luck = luck * noisy.T @ noisy / degrees
        scores = of_luck
        variance = luck * np.square(gaps).sum(axis=0) / degrees
        first = 0
        for spread in spreads:
            rows = slice(first, first + len(spread))
            part = slopes[rows] / errors[rows, None]
            scores = scores + part.T @ spread @ part
            variance[rows] += np.diag(spread) / np.square(errors[rows])
            first = rows.stop
        data = _no_negative(slopes.T @ slopes - share * np.einsum("srp,srq->pq", apart, apart))
        scores = _no_negative(scores - share * np.einsum("srp,r,srq->pq", apart, variance, apart))
        gradient = slopes.T @ residuals + share * np.einsum("srp,sr->p", apart, off)
        return cls(gradient, data, _at_least(scores, data), of_luck, degrees)

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


def _at_least(scores: Floats, data: Floats) -> Floats:
    """The scores' covariance, in every direction at least the information itself."""
    from scipy.linalg import eigh

    firm = data + 1e-9 * (1.0 + np.trace(data)) * np.eye(len(data))
    values, vectors = eigh(scores, firm)
    turned = firm @ vectors
    return np.asarray((turned * np.maximum(values, 1.0)) @ turned.T)


def _no_negative(matrix: Floats) -> Floats:
    """The nearest matrix without negative variances."""
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)
