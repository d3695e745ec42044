"""One common factor: the share of a very large book that defaults when borrowers' fortunes move together.

Vasicek, "The distribution of loan portfolio value", Risk, December 2002. A borrower defaults where
sqrt(rho) Z + sqrt(1 - rho) e falls below G(PD); Z is common to all.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, owens_t

Floats = npt.NDArray[np.float64]
MOST = 0.999  # largest correlation that is looked for


def default_rate_quantile(default: float, correlation: float, level: npt.ArrayLike) -> Floats:
    """The default rate of a very large book that is not gone beyond with this chance.

    N((G(PD) + sqrt(rho) G(level)) / sqrt(1 - rho)), Vasicek (2002), equation 3. All shares between 0 and 1.
    """
    _check(default, correlation)
    at = ndtri(default) + math.sqrt(correlation) * ndtri(np.asarray(level, np.float64))
    return np.asarray(ndtr(at / math.sqrt(1.0 - correlation)))


def conditional_default(default: float, correlation: float, factor: npt.ArrayLike) -> Floats:
    """The chance of default once the common factor is known; low values of the factor are bad times."""
    _check(default, correlation)
    at = ndtri(default) - math.sqrt(correlation) * np.asarray(factor, np.float64)
    return np.asarray(ndtr(at / math.sqrt(1.0 - correlation)))


def joint_default(default: float, correlation: float) -> float:
    """The chance that two given borrowers both default: the bivariate normal N2(G(PD), G(PD); rho).

    By Owen's T function (Owen, Annals of Mathematical Statistics 27, 1956): N(h) - 2 T(h, sqrt((1 - rho) / (1 + rho))).
    """
    _check(default, correlation)
    slope = math.sqrt((1.0 - correlation) / (1.0 + correlation))
    return float(default - 2.0 * owens_t(ndtri(default), slope))


def default_rate_deviation(default: float, correlation: float, loans: int | None = None) -> float:
    """Standard deviation of the default rate, of a very large book or of one with so many equal loans."""
    systematic = joint_default(default, correlation) - default**2
    own = 0.0 if loans is None else (default * (1.0 - default) - systematic) / loans
    return math.sqrt(max(systematic + own, 0.0))


def default_correlation(default: float, correlation: float) -> float:
    """Correlation of two borrowers' defaults (1 where one defaults, else 0)."""
    return (joint_default(default, correlation) - default**2) / (default * (1.0 - default))


def fitted_correlation(default: float, deviation: float) -> float:
    """The correlation at which the default rate of a very large book has this standard deviation.

    By moments: the root of joint default = PD^2 + deviation^2. Nought for no deviation; raises ValueError where even a
    correlation near 1 gives less.
    """
    if deviation <= 0.0:
        return 0.0
    wanted = default**2 + deviation**2
    if joint_default(default, MOST) < wanted:
        raise ValueError(f"a standard deviation of {deviation:g} is too large for a default rate of {default:g}")
    return float(brentq(lambda rho: joint_default(default, rho) - wanted, 0.0, MOST, xtol=1e-12))


def _check(default: float, correlation: float) -> None:
    if not 0.0 < default < 1.0:
        raise ValueError(f"probability of default {default!r}: strictly between 0 and 1 is wanted")
    if not 0.0 <= correlation < 1.0:
        raise ValueError(f"asset correlation {correlation!r}: from 0 to below 1 is wanted")
