"""What a household's pay is in one cycle, by days: jobs lost and found, benefits, sick pay, pay cuts, lower pay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.block import COVERED, DISABLED, ILL, LOWER_PAY, PAY_CUT, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.economy import Labour
from simulator.money import rounded

Flags = npt.NDArray[np.bool_]
DISABILITY_BENEFIT = 0.4  # share of pay replaced for good; a guess, as unemployment benefit


def pay_lost(block: Block, cycle: Cycle, labour: Labour, found: Rows, days_out: Floats) -> None:
    """Write into `cycle.change` the pay that this cycle did not bring, less the benefits that it did.

    `found` are rows that found a job in this cycle, `days_out` the days of the cycle they were still without.
    """
    struck = rows_where(block.spells != 0)
    if found.size:
        just = np.zeros(block.size, np.bool_)
        just[found] = True
        struck = struck[~just[struck]]
    rows = np.concatenate([found, struck])
    if not rows.size:
        return
    bits = block.spells[rows]
    present = np.bitwise_or.reduce(bits)  # what nobody lives through need not be looked for
    days = float(cycle.days)
    without = _having(bits, UNEMPLOYED)
    share = np.zeros(rows.size)  # of the earner's pay that is missing
    share[without] = np.minimum(cycle.day - block.out_since[rows[without]], cycle.days) / days
    share[: found.size] = days_out / days
    covered = _having(bits, COVERED)
    benefit = _benefit(block, cycle, labour, rows[covered], share[covered], (bits[covered] & UNEMPLOYED) != 0)
    for bit, until, loss in (
        (ILL, block.until_ill, block.ill_loss),
        (PAY_CUT, block.until_cut, block.cut),
        (LOWER_PAY, block.until_lower, block.lower),
    ):
        if not present & bit:
            continue
        some = _having(bits, bit)
        length = np.minimum(until[rows[some]] - cycle.previous_day, cycle.days) / days
        share[some] += (1.0 - share[some]) * length * loss[rows[some]]
    share[_having(bits, DISABLED)] = 1.0 - DISABILITY_BENEFIT
    share[covered] -= benefit
    wage = block.income[rows] * block.earner_share[rows].astype(np.float64) * cycle.weather.wages
    cycle.change[rows] -= rounded(wage * share)
    _let_pass(block, cycle, rows, bits)


def earned(block: Block, rows: Rows, cycle: Cycle) -> Floats:
    """The earner's pay of this cycle as it stands in the morning, cents: nought without work, less what is cut.

    A spell that ends within the cycle counts as if it went on to its end.
    """
    bits = block.spells[rows]
    share = np.where((bits & (UNEMPLOYED | DISABLED)) == 0, 1.0, 0.0)
    for bit, loss in ((ILL, block.ill_loss), (PAY_CUT, block.cut), (LOWER_PAY, block.lower)):
        some = _having(bits, bit)
        share[some] *= 1.0 - loss[rows[some]].astype(np.float64)
    wage = block.income[rows] * block.earner_share[rows].astype(np.float64) * cycle.weather.wages
    return np.asarray(wage * share)


def _having(bits: npt.NDArray[np.uint8], bit: np.uint8) -> Rows:
    return rows_where((bits & bit) != 0)


def _benefit(block: Block, cycle: Cycle, labour: Labour, rows: Rows, share: Floats, without: Flags) -> Floats:
    """Benefit of this cycle as a share of the earner's monthly pay: waiting time first, then up to the last week."""
    terms = labour.benefits
    first = block.out_since[rows] + terms.waiting_days
    still_out = np.where(without, float(cycle.day), cycle.previous_day + share * cycle.days)
    last = np.minimum(first + 7 * terms.max_weeks, still_out)
    paid_days = np.maximum(last - np.maximum(first, cycle.previous_day), 0)
    return np.asarray(paid_days / float(cycle.days) * terms.replacement, dtype=np.float64)


def _let_pass(block: Block, cycle: Cycle, rows: Rows, bits: npt.NDArray[np.uint8]) -> None:
    """Spells that end by this due day are over; benefits end with unemployment."""
    working = rows[(bits & (COVERED | UNEMPLOYED)) == COVERED]
    block.spells[working] &= ~COVERED
    present = np.bitwise_or.reduce(bits)
    for bit, until in ((ILL, block.until_ill), (PAY_CUT, block.until_cut), (LOWER_PAY, block.until_lower)):
        if not present & bit:
            continue
        some = rows[_having(bits, bit)]
        over = some[until[some] <= cycle.day]
        block.spells[over] &= ~bit
