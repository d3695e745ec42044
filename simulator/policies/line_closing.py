"""Line closing: who is late or whose score is low can draw no more; what is owed is repaid as agreed."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from simulator.block import OPEN, Block
from simulator.cycle import Cycle
from simulator.draws import rows_where
from simulator.ledger import Ledger
from simulator.params import param
from simulator.policies.base import Flags, Offer, Tally


class LineClosing(Offer):
    """While it is in force lines once closed stay closed: the limit follows what is owed down.

    Late with the lender on any account counts, loans too.
    """

    own: ClassVar[dict[str, type[np.generic]]] = {"closed": np.int8}
    kind: Literal["line_closing"] = "line_closing"
    bills_late: int = param(
        1,
        "bills late from which lines are closed; 0: lateness does not matter",
        unit="bills",
        source="a guess",
        ge=0,
        le=24,
    )
    score_below: int = param(
        0, "lines are closed too where the score is below this", unit="points", source="a guess: none", ge=0, le=1000
    )
    reach: float = param(1.0, "share of those meant whose lines are closed", unit="share", source="a guess", ge=0, le=1)

    def act(
        self, name: str, number: int, product: str, terms: Any, block: Block, cycle: Cycle, ledger: Ledger, tally: Tally
    ) -> None:
        """In the morning of the due day, before anything more is spent."""
        accounts, closed = block.accounts[product], block.own[f"{name}.closed"]
        if "desired" not in accounts.names:
            return
        fresh = rows_where((accounts.status == OPEN) & (closed == 0) & self._meant(block))
        fresh = fresh[self.reached(name, block, fresh, cycle)]
        closed[fresh] = 1
        tally.note(fresh.size, self.cost_each)
        shut = rows_where(closed == 1)
        accounts.limit[shut] = np.minimum(accounts.limit[shut], accounts.balance[shut])

    def _meant(self, block: Block) -> Flags:
        """Late by enough bills on any account, or of too low a score today."""
        meant = np.zeros(block.size, np.bool_)
        if self.bills_late:
            for accounts in block.accounts.values():
                rows = accounts.arrears.rows
                meant[rows[accounts.missed[rows] >= self.bills_late]] = True
        if self.score_below:
            meant |= block.score - block.lost < self.score_below
        return meant
