"""Late wages: the employer holds back a part of the pay for some months, and then pays all of it."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import DISABLED, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Rows, rows_where
from simulator.money import rounded
from simulator.params import param
from simulator.shocks.base import Shock, yearly_to_monthly
from simulator.shocks.pay import earned


class LateWages(Shock):
    """An employer short of money pays late: nothing is lost in the end, but the bills fall due meanwhile.

    What is held back is kept to the cent and paid in one sum, which puts back the savings that the household lived on.
    How a household bears a wait for money is published for benefits only: FACTS us.delay.spend_drop_waiting_benefit.
    """

    writes: ClassVar[tuple[str, ...]] = ("savings",)
    own: ClassVar[dict[str, type[np.generic]]] = {"owed": np.int64, "months": np.int8}  # held back, cents; to come
    kind: Literal["late_wages"] = "late_wages"
    incidence: float = param(0.02, "chance a year", unit="probability per year", source="a guess", ge=0, le=1)
    held_back: float = param(0.7, "share of the pay that is held back", unit="share", source="a guess", ge=0, le=1)
    longest: int = param(
        4,
        "most months of pay held back; each number from one on is as likely",
        unit="months",
        source="a guess",
        ge=1,
        le=60,
    )

    def bound(self, cycle: Cycle) -> float:
        """The same chance for all."""
        return yearly_to_monthly(self.incidence)

    def go_on(self, name: str, block: Block, cycle: Cycle) -> None:
        """A month's pay held back; or, when the months are over, everything paid that was."""
        owed, months = block.own[f"{name}.owed"], block.own[f"{name}.months"]
        rows = rows_where(months > 0)
        if rows.size:
            held = rounded(earned(block, rows, cycle) * self.held_back)
            cycle.change[rows] -= held
        over = rows_where(owed != 0)
        over = over[months[over] == 0]
        block.savings[over] += owed[over]
        owed[over] = 0
        if rows.size:
            owed[rows] += held
            months[rows] -= 1

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """From the next pay day on a part of the pay is held back; one who waits already waits for the longer time."""
        rows = rows[(block.spells[rows] & (UNEMPLOYED | DISABLED)) == 0]
        luck = self.luck(name, "months", block, rows, cycle)
        months = block.own[f"{name}.months"]
        months[rows] = np.maximum(months[rows], (1.0 + np.floor(luck * self.longest)).astype(np.int8))
