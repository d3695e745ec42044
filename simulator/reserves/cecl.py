"""CECL: losses over the contractual life from the first day on (ASC 326-20), by five methods side by side."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from simulator.params import Frozen, param
from simulator.reserves.expected_loss import present_value

Floats = npt.NDArray[np.float64]


class Cecl(Frozen):
    """How far ahead forecasts are trusted, and how they go back to the long-run mean."""

    reasonable_months: int = param(
        24,
        "months for which forecasts are reasonable and supportable (ASC 326-20-30-7)",
        unit="months",
        source="a guess: large card lenders publish one to two years",
        ge=0,
        le=600,
    )
    reversion: Literal["straight", "immediate"] = param(
        "straight", "how the forecast then goes back to the long-run mean (ASC 326-20-30-9)"
    )
    reversion_months: int = param(
        12, "months that the way back takes, where it is straight", unit="months", source="a guess", ge=1, le=600
    )
    card_months: int = param(
        24,
        "months after which what is charged off on a card is taken to fall on later drawings, which are not provided "
        "for (ASC 326-20-30-11: lines that may be cancelled at any time)",
        unit="months",
        source="a guess: card lenders reckon with one to two years until today's balance is paid",
        ge=1,
        le=600,
    )


def reverted(forecast: npt.ArrayLike, mean: float, terms: Cecl) -> Floats:
    """A forecast for as long as it is reasonable and supportable, then back to the long-run mean.

    `forecast` by month ahead; ASC 326-20-30-9. Straight: in equal steps over the months of reversion.
    """
    given = np.asarray(forecast, np.float64)
    ahead = np.arange(1, given.size + 1)
    if terms.reversion == "immediate":
        return np.where(ahead <= terms.reasonable_months, given, mean)
    back = np.clip((ahead - terms.reasonable_months) / terms.reversion_months, 0.0, 1.0)
    last = given[np.minimum(np.arange(given.size), max(terms.reasonable_months - 1, 0))]
    return np.asarray(last + back * (mean - last))


def loss_rate(balance: float, rate: float, qualitative: float = 0.0) -> float:
    """Balance times the loss over its life, with an adjustment for what the past does not hold (326-20-30-8)."""
    return balance * (rate + qualitative)


def remaining_life(balance: float, annual_rate: float, years: float, qualitative: float = 0.0) -> float:
    """Weighted average remaining maturity: a yearly loss rate, with its adjustment, over the years left.

    FASB Staff Q&A Topic 326 No. 1, January 2019.
    """
    return balance * (annual_rate + qualitative) * years


def default_times_loss(balance: float, annual_default: float, loss_given_default: float, years: int) -> float:
    """A yearly chance of default times the loss given default, over the years left, undiscounted."""
    return balance * annual_default * loss_given_default * years


def capped(adjustment: float, most: float) -> float:
    """A qualitative adjustment within its bound, either way."""
    return min(max(adjustment, -most), most)


def vintage(balances: npt.ArrayLike, cumulative: npt.ArrayLike, ages: npt.ArrayLike) -> float:
    """What each vintage has still to lose if it follows the oldest one's curve.

    `cumulative` loss shares by vintage (rows, oldest first) and age (columns), of which `ages` periods of each row are
    known. The last age that the oldest vintage has reached is the end of the curve. Raises ValueError where no vintage
    has reached it, since then nothing is known of the end.
    """
    held, curves, known = (
        np.asarray(balances, np.float64),
        np.asarray(cumulative, np.float64),
        np.asarray(ages, np.intp),
    )
    if (known < 1).any() or known.max() > curves.shape[1]:
        raise ValueError(f"ages from 1 to {curves.shape[1]} are wanted, {known.tolist()} were given")
    oldest = int(known.argmax())
    if known[oldest] < curves.shape[1]:
        raise ValueError("no vintage has reached the last age: the end of the curve is not known")
    reached = curves[np.arange(held.size), known - 1]
    return float(held @ np.maximum(curves[oldest, -1] - reached, 0.0))


def roll_rate(balances: npt.ArrayLike, matrix: npt.ArrayLike, periods: int | None = None) -> float:
    """What rolls into the last state, charge-off, from balances by state: over so many periods, or in the end.

    `matrix` shares from state to state, rows summing to at most 1 (the rest is paid); the last state absorbs.
    """
    held, rolls = np.asarray(balances, np.float64), np.asarray(matrix, np.float64)
    if periods is not None:
        return float((held @ np.linalg.matrix_power(rolls, periods))[-1])
    moving = rolls[:-1, :-1]
    ends = np.linalg.solve(np.eye(len(moving)) - moving, rolls[:-1, -1])
    return float(held[:-1] @ ends + held[-1])


def discounted_cash_flow(balance: float, expected: npt.ArrayLike, rate: float) -> float:
    """Amortised cost less today's value of what is expected to be paid (326-20-30-4); the rate is of one period."""
    return balance - present_value(expected, rate)
