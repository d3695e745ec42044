"""What the holders of a block's cards mean to pay and buy on one due day, and the status that comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.block import OPEN, Accounts, Block
from simulator.cycle import Bill, Cycle
from simulator.draws import Rows
from simulator.habits.statuses import NONE, status_of
from simulator.habits.table import STATES
from simulator.money import FINE, Cents, fixed, share_of

ALL = 1 << FINE  # the share of a statement that pays it in full
REST, FULL, PART, FIRST = 0, 1, 2, 3  # places in STATES: the card rests, paid in full, paid in part, one bill unpaid
DEEP = len(STATES) - 1  # so many bills unpaid or more: none is paid


@dataclass(frozen=True)
class Plan:
    """The status each account is heading for; `owed` is what each row of the block owes before its payment."""

    rows: Rows  # cards that follow habits this month
    target: npt.NDArray[np.int64]  # of these, places in STATES
    owed: Cents
    spending_speed: float  # of the card: share of the distance to the usual balance spent in a month

    def intend(self, accounts: Accounts, bill: Bill, cycle: Cycle) -> None:
        """After the bill: what they mean to pay, and what they buy."""
        bill.habitual = True
        rows, target = self.rows, self.target
        owed, share = self.owed[rows], accounts.pay_share[rows]
        part = np.maximum(np.where(share < ALL, share_of(owed, share), 0), bill.due[rows])
        part = np.minimum(part, np.maximum(owed - 1, 0))
        bill.wanted[rows] = np.where(target <= FULL, owed, np.where(target == PART, part, 0))
        self._old_bills(accounts, bill, cycle.month)
        assert bill.purchases is not None
        assert bill.line is not None
        open_line = bill.purchases[rows] + bill.line[rows]
        gap = np.maximum(accounts.desired[rows] - owed + bill.wanted[rows], 0)
        bought = np.where(share >= ALL, gap, share_of(gap, fixed(self.spending_speed)))
        bought = np.where(target == REST, 0, np.minimum(bought, open_line))
        bill.purchases[rows] = bought
        bill.line[rows] = open_line - bought

    def note(self, name: str, block: Block, accounts: Accounts, paid: Cents) -> None:
        """After the payment: the status that each account has come to."""
        rests = np.zeros(block.size, np.bool_)
        rests[self.rows[self.target == REST]] = True
        status = status_of(accounts.missed, paid >= self.owed, rests)
        block.own[f"{name}.paying"][:] = np.where(accounts.status == OPEN, status, NONE)

    def _old_bills(self, accounts: Accounts, bill: Bill, month: int) -> None:
        """Who stays behind by so many bills pays the older ones, whole, and not the later."""
        arrears = accounts.arrears
        left = np.zeros(self.owed.size, np.int64)  # bills that are to stay unpaid
        behind = self.target >= FIRST
        left[self.rows[behind]] = np.where(self.target == DEEP, arrears.depth + 1, self.target - PART)[behind]
        stays = left[arrears.rows]
        ages = np.arange(arrears.depth, 0, -1)[None, :]  # of the queue's bills, the oldest first
        old = np.where(ages >= stays[:, None], arrears.queue(month - 1), 0).sum(axis=1)
        bill.wanted[arrears.rows[stays > 0]] = old[stays > 0]
