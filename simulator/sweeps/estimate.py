"""A figure with its error: from seeds that lived through the same points, by Student's t."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Floats = npt.NDArray[np.float64]
SURE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value, its standard error and its 95% interval; the errors are NaN where nothing can say how sure it is."""

    value: float
    standard_error: float = math.nan
    low: float = math.nan
    high: float = math.nan

    @property
    def sure(self) -> bool:
        """Whether it is not nought, as far as 95% go; False where no interval is known."""
        if self.standard_error == 0.0:
            return self.value != 0.0
        return self.low > 0.0 or self.high < 0.0


NOTHING = Estimate(math.nan)


def over_seeds(values: Floats, pairs: int = 1) -> Estimate:
    """The mean of values, one a seed, shape (seeds,); interval by Student's t with seeds - 1 degrees of freedom.

    Where the values were picked as the widest of several `pairs`, the interval is widened so that it holds for all of
    them at once (Bonferroni).
    """
    count, value = values.size, float(values.mean())
    if count < 2 or math.isnan(value):
        return Estimate(value)
    error = float(values.std(ddof=1)) / math.sqrt(count)
    reach = error * float(stdtrit(count - 1, 1.0 - (1.0 - SURE) / (2.0 * pairs)))
    return Estimate(value, error, value - reach, value + reach)


def with_error(value: float, error: float, freedom: float) -> Estimate:
    """A value with a standard error that is known, and so many degrees of freedom."""
    if not (math.isfinite(error) and freedom >= 1):
        return Estimate(value)
    reach = error * float(stdtrit(freedom, 0.5 + SURE / 2))
    return Estimate(value, error, value - reach, value + reach)
