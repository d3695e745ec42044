"""A moratorium: by law, nothing needs to be paid while it is in force."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from simulator.block import Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.params import param
from simulator.policies.relief import Relief, lower_bill


class Moratorium(Relief):
    """Everybody it is meant for may stop paying until it ends; what is overdue neither grows older nor dearer."""

    state: ClassVar[bool] = True
    kind: Literal["moratorium"] = "moratorium"
    offered_to: Literal["hardship", "behind", "all"] = param("all", "who may stop paying")
    reach: float = param(
        0.03,
        "share of those it is meant for who stop paying",
        unit="share",
        source="FACTS us.forb.card_peak_share (.024 to .037)",
        ge=0,
        le=1,
    )
    pause: int = param(
        0, "months from one to the next; 0: it goes on", unit="months", source="none: it is the law", ge=0, le=120
    )

    def agree(self, name: str, terms: Any, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """No bill this month; asked anew every month while it is in force."""
        lower_bill(accounts, rows, cycle.month + 1, 0.0)
