"""Jobs lost and found, and the pay that a cycle did not bring; see `simulator.shocks` for what it means."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.columns import COVERED, DISABILITY_BENEFIT, DISABLED, ILL, LOWER_PAY, PAY_CUT, UNEMPLOYED
from simulator.kernels.plain.luck import pair, uniform

Column = npt.NDArray[Any]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


def having(spells: npt.NDArray[np.uint8], bit: np.uint8) -> Rows:
    """The rows with a bit."""
    rows: Rows = ((spells & bit) != 0).nonzero()[0]
    return rows


def lose(
    rows: Rows, luck: Floats, group: Column, spells: Column, here: Column, prone: Column, out_since: Column,
    months_out: Column, mixed: Words, separation: Floats, states: Column, times: Floats, usual: float,
    unequal: bool, key: np.uint64, day: int, days: int, take_up: float,
) -> Rows:  # fmt: skip
    """Which of those who may lose their job do, and since which day; a share of them is covered by benefits.

    `states` are bits of `spells` in which jobs are lost so many `times` as often; `unequal`: `prone` counts.
    """
    chance = separation[group[rows]] / usual
    for state, often in zip(states, times, strict=True):
        chance = np.where((spells[rows] & state) != 0, chance * often, chance)
    if unequal:
        chance = chance * (1.0 + prone[rows].astype(np.float64))
    at_work = (spells[rows] & (UNEMPLOYED | DISABLED)) == 0
    rows = rows[(luck < chance) & at_work & here[rows]]
    when, covered = pair(mixed[rows], key)
    spells[rows] |= UNEMPLOYED
    spells[rows[covered < take_up]] |= COVERED
    out_since[rows] = day - np.floor(when * days).astype(np.int32)
    months_out[rows] = 0
    return rows


def find(
    spells: Column, months_out: Column, lower: Column, until_lower: Column, mixed: Words, out: Rows, finding: Floats,
    key: np.uint64, pay_key: np.uint64, days: int, share: float, least: int, most: float, until: int,
) -> tuple[Rows, Floats]:  # fmt: skip
    """Which of those `out` of work find a job, and the days of the cycle they were still without."""
    luck, when = pair(mixed[out], key)
    found = luck < finding[np.minimum(months_out[out], finding.size - 1)]
    staying = out[~found]
    months_out[staying] = np.minimum(months_out[staying] + 1, 100)
    rows = out[found]
    luck = uniform(mixed[rows], pay_key)
    worse = (luck < share) & (months_out[rows] >= least)
    spells[rows] &= ~(UNEMPLOYED | LOWER_PAY | PAY_CUT)
    spells[rows[worse]] |= LOWER_PAY
    lower[rows] = np.where(worse, luck / max(share, 1e-12) * most, 0.0)
    until_lower[rows] = until
    months_out[rows] = 0
    return rows, np.floor(when[found] * days)


def pay_lost(
    change: Column, income: Column, earner_share: Column, spells: Column, out_since: Column, until_ill: Column,
    ill_loss: Column, until_cut: Column, cut: Column, until_lower: Column, lower: Column, found: Rows,
    days_out: Floats, day: int, days: int, wages: float, waiting: int, most_days: int, replacement: float,
) -> None:  # fmt: skip
    """The pay this cycle did not bring, less the benefits it did, into `change`; spells that end by the day are over.

    `found` are rows, in ascending order, that found a job in this cycle, `days_out` the days of it still without.
    """
    struck = (spells != 0).nonzero()[0]
    if found.size:
        just = np.zeros(spells.size, np.bool_)
        just[found] = True
        struck = struck[~just[struck]]
    rows = np.concatenate([found, struck])
    if not rows.size:
        return
    bits = spells[rows]
    present = np.bitwise_or.reduce(bits)  # what nobody lives through need not be looked for
    without = having(bits, UNEMPLOYED)
    share = np.zeros(rows.size)  # of the earner's pay that is missing
    share[without] = np.minimum(day - out_since[rows[without]], days) / float(days)
    share[: found.size] = days_out / float(days)
    covered = having(bits, COVERED)
    benefit = _benefit(
        out_since[rows[covered]],
        share[covered],
        (bits[covered] & UNEMPLOYED) != 0,
        day,
        days,
        waiting,
        most_days,
        replacement,
    )
    for bit, until, loss in ((ILL, until_ill, ill_loss), (PAY_CUT, until_cut, cut), (LOWER_PAY, until_lower, lower)):
        if not present & bit:
            continue
        some = having(bits, bit)
        length = np.minimum(until[rows[some]] - (day - days), days) / float(days)
        share[some] += (1.0 - share[some]) * length * loss[rows[some]]
        over = rows[some][until[rows[some]] <= day]
        spells[over] &= ~bit
    share[having(bits, DISABLED)] = 1.0 - DISABILITY_BENEFIT
    share[covered] -= benefit
    wage = income[rows] * earner_share[rows].astype(np.float64) * wages
    change[rows] -= np.rint(wage * share).astype(np.int64)
    spells[rows[(bits & (COVERED | UNEMPLOYED)) == COVERED]] &= ~COVERED


def _benefit(
    since: Column, share: Floats, without: Column, day: int, days: int, waiting: int, most_days: int, replacement: float
) -> Floats:
    """Benefit of the cycle as a share of the earner's monthly pay: waiting time first, then up to the last week."""
    first = since + waiting
    still_out = np.where(without, float(day), (day - days) + share * days)
    last = np.minimum(first + most_days, still_out)
    paid_days = np.maximum(last - np.maximum(first, day - days), 0)
    return np.asarray(paid_days / float(days) * replacement, dtype=np.float64)
