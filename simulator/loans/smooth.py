"""Simulated shares smoothed over what is known of the loans, as far as the luck of the lives is what parts them.

A loan lived a hundred times has a share written off whose luck alone has a standard error of some three points. A
logistic regression of the simulated outcomes (never of real ones) on what the simulation knows of the loan tells its
expected share much more surely. How much of the rest is more than luck is measured, and so much of it is kept: with
shares s of N lives around the fitted f, and c = mean of (s - f)^2 / f(1 - f), less 1 / N, the estimate is
f + w (s - f) with w = c / (c + 1 / N), and its standard error the root of f(1 - f) w / N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RIDGE = 1e-3  # of the squared coefficients of standardised columns, against the log-likelihood: for columns alike
ROUNDS = 60


@dataclass(frozen=True)
class Smoothed:
    """Shares with their standard errors; `own` is the weight w that each loan's own lives have."""

    share: Floats
    standard_error: Floats
    own: float


def smoothed(times: npt.NDArray[np.int64], lives: int, known: Floats) -> Smoothed:
    """The share of lives in which something happens, from counts (loans,) and what is known (loans, columns)."""
    share = times / float(lives)
    fitted = _logistic(share, known)
    spread = np.maximum(fitted * (1.0 - fitted), 1e-9)
    excess = max(float(np.mean((share - fitted) ** 2 / spread)) - 1.0 / lives, 0.0)
    own = excess / (excess + 1.0 / lives)
    return Smoothed(fitted + own * (share - fitted), np.sqrt(spread * max(own, 1.0 / share.size) / lives), own)


def _logistic(share: Floats, known: Floats) -> Floats:
    """Fitted probabilities of shares by Newton's method; what would not vary is left out."""
    if not 0.0 < share.mean() < 1.0:
        return share.copy()
    spread = known.std(axis=0)
    columns = (known - known.mean(axis=0))[:, spread > 1e-12] / spread[spread > 1e-12]
    design = np.column_stack([np.ones(share.size), columns])
    weight = np.zeros(design.shape[1])
    weight[0] = np.log(share.mean() / (1.0 - share.mean()))
    ridge = np.full(weight.size, RIDGE * share.size / 100.0)
    ridge[0] = 0.0
    for _ in range(ROUNDS):
        fitted = 1.0 / (1.0 + np.exp(-np.clip(design @ weight, -30.0, 30.0)))
        slope = design.T @ (share - fitted) - ridge * weight
        curve = (design * (fitted * (1.0 - fitted))[:, None]).T @ design + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, slope)
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        weight += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(design @ weight, -30.0, 30.0))))
