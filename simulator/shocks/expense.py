"""Expense: the car, the roof, the boiler; a bill that cannot wait."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtri

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.money import rounded
from simulator.params import param
from simulator.shocks.base import Shock, yearly_to_monthly


class Expense(Shock):
    """A large bill out of the blue, the same for rich and poor in months of income."""

    writes: ClassVar[tuple[str, ...]] = ()
    kind: Literal["expense"] = "expense"
    incidence: float = param(
        0.54,
        "chance a year",
        unit="probability per year",
        source="FACTS us.shock.car_major_annual .30 and us.shock.home_major_annual .24",
        ge=0,
        le=1,
    )
    median: float = param(
        0.20,
        "median bill in months of household income",
        unit="months of income",
        source="a guess: below FACTS us.shock.size_median_months_income .5, the largest of all kinds in a year",
        ge=0,
        le=24,
    )
    sigma: float = param(
        1.0, "spread of the bill (log-normal)", source="FACTS us.shock.size_lognormal_sigma", ge=0, le=3
    )
    largest: float = param(12.0, "largest bill", unit="months of income", source="a guess", gt=0, le=120)

    def bound(self, cycle: Cycle) -> float:
        """The same chance for all."""
        return yearly_to_monthly(self.incidence)

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """The bill falls in this cycle."""
        size = self.median * np.exp(self.sigma * ndtri(self.luck(name, "size", block, rows, cycle)))
        cycle.change[rows] -= rounded(block.income[rows] * cycle.weather.wages * np.minimum(size, self.largest))
