"""Expected credit loss from its parts: chance of default month by month, loss given default, exposure, discount."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
TOLERANCE = 1e-9  # of weights that must sum to 1


def marginal_defaults(hazards: npt.ArrayLike) -> Floats:
    """The chance to default in each period, from the chance to default in it for those who have not yet.

    Shares along the last axis: hazard times survival until then (IFRS 9 B5.5.43: lifetime losses over all periods).
    """
    hazard = np.asarray(hazards, np.float64)
    survived = np.cumprod(1.0 - hazard, axis=-1)
    before = np.concatenate([np.ones((*hazard.shape[:-1], 1)), survived[..., :-1]], axis=-1)
    return np.asarray(hazard * before)


def expected_credit_loss(
    defaults: npt.ArrayLike,
    loss_given_default: npt.ArrayLike,
    exposure: npt.ArrayLike,
    rate: float,
    periods: int | None = None,
) -> float:
    """What is expected to be lost, at today's value: each period's chance of default times what is then lost.

    `defaults` are marginal chances by period, `exposure` what is owed at default in each, `rate` the effective rate of
    one period; losses fall at the end of a period (IFRS 9 B5.5.44, discounting at the effective interest rate).
    `periods`: only so many, as the twelve months of IFRS 9 5.5.5. Currency of the exposure.
    """
    lost = np.asarray(defaults, np.float64) * np.asarray(loss_given_default, np.float64)
    lost = lost * np.asarray(exposure, np.float64)
    worth = lost / (1.0 + rate) ** np.arange(1, lost.shape[-1] + 1)
    return float(worth[..., :periods].sum())


def opening_balances(amount: float, rate: float, periods: int) -> Floats:
    """What is owed at the start of each period of an annuity, at a rate per period; shape (periods,)."""
    if rate == 0.0:
        return np.asarray(amount * (1.0 - np.arange(periods) / periods))
    growth = (1.0 + rate) ** np.arange(periods)
    payment = amount * rate / (1.0 - (1.0 + rate) ** -periods)
    return np.asarray(amount * growth - payment * (growth - 1.0) / rate)


def present_value(cash_flows: npt.ArrayLike, rate: float) -> float:
    """Today's value of payments at the end of each period, at a rate per period."""
    flows = np.asarray(cash_flows, np.float64)
    return float((flows / (1.0 + rate) ** np.arange(1, flows.size + 1)).sum())


def weighted(outcomes: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The mean of what each view of the future gives, by its weight (IFRS 9 5.5.17 (a)).

    Raises ValueError where the weights do not sum to 1 or a view has none.
    """
    missing = sorted(set(outcomes) ^ set(weights))
    if missing:
        raise ValueError(f"outcomes and weights differ in {', '.join(missing)}")
    if abs(sum(weights.values()) - 1.0) > TOLERANCE:
        raise ValueError(f"weights sum to {sum(weights.values()):g}; they must sum to 1")
    return sum(outcomes[name] * weights[name] for name in outcomes)


def non_linearity(outcomes: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """By how much the weighted mean lies above the outcome of the most likely view (ITG, December 2015)."""
    likeliest = max(weights, key=lambda name: weights[name])
    return weighted(outcomes, weights) - outcomes[likeliest]
