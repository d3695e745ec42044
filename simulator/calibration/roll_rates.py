"""Roll rates: how many accounts go from each status to each, with standard errors, and two books compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
LEAST = 30  # accounts in a row below which its cells are not judged
HALF = 0.5  # accounts in a mean of runs from which a cell is not empty


@dataclass(frozen=True)
class RollRates:
    """A matrix of transitions: `counts` of accounts, shape (from, to), under the names of the statuses."""

    names: tuple[str, ...]
    counts: Whole

    @property
    def rows(self) -> Whole:
        """Accounts by status before; shape (from,)."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def shares(self) -> Floats:
        """Shares of each row; NaN in rows without accounts."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.counts / self.rows[:, None])

    @property
    def errors(self) -> Floats:
        """Standard errors of the shares, multinomial: the root of share x (1 - share) / accounts of the row."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(self.shares * (1.0 - self.shares) / self.rows[:, None]))

    def frame(self) -> pd.DataFrame:
        """One row a cell: from, to, accounts, share, standard_error."""
        import pandas as pd

        size = len(self.names)
        columns = {
            "from": np.repeat(self.names, size),
            "to": np.tile(self.names, size),
            "accounts": self.counts.ravel(),
            "share": self.shares.ravel(),
            "standard_error": self.errors.ravel(),
        }
        return pd.DataFrame(columns)


def roll_rates(before: Whole, now: Whole, names: tuple[str, ...]) -> RollRates:
    """Transitions of accounts from one month to another; statuses as places in `names`, -1 unknown (left out)."""
    size = len(names)
    known = (before >= 0) & (now >= 0)
    counts = np.bincount(before[known] * size + now[known], minlength=size * size)
    return RollRates(names, counts.reshape(size, size))


@dataclass(frozen=True)
class Agreement:
    """How many cells of two matrices agree: the cells judged, and those within two standard errors."""

    cells: int
    within: int  # of the difference: both books are samples
    within_strictly: int  # of the observed share alone, as if the other had no noise
    shown: int  # of the cells judged, those in which the observed book has an account
    worst: tuple[tuple[str, str, float, float, float], ...]  # from, to, observed, simulated, errors apart

    @property
    def share(self) -> float:
        """Of the cells judged, those within two standard errors."""
        return self.within / max(self.cells, 1)


def agreement(observed: RollRates, simulated: RollRates, repeats: int = 1) -> Agreement:
    """Cell by cell, in rows with at least 30 observed accounts; cells empty in both are not counted.

    `simulated` may hold the accounts of several `repeats` with other luck; a cell with less than half an account in
    their mean is empty, so that which cells are judged does not grow with the repeats. Errors are those of the
    difference of two independent shares; for a cell that one of the two does not show, of the pooled share.
    """
    judged = (observed.rows >= LEAST)[:, None] & ((observed.counts > 0) | (simulated.counts >= HALF * repeats))
    there, here = np.maximum(observed.rows, 1)[:, None], np.maximum(simulated.rows, 1)[:, None]
    pooled = (observed.counts + simulated.counts / repeats) / (there + here / repeats)
    error = np.sqrt(pooled * (1.0 - pooled) * (1.0 / there + 1.0 / here))
    apart = np.abs(observed.counts / there - simulated.counts / here)
    away = np.divide(apart, error, out=np.zeros_like(apart), where=error > 0)
    within = judged & (away <= 2.0)
    strictly = judged & (apart <= 2.0 * np.nan_to_num(observed.errors))
    order = np.argsort(-np.where(judged, away, -1.0), axis=None)[:5]
    worst = tuple(
        (
            observed.names[row],
            observed.names[to],
            float(observed.counts[row, to] / there[row, 0]),
            float(simulated.counts[row, to] / here[row, 0]),
            float(away[row, to]),
        )
        for row, to in zip(*np.unravel_index(order, away.shape), strict=True)
        if judged[row, to]
    )
    return Agreement(
        int(judged.sum()), int(within.sum()), int(strictly.sum()), int((judged & (observed.counts > 0)).sum()), worst
    )
