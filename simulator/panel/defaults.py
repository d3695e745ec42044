"""What is written down of each default when it happens: a row of whole numbers, in one compact table for the run."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.block import NEVER, Accounts, Block
from simulator.draws import Rows
from simulator.kernels import chosen
from simulator.money import Cents

Whole = npt.NDArray[np.int64]

FIELDS = (
    "borrower",
    "product",  # its place among the products of the panel
    "month",  # of the default
    "opened",  # month
    "segment",
    "bankrupt",  # 1 if written off at once: bankruptcy, death or settlement
    "began",  # month of the first missed bill; NEVER if none was missed
    "oldest",  # month of the oldest bill unpaid at the default; NEVER as above
    "balance",  # cents
    "cost",  # penalty and late fees charged since the first missed bill, cents
    "buffer",  # savings at the first missed bill, cents
    "strained",  # 1 if the money failed to reach at some time since
    "living",  # bits of `spells` at the first missed bill
    "living_now",  # the same at the default
    "tried",  # bits of what the lender has tried since
    "service",  # debts elsewhere and the next bills at the first missed bill, cents a month
    "income",  # usual, cents a month
    "essential",
    "floating",  # what of all debts here moves with the policy rate, cents
    "literacy",  # 255ths
    "traits",  # bits
)


@dataclass
class Defaults:
    """The defaults of the span, as they come: FIELDS, then for each cause the month it last struck before the first
    missed bill, then for each cause the month it last struck at all."""

    causes: tuple[str, ...] = ()
    parts: list[Whole] = field(default_factory=list)

    def note(
        self,
        product: int,
        month: int,
        block: Block,
        accounts: Accounts,
        rows: Rows,
        *,
        floating: Cents | int = 0,
        interest: Cents | int = 0,
        bankrupt: bool = False,
    ) -> None:
        """Write down the defaults of these rows, before their accounts are closed.

        `floating` is what of their debts floats, `interest` what a bill asks for beside the account's `due`; cents.
        """
        if not rows.size:
            return
        self.causes = block.causes
        table: Whole = np.zeros((len(FIELDS) + 2 * len(self.causes), rows.size), np.int64)
        put = dict(zip(FIELDS, table, strict=False))
        put["borrower"][:], put["product"][:], put["month"][:] = block.id[rows], product, month
        put["opened"][:], put["segment"][:], put["bankrupt"][:] = accounts.opened[rows], block.segment[rows], bankrupt
        put["balance"][:], put["income"][:] = accounts.balance[rows], block.income[rows]
        put["essential"][:], put["floating"][:] = block.essential[rows], floating
        put["living_now"][:], put["literacy"][:] = block.spells[rows], block.literacy[rows]
        put["traits"][:] = block.traits[rows]
        self._since_the_first_miss(put, table, month, block, accounts, rows)
        put["service"] += interest
        self.parts.append(table)

    def _since_the_first_miss(
        self, put: dict[str, Whole], table: Whole, month: int, block: Block, accounts: Accounts, rows: Rows
    ) -> None:
        """From the table of arrears; of those who have missed nothing, how they stand now."""
        arrears, chain = accounts.arrears, table[len(FIELDS) : len(FIELDS) + len(self.causes)]
        chain[:] = table[len(FIELDS) + len(self.causes) :] = block.struck[:, rows]
        put["began"][:] = put["oldest"][:] = NEVER
        put["buffer"][:], put["living"][:] = block.savings[rows], block.spells[rows]
        put["service"][:] = block.outside[rows] + sum(each.due[rows] for each in block.accounts.values())
        put["strained"][:] = 1
        place = chosen().places_of(arrears.rows, rows, block.size)
        behind = np.flatnonzero(place >= 0)
        at = place[behind]
        for name in ("began", "cost", "buffer", "strained", "living", "tried", "service"):
            put[name][behind] = getattr(arrears, name)[at]
        chain[:, behind] = arrears.chain[:, at]
        missed = accounts.missed[rows[behind]].astype(np.int64)
        put["oldest"][behind] = np.where(missed > 0, month - missed + 1, NEVER)

    def table(self) -> dict[str, Whole]:
        """All that was written down, by field; `before` and `last` by cause, shape (causes, defaults)."""
        whole = (
            np.concatenate(self.parts, axis=1) if self.parts else np.zeros((len(FIELDS) + 2 * len(self.causes), 0), int)
        )
        found = dict(zip(FIELDS, whole, strict=False))
        end = len(FIELDS) + len(self.causes)
        return {**found, "before": whole[len(FIELDS) : end], "last": whole[end:]}
