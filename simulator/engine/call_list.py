"""The desk's list of a morning: who is to be called, the worst first, over all blocks and products."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.arrears import TRIED_FIELD, TRIED_REMINDER
from simulator.block import Accounts, Block
from simulator.clock import Clock
from simulator.desk import Desk
from simulator.draws import Mixed, Rows, rows_where
from simulator.kernels import chosen
from simulator.kernels.plain.desk import on_holiday

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
NOT_LATE = 1 << 40  # a day that never comes
NO_RELIEF = (np.empty(0, np.int8), np.empty(0, np.int16), np.empty(0, np.int32))
LATE_BIT = 44  # a key holds the days late above this bit and the cents overdue below it


@dataclass
class Table:
    """The accounts in arrears of one product in one block, and how many days late they are this morning.

    Arrears change on a due day and at a month's end only, so most of what is known holds for many mornings.
    """

    block: Block
    accounts: Accounts
    rows: Rows = field(default_factory=lambda: np.empty(0, np.intp))  # of the morning
    since: Numbers = field(default_factory=lambda: np.empty(0, np.int64))  # day on which the oldest unpaid was due
    day: int = 0
    last: int | None = None  # month of the last bill
    ago: int = 0  # days since the last bill was due
    reminded: bool = False  # nobody is left to be reminded

    def morning(self, day: int, last: int, clock: Clock) -> None:
        """How many days late everybody is; `last` is the month of the last bill."""
        rows = self.accounts.arrears.rows
        if rows is not self.rows or last != self.last:
            bills = range(self.accounts.arrears.depth + 1)
            since = np.array([clock.due_day(last - missed + 1, self.block.due_day) for missed in bills])
            since[0] = NOT_LATE
            self.rows, self.last, self.since = rows, last, since[self.accounts.missed[rows]]
            self.reminded = False
        self.day, self.ago = day, day - clock.due_day(last, self.block.due_day)

    @property
    def late(self) -> Numbers:
        """How many days late everybody is this morning."""
        return self.days_late(slice(None))

    def days_late(self, places: Rows | slice) -> Numbers:
        """How many days late these places are."""
        return np.asarray(self.day - self.since[places])

    def remind(self, reminder: int) -> int:
        """Reminders to those late enough who have had none; returns how many."""
        if self.reminded:
            return 0
        self.reminded = self.ago >= reminder
        tried = self.accounts.arrears.tried
        never = rows_where((tried & TRIED_REMINDER) == 0)
        fresh = never[self.days_late(never) >= reminder]
        tried[fresh] |= TRIED_REMINDER
        return fresh.size

    def to_visit(self, first: int, month: int) -> Rows:
        """Places of those far behind, not spoken to since the last due day, whom nobody has visited yet."""
        arrears, accounts = self.accounts.arrears, self.accounts
        far = (self.late >= first) & (arrears.contact == 0) & ((arrears.tried & TRIED_FIELD) == 0)
        if accounts.relievable:
            far &= ~on_holiday(self.rows, month, accounts.relief, accounts.relief_until, accounts.relief_due)
        return rows_where(far)

    def to_call(self, desk: Desk, month: int, today: int) -> Rows:
        """Places of those to be called; who is on the list for the first time since the last call waits from today."""
        accounts, arrears = self.accounts, self.accounts.arrears
        helps = accounts.relievable
        relief = (accounts.relief, accounts.relief_until, accounts.relief_due) if helps else NO_RELIEF
        there: Rows = chosen().to_call(
            *(arrears.held, self.rows, self.since, self.day, desk.first_call, desk.pause, today, month, helps),
            *relief,
        )
        return there

    def keys(self, places: Rows) -> Numbers:
        """How bad they are: days late first, then what is overdue."""
        overdue = np.minimum(self.accounts.arrears.overdue[places], (1 << LATE_BIT) - 1)
        return np.asarray((self.days_late(places) << LATE_BIT) + overdue)

    def still_there(self, places: Rows) -> tuple[Rows, Flags]:
        """Where those of these places of the morning stand now, and which of them are still in arrears."""
        if self.accounts.arrears.rows is self.rows:
            return places, np.ones(places.size, np.bool_)
        rows = self.rows[places]
        place = np.full(self.block.size, -1, np.intp)
        place[self.accounts.arrears.rows] = np.arange(self.accounts.arrears.rows.size)
        at = place[rows]
        return at[at >= 0], at >= 0


@dataclass
class CallList:
    """Accounts in the order in which they are dealt with; arrays of equal length."""

    table: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    place: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    borrower: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    since: Numbers = field(default_factory=lambda: np.empty(0, np.int64))  # day of the run it came on the list
    mixed: Mixed = field(default_factory=lambda: np.empty(0, np.uint64))

    def __len__(self) -> int:
        return self.place.size

    def by_table(self, which: Rows) -> list[tuple[int, Rows]]:
        """Of these entries, each table's number with those that are its own."""
        if not which.size:
            return []
        order = which[np.argsort(self.table[which], kind="stable")]
        numbers, starts = np.unique(self.table[order], return_index=True)
        return list(zip(numbers.tolist(), np.split(order, starts[1:]), strict=True))


def worst(tables: list[Table], places: list[Rows], most: int) -> CallList:
    """The worst of these places of each table: by days late, then by what is overdue, then by the borrower's number."""
    places = _as_late_as_the_worst(tables, places, most)
    ends = np.cumsum([part.size for part in places])
    if most <= 0 or not ends.size or not ends[-1]:
        return CallList()
    key = np.concatenate([table.keys(part) for table, part in zip(tables, places, strict=True) if part.size])
    at = np.arange(key.size)
    if key.size > most:
        at = rows_where(key >= np.partition(key, key.size - most)[key.size - most])
    number = np.searchsorted(ends, at, side="right")
    parts = [(of, tables[of], at[number == of] - (ends[of] - places[of].size)) for of in np.unique(number).tolist()]
    chosen = [(of, table, places[of][part]) for of, table, part in parts]
    rows = [table.accounts.arrears.rows[place] for _, table, place in chosen]
    borrower = np.concatenate([table.block.id[row] for (_, table, _), row in zip(chosen, rows, strict=True)])
    order = np.lexsort((number, borrower, -key[at]))[:most]
    return CallList(
        number[order],
        np.concatenate([place for _, _, place in chosen])[order],
        borrower[order],
        np.concatenate([table.accounts.arrears.listed[place] for _, table, place in chosen])[order],
        np.concatenate([table.block.mixed[row] for (_, table, _), row in zip(chosen, rows, strict=True)])[order],
    )


def _as_late_as_the_worst(tables: list[Table], places: list[Rows], most: int) -> list[Rows]:
    """Those of these places that are so late that they may be among the worst: few, where many are late."""
    late = [table.days_late(part) for table, part in zip(tables, places, strict=True)]
    if sum(part.size for part in late) <= most:
        return places
    at_least = np.cumsum(np.bincount(np.concatenate(late))[::-1])[::-1]
    least = int(np.count_nonzero(at_least >= most)) - 1
    return [part[days >= least] for part, days in zip(places, late, strict=True)]
