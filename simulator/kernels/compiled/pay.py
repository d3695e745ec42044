"""Jobs lost and found, and the pay that a cycle did not bring, as `plain.pay`: person by person."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import COVERED, DISABILITY_BENEFIT, DISABLED, ILL, LOWER_PAY, PAY_CUT, UNEMPLOYED
from simulator.kernels.compiled.build import compiled
from simulator.kernels.compiled.luck import luck_of, stirred

Column = npt.NDArray[Any]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
_S32, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_NOT_WORKING = UNEMPLOYED | DISABLED
_ON_BENEFIT = COVERED | UNEMPLOYED
_NOT_FOUND = ~(UNEMPLOYED | LOWER_PAY | PAY_CUT)
_DISABLED_LOSES = 1.0 - DISABILITY_BENEFIT


@compiled
def having(spells: Column, bit: np.uint8) -> Rows:
    rows, count = np.empty(spells.size, np.intp), 0
    for row in range(spells.size):
        if spells[row] & bit:
            rows[count] = row
            count += 1
    return rows[:count].copy()


@compiled
def lose(
    rows: Rows, luck: Floats, group: Column, spells: Column, here: Column, prone: Column, out_since: Column,
    months_out: Column, mixed: Words, separation: Floats, states: Column, times: Floats, usual: float,
    unequal: bool, key: np.uint64, day: int, days: int, take_up: float,
) -> Rows:  # fmt: skip
    lost, count = np.empty(rows.size, np.intp), 0
    for place in range(rows.size):
        row = rows[place]
        chance = separation[group[row]] / usual
        for state in range(states.size):
            if spells[row] & states[state]:
                chance = chance * times[state]
        if unequal:
            chance = chance * (1.0 + float(prone[row]))
        if luck[place] < chance and here[row] and not spells[row] & _NOT_WORKING:
            lost[count] = row
            count += 1
            word = stirred(mixed[row] ^ key)
            when = (float(word >> _S32) + 0.5) * 2.0**-32
            spells[row] |= UNEMPLOYED
            if (float(word & _LOW) + 0.5) * 2.0**-32 < take_up:
                spells[row] |= COVERED
            out_since[row] = day - int(np.floor(when * days))
            months_out[row] = 0
    return lost[:count].copy()


@compiled
def find(
    spells: Column, months_out: Column, lower: Column, until_lower: Column, mixed: Words, out: Rows, finding: Floats,
    key: np.uint64, pay_key: np.uint64, days: int, share: float, least: int, most: float, until: int,
) -> tuple[Rows, Floats]:  # fmt: skip
    rows, days_out, count = np.empty(out.size, np.intp), np.empty(out.size), 0
    for row in out:
        word, months = stirred(mixed[row] ^ key), int(months_out[row])
        if not (float(word >> _S32) + 0.5) * 2.0**-32 < finding[min(months, finding.size - 1)]:
            months_out[row] = min(months + 1, 100)
            continue
        rows[count] = row
        days_out[count] = np.floor((float(word & _LOW) + 0.5) * 2.0**-32 * days)
        count += 1
        luck = luck_of(mixed[row], pay_key)
        spells[row] &= _NOT_FOUND
        lower[row] = 0.0
        if luck < share and months >= least:
            spells[row] |= LOWER_PAY
            lower[row] = luck / max(share, 1e-12) * most
        until_lower[row] = until
        months_out[row] = 0
    return rows[:count].copy(), days_out[:count].copy()


@compiled
def pay_lost(
    change: Column, income: Column, earner_share: Column, spells: Column, out_since: Column, until_ill: Column,
    ill_loss: Column, until_cut: Column, cut: Column, until_lower: Column, lower: Column, found: Rows,
    days_out: Floats, day: int, days: int, wages: float, waiting: int, most_days: int, replacement: float,
) -> None:  # fmt: skip
    previous, length, next_found = day - days, float(days), 0
    for row in range(spells.size):
        bits = spells[row]
        new = next_found < found.size and found[next_found] == row
        if not bits and not new:
            continue
        share = 0.0
        if new:
            share = days_out[next_found] / length
            next_found += 1
        elif bits & UNEMPLOYED:
            share = min(day - int(out_since[row]), days) / length
        benefit = 0.0
        if bits & COVERED:
            first = int(out_since[row]) + waiting
            still_out = float(day) if bits & UNEMPLOYED else previous + share * days
            last = min(float(first + most_days), still_out)
            benefit = max(last - float(max(first, previous)), 0.0) / length * replacement
        if bits & ILL:
            share += (1.0 - share) * (min(int(until_ill[row]) - previous, days) / length) * ill_loss[row]
            if until_ill[row] <= day:
                spells[row] &= ~ILL
        if bits & PAY_CUT:
            share += (1.0 - share) * (min(int(until_cut[row]) - previous, days) / length) * cut[row]
            if until_cut[row] <= day:
                spells[row] &= ~PAY_CUT
        if bits & LOWER_PAY:
            share += (1.0 - share) * (min(int(until_lower[row]) - previous, days) / length) * lower[row]
            if until_lower[row] <= day:
                spells[row] &= ~LOWER_PAY
        if bits & DISABLED:
            share = _DISABLED_LOSES
        if bits & COVERED:
            share -= benefit
        change[row] -= int(np.rint(income[row] * float(earner_share[row]) * wages * share))
        if bits & _ON_BENEFIT == COVERED:
            spells[row] &= ~COVERED
