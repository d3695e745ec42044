"""A reduced instalment: for some months a part of the bill is asked; the term of a loan moves by as much."""

from __future__ import annotations

from typing import Any, Literal

from simulator.block import Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.params import param
from simulator.policies.relief import Relief, lower_bill


class ReducedInstalment(Relief):
    """Those in hardship who ask pay a part of each bill for some months."""

    kind: Literal["reduced_instalment"] = "reduced_instalment"
    months: int = param(6, "how long", unit="months", source="a guess", ge=0, le=60)
    asked: float = param(
        0.7,
        "share of the bill that is asked",
        unit="share",
        source="a guess: a cut of 20% or more, FACTS us.mod.redefault6m_60dpd_cut20",
        gt=0,
        le=1,
    )

    def agree(self, name: str, terms: Any, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """Smaller bills until the months are over."""
        lower_bill(accounts, rows, cycle.month + self.months, self.asked)
