"""Watching one borrower: what each month brought, asked, was paid and left, as it stood in the block at the time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.arrears import TRIED_FIELD, TRIED_PROMISE, TRIED_REMINDER
from simulator.behaviour import Answer
from simulator.block import CHARGED_OFF, NEVER, NONE, OPEN, Accounts, Block
from simulator.book import Book
from simulator.clock import Clock
from simulator.cycle import Bill, Cycle
from simulator.trace.lines import LinedLedger, row_of

SURPRISE = "surprise"  # bills that were higher than understood, and like a blow
CONTACTS = ("not reached", "spoken to", "promised, and will keep it", "spoken to harshly")
TRIED = (
    (TRIED_REMINDER, "reminder sent"),
    (TRIED_FIELD, "visit or court letter"),
)


@dataclass
class Debt:
    """One account in one month; cents."""

    asked: int = 0  # to owe nothing overdue
    current: int = 0  # this month's bill alone
    paid: int = 0
    balance: int = 0  # at the month's end
    overdue: int = 0
    days_late: int = 0  # at the month's end, or when it was written off
    missed: int = 0  # due dates since the oldest unpaid bill
    status: int = int(NONE)
    defaulted: bool = False
    relief: int = 0  # number of the policy that gives relief


@dataclass
class Contact:
    """What the lender did towards a borrower behind: the day, on which product, and what came of it."""

    day: int
    product: str
    what: str


@dataclass
class Month:
    """One month of the borrower; cents."""

    month: int
    day: int  # the due day
    income: int = 0  # usual, at today's wages
    received: int = 0  # what of it was received in the cycle
    essential: int = 0  # at today's prices
    blows: dict[str, int] = field(default_factory=dict)  # what each shock took in the cycle; 0 where it only struck
    struck: tuple[str, ...] = ()  # what struck anew
    given: int = 0  # by policies
    before: int = 0  # savings on the morning of the due day
    savings: int = 0  # after the payments
    spells: int = 0  # bits
    score: int = 0
    out_since: int = 0  # day the job was lost, where out of work
    short: bool = False  # the cash did not reach
    here: bool = True  # at the month's end
    debts: dict[str, Debt] = field(default_factory=dict)


@dataclass
class Watch:
    """An observer of the engine that writes down one borrower's months; `close` is to be called at each month's end."""

    borrower: int
    book: Book
    ledger: LinedLedger
    clock: Clock
    months: dict[int, Month] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    first: Month | None = None  # how things stood when the watch began
    struck_before: dict[str, int] = field(default_factory=dict)  # cause: month in which it last struck before that
    _change: int = 0
    _savings: int = 0
    _called: dict[str, tuple[int, int]] = field(default_factory=dict)

    def begin(self, month: int) -> None:
        """Take down what stands before the first month watched."""
        self.today(self.clock.month_start(month))
        block, row = self._place()
        for name, accounts in block.accounts.items():
            if row is not None:
                self.ledger.open(name, int(accounts.balance[row]))
        if row is not None:
            struck = zip(block.causes, block.struck[:, row].tolist(), strict=True)
            self.struck_before = {name: when for name, when in struck if when != NEVER}
            self.first = self._stand(block, row, Month(month - 1, self.clock.due_day(month - 1, block.due_day)))

    def today(self, day: int) -> None:
        """The day of what the ledger writes next."""
        self.ledger.day = day

    def befell(self, what: str, block: Block, cycle: Cycle) -> None:
        """How the month's cash changed, cause by cause."""
        self.ledger.day = cycle.day
        row = row_of(block, self.borrower)
        if row is None:
            return
        change, savings = int(cycle.change[row]), int(block.savings[row])
        if what == "prices":
            self._new_month(block, row, cycle)
            self._change, self._savings = change, savings
            return
        month, moved = self.months[cycle.month], change - self._change
        if what == "pay":
            month.received += moved
        elif what == "policies":
            month.given = moved + savings - self._savings
            month.before = savings
            struck = block.struck[:, row] == cycle.month
            month.struck = tuple(name for name, hit in zip(block.causes, struck, strict=True) if hit)
        elif moved:
            month.blows[SURPRISE if what == "habits" else what] = -moved
        self._change, self._savings = change, savings

    def _new_month(self, block: Block, row: int, cycle: Cycle) -> None:
        usual, essential = int(block.income[row]), int(block.essential[row])
        income = round(usual * cycle.weather.wages)
        self.months[cycle.month] = Month(
            cycle.month,
            cycle.day,
            income=income,
            received=income,
            essential=round(essential * cycle.weather.prices),
        )

    def billed(self, block: Block, cycle: Cycle, bills: dict[str, Bill]) -> None:
        """What is asked for, and what the desk has done since."""
        row = row_of(block, self.borrower)
        if row is None:
            return
        for name, bill in bills.items():
            account = block.accounts[name]
            if account.status[row] == OPEN:
                debt = Debt(int(bill.due[row]), int(bill.current[row]), status=int(OPEN))
                self.months[cycle.month].debts[name] = debt
            self._look_at_desk(name, account, row, cycle.day)

    def answered(self, block: Block, cycle: Cycle, bills: dict[str, Bill], reply: Answer) -> None:
        """What was paid, and what is left in hand."""
        row = row_of(block, self.borrower)
        if row is None:
            return
        month = self.months[cycle.month]
        month.short = row in reply.short
        for name, debt in month.debts.items():
            debt.paid = int(reply.paid[name][row])
        self._stand(block, row, month)

    def close(self, month: int) -> None:
        """The month's end."""
        block, row = self._place()
        now = self.months.get(month)
        if now is None:
            return
        if row is None:
            now.here = False
            for name, debt in now.debts.items():
                debt.balance = debt.overdue = 0
                debt.status = int(CHARGED_OFF) if self._written_off(name) else int(NONE)
            return
        self._stand(block, row, now)
        day = self.clock.month_end(month)
        for name, accounts in block.accounts.items():
            self._look_at_desk(name, accounts, row, day)

    def _written_off(self, product: str) -> bool:
        lines = [line for line in self.ledger.lines if line.product == product]
        return bool(lines) and lines[-1].what == "charged off"

    def _stand(self, block: Block, row: int, month: Month) -> Month:
        """How person and accounts stand now."""
        month.savings, month.spells = int(block.savings[row]), int(block.spells[row])
        month.score = int(block.score[row]) - int(block.lost[row])
        month.out_since = int(block.out_since[row])
        for name, accounts in block.accounts.items():
            status = int(accounts.status[row])
            if status != NONE or name in month.debts:
                self._stand_of(accounts, row, block.due_day, month.month, month.debts.setdefault(name, Debt()))
        return month

    def _stand_of(self, accounts: Accounts, row: int, due_day: int, month: int, debt: Debt) -> None:
        debt.status, debt.balance = int(accounts.status[row]), int(accounts.balance[row])
        if debt.status == CHARGED_OFF:
            debt.overdue, debt.defaulted = 0, True
            return  # days late stay as they were when it was written off
        debt.missed = int(accounts.missed[row])
        debt.days_late = self.clock.days_late(month, due_day, debt.missed)
        debt.defaulted = bool(accounts.default[row])
        place = (accounts.arrears.rows == row).nonzero()[0]
        debt.overdue = int(accounts.arrears.overdue[place[0]]) if place.size else 0
        helped = accounts.relievable and accounts.relief[row] != 0 and accounts.relief_until[row] > month
        debt.relief = int(accounts.relief[row]) if helped else 0

    def _look_at_desk(self, name: str, accounts: Accounts, row: int, day: int) -> None:
        """The last call of the desk and what else was tried, where they are new since the last look."""
        place = (accounts.arrears.rows == row).nonzero()[0]
        if not place.size:
            self._called.pop(name, None)
            return
        arrears, at = accounts.arrears, int(place[0])
        called, tried = int(arrears.called[at]), int(arrears.tried[at])
        before = self._called.get(name, (0, 0))
        if called and called != before[0]:
            when = called - 1 + self.clock.month_start(-self.clock.warm_up)
            promised = tried & TRIED_PROMISE and not before[1] & TRIED_PROMISE
            words = "promised" if promised and arrears.contact[at] <= 1 else CONTACTS[int(arrears.contact[at])]
            self.contacts.append(Contact(when, name, f"call: {words}"))
        for bit, words in TRIED:
            if tried & bit and not before[1] & bit:
                self.contacts.append(Contact(day, name, words))
        self._called[name] = (called, tried)

    def _place(self) -> tuple[Block, int | None]:
        """The borrower's block and row in it now."""
        block = self.book.blocks[int(self.book.block_of(np.array([self.borrower]))[0])]
        return block, row_of(block, self.borrower)
