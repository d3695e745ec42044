"""The ledger: the only file that moves money, in whole cents, and proves it at every month close.

For each product and month: opening + lent + purchases + interest + penalty + fees
- paid - charged off - written down - sold = closing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts, Block
from simulator.draws import Rows
from simulator.errors import IdentityError
from simulator.kernels import chosen
from simulator.money import Cents

IN = ("lent", "purchases", "interest", "penalty", "fees")
OUT = ("paid", "charged_off", "written_down", "sold")
FLOWS = IN + OUT
MEASURES = (*FLOWS, "billed", "repaid_early")


@dataclass
class Month:
    """What one product did in one month, in cents, by reporting segment; shape (segments,) each."""

    flows: dict[str, Cents]

    @classmethod
    def blank(cls, segments: int) -> Month:
        """A month in which nothing has happened yet."""
        return cls({name: np.zeros(segments, np.int64) for name in MEASURES})


@dataclass
class Ledger:
    """Moves cents between borrowers and the lender and keeps the month's tally by product and segment."""

    products: tuple[str, ...]
    segments: int
    months: int
    opening: dict[str, Cents] = field(init=False)
    tally: dict[str, Month] = field(init=False)
    expected: dict[str, Cents] = field(init=False)  # (months + 1, segments)
    coming: dict[str, Cents] = field(init=False)  # (segments,) of this month's charge-offs

    def __post_init__(self) -> None:
        self.tally = {product: Month.blank(self.segments) for product in self.products}
        shape = (self.months + 1, self.segments)
        self.expected = {product: np.zeros(shape, np.int64) for product in self.products}
        self.coming = {product: np.zeros(self.segments, np.int64) for product in self.products}
        self.opening = {product: np.zeros(self.segments, np.int64) for product in self.products}

    def begin(self, product: str, block: Block) -> None:
        """Take over the balances of a block at the start of a run."""
        balance = block.accounts[product].balance
        codes = np.zeros(block.size, np.intp) if self.segments == 1 else block.segment
        self.opening[product] += np.bincount(codes, weights=balance, minlength=self.segments).astype(np.int64)

    def note(self, product: str, what: str, block: Block, amount: Cents, rows: Rows | None = None) -> None:
        """Count an amount under a name, by the holders' segments."""
        sums = self.tally[product].flows[what]
        if rows is None:
            chosen().add_up(sums, block.segment, amount)
        else:
            chosen().add_up_of(sums, block.segment, amount, rows)

    def charge(
        self,
        product: str,
        what: str,
        block: Block,
        accounts: Accounts,
        amount: Cents,
        rows: Rows | None = None,
    ) -> None:
        """The borrower owes more: money lent, purchases, interest, a penalty or a fee."""
        sums = self.tally[product].flows[what]
        if rows is None:
            chosen().charge(sums, block.segment, accounts.balance, amount)
        else:
            chosen().charge_some(sums, block.segment, accounts.balance, amount, rows)

    def receive(self, product: str, block: Block, accounts: Accounts, amount: Cents) -> None:
        """The borrower pays out of savings: the debt falls by what the household hands over. Dense, one per row."""
        sums = self.tally[product].flows["paid"]
        chosen().receive(sums, block.segment, accounts.balance, block.savings, amount)

    def refinance(self, product: str, block: Block, accounts: Accounts, rows: Rows) -> Cents:
        """Another lender repays these accounts in full; returns what was repaid."""
        amount = accounts.balance[rows].copy()
        accounts.balance[rows] -= amount
        self.note(product, "paid", block, amount, rows)
        self.note(product, "repaid_early", block, amount, rows)
        return amount

    def advance(self, product: str, block: Block, accounts: Accounts, amount: Cents, rows: Rows) -> None:
        """Cash drawn on an open line: debt and savings rise alike."""
        accounts.balance[rows] += amount
        block.savings[rows] += amount
        self.note(product, "purchases", block, amount, rows)

    def charge_off(self, product: str, block: Block, accounts: Accounts, rows: Rows) -> Cents:
        """Write off all that these accounts owe; returns the amounts."""
        amount = accounts.balance[rows].copy()
        accounts.balance[rows] = 0
        self.note(product, "charged_off", block, amount, rows)
        return amount

    def write_down(self, product: str, block: Block, accounts: Accounts, amount: Cents, rows: Rows) -> None:
        """Waive a part of what these accounts owe, by agreement; `amount` cents each, at most the balance."""
        accounts.balance[rows] -= amount
        self.note(product, "written_down", block, amount, rows)

    def sell(self, product: str, block: Block, accounts: Accounts, price: Cents, rows: Rows) -> None:
        """A buyer pays this price for the debts; what is left of them is to be charged off at once."""
        accounts.balance[rows] -= price
        self.note(product, "sold", block, price, rows)

    def expect(self, product: str, block: Block, rows: Rows, amount: Cents) -> None:
        """Recoveries of charged-off debt, by segment; they are spread over the months to come when the month closes."""
        codes = np.zeros(rows.size, np.intp) if self.segments == 1 else block.segment[rows]
        self.coming[product] += np.bincount(codes, weights=amount, minlength=self.segments).astype(np.int64)

    def spread_recoveries(self, product: str, month: int, curve: npt.NDArray[np.float64]) -> Cents:
        """Spread what is to come back of this month's charge-offs; returns what comes back in this month itself.

        Each cent falls in one month: the rise of the rounded running share. `month` counts from the start of the
        run; what lies beyond the last month is kept in the last row. Shape (segments,).
        """
        coming, expected = self.coming[product], self.expected[product]
        if coming.any():
            running = np.cumsum(curve) / curve.sum()
            edges = np.rint(running[:, None] * coming[None, :]).astype(np.int64)
            parts = np.diff(edges, axis=0, prepend=0)
            inside = min(parts.shape[0], self.months - month - 1)
            expected[month + 1 : month + 1 + inside] += parts[:inside]
            expected[self.months] += parts[inside:].sum(axis=0)
            self.coming[product] = np.zeros(self.segments, np.int64)
        return np.asarray(expected[month])

    def close(self, product: str, balance: int, when: str) -> tuple[Month, Cents]:
        """Close a product's month: prove the identity, hand over the tally and the closing balance by segment.

        Raises IdentityError, which fails the run, if opening + in - out is not what the accounts hold.
        """
        month = self.tally[product]
        opening = self.opening[product]
        closing = opening.copy()
        for name in IN:
            closing += month.flows[name]
        for name in OUT:
            closing -= month.flows[name]
        if int(closing.sum()) != balance:
            raise IdentityError(
                f"{product}, {when}: opening {int(opening.sum())} + in - out is {int(closing.sum())} cents, "
                f"but the accounts hold {balance}; the run is void"
            )
        self.opening[product] = closing
        self.tally[product] = Month.blank(self.segments)
        return month, closing
