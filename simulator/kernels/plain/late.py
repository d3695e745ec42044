"""The table of arrears: who enters, what a payment settles, what lateness costs. Whole cents.

`held` is the table with room to grow: one row a quantity as in `simulator.columns`, then the unpaid bills by month
modulo `depth`, then the chain; one column an account, of which the first `rows.size` are in use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import (
    BEGAN,
    BUFFER,
    COST,
    FEES,
    INTEREST,
    LIVING,
    OVERDUE,
    PENALTY,
    SERVICE,
    STREAK,
    UNPAID,
)

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


def enter(
    held: Cents, count: int, rows: Rows, unpaid: Cents, interest: Cents, fees: Cents, savings: Cents, spells: Column,
    service: Cents, struck: Column, month: int, depth: int,
) -> None:  # fmt: skip
    """Rows that have just missed the bill of a month, behind the `count` accounts that are there."""
    first = held[:, count : count + rows.size]
    first[:] = 0
    first[OVERDUE], first[INTEREST], first[FEES] = unpaid, interest, fees
    first[BUFFER], first[COST], first[LIVING] = savings[rows], fees, spells[rows]
    first[BEGAN], first[SERVICE] = month, service
    first[UNPAID + month % depth] = unpaid
    first[UNPAID + depth :] = struck[:, rows]


def keep(held: Cents, kept: Flags) -> int:
    """Only these accounts stay in the table; returns how many."""
    places = kept.nonzero()[0]
    held[:, : places.size] = held[:, : kept.size].take(places, axis=1)
    return places.size


def settle(held: Cents, count: int, month: int, depth: int, paid: Cents) -> None:
    """A payment settles the oldest bill first; `month` is that of the last bill."""
    rest = np.minimum(paid, held[OVERDUE, :count])
    held[OVERDUE, :count] -= rest
    for age in range(depth):
        bill = held[UNPAID + (month + 1 + age) % depth, :count]
        settled = np.minimum(bill, rest)
        bill -= settled
        rest -= settled


def missed(held: Cents, count: int, month: int, depth: int) -> npt.NDArray[np.int8]:
    """For how many due dates, that of `month` the last, something has been unpaid: the age of the oldest bill."""
    ages = np.array([[(month - slot) % depth + 1] for slot in range(depth)], np.int8)
    unpaid = (held[UNPAID : UNPAID + depth, :count] != 0).view(np.int8)
    return np.asarray((unpaid * ages).max(axis=0))


def dear(rate: Floats, multiple: float, cap: float) -> Floats:
    """What overdue amounts bear, share a year: the contract rate times its multiple, within the legal cap."""
    return np.minimum(rate * multiple, np.maximum(cap, rate))


def late_fees(missed: Cents, overdue: Cents, charged: Cents, fee: float, share: float, cap: float) -> Cents:
    """The fee for a missed bill: never more than what was missed, and within the legal cap where there is one."""
    fees = np.minimum(np.rint(fee + share * missed).astype(np.int64), missed)
    if cap == np.inf:
        return np.asarray(fees)
    room = np.floor(cap / 12.0 * overdue).astype(np.int64) - charged
    return np.asarray(np.clip(fees, 0, np.maximum(room, 0)))


def loan_settles(
    held: Cents, rows: Rows, paid: Cents, interest: Cents, current: Cents, rate: Floats, missed_bills: Column,
    order: Column, month: int, depth: int, extra: float, fee: float, share: float, cap: float, multiple: float,
) -> tuple[Cents, Flags]:  # fmt: skip
    """What those behind on a loan have paid, by the contract's `order` of fees, penalty, interest and principal.

    Returns the late fees, and which accounts stay in arrears; `missed_bills` are set, dense as the other columns.
    """
    count = rows.size
    before, rest, bill = held[OVERDUE, :count].copy(), paid[rows].copy(), current[rows]
    owed_interest = held[INTEREST, :count] + np.minimum(interest[rows], bill)
    held[UNPAID + month % depth, :count] += bill
    held[OVERDUE, :count] += bill
    overdue = held[OVERDUE, :count].copy()
    owed = [held[FEES, :count], held[PENALTY, :count], owed_interest, overdue - owed_interest]
    given = [rest] * 4
    for part in order:
        given[part] = np.minimum(rest, owed[part])
        rest = rest - given[part]
    held[FEES, :count] -= given[0]
    held[PENALTY, :count] -= given[1]
    held[INTEREST, :count] = owed_interest - given[2]
    settle(held, count, month, depth, given[2] + given[3])
    left = held[OVERDUE, :count]
    missed_now = (left > 0) & (bill > 0) & (paid[rows] < bill)
    fees = np.zeros(count, np.int64)
    if fee or share:
        bears = dear(np.maximum(rate[rows] + extra, 0.0), multiple, cap)
        charged = np.rint(bears * before / 12.0).astype(np.int64)
        fees = late_fees(np.minimum(bill, left), overdue, charged, fee, share, cap)
        fees[~missed_now] = 0
        held[FEES, :count] += fees
        held[COST, :count] += fees
    _count_streak(held, count, missed_now | (paid[rows] == 0))
    missed_bills[rows] = missed(held, count, month, depth)
    return fees, (left > 0) | (held[FEES, :count] > 0) | (held[PENALTY, :count] > 0)


def _count_streak(held: Cents, count: int, broken: Flags) -> None:
    held[STREAK, :count] = np.where(broken, 0, np.minimum(held[STREAK, :count] + 1, 100))


def card_settles(
    held: Cents, rows: Rows, paid: Cents, current: Cents, rate: Floats, month: int, depth: int, extra: float,
    fee: float, share: float, cap: float, multiple: float, spared: Flags,
) -> tuple[Cents, Cents]:  # fmt: skip
    """What those behind on a card have paid; returns penalty and late fees.

    `spared` (one an account in arrears, or none at all) bear no penalty.
    """
    count = rows.size
    before, bill, given = held[OVERDUE, :count].copy(), current[rows], paid[rows]
    held[UNPAID + month % depth, :count] += bill
    held[OVERDUE, :count] += bill
    settle(held, count, month, depth, given)
    left = held[OVERDUE, :count]
    missed_now = (left > 0) & (bill > 0) & (given < bill)
    now = rate[rows] if extra == 0.0 else np.maximum(rate[rows] + extra, 0.0)
    charged = np.rint(before * now / 12.0).astype(np.int64)
    penalty = np.zeros(count, np.int64)
    if multiple > 1.0:
        penalty = np.rint((dear(now, multiple, cap) * before - now * before) / 12.0).astype(np.int64)
        if spared.size:
            penalty[spared] = 0
        charged += penalty
    fees = late_fees(np.minimum(bill, left), before + bill, charged, fee, share, cap)
    fees[~missed_now] = 0
    held[COST, :count] += penalty
    held[COST, :count] += fees
    _count_streak(held, count, missed_now | (given == 0))
    return penalty, fees
