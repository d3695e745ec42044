"""Restructuring: arrears are put onto the debt, the instalment is cut for good, and the account is on probation."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from simulator.block import Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.ledger import Ledger
from simulator.money import fixed, share_of
from simulator.params import param
from simulator.policies.base import Flags
from simulator.policies.relief import HARD, Relief, capitalise, lower_bill, waived


class Restructuring(Relief):
    """Those well behind get a new plan they can pay; some fall behind again, and a default counts on meanwhile."""

    kind: Literal["restructuring"] = "restructuring"
    offered_to: Literal["hardship", "behind", "all"] = param("behind", "who may ask")
    reach: float = param(
        0.3, "share of those to whom it is offered who take it", unit="share", source="a guess", ge=0, le=1
    )
    least_missed: int = param(
        2, "fewest bills behind", unit="bills", source="a guess: at 30 days past due", ge=0, le=24
    )
    most_missed: int = param(6, "most bills behind", unit="bills", source="a guess: up to charge-off", ge=0, le=24)
    cut: float = param(
        0.3,
        "share by which the instalment falls, by a longer term and a lower rate together",
        unit="share",
        source="a guess: 20% or more, where FACTS us.mod.redefault6m_60dpd_cut20 has .243 fall behind again",
        ge=0,
        lt=1,
    )
    rate_cut: float = param(
        0.3, "share of the contract rate that is given up", unit="share", source="a guess", ge=0, le=1
    )
    longest: int = param(60, "longest term there may be afterwards", unit="months", source="a guess", ge=1, le=600)
    waive: float = param(0.5, "share of penalty and fees that is waived", unit="share", source="a guess", ge=0, le=1)
    checks_budget: bool = param(
        True,
        "only for those at work and well whose income carries the new instalment after what is essential",
        source="a guess: a plan is made on a budget; without it FACTS us.mod.redefault6m_60dpd_all .431 fail again",
    )
    probation: int = param(
        12,
        "months for which a default still counts after it is caught up",
        unit="months",
        source="FACTS cn.class.restructured_observation_months",
        ge=0,
        le=60,
    )

    def can_bear(self, block: Block, accounts: Accounts, rows: Rows) -> Flags:
        """The budget as the lender sees it: usual income, essentials, bills owed elsewhere, whether there is work."""
        if not self.checks_budget:
            return super().can_bear(block, accounts, rows)
        room = block.income[rows] - block.essential[rows] + np.minimum(block.savings[rows], 0)
        room -= share_of(accounts.due[rows], fixed(1.0 - self.cut))
        return np.asarray((room >= 0) & ((block.spells[rows] & HARD) == 0))

    def forgive(self, product: str, block: Block, accounts: Accounts, behind: Flags, ledger: Ledger) -> None:
        """A part of penalty and fees is waived, and the rest of the arrears joins the debt."""
        rows = accounts.arrears.rows[behind]
        ledger.write_down(product, block, accounts, waived(accounts, behind, self.waive), rows)
        capitalise(accounts, behind)
        if "remaining" not in accounts.names:  # a statement asks for no more than is still owed
            accounts.due[rows] = np.minimum(accounts.due[rows], accounts.balance[rows])

    def agree(self, name: str, terms: Any, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """A lower rate, the months that the smaller instalment needs, and probation; a card's line rests for a year."""
        accounts.probation[rows] = self.probation
        before = accounts.due[rows].astype(np.float64)
        accounts.rate[rows] *= 1.0 - self.rate_cut
        if "remaining" not in accounts.names:
            lower_bill(accounts, rows, cycle.month + 12, 1.0 - self.cut)
            return
        lower_bill(accounts, rows, cycle.month, 1.0)
        monthly = accounts.rate[rows] / 12.0
        wanted = before * (1.0 - self.cut)
        worth = accounts.balance[rows] * monthly / np.maximum(wanted, 1.0)  # of the instalment, what is interest
        with np.errstate(divide="ignore", invalid="ignore"):
            months = np.where(
                monthly > 0,
                -np.log1p(-np.minimum(worth, 0.999999)) / np.log1p(monthly),
                accounts.balance[rows] / wanted,
            )
        left = np.clip(np.ceil(months), np.maximum(accounts.remaining[rows], 1), self.longest)
        accounts.remaining[rows] = left.astype(np.int16)
        terms.reschedule(accounts, rows)
