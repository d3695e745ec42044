"""Over-borrowing: further loans elsewhere, one upon the other, which no lender sees in full."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.money import rounded
from simulator.params import param
from simulator.shocks.base import Shock, yearly_to_monthly


class OverBorrowing(Shock):
    """A borrower takes another loan elsewhere: cash at once, which is soon spent, then instalments for months.

    What is paid there comes before this lender's bills. A second such loan is laid upon the first.
    """

    writes: ClassVar[tuple[str, ...]] = ()
    own: ClassVar[dict[str, type[np.generic]]] = {"owed": np.int64, "months": np.int16}  # elsewhere: cents; to come
    kind: Literal["over_borrowing"] = "over_borrowing"
    incidence: float = param(0.2, "chance a year", unit="probability per year", source="a guess", ge=0, le=1)
    literacy_effect: float = param(
        0.5,
        "how much likelier for the least literate, and how much less likely for the most literate",
        unit="share of the chance",
        source="a guess: that they borrow more and dearer is common in surveys, the size was not looked up",
        ge=0,
        le=1,
    )
    least: float = param(0.03, "smallest instalment", unit="share of monthly income", source="a guess", ge=0, le=2)
    most: float = param(0.15, "largest instalment", unit="share of monthly income", source="a guess", ge=0, le=2)
    months_shortest: float = param(6.0, "shortest term", unit="months", source="a guess", ge=1, le=240)
    months_longest: float = param(24.0, "longest term", unit="months", source="a guess", ge=1, le=240)
    cost: float = param(
        0.15,
        "interest and fees, as a share of all that is paid back",
        unit="share",
        source="a guess: about a year at a rate of .3",
        ge=0,
        lt=1,
    )

    def bound(self, cycle: Cycle) -> float:
        """The chance of the least literate."""
        return min(yearly_to_monthly(self.incidence) * (1.0 + self.literacy_effect), 1.0)

    def chance(self, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """Falls with financial literacy."""
        literacy = block.literacy[rows].astype(np.float64) / 255.0
        factor = 1.0 + self.literacy_effect * (1.0 - 2.0 * literacy)
        return np.minimum(yearly_to_monthly(self.incidence) * factor, 1.0)

    def go_on(self, name: str, block: Block, cycle: Cycle) -> None:
        """An instalment elsewhere; the last one settles the rest."""
        owed, months = block.own[f"{name}.owed"], block.own[f"{name}.months"]
        rows = rows_where(months > 0)
        if not rows.size:
            return
        instalment = -(-owed[rows] // months[rows])
        cycle.change[rows] -= instalment
        owed[rows] -= instalment
        months[rows] -= 1

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """The money comes at once, the first instalment falls on the next due day."""
        size, length = self.pair(name, "loan", block, rows, cycle)
        term = np.rint(self.months_shortest + (self.months_longest - self.months_shortest) * length)
        share = self.least + (self.most - self.least) * size
        back = rounded(block.income[rows] * cycle.weather.wages * share * term)
        cycle.change[rows] += rounded(back * (1.0 - self.cost))
        block.own[f"{name}.owed"][rows] += back
        months = block.own[f"{name}.months"]
        months[rows] = np.maximum(months[rows], term.astype(np.int16))
