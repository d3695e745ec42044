"""What a block's loans and cards are billed, and who has not paid; see `simulator.products` for what it means."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import COST, FEES, INTEREST, OVERDUE, PENALTY
from simulator.kernels.plain.late import dear

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
FINE, HALF = 20, 1 << 19


def whole(amount: Floats) -> Cents:
    """Whole cents, halves to the even cent, of an amount that nobody needs any more."""
    np.rint(amount, out=amount)
    return amount.astype(np.int64)


def loan_bill(
    balance: Cents, rate: Floats, due: Cents, remaining: Column, rows: Rows, held: Cents, extra: float, equal: bool
) -> tuple[Cents, Cents]:
    """Interest of the month, and the instalment of loans that owe nothing overdue; the last clears the loan.

    `rows` are in arrears: they bear interest on the principal alone. `equal` instalments hold interest already.
    """
    monthly = (rate if extra == 0.0 else np.maximum(rate + extra, 0.0)) / 12.0
    interest = whole(balance * monthly)
    principal = balance[rows] - held[INTEREST, : rows.size] - held[PENALTY, : rows.size] - held[FEES, : rows.size]
    interest[rows] = whole(principal * monthly[rows])
    owed = balance + interest
    current: Cents = np.minimum(due if equal else due + interest, owed)
    last = (remaining == 1).nonzero()[0]
    current[last] = owed[last]
    return interest, current


def loan_overdue(
    balance: Cents, rate: Floats, remaining: Column, current: Cents, rows: Rows, held: Cents, extra: float,
    multiple: float, cap: float, spared: Flags,
) -> Cents:  # fmt: skip
    """The penalty of those in arrears, and of their instalment no more than what is not yet billed.

    `balance` holds the month's interest already; `spared` (one an account in arrears, or none at all) bear no penalty.
    """
    count = rows.size
    overdue = held[OVERDUE, :count]
    unbilled = balance[rows] - held[PENALTY, :count] - held[FEES, :count] - overdue
    current[rows] = np.where(remaining[rows] <= 1, unbilled, np.minimum(current[rows], unbilled))
    now = rate[rows] if extra == 0.0 else np.maximum(rate[rows] + extra, 0.0)
    penalty = whole((dear(now, multiple, cap) * overdue - now * (overdue - held[INTEREST, :count])) / 12.0)
    if spared.size:
        penalty[spared] = 0
    held[PENALTY, :count] += penalty
    held[COST, :count] += penalty
    return penalty


def with_arrears(current: Cents, rows: Rows, held: Cents) -> Cents:
    """What must be paid to owe nothing overdue: the bill, and for those in arrears all that is behind it."""
    due = current.copy()
    due[rows] += held[OVERDUE, : rows.size] + held[PENALTY, : rows.size] + held[FEES, : rows.size]
    return due


def card_bill(
    due: Cents, wanted: Cents, balance: Cents, limit: Cents, desired: Cents, pay_share: Cents, speed: int
) -> tuple[Cents, Cents]:
    """What is meant to be paid of each statement (`wanted`, in place), purchases of the cycle, and the open line."""
    np.maximum(wanted, due, out=wanted)
    np.minimum(wanted, balance, out=wanted)
    line = limit - balance
    np.maximum(line, 0, out=line)
    gap = desired - balance
    gap += wanted
    np.maximum(gap, 0, out=gap)
    purchases = (gap * speed + HALF) >> FINE
    gap *= pay_share >> FINE  # who pays in full spends as much again at once
    np.maximum(purchases, gap, out=purchases)
    np.minimum(purchases, line, out=purchases)
    return purchases, line


def shares_of(amount: Cents, share: Cents) -> Cents:
    """A fixed-point share of whole cents, rounded to the nearest, each its own."""
    return np.asarray((amount * share + HALF) >> FINE)


def card_interest(balance: Cents, purchases: Cents, rate: Floats, extra: float) -> Cents:
    """Interest of the month on what is carried, and on new purchases for half of it as far as something is carried."""
    bearing = np.minimum(purchases >> 1, balance) + balance
    return whole(bearing * (rate if extra == 0.0 else np.maximum(rate + extra, 0.0)) / 12.0)


def minimum(balance: Cents, interest: Cents, share: int, floor: int) -> Cents:
    """The minimum payment: a share of the balance, plus interest (one a row, or none), at least the floor."""
    amount = (balance * share + HALF) >> FINE
    if interest.size:
        amount += interest
    return np.asarray(np.minimum(np.maximum(amount, floor), balance))


def unpaid(paid: Cents, due: Cents, rows: Rows) -> Rows:
    """Who has paid less than was due and is not among `rows` already."""
    short = (paid < due).nonzero()[0]
    behind = np.zeros(paid.size, np.bool_)
    behind[rows] = True
    return short[~behind[short]]


def paid_off(balance: Cents, status: Column) -> Rows:
    """Open accounts on which nothing is owed any more."""
    rows: Rows = ((balance == 0) & (status == 1)).nonzero()[0]
    return rows
