"""What a household's pay is in one cycle, by days: jobs lost and found, benefits, sick pay, pay cuts, lower pay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.block import DISABLED, ILL, LOWER_PAY, PAY_CUT, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.economy import Labour
from simulator.kernels import chosen


def pay_lost(block: Block, cycle: Cycle, labour: Labour, found: Rows, days_out: Floats) -> None:
    """Write into `cycle.change` the pay that this cycle did not bring, less the benefits that it did.

    `found` are rows that found a job in this cycle, `days_out` the days of the cycle they were still without.
    """
    terms = labour.benefits
    chosen().pay_lost(
        *(cycle.change, block.income, block.earner_share, block.spells, block.out_since),
        *(block.until_ill, block.ill_loss, block.until_cut, block.cut, block.until_lower, block.lower),
        *(found, days_out, cycle.day, cycle.days, float(cycle.weather.wages)),
        *(terms.waiting_days, 7 * terms.max_weeks, float(terms.replacement)),
    )


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
