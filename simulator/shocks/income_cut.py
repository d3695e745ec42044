"""Income cuts of the employed: fewer hours, lost overtime, a pay cut; they move with layoffs."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import DISABLED, PAY_CUT, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows
from simulator.params import param
from simulator.shocks.base import Shock, yearly_to_monthly


class IncomeCut(Shock):
    """Some of those who keep their job earn less for a few months; more of them when layoffs are high."""

    writes: ClassVar[tuple[str, ...]] = ("spells", "until_cut", "cut")
    kind: Literal["income_cut"] = "income_cut"
    incidence: float = param(
        0.12,
        "chance a year in the baseline",
        unit="probability per year",
        source="FACTS us.shock.income_cut_annual .24, half of it unemployment (a guess)",
        ge=0,
        le=1,
    )
    follows_layoffs: float = param(
        1.8,
        "percent change of the chance per percent change of layoffs",
        source="claims doubled (ICSA 2007-09), layoffs rose 1.5 times (FACTS us.job.eu_hazard_recession_mult)",
        ge=0,
        le=5,
    )
    most_times: float = param(
        5.0,
        "most that the chance rises to when layoffs are extreme, times the baseline's",
        source="a guess, wide: involuntary part-time work rose 2 to 2.5 times in 2009 and in April 2020 (recalled)",
        ge=1,
        le=100,
    )
    least: float = param(0.10, "smallest cut", unit="share of the earner's pay", source="a guess", ge=0, le=1)
    most: float = param(0.60, "largest cut", unit="share of the earner's pay", source="a guess", ge=0, le=1)
    months_shortest: float = param(2.0, "shortest", unit="months", source="a guess", ge=0, le=60)
    months_longest: float = param(10.0, "longest", unit="months", source="a guess", ge=0, le=120)

    def bound(self, cycle: Cycle) -> float:
        """The same chance for all, moved by layoffs."""
        layoffs = min(max(cycle.weather.layoffs, 0.0) ** self.follows_layoffs, self.most_times)
        return float(min(yearly_to_monthly(self.incidence) * layoffs, 0.5))

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """Less pay from a day of this cycle on, for some months; the deeper of two cuts counts."""
        rows = rows[(block.spells[rows] & (UNEMPLOYED | DISABLED)) == 0]
        depth, luck = self.pair(name, "size", block, rows, cycle)
        size: Floats = self.least + (self.most - self.least) * depth
        length = self.months_shortest + (self.months_longest - self.months_shortest) * luck
        already = (block.spells[rows] & PAY_CUT) != 0
        block.cut[rows] = np.where(already, np.maximum(block.cut[rows], size), size)
        until = (cycle.day + length * 30.4375).astype(np.int32)
        block.until_cut[rows] = np.where(already, np.maximum(block.until_cut[rows], until), until)
        block.spells[rows] |= PAY_CUT
