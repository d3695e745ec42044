"""What a block's loans and cards are billed, and who has not paid, as `plain.bill`: account by account."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import COST, FEES, INTEREST, OVERDUE, PENALTY
from simulator.kernels.compiled.build import compiled

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
FINE, HALF = 20, 1 << 19


@compiled
def loan_bill(
    balance: Cents, rate: Floats, due: Cents, remaining: Column, rows: Rows, held: Cents, extra: float, equal: bool
) -> tuple[Cents, Cents]:
    interest, current = np.empty(balance.size, np.int64), np.empty(balance.size, np.int64)
    for row in range(balance.size):
        now = rate[row] if extra == 0.0 else max(rate[row] + extra, 0.0)
        cost = int(np.rint(balance[row] * (now / 12.0)))
        owed, asked = balance[row] + cost, due[row] if equal else due[row] + cost
        interest[row], current[row] = cost, owed if remaining[row] == 1 else min(asked, owed)
    for place in range(rows.size):
        row = rows[place]
        now = rate[row] if extra == 0.0 else max(rate[row] + extra, 0.0)
        principal = balance[row] - held[INTEREST, place] - held[PENALTY, place] - held[FEES, place]
        cost = int(np.rint(principal * (now / 12.0)))
        owed, asked = balance[row] + cost, due[row] if equal else due[row] + cost
        interest[row], current[row] = cost, owed if remaining[row] == 1 else min(asked, owed)
    return interest, current


@compiled
def loan_overdue(
    balance: Cents, rate: Floats, remaining: Column, current: Cents, rows: Rows, held: Cents, extra: float,
    multiple: float, cap: float, spared: Flags,
) -> Cents:  # fmt: skip
    penalty = np.zeros(rows.size, np.int64)
    for place in range(rows.size):
        row, overdue = rows[place], held[OVERDUE, place]
        unbilled = balance[row] - held[PENALTY, place] - held[FEES, place] - overdue
        current[row] = unbilled if remaining[row] <= 1 else min(current[row], unbilled)
        if spared.size > 0 and spared[place]:
            continue
        now = rate[row] if extra == 0.0 else max(rate[row] + extra, 0.0)
        bears = min(now * multiple, max(cap, now))
        owed = int(np.rint((bears * overdue - now * (overdue - held[INTEREST, place])) / 12.0))
        penalty[place] = owed
        held[PENALTY, place] += owed
        held[COST, place] += owed
    return penalty


@compiled
def with_arrears(current: Cents, rows: Rows, held: Cents) -> Cents:
    due = current.copy()
    for place in range(rows.size):
        due[rows[place]] += held[OVERDUE, place] + held[PENALTY, place] + held[FEES, place]
    return due


@compiled
def card_bill(
    due: Cents, wanted: Cents, balance: Cents, limit: Cents, desired: Cents, pay_share: Cents, speed: int
) -> tuple[Cents, Cents]:
    purchases, line = np.empty(balance.size, np.int64), np.empty(balance.size, np.int64)
    for row in range(balance.size):
        meant = min(max(wanted[row], due[row]), balance[row])
        open_line = max(limit[row] - balance[row], 0)
        gap = max(desired[row] - balance[row] + meant, 0)
        spent = max((gap * speed + HALF) >> FINE, gap * (pay_share[row] >> FINE))
        wanted[row], line[row], purchases[row] = meant, open_line, min(spent, open_line)
    return purchases, line


@compiled
def shares_of(amount: Cents, share: Cents) -> Cents:
    found = np.empty(amount.size, np.int64)
    for row in range(amount.size):
        found[row] = (amount[row] * share[row] + HALF) >> FINE
    return found


@compiled
def card_interest(balance: Cents, purchases: Cents, rate: Floats, extra: float) -> Cents:
    interest = np.empty(balance.size, np.int64)
    for row in range(balance.size):
        bearing = min(purchases[row] >> 1, balance[row]) + balance[row]
        now = rate[row] if extra == 0.0 else max(rate[row] + extra, 0.0)
        interest[row] = int(np.rint(bearing * now / 12.0))
    return interest


@compiled
def minimum(balance: Cents, interest: Cents, share: int, floor: int) -> Cents:
    amount = np.empty(balance.size, np.int64)
    for row in range(balance.size):
        asked = (balance[row] * share + HALF) >> FINE
        if interest.size:
            asked += interest[row]
        amount[row] = min(max(asked, floor), balance[row])
    return amount


@compiled
def unpaid(paid: Cents, due: Cents, rows: Rows) -> Rows:
    behind = np.zeros(paid.size, np.bool_)
    for row in rows:
        behind[row] = True
    fresh, count = np.empty(paid.size, np.intp), 0
    for row in range(paid.size):
        if paid[row] < due[row] and not behind[row]:
            fresh[count] = row
            count += 1
    return fresh[:count].copy()


@compiled
def paid_off(balance: Cents, status: Column) -> Rows:
    rows, count = np.empty(balance.size, np.intp), 0
    for row in range(balance.size):
        if balance[row] == 0 and status[row] == 1:
            rows[count] = row
            count += 1
    return rows[:count].copy()
