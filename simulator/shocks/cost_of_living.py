"""Dearer living: rent, food and heating cost more, for everybody at once."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Rows, rows_where
from simulator.money import rounded
from simulator.params import param
from simulator.shocks.base import Shock


class CostOfLiving(Shock):
    """Essentials are dearer by a share at full strength, on top of the economy's prices, for all whom it is aimed at.

    It strikes the same people at any strength; more of it takes more from each. Debts elsewhere do not get dearer.
    """

    writes: ClassVar[tuple[str, ...]] = ()
    kind: Literal["cost_of_living"] = "cost_of_living"
    severity: float = param(1.0, "multiplies how much dearer it gets; 0 is no shock", ge=0, le=1000)
    dearer: float = param(
        0.10,
        "rise of the cost of essentials at full strength",
        unit="share",
        source="a guess; FACTS us.price.share_worse_off_inflation .65 is how many felt such a year",
        ge=0,
        le=5,
    )
    made_good: float = param(
        0.0,
        "share of it that pay or support makes good",
        unit="share",
        source="a guess: wages follow later, if at all",
        ge=0,
        le=1,
    )

    def bound(self, cycle: Cycle) -> float:
        """It reaches all who are meant."""
        return 1.0

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """The month costs more."""
        share = self.dearer * (1.0 - self.made_good) * cycle.strength[name]
        needs = (block.essential[rows] - block.outside[rows]) * cycle.weather.prices
        cycle.change[rows] -= rounded(needs * share)

    def strike(self, name: str, block: Block, cycle: Cycle) -> Rows:
        """All who are meant, while it lasts."""
        if cycle.strength.get(name, 0.0) <= 0.0 or self.dearer == 0.0:
            return np.empty(0, np.intp)
        rows = rows_where(block.here)
        if self.where is not None:
            rows = rows[self.where.picks(block, rows, cycle.labels)]
        self.begin(name, block, rows, cycle)
        block.remember(name, rows, cycle.month)
        return rows
