"""Bills under relief: asked for in part or not at all, and what follows when the relief ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts
from simulator.draws import Rows, rows_where
from simulator.money import Cents, share_of

NONE = np.empty(0, np.intp)


def relieved(accounts: Accounts, month: int) -> Rows:
    """The rows under relief in this month."""
    if not accounts.relievable:
        return NONE
    rows = rows_where(accounts.relief != 0)
    return np.asarray(rows[accounts.relief_until[rows] > month])


def ended(accounts: Accounts, month: int) -> Rows:
    """The rows whose relief is over with this month's bill; it is taken off them."""
    if not accounts.relievable:
        return NONE
    rows = rows_where(accounts.relief != 0)
    rows = rows[accounts.relief_until[rows] <= month]
    accounts.relief[rows] = 0
    return np.asarray(rows)


def on_holiday(accounts: Accounts, rows: Rows) -> Rows:
    """Those of these rows under relief from whom nothing at all is asked."""
    return np.asarray(rows[accounts.relief_due[rows] == 0])


def line_rests(accounts: Accounts, rows: Rows) -> Rows:
    """Those of these rows whose card cannot be used meanwhile: on holiday, or restructured and on probation."""
    return np.asarray(rows[(accounts.relief_due[rows] == 0) | (accounts.probation[rows] > 0)])


def asked(accounts: Accounts, current: Cents, rows: Rows) -> Cents:
    """What is asked of these rows' bills."""
    return share_of(current[rows], accounts.relief_due[rows].astype(np.int64))


def meant(accounts: Accounts, full: Cents, rows: Rows) -> Cents:
    """What the holders of these rows mean to pay beyond what is asked of them: nothing, or up to the usual bill."""
    more = accounts.relief_wanted[rows].astype(np.int64) - accounts.relief_due[rows].astype(np.int64)
    return share_of(full[rows], np.maximum(more, 0))


def held(accounts: Accounts, rows: Rows, size: int) -> npt.NDArray[np.bool_]:
    """Which places of the arrears table belong to rows on holiday; `size` is the block's."""
    there = np.zeros(size, np.bool_)
    there[on_holiday(accounts, rows)] = True
    return np.asarray(there[accounts.arrears.rows])
