"""When a partner is gone: a bill at once, the partner's pay missing afterwards, and a smaller household to feed."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Rows, rows_where
from simulator.money import rounded
from simulator.params import param
from simulator.shocks.base import MONTH, Shock


class Parting(Shock):
    """What a divorce and a death in the household have in common.

    The household lives on without what it earned besides the borrower's own pay (or a part of that), from the next
    due day on, until somebody else earns or the household has adapted; the bill falls at once.
    """

    own: ClassVar[dict[str, type[np.generic]]] = {"days": np.int32}  # for which pay will still be missing
    bill: float = param(0.0, "bill at once", unit="months of income", source="a guess", ge=0, le=24)
    partner: float = param(
        1.0,
        "share that is lost of what the household earns besides the borrower's own pay",
        unit="share",
        source="a guess",
        ge=0,
        le=1,
    )
    essentials_saved: float = param(
        0.2,
        "share of essential spending (debts elsewhere left out) that a smaller household does without",
        unit="share",
        source="a guess: rent stays; needs that grow with the root of the household's size would fall by .29",
        ge=0,
        le=1,
    )
    months_shortest: float = param(24.0, "shortest time", unit="months", source="a guess", ge=0, le=600)
    months_longest: float = param(120.0, "longest time", unit="months", source="a guess", ge=0, le=600)

    def go_on(self, name: str, block: Block, cycle: Cycle) -> None:
        """The partner's pay is missing from this cycle too, and so are the partner's needs."""
        left = block.own[f"{name}.days"]
        rows = rows_where(left > 0)
        if not rows.size:
            return
        part = np.minimum(left[rows], cycle.days) / float(cycle.days)
        others = block.income[rows] * (1.0 - block.earner_share[rows].astype(np.float64)) * cycle.weather.wages
        needs = (block.essential[rows] - block.outside[rows]) * cycle.weather.prices
        cycle.change[rows] += rounded((needs * self.essentials_saved - others * self.partner) * part)
        left[rows] -= np.minimum(left[rows], cycle.days)

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """The bill falls in this cycle; a household that is struck again loses for the longer of the two times."""
        cycle.change[rows] -= rounded(block.income[rows] * cycle.weather.wages * self.bill)
        luck = self.luck(name, "length", block, rows, cycle)
        months = self.months_shortest + (self.months_longest - self.months_shortest) * luck
        left = block.own[f"{name}.days"]
        left[rows] = np.maximum(left[rows], (months * MONTH).astype(np.int32))
