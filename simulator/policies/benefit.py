"""Unemployment benefit extended, raised or widened by the state: more weeks, more of the wage, a flat sum on top."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import rows_where
from simulator.economy import Benefits
from simulator.params import param
from simulator.policies.base import Offer, Tally


class Benefit(Offer):
    """The state pays the unemployed more, longer, or more of them; the flat sum reaches those without the usual one."""

    state: ClassVar[bool] = True
    kind: Literal["benefit"] = "benefit"
    extra_weeks: int = param(13, "weeks paid beyond the usual", unit="weeks", source="a guess", ge=0, le=260)
    extra_replacement: float = param(
        0.0, "added to the benefit, as a share of the lost wage", unit="share of wage", source="a guess", ge=0, le=2
    )
    extra_take_up: float = param(
        0.0, "added to the share of new unemployed who receive it", unit="share", source="a guess", ge=0, le=1
    )
    weekly: float = param(
        0.0, "flat sum on top, to all unemployed who are reached", unit="currency per week", source="a guess", ge=0
    )
    reach: float = param(
        1.0, "share of the unemployed whom the flat sum reaches", unit="share", source="a guess", ge=0, le=1
    )

    def benefits(self, benefits: Benefits) -> Benefits:
        """Weeks, replacement and take-up are added to those in force."""
        update = {
            "max_weeks": benefits.max_weeks + self.extra_weeks,
            "replacement": benefits.replacement + self.extra_replacement,
            "take_up": min(benefits.take_up + self.extra_take_up, 1.0),
        }
        return benefits.model_copy(update=update)

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """The flat sum for the days of the cycle without work."""
        if not self.weekly:
            return
        rows = rows_where((block.spells & UNEMPLOYED) != 0)
        rows = rows[self.reached(name, block, rows, cycle)]
        days = np.minimum(cycle.day - block.out_since[rows], cycle.days)
        amount = np.rint(days * (100.0 * self.weekly / 7.0)).astype(np.int64)
        cycle.change[rows] += amount
        tally.note(rows.size, self.cost_each, int(amount.sum()))
