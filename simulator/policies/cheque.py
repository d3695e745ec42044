"""Cheques to households: the state sends everybody, or those it means, a sum on given days."""

from __future__ import annotations

from typing import ClassVar, Literal

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import rows_where
from simulator.params import DateOf, param
from simulator.policies.base import Offer, Tally


class Cheque(Offer):
    """A sum to each household whose income is not above a bound, once on each date."""

    state: ClassVar[bool] = True
    kind: Literal["cheque"] = "cheque"
    amount: float = param(1200.0, "sum to a household", unit="currency", source="a guess: one adult in 2020", ge=0)
    on: tuple[DateOf, ...] = param((), "days on which it is sent; left out: the day the policy starts")
    income_below: float | None = param(
        None, "only to households with less take-home income than this", unit="currency a month", gt=0
    )

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """Each date that falls between two due days brings the sum."""
        dates = self.on or ((self.starts,) if self.starts is not None else ())
        times = sum(cycle.first_date <= date <= cycle.last_date for date in dates)
        if not times:
            return
        there = block.here if self.income_below is None else block.here & (block.income < 100.0 * self.income_below)
        rows = rows_where(there)
        rows = rows[self.reached(name, block, rows, cycle)]
        amount = round(100.0 * self.amount) * times
        cycle.change[rows] += amount
        tally.note(rows.size * times, self.cost_each, amount * rows.size)
