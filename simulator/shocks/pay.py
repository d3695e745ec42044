"""What a household's pay is in one cycle, by days: jobs lost and found, benefits, sick pay, pay cuts, lower pay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.block import COVERED, DISABLED, ILL, LOWER_PAY, PAY_CUT, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows
from simulator.economy import Labour
from simulator.money import rounded

Flags = npt.NDArray[np.bool_]
DISABILITY_BENEFIT = 0.4  # share of pay replaced for good; a guess, as unemployment benefit


def pay_lost(block: Block, cycle: Cycle, labour: Labour, found: Rows, days_out: Floats) -> None:
    """Write into `cycle.change` the pay that this cycle did not bring, less the benefits that it did.

    `found` are rows that found a job in this cycle, `days_out` the days of the cycle they were still without.
    """
    struck = np.flatnonzero(block.spells)
    rows = np.concatenate([struck, found[block.spells[found] == 0]]) if found.size else struck
    if not rows.size:
        return
    bits = block.spells[rows]
    place = np.full(block.size, -1, np.int64) if found.size else None
    out = np.zeros(rows.size)
    without = (bits & UNEMPLOYED) != 0
    out[without] = np.minimum(cycle.day - block.out_since[rows[without]], cycle.days)
    if place is not None:
        place[rows] = np.arange(rows.size)
        out[place[found]] = days_out
    days = float(cycle.days)
    share = out / days
    benefit = _benefit(block, cycle, labour, rows, out, without, (bits & COVERED) != 0)
    working = 1.0 - share
    ill = ((bits & ILL) != 0) & ~without
    if ill.any():
        sick = np.clip(block.until_ill[rows] - cycle.previous_day, 0, cycle.days) / days
        share += np.where(ill, working * sick * block.ill_loss[rows], 0.0)
    disabled = (bits & DISABLED) != 0
    share = np.where(disabled, 1.0 - DISABILITY_BENEFIT, share)
    for bit, until, cut in (
        (PAY_CUT, block.until_cut, block.cut),
        (LOWER_PAY, block.until_lower, block.lower),
    ):
        cut_rows = ((bits & bit) != 0) & ~disabled
        if cut_rows.any():
            length = np.clip(until[rows] - cycle.previous_day, 0, cycle.days) / days
            share += np.where(cut_rows, np.maximum(1.0 - share, 0.0) * length * cut[rows], 0.0)
    wage = block.income[rows] * block.earner_share[rows].astype(np.float64)
    cycle.change[rows] += rounded(wage * (benefit - share))
    _let_pass(block, cycle, rows, bits)


def _benefit(
    block: Block, cycle: Cycle, labour: Labour, rows: Rows, out: Floats, without: Flags, covered: Flags
) -> Floats:
    """Benefit of this cycle as a share of the earner's monthly pay: waiting time first, then up to the last week."""
    terms = labour.benefits
    since = block.out_since[rows]
    still_out = np.where(without, float(cycle.day), cycle.previous_day + out)
    first = np.maximum(since + terms.waiting_days, cycle.previous_day)
    last = np.minimum(since + terms.waiting_days + 7 * terms.max_weeks, still_out)
    return np.where(covered, np.maximum(last - first, 0) / float(cycle.days) * terms.replacement, 0.0)


def _let_pass(block: Block, cycle: Cycle, rows: Rows, bits: npt.NDArray[np.uint8]) -> None:
    """Spells that end by this due day are over; benefits end with unemployment."""
    working = rows[((bits & COVERED) != 0) & ((bits & UNEMPLOYED) == 0)]
    block.spells[working] &= ~COVERED
    for bit, until in ((ILL, block.until_ill), (PAY_CUT, block.until_cut), (LOWER_PAY, block.until_lower)):
        over = rows[((bits & bit) != 0) & (until[rows] <= cycle.day)]
        block.spells[over] &= ~bit
