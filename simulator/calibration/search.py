"""The search for the parameters: points that fill the prior, then least squares with slopes by parallel differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.calibration.evaluations import Evaluations, SpentError
from simulator.calibration.objective import Objective
from simulator.calibration.parameters import Parameter
from simulator.calibration.plane import Plane
from simulator.draws import Draws, mix
from simulator.scenario.fit import REACH

Floats = npt.NDArray[np.float64]
STEP = 0.1  # of the prior's 90% range, to each side: thresholds make the objective locally stepped
SETTLE_POINTS = 8  # for each parameter: new points of a plane (half as many where the evaluations are few)
WIDTH = 2.0  # standard errors to each side: the box of a plane, within
NARROWEST, WIDEST = 0.35, 1.5  # prior standard deviations
SPREAD_POINTS = 5  # for each parameter: the points that fill the prior before the search
BATCH = 8  # points asked for at a time, so that the bar moves
LEAST_MORE = 6  # evaluations that a search needs beyond points and two sets of slopes
TOLERANCE = 1e-3  # of the objective, and of the parameters in prior standard deviations: smaller gains end the search


def latin_hypercube(count: int, dimensions: int, number: int = 0) -> Floats:
    """Points that fill the unit cube evenly, along each axis one in every slice; the same for the same arguments."""
    draws, mixed = Draws(number), mix(np.arange(count, dtype=np.int64))
    columns = []
    for axis in range(dimensions):
        slices = np.argsort(np.argsort(draws.uniform("calibration.slice", axis, mixed)))
        columns.append((slices + draws.uniform("calibration.place", axis, mixed)) / count)
    return np.column_stack(columns)


def least_budget(parameters: int) -> int:
    """The fewest evaluations with which a search makes sense."""
    return 10 * parameters + SPREAD_POINTS + LEAST_MORE


@dataclass
class Search:
    """One calibration's search: where it may go, and everything it has seen."""

    parameters: tuple[Parameter, ...]
    objective: Objective
    evaluations: Evaluations
    budget: int  # of evaluations, in all
    seen: dict[bytes, tuple[Floats, Floats]] = field(default_factory=dict)  # point, values (seeds, values)
    best_told: float = math.inf

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """The hard bounds in prior standard deviations."""
        reach = np.array([each.reach for each in self.parameters], dtype=np.float64).reshape(-1, 2)
        return reach[:, 0], reach[:, 1]

    @property
    def points_of_a_plane(self) -> int:
        """How many new points a plane gets: eight for each parameter, half as many where the evaluations are few."""
        count = len(self.parameters)
        return max(SETTLE_POINTS // 2 * count, min(SETTLE_POINTS * count, self.budget // 6))

    def simulated(self, points: list[Floats]) -> list[Floats]:
        """Mean values over the seeds at each point."""
        found = self.evaluations.at(points)
        self.seen.update((point.tobytes(), (point, values)) for point, values in zip(points, found, strict=True))
        return [values.mean(axis=0) for values in found]

    def total(self, z: Floats, simulated: Floats, errors: Floats) -> float:
        """The objective: the misfit and the prior's part."""
        return self.objective.misfit(simulated, errors) + float(z @ z)

    def objectives(self, errors: Floats) -> list[tuple[Floats, float]]:
        """Every point seen and its objective, in order."""
        return [(z, self.total(z, values.mean(axis=0), errors)) for z, values in self.seen.values()]

    def best(self, errors: Floats) -> Floats:
        """The best point seen so far; of equals the earliest."""
        return min(self.objectives(errors), key=lambda seen: seen[1])[0]

    def tell(self, errors: Floats) -> None:
        """Let the progress bar say how good the best point is."""
        self.best_told = min(objective for _, objective in self.objectives(errors))
        self.evaluations.what = f"best objective {self.best_told:,.1f}"

    def fill(self, start: Floats, errors: Floats) -> None:
        """Evaluate the start and points that fill the prior's 90% box evenly (a Latin hypercube)."""
        count = min(SPREAD_POINTS * len(self.parameters), max(self.budget // 4, SPREAD_POINTS))
        lower, upper = self.bounds
        cube = latin_hypercube(count, len(self.parameters))
        points = [np.clip(point, lower, upper) for point in REACH * (2.0 * cube - 1.0)]
        self.simulated([start])
        for first in range(0, count, BATCH):
            self.simulated(points[first : first + BATCH])
            self.tell(errors)

    def slopes(self, z: Floats) -> Floats:
        """Slopes of the mean values by each z, by central differences; shape (values, parameters)."""
        lower, upper = self.bounds
        step = STEP * 2.0 * REACH
        points = []
        for number in range(len(z)):
            for side in (1.0, -1.0):
                point = z.copy()
                point[number] = np.clip(z[number] + side * step, lower[number], upper[number])
                points.append(point)
        found = self.simulated(points)
        columns = []
        for number in range(len(z)):
            up, down = points[2 * number][number], points[2 * number + 1][number]
            columns.append((found[2 * number] - found[2 * number + 1]) / (up - down))
        return np.column_stack(columns)

    def plane(self, centre: Floats, errors: Floats, width: Floats, points: int) -> Plane:
        """A plane through new points that fill a box around a centre, and those seen there before."""
        lower, upper = self.bounds
        cube = latin_hypercube(points, len(centre), len(self.seen))
        box = [np.clip(centre + width * (2.0 * point - 1.0), lower, upper) for point in cube]
        for first in range(0, points, BATCH):
            self.simulated(box[first : first + BATCH])
            self.tell(errors)
        near = [pair for pair in self.seen.values() if np.all(np.abs(pair[0] - centre) <= width * (1.0 + 1e-9))]
        return Plane.through([z for z, _ in near], [values for _, values in near], centre)

    def descend(self, start: Floats, errors: Floats) -> bool:
        """Least squares from a point; whether it came to rest before the evaluations were used up.

        SciPy's trust region moves inside the bounds; its variables are shifted so that the first step may be as long as
        a prior standard deviation in each direction.
        """
        from scipy.optimize import least_squares

        lower, upper = self.bounds
        room = 1e-9
        begin = np.clip(start, lower + room, upper - room)
        shift = 1.0 - begin

        def residuals(moved: Floats) -> Floats:
            z = moved - shift
            values = self.simulated([z])[0]
            self.tell(errors)
            return np.concatenate([self.objective.residuals(values, errors), z])

        def jacobian(moved: Floats) -> Floats:
            slopes = self.objective.slopes(self.slopes(moved - shift), errors)
            return np.vstack([-slopes, np.eye(len(moved))])

        return self._within_budget(
            lambda: bool(
                least_squares(
                    residuals,
                    begin + shift,
                    jac=jacobian,
                    bounds=(lower + shift, upper + shift),
                    method="trf",
                    ftol=TOLERANCE,
                    xtol=TOLERANCE,
                    gtol=1e-8,
                    max_nfev=self.budget,
                ).status
                > 0
            )
        )

    def _within_budget(self, work: Callable[[], bool]) -> bool:
        try:
            return work()
        except SpentError:
            return False
