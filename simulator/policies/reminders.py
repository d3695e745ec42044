"""Reminders before the due date: fewer forget it. They do nothing for those who lack the money."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from simulator.block import OPEN, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.ledger import Ledger
from simulator.params import param
from simulator.policies.base import Offer, Tally


class Reminders(Offer):
    """A message on every bill to those who are not on autopay."""

    kind: Literal["reminders"] = "reminders"
    effect: float = param(
        0.4,
        "share of the due dates otherwise forgotten that are remembered",
        unit="share",
        source="a guess, set on FACTS rct.reminder.latefee_cost_reduction .13 and rct.reminder.on_time_increase",
        ge=0,
        le=1,
    )
    reach: float = param(1.0, "share of those meant who read it", unit="share", source="a guess", ge=0, le=1)
    cost_each: float = param(0.05, "what a message costs", unit="currency", source="a guess: a text message", ge=0)

    def attention(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """Some of those who would forget do not."""
        return np.where(self.reached(name, block, rows, cycle), 1.0 - self.effect, 1.0)

    def act(
        self, name: str, number: int, product: str, terms: Any, block: Block, cycle: Cycle, ledger: Ledger, tally: Tally
    ) -> None:
        """Messages are counted, one for each open account of those who are not on autopay."""
        rows = rows_where((block.accounts[product].status == OPEN) & (block.forgets > 0))
        tally.note(int(np.count_nonzero(self.reached(name, block, rows, cycle))), self.cost_each)
