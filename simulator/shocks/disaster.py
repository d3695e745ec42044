"""A disaster: flood, storm or earthquake; homes are damaged, and for some there is no work for weeks."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtri

from simulator.block import DISABLED, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Rows, rows_where
from simulator.money import rounded
from simulator.params import param
from simulator.shocks.base import Shock
from simulator.shocks.pay import earned


class Disaster(Shock):
    """Damage that must be paid for, weeks without pay for some, and what insurance and relief bring. Aim it by region.

    What is published is that arrears hardly rise on average, since relief is paid (FACTS
    us.disaster.avg_delinquency_effect_pp: 0, up to 2 points); without relief they do.
    """

    writes: ClassVar[tuple[str, ...]] = ()
    own: ClassVar[dict[str, type[np.generic]]] = {"days": np.int16}  # without pay, still to be counted
    kind: Literal["disaster"] = "disaster"
    incidence: float = param(
        0.25,
        "share of those in its way who are hit, when it lasts a month",
        unit="share per month",
        source="a guess",
        ge=0,
        le=1,
    )
    damage: float = param(
        1.0,
        "median damage to those hit",
        unit="months of income",
        source="a guess: twice FACTS us.shock.size_median_months_income .5",
        ge=0,
        le=120,
    )
    sigma: float = param(
        1.0, "spread of the damage (log-normal)", source="FACTS us.shock.size_lognormal_sigma", ge=0, le=3
    )
    largest: float = param(24.0, "largest damage", unit="months of income", source="a guess", gt=0, le=240)
    insured: float = param(0.4, "share of the damage that insurance pays", unit="share", source="a guess", ge=0, le=1)
    out_of_pay: float = param(
        0.3, "share of those hit who are without pay for a while", unit="share", source="a guess", ge=0, le=1
    )
    weeks_shortest: float = param(1.0, "shortest time without pay", unit="weeks", source="a guess", ge=0, le=520)
    weeks_longest: float = param(8.0, "longest time without pay", unit="weeks", source="a guess", ge=0, le=520)
    relief: float = param(
        0.8,
        "share of the uninsured damage, and of the pay lost, that relief makes good",
        unit="share",
        source="a guess, set on FACTS us.disaster.avg_delinquency_effect_pp: near nought on average",
        ge=0,
        le=1,
    )

    def bound(self, cycle: Cycle) -> float:
        """The same chance for all in its way."""
        return self.incidence

    def go_on(self, name: str, block: Block, cycle: Cycle) -> None:
        """Pay that the days after it did not bring, for those who are still in work."""
        left = block.own[f"{name}.days"]
        rows = rows_where(left > 0)
        if not rows.size:
            return
        days = np.minimum(left[rows], cycle.days)
        cycle.change[rows] -= rounded(earned(block, rows, cycle) * (1.0 - self.relief) * (days / float(cycle.days)))
        left[rows] -= days.astype(np.int16)

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """The bill falls in this cycle; the days without pay are felt from the next pay day on."""
        size = np.minimum(
            self.damage * np.exp(self.sigma * ndtri(self.luck(name, "size", block, rows, cycle))), self.largest
        )
        owed = block.income[rows] * cycle.weather.wages * size * (1.0 - self.insured) * (1.0 - self.relief)
        cycle.change[rows] -= rounded(owed)
        kind, luck = self.pair(name, "weeks", block, rows, cycle)
        working = (block.spells[rows] & (UNEMPLOYED | DISABLED)) == 0
        out = (kind < self.out_of_pay) & working
        weeks = self.weeks_shortest + (self.weeks_longest - self.weeks_shortest) * luck[out]
        left = block.own[f"{name}.days"]
        left[rows[out]] = np.maximum(left[rows[out]], np.rint(weeks * 7.0).astype(np.int16))
