"""A ledger that writes a line for every amount on one borrower's accounts, and is otherwise the ledger."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.block import Accounts, Block
from simulator.draws import Rows
from simulator.ledger import Ledger
from simulator.money import Cents

OPENING = "opening balance"


@dataclass(frozen=True)
class Line:
    """One amount on one account: the day of the span, what it was, by how much the debt changed, and the debt then."""

    day: int
    product: str
    what: str
    amount: int  # cents; what the borrower owes more is positive
    balance: int  # cents, after it


@dataclass
class LinedLedger(Ledger):
    """The ledger of a run, with the lines of one borrower.

    The lines are what the ledger did to the balance; that nothing else touched it is seen from their sum.
    """

    borrower: int = -1
    day: int = 0
    lines: list[Line] = field(default_factory=list)

    @classmethod
    def taking_over(cls, ledger: Ledger, borrower: int) -> LinedLedger:
        """The same books, kept on from here."""
        own = cls(ledger.products, ledger.segments, ledger.months, borrower)
        for name, value in vars(ledger).items():
            setattr(own, name, copy.copy(value))
        return own

    def open(self, product: str, balance: int) -> None:
        """What was owed when the lines begin."""
        if balance:
            self.lines.append(Line(self.day, product, OPENING, balance, balance))

    @contextmanager
    def _line(self, product: str, what: str, block: Block, accounts: Accounts) -> Iterator[None]:
        row = row_of(block, self.borrower)
        before = 0 if row is None else int(accounts.balance[row])
        yield
        if row is not None and (after := int(accounts.balance[row])) != before:
            self.lines.append(Line(self.day, product, what, after - before, after))

    def charge(
        self, product: str, what: str, block: Block, accounts: Accounts, amount: Cents, rows: Rows | None = None
    ) -> None:
        """As the ledger does."""
        with self._line(product, what, block, accounts):
            super().charge(product, what, block, accounts, amount, rows)

    def receive(self, product: str, block: Block, accounts: Accounts, amount: Cents) -> None:
        """As the ledger does."""
        with self._line(product, "paid", block, accounts):
            super().receive(product, block, accounts, amount)

    def refinance(self, product: str, block: Block, accounts: Accounts, rows: Rows) -> Cents:
        """As the ledger does."""
        with self._line(product, "repaid early", block, accounts):
            return super().refinance(product, block, accounts, rows)

    def advance(self, product: str, block: Block, accounts: Accounts, amount: Cents, rows: Rows) -> None:
        """As the ledger does."""
        with self._line(product, "cash drawn", block, accounts):
            super().advance(product, block, accounts, amount, rows)

    def charge_off(self, product: str, block: Block, accounts: Accounts, rows: Rows) -> Cents:
        """As the ledger does."""
        with self._line(product, "charged off", block, accounts):
            return super().charge_off(product, block, accounts, rows)

    def write_down(self, product: str, block: Block, accounts: Accounts, amount: Cents, rows: Rows) -> None:
        """As the ledger does."""
        with self._line(product, "written down", block, accounts):
            super().write_down(product, block, accounts, amount, rows)

    def sell(self, product: str, block: Block, accounts: Accounts, price: Cents, rows: Rows) -> None:
        """As the ledger does."""
        with self._line(product, "sold", block, accounts):
            super().sell(product, block, accounts, price, rows)


def row_of(block: Block, borrower: int) -> int | None:
    """Where a borrower stands in a block now; None where they do not. Rows are reused, so this is asked each time."""
    found: Any = np.flatnonzero(block.id == borrower)
    return int(found[0]) if borrower >= 0 and found.size else None
