"""What the data say of the parameters: values, intervals, what data and prior each set, and what cannot be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from simulator.calibration.parameters import Parameter
from simulator.calibration.plane import Information
from simulator.scenario.fit import REACH

Floats = npt.NDArray[np.float64]
SET_BY_DATA = 5 / 9  # of the prior's variance: when more of it is gone, the standard error is less than two thirds of
# the prior's, and the data set the value. Of two that the data see only as a sum each keeps half of its variance.
UNSEEN = 0.1  # of the prior's variance: when less of it is gone, the data cannot see the parameter
TOGETHER = 0.9  # correlation of errors above which two parameters are only known together
SHORT_WORD = 0.3  # share of a direction above which a parameter is named in it


@dataclass(frozen=True)
class Estimated:
    """One fitted parameter, in its own unit; `moved` and `narrowed` tell what the data did."""

    parameter: Parameter
    z: float
    z_error: float
    value: float
    standard_error: float
    low: float
    high: float

    @property
    def moved(self) -> float:
        """How far the data moved it from the prior's middle, in prior standard deviations."""
        return self.z

    @property
    def narrowed(self) -> float:
        """How much of the prior's variance the data took away: 1 - variance now / variance before."""
        return max(1.0 - self.z_error**2, 0.0)

    @property
    def set_by(self) -> Literal["data", "prior"]:
        """Data where the standard error is less than two thirds of the prior's, otherwise prior."""
        return "data" if self.narrowed > SET_BY_DATA else "prior"

    @property
    def at_bound(self) -> bool:
        """Whether it came to rest at one of its hard bounds."""
        lower, upper = self.parameter.reach
        return min(self.z - lower, upper - self.z) < 1e-3


@dataclass(frozen=True)
class Estimates:
    """All fitted parameters together."""

    each: tuple[Estimated, ...]
    correlations: Floats  # of the errors; shape (parameters, parameters)
    singular_values: Floats  # of the slopes per prior standard deviation, in errors; largest first
    directions: Floats  # the combination of parameters that belongs to each; one a row

    @property
    def z_errors(self) -> Floats:
        """Standard errors in prior standard deviations."""
        return np.array([one.z_error for one in self.each])

    @property
    def effective(self) -> float:
        """How many parameters the data set, in all: the sum of what they narrowed."""
        return float(sum(one.narrowed for one in self.each))

    @property
    def pairs(self) -> list[tuple[str, str, float]]:
        """Pairs whose errors are correlated by more than 0.9."""
        names = [one.parameter.path for one in self.each]
        found = []
        for here in range(len(names)):
            for there in range(here):
                value = float(self.correlations[here, there])
                if abs(value) > TOGETHER:
                    found.append((names[there], names[here], value))
        return found

    @property
    def words(self) -> list[str]:
        """What the data can and cannot see, one sentence each."""
        told = []
        for one in self.each:
            path, narrowed = one.parameter.path, one.narrowed
            if narrowed < UNSEEN:
                told.append(
                    f"The data cannot see {path}: they take {narrowed:.0%} of the prior's variance away, so its value "
                    "is the prior's."
                )
            elif one.set_by == "prior":
                told.append(
                    f"{path} is set by its prior more than by the data, which narrow its variance {narrowed:.0%}."
                )
            if one.at_bound:
                told.append(f"{path} came to rest at its bound, {one.value:g}; its interval is not to be trusted.")
        for here, there, value in self.pairs:
            way = "the product or sum" if value < 0 else "the ratio or difference"
            told.append(
                f"{here} and {there} are known only together (correlation of their errors {value:+.2f}): the data see "
                f"{way} of the two, not each."
            )
        told += [
            f"Along one direction ({self._direction(number)}) the data say less than the prior: a step there of one "
            f"prior standard deviation moves the fit by {value:.2f} standard errors."
            for number, value in enumerate(self.singular_values)
            if value < 1.0
        ]
        if not told:
            told.append("Every parameter is set by the data, and no two of them are known only together.")
        return told

    def _direction(self, number: int) -> str:
        row = self.directions[number]
        named = sorted(
            ((abs(share), share, one.parameter.path) for share, one in zip(row, self.each, strict=True)), reverse=True
        )
        return ", ".join(f"{share:+.2f} {path}" for size, share, path in named if size >= SHORT_WORD)


def estimates(parameters: Sequence[Parameter], z: Floats, information: Information) -> Estimates:
    """Estimates at a point, from what the data say there.

    The covariance is a sandwich with the prior as one more observation of each parameter: with H the information of
    data and prior, I the prior's part, and S the covariance of the score, it is H^-1 (S + I) H^-1. It holds when the
    errors are not what the weights say, and when residuals last from quarter to quarter. Intervals are 90%.
    """
    bread = information.bread
    covariance = bread @ (information.scores + np.eye(len(z))) @ bread
    luck = np.diag(bread @ information.of_luck @ bread)
    spread_of = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(information.data)
    each = []
    for number, parameter in enumerate(parameters):
        at, error = float(z[number]), float(spread_of[number])
        reach = _reach(min(float(luck[number]) / error**2, 1.0), information.degrees)
        low, high = (parameter.value(at + side * reach * error) for side in (-1.0, 1.0))
        own = parameter.slope(at) * error
        each.append(Estimated(parameter, at, error, parameter.value(at), own, low, high))
    correlations = covariance / np.outer(spread_of, spread_of)
    return Estimates(tuple(each), correlations, np.sqrt(np.maximum(values[::-1], 0.0)), vectors.T[::-1])


def _reach(share: float, degrees: int) -> float:
    """Standard errors to the end of a 90% interval of which a share of the variance is known from few seeds.

    Student's t with Satterthwaite's degrees of freedom; where luck is no part of it, the normal number's 1.645.
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees / share**2, 0.95)) if share > 0.01 else REACH
