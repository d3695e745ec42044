"""A wage subsidy: the state makes good a part of the pay that short hours and pay cuts take."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import PAY_CUT, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import rows_where
from simulator.params import param
from simulator.policies.base import Offer, Tally


class WageSubsidy(Offer):
    """Short-time allowance or payroll support: those on short hours or cut pay get a part of what they lose."""

    state: ClassVar[bool] = True
    kind: Literal["wage_subsidy"] = "wage_subsidy"
    replaced: float = param(
        0.6,
        "share of the pay lost that is made good",
        unit="share",
        source="a guess: German short-time allowance",
        ge=0,
        le=1,
    )
    reach: float = param(
        0.5, "share of those on cut pay whose employer takes part", unit="share", source="a guess", ge=0, le=1
    )

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """A part of the cut, while it lasts."""
        rows = rows_where((block.spells & (PAY_CUT | UNEMPLOYED)) == PAY_CUT)
        rows = rows[self.reached(name, block, rows, cycle)]
        wage = block.income[rows] * block.earner_share[rows].astype(np.float64) * cycle.weather.wages
        amount = np.rint(wage * block.cut[rows].astype(np.float64) * self.replaced).astype(np.int64)
        cycle.change[rows] += amount
        tally.note(rows.size, self.cost_each, int(amount.sum()))
