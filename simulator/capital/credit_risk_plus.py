"""Losses of a book whose sectors' default rates swing: the CreditRisk+ distribution, in closed form.

Credit Suisse Financial Products, "CreditRisk+, a credit risk management framework", 1997; correlated sectors by one
common swing of matched variance: Buergisser, Kurth, Wagner and Wolf, "Integrating correlations", Risk, July 1999.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
TAIL = 1e-12  # probability that may lie beyond the table


@dataclass(frozen=True)
class Sector:
    """Equal loans whose default rates swing together: how many, a whole exposure each, and their default rate."""

    loans: int
    exposure: int
    default: float
    swing: float  # standard deviation of the default rate over its mean

    @property
    def expected(self) -> float:
        """Expected loss."""
        return self.loans * self.exposure * self.default

    @property
    def own_variance(self) -> float:
        """Variance of the loss at a steady default rate (Poisson)."""
        return self.loans * self.exposure**2 * self.default


def relative_variance(sectors: Sequence[Sector], correlation: float) -> float:
    """Variance of the whole book's default rate over its square, for sectors whose rates are so correlated.

    Buergisser and others (1999): sum of EL_k EL_l s_k s_l rho_kl over the square of the expected loss.
    """
    parts = np.array([sector.expected * sector.swing for sector in sectors])
    whole = sum(sector.expected for sector in sectors)
    same = float((parts**2).sum())
    return (correlation * float(parts.sum()) ** 2 + (1.0 - correlation) * same) / whole**2


def unexpected_loss(sectors: Sequence[Sector], correlation: float) -> float:
    """Standard deviation of the loss: the common swing and each loan's own luck."""
    whole = sum(sector.expected for sector in sectors)
    own = sum(sector.own_variance for sector in sectors)
    return math.sqrt(relative_variance(sectors, correlation) * whole**2 + own)


def loss_distribution(sectors: Sequence[Sector], correlation: float | None) -> Floats:
    """Probability of each whole loss from 0 upward; None: the sectors swing independently.

    The generating function of a Poisson count whose mean is gamma distributed, turned into probabilities by a fast
    Fourier transform (no recursion, so no error builds up).
    """
    deviation = unexpected_loss(sectors, correlation or 0.0)
    most = sum(sector.expected for sector in sectors) + 40.0 * deviation + 40.0 * max(s.exposure for s in sectors)
    size = 1 << math.ceil(math.log2(most))
    around = np.exp(-2j * np.pi * np.arange(size) / size)
    logs = np.zeros(size, np.complex128)
    steps = [sector.loans * sector.default * (around**sector.exposure - 1.0) for sector in sectors]
    if correlation is None:
        for sector, step in zip(sectors, steps, strict=True):
            logs += _log_generating(step, sector.swing**2)
    else:
        logs = _log_generating(sum(steps[1:], start=steps[0]), relative_variance(sectors, correlation))
    chances = np.fft.ifft(np.exp(logs)).real
    return np.maximum(chances, 0.0)


def _log_generating(step: npt.NDArray[np.complex128], variance: float) -> npt.NDArray[np.complex128]:
    """Of a Poisson count whose mean swings with a gamma of this relative variance; nought: a steady mean."""
    return np.asarray(step if variance == 0.0 else -np.log1p(-variance * step) / variance)


def quantile_of(chances: Floats, level: float) -> int:
    """The least loss that is not gone beyond with this chance."""
    return int(np.searchsorted(np.cumsum(chances), level - TAIL))
