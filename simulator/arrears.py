"""The arrears of one product in a block: the accounts with anything unpaid, and what is known of each."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from simulator import columns as places
from simulator.draws import Rows
from simulator.kernels import chosen
from simulator.kernels.plain.late import settle

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
        column: npt.NDArray[np.int64] = arrears.held[self.place, : arrears.count]
        return column

    def __set__(self, arrears: Arrears, value: npt.NDArray[np.int64] | int) -> None:
        arrears.held[self.place, : arrears.count] = value


class Flag:
    """One yes-or-no column of the arrears table; shape (accounts,)."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __get__(self, arrears: Arrears, owner: type[Arrears]) -> npt.NDArray[np.bool_]:
        return np.asarray(arrears.held[self.place, : arrears.count] != 0)

    def __set__(self, arrears: Arrears, value: npt.NDArray[np.bool_] | bool) -> None:
        arrears.held[self.place, : arrears.count] = value


class Arrears:
    """Accounts with anything unpaid, kept small: their rows, and one table with a row of figures for each quantity.

    The table holds the columns named here, then `depth` rows of unpaid bills (by month modulo depth), then the
    chain: for each cause of the run the month in which it last struck before the first missed bill.
    """

    overdue = Column(places.OVERDUE)  # the unpaid bills together
    interest = Column(places.INTEREST)  # billed and unpaid, part of the unpaid bills
    penalty = Column(places.PENALTY)
    fees = Column(places.FEES)
    streak = Column(places.STREAK)  # bills paid in a row while behind
    strained = Flag(places.STRAINED)  # the money has not reached at some time since the first miss
    buffer = Column(places.BUFFER)  # savings when the first bill was missed, cents
    cost = Column(places.COST)  # penalty and fees charged since then, cents
    tried = Column(places.TRIED)  # bits: what the lender has tried since then
    contact = Column(
        places.CONTACT
    )  # the desk since the last due day: 0 nothing, 1 spoken to, 2 will keep its word, 3 harshly
    listed = Column(places.LISTED)  # day of the run (1 is its first) since which it waits for a call; 0 it does not
    called = Column(places.CALLED)  # day of the run of the desk's last call; 0 none
    living = Column(places.LIVING)  # what the person was living through at the first miss, bits as in `spells`
    began = Column(places.BEGAN)  # month of the first missed bill; it may have been paid since, and later ones missed
    service = Column(places.SERVICE)  # debts elsewhere and the next bills of all own accounts then, cents a month
    COLUMNS = (
        *("overdue", "interest", "penalty", "fees", "streak", "strained"),
        *("buffer", "cost", "tried", "contact", "listed", "called", "living"),
        *("began", "service"),
    )

    def __init__(self, depth: int, causes: int = 0) -> None:
        self.depth = depth  # how many unpaid bills can stand open before the last is added to (beyond charge-off)
        self.rows: Rows = np.empty(0, np.intp)
        self.table = np.zeros((places.UNPAID + depth + causes, 0), np.int64)

    @property
    def table(self) -> npt.NDArray[np.int64]:
        """The table: one row a quantity, one column an account; shape (quantities, accounts)."""
        return self.held[:, : self.count]

    @table.setter
    def table(self, table: npt.NDArray[np.int64]) -> None:
        self.held: npt.NDArray[np.int64] = np.ascontiguousarray(table)  # with room for more accounts behind
        self.count = int(table.shape[1])

    @property
    def unpaid(self) -> npt.NDArray[np.int64]:
        """Cents unpaid of the bill of each month, by month modulo depth; shape (depth, accounts)."""
        return self.table[places.UNPAID : places.UNPAID + self.depth]

    @property
    def chain(self) -> npt.NDArray[np.int64]:
        """The month in which each cause last struck before the first missed bill; shape (causes, accounts)."""
        return self.table[places.UNPAID + self.depth :]

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
        settle(self.held, self.count, month, self.depth, paid)

    def missed(self, month: int) -> npt.NDArray[np.int8]:
        """For how many due dates, that of `month` the last, something has been unpaid: the age of the oldest bill.

        Not a count of bills: where everything owed is overdue already, a month passes without a new bill.
        """
        found: npt.NDArray[np.int8] = chosen().missed(self.held, self.count, month, self.depth)
        return found

    def freeze(self, which: npt.NDArray[np.bool_]) -> None:
        """A month passes for these without their unpaid bills growing older (a holiday, a moratorium)."""
        self.unpaid[:, which] = np.roll(self.unpaid[:, which], 1, axis=0)

    def forgive(self, which: npt.NDArray[np.bool_]) -> None:
        """These owe nothing overdue any more: their accounts are set back to current."""
        self.unpaid[:, which] = 0
        self.table[places.OVERDUE, which] = 0

    def keep(self, kept: npt.NDArray[np.bool_]) -> None:
        """Only these remain in arrears."""
        if kept.all():
            return
        self.rows = self.rows[kept]
        self.count = chosen().keep(self.held, kept)

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
        service = person.outside[rows]
        for accounts in person.accounts.values():
            service += accounts.due[rows]
        whole = self.count + rows.size
        if whole > self.held.shape[1]:
            room = np.zeros((self.held.shape[0], whole + whole // 2 + 16), np.int64)
            room[:, : self.count] = self.table
            self.held = room
        chosen().enter(
            *(self.held, self.count, rows, unpaid, interest, fees, person.savings, person.spells, service),
            *(person.struck, month, self.depth),
        )
        self.count = whole
        self.rows = np.concatenate([self.rows, rows])

    def copy(self) -> Arrears:
        """An independent copy."""
        twin = Arrears(self.depth)
        twin.rows, twin.table = self.rows.copy(), self.table.copy()
        return twin
