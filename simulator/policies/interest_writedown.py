"""An interest write-down: the contract rate is lowered for good."""

from __future__ import annotations

from typing import Any, Literal

from simulator.block import Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.params import param
from simulator.policies.relief import Relief, lower_bill


class InterestWritedown(Relief):
    """Those in hardship who ask bear a lower rate from now on, and the instalment falls with it."""

    kind: Literal["interest_writedown"] = "interest_writedown"
    share: float = param(
        0.5,
        "share of the contract rate that is given up",
        unit="share",
        source="a guess; that it works is FACTS us.relief.interest_writedown_beats_payment_cut",
        ge=0,
        le=1,
    )

    def agree(self, name: str, terms: Any, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """A lower rate, and a bill worked out with it."""
        lower_bill(accounts, rows, cycle.month, 1.0)
        if self.share:
            accounts.rate[rows] *= 1.0 - self.share
            terms.reschedule(accounts, rows)
