"""Who looks on while the engine runs: told what happens and when, and changing nothing."""

from __future__ import annotations

from typing import Protocol

from simulator.behaviour import Answer
from simulator.block import Block
from simulator.cycle import Bill, Cycle


class Observer(Protocol):
    """Looks at a block as its cycle goes by; must leave everything as it is."""

    def today(self, day: int) -> None:
        """A month is opened or closed on this day of the span."""

    def befell(self, what: str, block: Block, cycle: Cycle) -> None:
        """In the morning of the due day one more thing has reached `cycle.change` or the savings.

        In this order: "prices" (wages and prices), each shock by name, "pay" (what is lost and found of it), "habits"
        (surprise at the bills, spending held back), "policies" (money that policies bring).
        """

    def billed(self, block: Block, cycle: Cycle, bills: dict[str, Bill]) -> None:
        """The bills are stated and what the desk has reached is handed over; the holders are about to answer."""

    def answered(self, block: Block, cycle: Cycle, bills: dict[str, Bill], reply: Answer) -> None:
        """The payments of the due day are settled, and who went bankrupt is written off."""
