"""Short-time work: employers send people home for part of the week, for as long as trade is bad."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import DISABLED, PAY_CUT, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.params import param
from simulator.shocks.base import Shock


class ShortTimeWork(Shock):
    """While it is in force, a share of those at work (in the trades it is aimed at) works fewer hours for less pay.

    The same people stay on short hours while its strength holds, and go back to full hours as it falls. It stands
    beside income cuts, the usual risk that follows layoffs: of two cuts of one person the deeper counts.
    """

    writes: ClassVar[tuple[str, ...]] = ("spells", "until_cut", "cut")
    own: ClassVar[dict[str, type[np.generic]]] = {"before": np.float32}  # the pay cut that goes on beneath it
    kind: Literal["short_time_work"] = "short_time_work"
    share: float = param(
        0.2,
        "share of those meant who are on short hours at full strength",
        unit="share",
        source="a guess; FACTS cn.shock.covid_q1_2020_wealth_cut_large .189 of households lost much in early 2020",
        ge=0,
        le=1,
    )
    least: float = param(0.2, "smallest part of the hours lost", unit="share", source="a guess", ge=0, le=1)
    most: float = param(0.6, "largest part of the hours lost", unit="share", source="a guess", ge=0, le=1)
    made_good: float = param(
        0.0,
        "share of the lost pay that the employer or the state makes good",
        unit="share",
        source="a guess: nothing, where no scheme is agreed",
        ge=0,
        le=1,
    )

    def bound(self, cycle: Cycle) -> float:
        """The share, the same for all who are meant."""
        return self.share

    def luck_day(self, cycle: Cycle) -> int:
        """One day for the whole of it: who is on short hours stays so while the strength holds."""
        return 0

    def go_on(self, name: str, block: Block, cycle: Cycle) -> None:
        """Full hours again, until this cycle's short hours are known; an older pay cut goes on at its own depth."""
        before = block.own[f"{name}.before"]
        rows = rows_where(before != 0)
        if rows.size:
            block.cut[rows] = before[rows]
            before[rows] = 0

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """Less pay over this cycle; of two cuts the deeper counts."""
        rows = rows[(block.spells[rows] & (UNEMPLOYED | DISABLED)) == 0]
        hours = cycle.draws.uniform(f"shock.{name}.hours", 0, block.mixed[rows])
        size: Floats = (self.least + (self.most - self.least) * hours) * (1.0 - self.made_good)
        already = (block.spells[rows] & PAY_CUT) != 0
        longer = already & (block.until_cut[rows] > cycle.day)
        block.own[f"{name}.before"][rows[longer]] = block.cut[rows[longer]]
        block.cut[rows] = np.where(already, np.maximum(block.cut[rows], size), size)
        block.until_cut[rows] = np.where(already, np.maximum(block.until_cut[rows], cycle.day), cycle.day)
        block.spells[rows] |= PAY_CUT
