"""Habits at work: where each card's account is heading this month, and what is bought to get there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulator.block import OPEN, Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows, rows_where
from simulator.habits.habits import Habits
from simulator.habits.plan import ALL, FIRST, PART, Plan
from simulator.habits.statuses import NONE, states_of, status_of
from simulator.habits.table import STATES, Table, read_table
from simulator.ledger import Ledger
from simulator.money import Cents, fixed, share_of


class Statement(Protocol):
    """What habits need to know of a card."""

    @property
    def spending_speed(self) -> float:
        """Share of the distance to the usual balance that is spent in a month."""

    def minimum(self, balance: Cents, interest: Cents) -> Cents:
        """The minimum payment of a statement."""


@dataclass(frozen=True)
class Living:
    """Habits in a run; months are counted as the tape counts them: `first` is that of the span's first month."""

    habits: Habits
    table: Table
    first: int

    @classmethod
    def of(cls, habits: Habits | None, start: dt.date, snapshot: dt.date | None) -> Living | None:
        """The scenario's habits, if it has any; a tape of another time than the span's eve keeps its own months."""
        if habits is None:
            return None
        first = start.year * 12 + start.month - 1 if snapshot is None else snapshot.year * 12 + snapshot.month
        return cls(habits, read_table(habits.file), first)

    def plan(self, name: str, card: Statement, block: Block, accounts: Accounts, cycle: Cycle, ledger: Ledger) -> Plan:
        """Before the bill: where each account is heading; who is to carry or miss something comes to owe something."""
        rows = rows_where(accounts.status == OPEN)
        if accounts.relievable:
            rows = rows[(accounts.relief[rows] == 0) | (accounts.relief_until[rows] <= cycle.month)]
        kind, paying = block.own[f"{name}.kind"], block.own[f"{name}.paying"]
        fresh = rows[paying[rows] == NONE]
        if fresh.size:
            self._acquaint(name, block, accounts, fresh, cycle)
        bounds = np.cumsum(self.table.chances(self.first + cycle.month), axis=2)
        bounds = bounds[kind[rows] - 1, states_of(paying[rows])]
        luck = cycle.draws.uniform(f"{name}.habit", cycle.day, block.mixed[rows])
        target = np.minimum((luck[:, None] >= bounds).sum(axis=1), len(STATES) - 1)
        self._use(name, card, block, accounts, rows, target, ledger)
        return Plan(rows, target, accounts.balance.copy(), card.spending_speed)

    def _acquaint(self, name: str, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """Accounts of which no status is known yet: as they stand, and of a kind of payer to go with it."""
        in_full = accounts.pay_share[rows] >= ALL
        status = status_of(accounts.missed[rows], in_full, np.zeros(rows.size, np.bool_))
        block.own[f"{name}.paying"][rows] = status
        luck = cycle.draws.uniform(f"{name}.kind", 0, block.mixed[rows])
        block.own[f"{name}.kind"][rows] = drawn_kind(self.table.shares[states_of(status)], luck)

    def _use(
        self,
        name: str,
        card: Statement,
        block: Block,
        accounts: Accounts,
        rows: Rows,
        target: npt.NDArray[np.int64],
        ledger: Ledger,
    ) -> None:
        """A card that is to carry something, or to miss a bill, and owes too little for that has been used since."""
        late = np.zeros(block.size, np.int64)
        late[accounts.arrears.rows] = accounts.arrears.overdue
        fresh = accounts.balance[rows] - late[rows]  # owed beyond the unpaid bills
        least = np.where(target == PART, accounts.due[rows], 0)
        short = ((target == PART) | (target == FIRST)) & (fresh <= least)
        rows, more = rows[short], (least - fresh)[short]
        more += share_of(accounts.limit[rows], fixed(self.habits.first_use))
        room = np.maximum(accounts.limit[rows] - accounts.balance[rows], 0)
        ledger.charge(name, "purchases", block, accounts, np.minimum(more, room), rows)
        unasked = rows[(accounts.due[rows] == 0) & (target[short] == FIRST)]
        balance = accounts.balance[unasked]
        accounts.due[unasked] = card.minimum(balance, np.zeros_like(balance))


def drawn_kind(likely: npt.NDArray[np.float64], luck: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Kinds of payers, 1 the first, from how likely each is; shapes (accounts, kinds) and (accounts,)."""
    bounds = np.cumsum(likely, axis=1)
    kind = np.minimum(1 + (luck[:, None] >= bounds).sum(axis=1), likely.shape[1])
    return np.asarray(kind, dtype=np.int8)
