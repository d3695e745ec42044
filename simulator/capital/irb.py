"""Basel internal-ratings formulas: how much capital a class of loans needs, given its default and loss rates.

Basel Committee, CRE31.13 to CRE31.18 (retail) and CRE31.4 to CRE31.6 (corporate), unchanged in form from Basel II
(June 2004), paragraphs 272 and 328 to 330. All shares, no scaling factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
CONFIDENCE = 0.999  # CRE31.5: a loss that is gone beyond once in a thousand years
PER_CAPITAL = 12.5  # the reciprocal of the 8% minimum: from a requirement to a risk-weighted amount
CLASSES = ("qrre", "other_retail", "residential_mortgage")
FLOORS = {  # CRE32.4: least probability of default that may be used
    "qrre": 0.001,  # revolvers; transactors .0005
    "other_retail": 0.0005,
    "residential_mortgage": 0.0005,
}


@dataclass(frozen=True)
class Corporate:
    """Loans to companies, for comparison only: their capital also depends on the time left, in years."""

    maturity: float = 2.5


def asset_correlation(default: npt.ArrayLike, exposure_class: str | Corporate) -> Floats:
    """How much borrowers of a class move together: the asset correlation, by probability of default.

    CRE31.14 (mortgages .15), CRE31.15 (qualifying revolving .04), CRE31.16 (other retail, .16 falling to .03 as the
    probability of default rises), CRE31.5 (corporate, .24 falling to .12). Raises ValueError for another class.
    """
    rate = _chance(default)
    if isinstance(exposure_class, Corporate):
        return _between(rate, 0.12, 0.24, 50.0)
    if exposure_class == "qrre":
        return np.full(rate.shape, 0.04)
    if exposure_class == "residential_mortgage":
        return np.full(rate.shape, 0.15)
    if exposure_class == "other_retail":
        return _between(rate, 0.03, 0.16, 35.0)
    raise ValueError(f"exposure class {exposure_class!r}: one of {', '.join(CLASSES)} is wanted")


def capital_requirement(
    default: npt.ArrayLike, loss_given_default: npt.ArrayLike, exposure_class: str | Corporate
) -> Floats:
    """Capital for a unit of exposure that is not in default: the loss of a very bad year less the expected loss.

    K = LGD x (N((G(PD) + sqrt(R) G(.999)) / sqrt(1 - R)) - PD), CRE31.13; for companies times the maturity adjustment
    of CRE31.5. Shares in, share out; `default` strictly between 0 and 1.
    """
    rate, loss = _chance(default), np.asarray(loss_given_default, np.float64)
    together = asset_correlation(rate, exposure_class)
    stressed = ndtr((ndtri(rate) + np.sqrt(together) * ndtri(CONFIDENCE)) / np.sqrt(1.0 - together))
    needed = loss * (stressed - rate)
    if isinstance(exposure_class, Corporate):
        slope = (0.11852 - 0.05478 * np.log(rate)) ** 2
        needed = needed * (1.0 + (exposure_class.maturity - 2.5) * slope) / (1.0 - 1.5 * slope)
    return np.asarray(needed)


def defaulted_requirement(loss_given_default: npt.ArrayLike, best_estimate: npt.ArrayLike) -> Floats:
    """Capital for a unit of exposure in default: what the loss may exceed its best estimate by (CRE31.3)."""
    return np.maximum(np.asarray(loss_given_default, np.float64) - np.asarray(best_estimate, np.float64), 0.0)


def risk_weight(default: npt.ArrayLike, loss_given_default: npt.ArrayLike, exposure_class: str | Corporate) -> Floats:
    """Risk-weighted amount for a unit of exposure: 12.5 times the requirement (CRE31.6, CRE31.13)."""
    return PER_CAPITAL * capital_requirement(default, loss_given_default, exposure_class)


def expected_loss(default: npt.ArrayLike, loss_given_default: npt.ArrayLike) -> Floats:
    """Loss of an ordinary year for a unit of exposure: PD x LGD (CRE35.2)."""
    return np.asarray(np.asarray(default, np.float64) * np.asarray(loss_given_default, np.float64))


def floored(default: npt.ArrayLike, exposure_class: str) -> Floats:
    """The probability of default that may be used: not less than the floor of the class (CRE32.4)."""
    return np.maximum(np.asarray(default, np.float64), FLOORS[exposure_class])


def _between(rate: Floats, low: float, high: float, speed: float) -> Floats:
    share = (1.0 - np.exp(-speed * rate)) / (1.0 - np.exp(-speed))
    return np.asarray(low * share + high * (1.0 - share))


def _chance(default: npt.ArrayLike) -> Floats:
    rate = np.asarray(default, np.float64)
    if ((rate <= 0.0) | (rate >= 1.0)).any():
        raise ValueError("a probability of default strictly between 0 and 1 is wanted")
    return rate
