"""A payment holiday: nothing is asked for some months; interest goes on, arrears neither grow older nor dearer."""

from __future__ import annotations

from typing import Any, Literal

from simulator.block import Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.params import param
from simulator.policies.relief import Relief, lower_bill


class PaymentHoliday(Relief):
    """Those in hardship who ask pay nothing for some months; a loan's term moves by as much."""

    kind: Literal["payment_holiday"] = "payment_holiday"
    most_missed: int = param(
        1, "most bills behind", unit="bills", source="a guess: while it is less than 30 days late", ge=0, le=24
    )
    months: int = param(3, "how long", unit="months", source="a guess: the usual agreement of 2020", ge=0, le=24)
    pays_on: float = param(
        0.2,
        "share of those on holiday who go on paying in full as far as they have the money",
        unit="share",
        source="FACTS us.forb.paid_while_enrolled: a fifth kept paying in full; .7 paid something",
        ge=0,
        le=1,
    )

    def agree(self, name: str, terms: Any, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """No bill until the months are over."""
        pays_on = cycle.draws.uniform(f"policy.{name}.pays_on", cycle.day, block.mixed[rows]) < self.pays_on
        lower_bill(accounts, rows, cycle.month + self.months, 0.0, pays_on=pays_on)
