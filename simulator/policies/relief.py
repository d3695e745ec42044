"""Relief on an account, by agreement: who is offered it, who takes it, and the few things that can be agreed."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from simulator.arrears import TRIED_RELIEF
from simulator.block import COVERED, LOWER_PAY, NEVER, OPEN, UNWILLING, Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows, rows_where
from simulator.ledger import Ledger
from simulator.money import FINE, Cents, fixed
from simulator.params import param
from simulator.policies.base import Flags, Offer, Tally

HARD = np.uint8(~(COVERED | LOWER_PAY | UNWILLING) & 0xFF)  # out of work, ill, short of hours, disabled


class Relief(Offer):
    """Something agreed with the holder of one account; an account has one relief at a time."""

    relieves: ClassVar[bool] = True
    offered_to: Literal["hardship", "behind", "all"] = param(
        "hardship",
        "to those in hardship (behind for want of money; or out of work, ill or on short hours with less in hand than "
        "a month's essentials), to all who are behind, or to everybody",
    )
    reach: float = param(
        0.4, "share of those to whom it is offered who take it", unit="share", source="a guess", ge=0, le=1
    )
    least_missed: int = param(0, "fewest bills behind", unit="bills", source="a guess", ge=0, le=24)
    most_missed: int = param(3, "most bills behind", unit="bills", source="a guess: not after default", ge=0, le=24)
    pause: int = param(
        12, "months from one relief to the next", unit="months", source="a guess: once a year", ge=0, le=120
    )

    def agree(self, name: str, terms: Any, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """What is agreed for these rows."""
        raise NotImplementedError

    def act(
        self, name: str, number: int, product: str, terms: Any, block: Block, cycle: Cycle, ledger: Ledger, tally: Tally
    ) -> None:
        """Offer it in the morning of the due day; who takes it is told to the tally."""
        accounts = block.accounts[product]
        rows = self._offered(block, accounts)
        rows = rows[self._may(accounts, rows, cycle.month)]
        rows = rows[self.can_bear(block, accounts, rows)]
        rows = rows[self.reached(name, block, rows, cycle)]
        if not rows.size:
            return
        accounts.relief[rows] = number
        accounts.relieved[rows] = cycle.month
        there = np.zeros(block.size, np.bool_)
        there[rows] = True
        behind = there[accounts.arrears.rows]
        accounts.arrears.tried[behind] |= TRIED_RELIEF
        self.forgive(product, block, accounts, behind, ledger)
        self.agree(name, terms, block, accounts, rows, cycle)
        tally.note(rows.size, self.cost_each)

    def can_bear(self, block: Block, accounts: Accounts, rows: Rows) -> Flags:
        """Which of these rows could live up to what is offered, as far as the lender asks."""
        return np.ones(rows.size, np.bool_)

    def forgive(self, product: str, block: Block, accounts: Accounts, behind: Flags, ledger: Ledger) -> None:
        """What of the arrears is waived or put onto the debt; `behind` are places in the table of arrears."""

    def _offered(self, block: Block, accounts: Accounts) -> Rows:
        if self.offered_to == "all":
            return rows_where(accounts.status == OPEN)
        arrears = accounts.arrears
        if self.offered_to == "behind":
            return arrears.rows
        hit = rows_where((block.spells & HARD) != 0)
        hit = hit[block.savings[hit] < block.essential[hit]]
        either = np.zeros(block.size, np.bool_)
        either[hit] = True
        either[arrears.rows[arrears.strained]] = True
        return rows_where(either)

    def _may(self, accounts: Accounts, rows: Rows, month: int) -> Flags:
        """Open, not helped already or of late, and neither too little nor too much behind."""
        free = (accounts.relief[rows] == 0) | (accounts.relief_until[rows] <= month)
        last = accounts.relieved[rows].astype(np.int64)
        rested = (last == NEVER) | (month - last >= self.pause)
        missed = accounts.missed[rows]
        return np.asarray(
            (accounts.status[rows] == OPEN)
            & (accounts.balance[rows] > 0)
            & free
            & rested
            & (missed >= self.least_missed)
            & (missed <= self.most_missed)
        )


def lower_bill(accounts: Accounts, rows: Rows, until: int, due: float, *, pays_on: Flags | None = None) -> None:
    """Until a month only a share of the bill is asked; some (`pays_on`) pay in full even so."""
    accounts.relief_until[rows] = until
    accounts.relief_due[rows] = fixed(due)
    accounts.relief_wanted[rows] = fixed(due) if pays_on is None else np.where(pays_on, 1 << FINE, fixed(due))


def capitalise(accounts: Accounts, behind: Flags) -> None:
    """What is overdue becomes part of the debt that is not yet due: these accounts are current again."""
    arrears = accounts.arrears
    rows = arrears.rows[behind]
    accounts.missed[rows] = 0
    arrears.keep(~behind)


def waived(accounts: Accounts, behind: Flags, share: float) -> Cents:
    """A share of penalty and fees charged since the first missed bill, as far as they are still owed; cents each.

    On a loan they are owed apart; on a card they have become part of the balance, and no more than what is not
    yet overdue of it is waived.
    """
    arrears = accounts.arrears
    rows = arrears.rows[behind]
    apart = "remaining" in accounts.names
    owed = (arrears.penalty + arrears.fees if apart else arrears.cost)[behind]
    most = accounts.balance[rows] - arrears.overdue[behind]
    return np.asarray(np.minimum((owed * fixed(share)) >> FINE, most))
