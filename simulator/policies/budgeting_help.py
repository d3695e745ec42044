"""Budgeting help: an adviser for those who are behind or have nothing put by; some spending is freed for the bills."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Rows, rows_where
from simulator.ledger import Ledger
from simulator.money import fixed, share_of
from simulator.params import param
from simulator.policies.base import Offer, Tally
from simulator.policies.financial_education import to_spare

REFUSED, LONGEST = -1, 30_000


class BudgetingHelp(Offer):
    """Credit counselling, once for each person: they live on less for a while and draw less on their cards."""

    own: ClassVar[dict[str, type[np.generic]]] = {"months": np.int16}
    kind: Literal["budgeting_help"] = "budgeting_help"
    freed: float = param(
        0.05, "share of spending beyond essentials that is freed", unit="share", source="a guess", ge=0, le=1
    )
    card_cut: float = param(
        0.15,
        "share by which the usual card balance is cut, once",
        unit="share",
        source="a guess, set on FACTS us.counselling.revolving_debt_change_usd (a matched comparison: -3,637 to 0)",
        ge=0,
        le=1,
    )
    months: int = param(
        18,
        "how long they live on less",
        unit="months",
        source="FACTS us.counselling.revolving_debt_change_usd was measured at 18 months",
        ge=1,
        le=600,
    )
    empty: float = param(
        0.25,
        "it is offered to those behind, and to those with less put by than this",
        unit="months of essentials",
        source="a guess",
        ge=0,
        le=24,
    )
    reach: float = param(0.2, "share of those meant who accept it", unit="share", source="a guess", ge=0, le=1)
    cost_each: float = param(150.0, "what it costs for each", unit="currency", source="a guess", ge=0)

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """Those newly in need are asked; those helped have more in hand."""
        months = block.own[f"{name}.months"]
        helped = rows_where(months > 0)
        months[helped] = np.minimum(months[helped] + 1, LONGEST)
        fresh = self._in_need(block, months)
        if fresh.size:
            reached = self.reached(name, block, fresh, cycle)
            months[fresh] = np.where(reached, 1, REFUSED)
            tally.note(int(np.count_nonzero(reached)), self.cost_each)
            helped = np.concatenate([helped, fresh[reached]])
        helped = helped[months[helped] <= self.months]
        cycle.change[helped] += share_of(to_spare(block, helped), fixed(self.freed))

    def act(
        self, name: str, number: int, product: str, terms: Any, block: Block, cycle: Cycle, ledger: Ledger, tally: Tally
    ) -> None:
        """In the first month the holder settles for a smaller balance on the card."""
        accounts = block.accounts[product]
        if "desired" in accounts.names:
            fresh = rows_where(block.own[f"{name}.months"] == 1)
            accounts.desired[fresh] -= share_of(accounts.desired[fresh], fixed(self.card_cut))

    def _in_need(self, block: Block, months: Any) -> Rows:
        """Those behind on any account or with next to nothing put by, who were not asked before."""
        need = block.savings < share_of(block.essential, fixed(self.empty))
        need &= block.here
        for accounts in block.accounts.values():
            need[accounts.arrears.rows] = True
        need &= months == 0
        return rows_where(need)
