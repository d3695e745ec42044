"""The table of arrears, as `plain.late`: account by account."""

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
from simulator.kernels.compiled.build import compiled

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@compiled
def enter(
    held: Cents, count: int, rows: Rows, unpaid: Cents, interest: Cents, fees: Cents, savings: Cents, spells: Column,
    service: Cents, struck: Column, month: int, depth: int,
) -> None:  # fmt: skip
    for entry in range(rows.size):
        place, row = count + entry, rows[entry]
        held[:, place] = 0
        held[OVERDUE, place], held[INTEREST, place], held[FEES, place] = unpaid[entry], interest[entry], fees[entry]
        held[BUFFER, place], held[COST, place], held[LIVING, place] = savings[row], fees[entry], spells[row]
        held[BEGAN, place], held[SERVICE, place] = month, service[entry]
        held[UNPAID + month % depth, place] = unpaid[entry]
        for cause in range(struck.shape[0]):
            held[UNPAID + depth + cause, place] = struck[cause, row]


@compiled
def keep(held: Cents, kept: Flags) -> int:
    count = 0
    places = np.empty(kept.size, np.intp)
    for place in range(kept.size):
        if kept[place]:
            places[count] = place
            count += 1
    for row in range(held.shape[0]):
        for place in range(count):
            held[row, place] = held[row, places[place]]
    return count


@compiled
def slots_of(month: int, depth: int) -> Rows:
    """The rows of the table with the unpaid bills up to that of `month`, the oldest first."""
    slots = np.empty(depth, np.intp)
    for age in range(depth):
        slots[age] = UNPAID + (month + 1 + age) % depth
    return slots


@compiled
def settled(held: Cents, place: int, slots: Rows, paid: int) -> None:
    """A payment of one account settles the oldest bill first."""
    rest = min(paid, held[OVERDUE, place])
    held[OVERDUE, place] -= rest
    for slot in slots:
        part = min(held[slot, place], rest)
        held[slot, place] -= part
        rest -= part


@compiled
def oldest(held: Cents, place: int, slots: Rows) -> int:
    """The age of the oldest unpaid bill of one account, 1 for the last, 0 where there is none."""
    for age in range(slots.size):
        if held[slots[age], place] != 0:
            return slots.size - age
    return 0


@compiled
def missed(held: Cents, count: int, month: int, depth: int) -> npt.NDArray[np.int8]:
    found, slots = np.empty(count, np.int8), slots_of(month, depth)
    for place in range(count):
        found[place] = oldest(held, place, slots)
    return found


@compiled
def late_fee(missed: int, overdue: int, charged: int, fee: float, share: float, cap: float) -> int:
    """The fee of one account for a missed bill."""
    found = min(int(np.rint(fee + share * missed)), missed)
    if cap != np.inf:
        room = int(np.floor(cap / 12.0 * overdue)) - charged
        found = min(max(found, 0), max(room, 0))
    return found


@compiled
def loan_settles(
    held: Cents, rows: Rows, paid: Cents, interest: Cents, current: Cents, rate: Floats, missed_bills: Column,
    order: Column, month: int, depth: int, extra: float, fee: float, share: float, cap: float, multiple: float,
) -> tuple[Cents, Flags]:  # fmt: skip
    fees, kept = np.zeros(rows.size, np.int64), np.empty(rows.size, np.bool_)
    owed, given, slots = np.empty(4, np.int64), np.empty(4, np.int64), slots_of(month, depth)
    for place in range(rows.size):
        row = rows[place]
        before, bill, rest = held[OVERDUE, place], current[row], paid[row]
        overdue = before + bill
        owed_interest = held[INTEREST, place] + min(interest[row], bill)
        held[slots[depth - 1], place] += bill
        held[OVERDUE, place] = overdue
        owed[0], owed[1], owed[2] = held[FEES, place], held[PENALTY, place], owed_interest
        owed[3] = overdue - owed_interest
        for part in order:
            given[part] = min(rest, owed[part])
            rest -= given[part]
        held[FEES, place] -= given[0]
        held[PENALTY, place] -= given[1]
        held[INTEREST, place] = owed_interest - given[2]
        settled(held, place, slots, given[2] + given[3])
        left = held[OVERDUE, place]
        missed_now = left > 0 and bill > 0 and paid[row] < bill
        if missed_now:
            now = max(rate[row] + extra, 0.0)
            bears = min(now * multiple, max(cap, now))
            charged = int(np.rint(bears * before / 12.0))
            fees[place] = late_fee(min(bill, left), overdue, charged, fee, share, cap)
            held[FEES, place] += fees[place]
            held[COST, place] += fees[place]
        held[STREAK, place] = 0 if missed_now or paid[row] == 0 else min(held[STREAK, place] + 1, 100)
        missed_bills[row] = oldest(held, place, slots)
        kept[place] = left > 0 or held[FEES, place] > 0 or held[PENALTY, place] > 0
    return fees, kept


@compiled
def card_settles(
    held: Cents, rows: Rows, paid: Cents, current: Cents, rate: Floats, month: int, depth: int, extra: float,
    fee: float, share: float, cap: float, multiple: float, spared: Flags,
) -> tuple[Cents, Cents]:  # fmt: skip
    penalty, fees = np.zeros(rows.size, np.int64), np.zeros(rows.size, np.int64)
    slots = slots_of(month, depth)
    for place in range(rows.size):
        row = rows[place]
        before, bill, given = held[OVERDUE, place], current[row], paid[row]
        held[slots[depth - 1], place] += bill
        held[OVERDUE, place] = before + bill
        settled(held, place, slots, given)
        left = held[OVERDUE, place]
        missed_now = left > 0 and bill > 0 and given < bill
        now = rate[row] if extra == 0.0 else max(rate[row] + extra, 0.0)
        if multiple > 1.0 and not (spared.size > 0 and spared[place]):
            bears = min(now * multiple, max(cap, now))
            penalty[place] = int(np.rint((bears * before - now * before) / 12.0))
        if missed_now:
            charged = int(np.rint(before * now / 12.0)) + penalty[place]
            fees[place] = late_fee(min(bill, left), before + bill, charged, fee, share, cap)
        held[COST, place] += penalty[place] + fees[place]
        held[STREAK, place] = 0 if missed_now or given == 0 else min(held[STREAK, place] + 1, 100)
    return penalty, fees
