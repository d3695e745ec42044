"""The arrears of one product in a block: the accounts with anything unpaid, and what is known of each."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from simulator.draws import Rows

# bits of the column `tried`: what the lender has tried since the first missed bill
TRIED_REMINDER, TRIED_CALL, TRIED_PROMISE, TRIED_FIELD, TRIED_RELIEF = (1 << bit for bit in range(5))


class Person(Protocol):
    """What is remembered of a person when a bill is first missed: columns of a block."""

    savings: npt.NDArray[np.int64]
    spells: npt.NDArray[np.uint8]
    struck: npt.NDArray[Any]
    outside: npt.NDArray[np.int64]
    accounts: Any  # by product: `due` is what the next bill of each account asks for, nought where there is none


class Column:
    """One column of the arrears table, by name: whole cents, counts, days or months; shape (accounts,)."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __get__(self, arrears: Arrears, owner: type[Arrears]) -> npt.NDArray[np.int64]:
        column: npt.NDArray[np.int64] = arrears.table[self.place]
        return column

    def __set__(self, arrears: Arrears, value: npt.NDArray[np.int64] | int) -> None:
        arrears.table[self.place] = value


class Flag:
    """One yes-or-no column of the arrears table; shape (accounts,)."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __get__(self, arrears: Arrears, owner: type[Arrears]) -> npt.NDArray[np.bool_]:
        return np.asarray(arrears.table[self.place] != 0)

    def __set__(self, arrears: Arrears, value: npt.NDArray[np.bool_] | bool) -> None:
        arrears.table[self.place] = value


class Arrears:
    """Accounts with anything unpaid, kept small: their rows, and one table with a row of figures for each quantity.

    The table holds the columns named here, then `depth` rows of unpaid bills (by month modulo depth), then the
    chain: for each cause of the run the month in which it last struck before the first missed bill.
    """

    overdue = Column(0)  # the unpaid bills together
    interest = Column(1)  # billed and unpaid, part of the unpaid bills
    penalty = Column(2)
    fees = Column(3)
    streak = Column(4)  # bills paid in a row while behind
    strained = Flag(5)  # the money has not reached at some time since the first miss
    buffer = Column(6)  # savings when the first bill was missed, cents
    cost = Column(7)  # penalty and fees charged since then, cents
    tried = Column(8)  # bits: what the lender has tried since then
    contact = Column(9)  # the desk since the last due day: 0 nothing, 1 spoken to, 2 will keep a promise, 3 harshly so
    listed = Column(10)  # day of the run (1 is its first) since which the account waits for a call; 0 it does not
    called = Column(11)  # day of the run of the desk's last call; 0 none
    living = Column(12)  # what the person was living through when the first bill was missed, bits as in `spells`
    began = Column(13)  # month of the first missed bill; it may have been paid since, and later ones missed
    service = Column(14)  # debts elsewhere and the next bills of all own accounts at that time, cents a month
    COLUMNS = (
        *("overdue", "interest", "penalty", "fees", "streak", "strained"),
        *("buffer", "cost", "tried", "contact", "listed", "called", "living"),
        *("began", "service"),
    )

    def __init__(self, depth: int, causes: int = 0) -> None:
        self.depth = depth  # how many unpaid bills can stand open before the last is added to (beyond charge-off)
        self.rows: Rows = np.empty(0, np.intp)
        self.table = np.zeros((len(self.COLUMNS) + depth + causes, 0), np.int64)

    @property
    def unpaid(self) -> npt.NDArray[np.int64]:
        """Cents unpaid of the bill of each month, by month modulo depth; shape (depth, accounts)."""
        return self.table[len(self.COLUMNS) : len(self.COLUMNS) + self.depth]

    @property
    def chain(self) -> npt.NDArray[np.int64]:
        """The month in which each cause last struck before the first missed bill; shape (causes, accounts)."""
        return self.table[len(self.COLUMNS) + self.depth :]

    def queue(self, month: int) -> npt.NDArray[np.int64]:
        """Unpaid bills up to that of `month`, the oldest first; shape (accounts, depth)."""
        order = [(month + 1 + age) % self.depth for age in range(self.depth)]
        return self.unpaid[order].T

    def bill(self, month: int, amount: npt.NDArray[np.int64]) -> None:
        """The bill of a month is unpaid so far."""
        self.unpaid[month % self.depth] += amount
        self.overdue += amount

    def pay(self, month: int, paid: npt.NDArray[np.int64]) -> None:
        """A payment settles the oldest bill first; `month` is that of the last bill."""
        rest = np.minimum(paid, self.overdue)
        self.overdue -= rest
        for age in range(self.depth):
            bill = self.unpaid[(month + 1 + age) % self.depth]
            settled = np.minimum(bill, rest)
            bill -= settled
            rest -= settled

    def missed(self, month: int) -> npt.NDArray[np.int8]:
        """For how many due dates, that of `month` the last, something has been unpaid: the age of the oldest bill.

        Not a count of bills: where everything owed is overdue already, a month passes without a new bill.
        """
        ages = np.array([[(month - slot) % self.depth + 1] for slot in range(self.depth)], np.int8)
        unpaid = (self.unpaid != 0).view(np.int8)
        return np.asarray((unpaid * ages).max(axis=0))

    def freeze(self, which: npt.NDArray[np.bool_]) -> None:
        """A month passes for these without their unpaid bills growing older (a holiday, a moratorium)."""
        self.unpaid[:, which] = np.roll(self.unpaid[:, which], 1, axis=0)

    def forgive(self, which: npt.NDArray[np.bool_]) -> None:
        """These owe nothing overdue any more: their accounts are set back to current."""
        self.unpaid[:, which] = 0
        self.table[0, which] = 0

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Only these remain in arrears."""
        if kept.all():
            return
        places = np.flatnonzero(kept)
        self.rows = self.rows.take(places)
        self.table = self.table.take(places, axis=1)

    def add(
        self,
        rows: Rows,
        month: int,
        unpaid: npt.NDArray[np.int64],
        interest: npt.NDArray[np.int64],
        fees: npt.NDArray[np.int64],
        person: Person,
    ) -> None:
        """Rows that have just missed the bill of a month: what they had in hand, and what had struck them before."""
        if not rows.size:
            return
        first = np.zeros((self.table.shape[0], rows.size), np.int64)
        first[0], first[1], first[3] = unpaid, interest, fees
        first[6], first[7], first[12] = person.savings[rows], fees, person.spells[rows]
        first[13], first[14] = month, person.outside[rows]
        for accounts in person.accounts.values():
            first[14] += accounts.due[rows]
        first[len(self.COLUMNS) + month % self.depth] = unpaid
        if person.struck.size:
            first[len(self.COLUMNS) + self.depth :] = person.struck[:, rows]
        self.rows = np.concatenate([self.rows, rows])
        self.table = np.concatenate([self.table, first], axis=1)

    def copy(self) -> Arrears:
        """An independent copy."""
        twin = Arrears(self.depth)
        twin.rows, twin.table = self.rows.copy(), self.table.copy()
        return twin
