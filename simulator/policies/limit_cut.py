"""Limit cut: open credit lines of some holders are lowered towards what they owe."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from simulator.block import OPEN, Block
from simulator.cycle import Cycle
from simulator.draws import rows_where
from simulator.ledger import Ledger
from simulator.money import fixed, share_of
from simulator.params import param
from simulator.policies.base import Offer, Tally


class LimitCut(Offer):
    """Balance chasing: on each due day a card's limit falls to what is owed and some more; it does not rise again.

    Less can be drawn before a default, and less is there to live on when a pay is lost.
    """

    kind: Literal["limit_cut"] = "limit_cut"
    room: float = param(
        0.25, "what is left open, as a share of the balance", unit="share of the balance", source="a guess", ge=0, le=10
    )
    least: float = param(500.0, "no limit falls below this", unit="currency", source="a guess", ge=0)
    reach: float = param(1.0, "share of those meant whose lines are cut", unit="share", source="a guess", ge=0, le=1)

    def act(
        self, name: str, number: int, product: str, terms: Any, block: Block, cycle: Cycle, ledger: Ledger, tally: Tally
    ) -> None:
        """In the morning of the due day, before anything more is spent."""
        accounts = block.accounts[product]
        if "desired" not in accounts.names:
            return
        left = accounts.balance + share_of(accounts.balance, fixed(self.room))
        np.maximum(left, round(100.0 * self.least), out=left)
        rows = rows_where((accounts.status == OPEN) & (accounts.limit > left))
        rows = rows[self.reached(name, block, rows, cycle)]
        accounts.limit[rows] = left[rows]
        tally.note(rows.size, self.cost_each)
