"""Whether given capital absorbs the simulated losses: how often it is enough, and what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Absorption:
    """How given capital stood against simulated losses; currency units, shares of the weighted paths."""

    capital: float
    enough: float  # share of the paths whose losses it absorbs
    standard_error: float
    mean_left: float  # of capital, on average over all paths; below nought is a hole
    worst_left: float


def absorb(losses: npt.ArrayLike, capital: float, weights: npt.ArrayLike | None = None) -> Absorption:
    """Losses beyond what was set aside, one a path, against given capital; shapes (paths,).

    The standard error is that of a weighted share of independent paths. Raises ValueError for no path.
    """
    lost = np.asarray(losses, np.float64)
    if lost.size == 0:
        raise ValueError("at least one path is wanted")
    share = np.full(lost.size, 1.0 / lost.size) if weights is None else np.asarray(weights, np.float64)
    share = share / share.sum()
    within = lost <= capital
    enough = float(share[within].sum())
    error = float(np.sqrt((share**2 * (within - enough) ** 2).sum()))
    left = capital - lost
    return Absorption(capital, enough, error, float(share @ left), float(left.min()))
