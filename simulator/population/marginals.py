"""The shapes of single quantities: from a standard normal score to a value, and back again.

Every quantity of a person is a monotone function of a normal score: the score says where the person stands
among all people (0 is the middle, 1.64 is the top twentieth) and the shape says what that standing is worth.
Going back, a value that many people share (such as "pays in full") covers a range of scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

EDGE = 4.0  # scores of known values are kept within this range
ENDS = 3.0  # the least and the greatest value of a table stand here: about one person in 740 has each
ALMOST_NOTHING = 0.01  # months of income; so tables of savings, read on a log scale, may hold zeros
_APART = 32.0  # distance between the five savings tables laid end to end


class Marginal(Protocol):
    """The shape of one quantity."""

    def value(self, score: Floats) -> Floats:
        """The value at a normal score."""

    def scores_of(self, value: Floats) -> tuple[Floats, Floats]:
        """The lowest and the highest normal score with this value, kept within EDGE; mostly the same."""


@dataclass(frozen=True)
class Lognormal:
    """A quantity with a heavy upper tail: `median` in the middle, `sigma` the spread of its logarithm."""

    median: float
    sigma: float

    def value(self, score: Floats) -> Floats:
        """The value at a normal score."""
        return np.asarray(self.median * np.exp(self.sigma * score), np.float64)

    def scores_of(self, value: Floats) -> tuple[Floats, Floats]:
        """The normal score of a value, twice; values at or below zero stand at the lower edge."""
        positive = np.maximum(value, self.median * np.exp(-self.sigma * EDGE))
        score: Floats = np.clip(np.log(positive / self.median) / self.sigma, -EDGE, EDGE)
        return score, score


@dataclass(frozen=True)
class Knots:
    """A quantity given by points: straight lines between normal scores `at` (rising) with values `values`."""

    at: Floats
    values: Floats

    def value(self, score: Floats) -> Floats:
        """The value at a normal score; beyond the first and last point their values hold."""
        return np.asarray(np.interp(score, self.at, self.values), np.float64)

    def scores_of(self, value: Floats) -> tuple[Floats, Floats]:
        """The lowest and the highest normal score with this value, kept within EDGE."""
        low: Floats = np.clip(self._edge(value, "left"), -EDGE, EDGE)
        high: Floats = np.clip(self._edge(value, "right"), -EDGE, EDGE)
        return low, high

    def _edge(self, value: Floats, side: Literal["left", "right"]) -> Floats:
        after = np.searchsorted(self.values, value, side=side)
        inner = np.clip(after, 1, self.at.size - 1)
        low, high = self.values[inner - 1], self.values[inner]
        step = np.where(high > low, high - low, 1.0)
        share = np.clip((value - low) / step, 0.0, 1.0)
        edge = self.at[inner - 1] + share * (self.at[inner] - self.at[inner - 1])
        edge = np.where(after == 0, -EDGE, edge)
        return np.asarray(np.where(after >= self.at.size, EDGE, edge), np.float64)


def from_table(table: Mapping[float, float]) -> Knots:
    """A table of quantiles, {share of people below: value}, from 0 to 1; straight in the normal score."""
    shares = np.array(list(table), np.float64)
    with np.errstate(divide="ignore"):
        at = np.clip(ndtri(shares), -ENDS, ENDS)
    return Knots(at, np.array(list(table.values()), np.float64))


def from_shares(shares: Sequence[float]) -> Knots:
    """Ordered groups 0, 1, 2 ... with given shares of the people (they add up to 1)."""
    at, values = [-EDGE], [0.0]
    for code, cut in enumerate(np.cumsum(shares)[:-1]):
        at += [float(ndtri(cut)), float(np.nextafter(ndtri(cut), np.inf))]
        values += [float(code), float(code + 1)]
    return Knots(np.array([*at, EDGE]), np.array([*values, float(len(shares) - 1)]))


def paid_share(minimum: float, full: float, middle: float) -> Knots:
    """The share of a card statement that is paid: 0 for those at the minimum, 1 for those who pay in full.

    Between the two the shares follow a Kumaraswamy(1, b) law with mean `middle`: many low, few high.
    """
    power = 1.0 / middle - 1.0  # the mean of 1 - (1 - v)^(1/b) is 1 / (1 + b)
    rank = np.linspace(0.0, 1.0, 33)
    values = 1.0 - (1.0 - rank) ** (1.0 / power)
    at = ndtri(np.clip(minimum + rank * (1.0 - full - minimum), ndtr(-EDGE), ndtr(EDGE)))
    last = float(np.nextafter(at[-1], np.inf))
    return Knots(np.array([-EDGE, *at, last, EDGE]), np.array([0.0, *values[:-1], values[-2], 1.0, 1.0]))


class SavingsMonths:
    """Liquid savings in months of income, one table of quantiles for each fifth of households by income.

    Between the quantiles of the survey the logarithm is a straight line in the normal score; above the last
    one the line goes on with the spread between the upper quartile and the last quantile (a lognormal tail).
    """

    def __init__(self, tables: Sequence[Mapping[float, float]]) -> None:
        self.fifths = [_savings_knots(table) for table in tables]
        self._at = np.concatenate([knots.at + _APART * n for n, knots in enumerate(self.fifths)])
        self._logs = np.concatenate([knots.values for knots in self.fifths])

    def value(self, score: Floats, quintile: Codes) -> Floats:
        """Months of income at a normal score within the person's income quintile (0..4)."""
        logs = np.interp(np.clip(score, -8.0, 8.0) + _APART * quintile, self._at, self._logs)
        return np.asarray(np.exp(logs) - ALMOST_NOTHING, np.float64)

    def scores_of(self, months: Floats, quintile: Codes) -> tuple[Floats, Floats]:
        """The lowest and highest normal score with these months of income, within the person's quintile."""
        logs = np.log(np.maximum(months, 0.0) + ALMOST_NOTHING)
        low, high = np.empty_like(logs), np.empty_like(logs)
        for number, knots in enumerate(self.fifths):
            rows = quintile == number
            low[rows], high[rows] = knots.scores_of(logs[rows])
        return low, high


def _savings_knots(table: Mapping[float, float]) -> Knots:
    at = ndtri(np.array(list(table), np.float64))
    logs = np.log(np.array(list(table.values()), np.float64) + ALMOST_NOTHING)
    floor = float(np.log(ALMOST_NOTHING))
    quarter = min(int(np.searchsorted(at, float(ndtri(0.75)) - 1e-9)), at.size - 2)
    slope_up = (logs[-1] - logs[quarter]) / (at[-1] - at[quarter])
    slope_down = (logs[1] - logs[0]) / (at[1] - at[0])
    lowest = max(floor, float(logs[0] - slope_down * (at[0] + 8.0)))
    highest = float(logs[-1] + slope_up * (8.0 - at[-1]))
    return Knots(np.array([-8.0, *at, 8.0]), np.array([lowest, *logs, highest]))
