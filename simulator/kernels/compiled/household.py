"""How a block of households meets its bills, as `plain.household`: household by household."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import CONTACT, STRAINED
from simulator.kernels.compiled.build import compiled
from simulator.kernels.compiled.luck import luck_of

Column = npt.NDArray[Any]
Cents = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
FINE, HALF = 20, 1 << 19


@compiled
def meet(
    savings: Cents, income: Cents, essential: Cents, target: Cents, change: Cents, wanted: Cents, spent: Cents,
    room_share: int, rebuild: int, hardship: int, elsewhere: int,
) -> Rows:  # fmt: skip
    short, count, buying = np.empty(savings.size, np.intp), 0, spent.size > 0
    for row in range(savings.size):
        usual = income[row] - essential[row] - wanted[row]
        if buying:
            usual += spent[row]
        room = min((usual * room_share + HALF) >> FINE, usual) + change[row]
        saving = min(((target[row] - savings[row]) * rebuild + HALF) >> FINE, room)
        after = savings[row] + saving
        cash = after + wanted[row]
        if after < 0:
            short[count] = row
            count += 1
            spending = max(usual + change[row] - saving, 0)
            most = spending + ((essential[row] * hardship + HALF) >> FINE)
            cash = max(cash + min(wanted[row] - cash, most), -((income[row] * elsewhere + HALF) >> FINE))
        savings[row] = cash
    return short[:count].copy()


@compiled
def pay_due(paid: Cents, due: Cents, wanted: Cents, left: Cents, short: Rows) -> None:
    for place in range(short.size):
        row = short[place]
        part = min(min(due[row], wanted[row]), left[place])
        paid[row] = part
        left[place] -= part


@compiled
def pay_more(paid: Cents, due: Cents, wanted: Cents, left: Cents, short: Rows) -> None:
    for place in range(short.size):
        row = short[place]
        if paid[row] >= due[row]:
            more = min(max(wanted[row] - due[row], 0), left[place])
            paid[row] += more
            left[place] -= more


@compiled
def forgetful(
    below: Rows, late: Rows, forgets: Column, mixed: Words, key: np.uint64, again: float, heard: Column
) -> Rows:
    behind = np.zeros(forgets.size, np.bool_)
    for row in late:
        behind[row] = True
    rows, count = np.empty(below.size + late.size, np.intp), 0
    for row in below:
        if not behind[row]:
            rows[count] = row
            count += 1
    for row in late:
        if forgets[row] > 0 and (heard.size == 0 or not heard[row]) and luck_of(mixed[row], key) < again:
            rows[count] = row
            count += 1
    return rows[:count].copy()


@compiled
def give_up(
    paid: Cents, rows: Rows, held: Cents, missed: Column, mixed: Words, key: np.uint64, engages: Floats,
    called: bool, alone: float, backfire: float,
) -> None:  # fmt: skip
    for place in range(rows.size):
        if held[STRAINED, place] == 0:
            continue
        row = rows[place]
        chance = engages[min(int(missed[row]), engages.size - 1)]
        if called:
            contact = held[CONTACT, place]
            if contact == 0:
                chance = chance * alone
            elif contact == 2:
                chance = 1.0
            elif contact == 3:
                chance = max(1.0 - (1.0 - chance) * (1.0 + backfire), 0.0)
        if luck_of(mixed[row], key) >= chance:
            paid[row] = 0
