"""The difference between two scenarios that lived with the same luck, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Values = npt.NDArray[np.float64]  # (seeds,)
SURE = 0.95


@dataclass(frozen=True)
class Paired:
    """One figure of two scenarios: their means over the seeds, the difference, and its errors."""

    base: float
    other: float
    difference: float
    standard_error: float
    low: float
    high: float
    standard_error_independent: float

    @property
    def ratio(self) -> float:
        """How many times pairing cut the standard error; NaN where the difference never varies."""
        return self.standard_error_independent / self.standard_error if self.standard_error > 0 else math.nan


def paired(base: Values, other: Values) -> Paired:
    """The mean of other less base, seed by seed, both of shape (seeds,), at least two.

    `standard_error` is the standard deviation of the paired differences over the root of their number; `low` and
    `high` are the 95% interval by Student's t; `standard_error_independent` is what seeds of their own for each
    scenario would have given, sqrt(var(base) / n + var(other) / n). A figure that cannot be formed for some seed is
    NaN throughout.
    """
    count = base.size
    gaps = other - base
    difference = float(gaps.mean())
    error = float(gaps.std(ddof=1)) / math.sqrt(count)
    reach = float(stdtrit(count - 1, 0.5 + SURE / 2)) * error
    apart = math.sqrt((float(base.var(ddof=1)) + float(other.var(ddof=1))) / count)
    return Paired(
        float(base.mean()), float(other.mean()), difference, error, difference - reach, difference + reach, apart
    )
