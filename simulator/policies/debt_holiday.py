"""A holiday on debts elsewhere: student loans, mortgages or other lenders' instalments are suspended by the state."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import rows_where
from simulator.params import param
from simulator.policies.base import Offer, Tally


class DebtHoliday(Offer):
    """A part of what households pay each month on debts elsewhere need not be paid while it is in force."""

    state: ClassVar[bool] = True
    kind: Literal["debt_holiday"] = "debt_holiday"
    share: float = param(
        0.2, "share of the payments on debts elsewhere that is suspended", unit="share", source="a guess", ge=0, le=1
    )

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """What need not be paid stays with the household."""
        rows = rows_where(block.here & (block.outside > 0))
        rows = rows[self.reached(name, block, rows, cycle)]
        amount = np.rint(block.outside[rows] * self.share).astype(np.int64)
        cycle.change[rows] += amount
        tally.note(rows.size, self.cost_each, int(amount.sum()))
