"""What every product is: what is owed, when it is overdue, what lateness costs, when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts, Block
from simulator.cycle import Bill, Cycle
from simulator.draws import Draws, Floats, Rows
from simulator.kernels.plain.late import dear, late_fees
from simulator.ledger import Ledger
from simulator.money import Cents, rounded
from simulator.params import Frozen, param
from simulator.population import People


class Recoveries(Frozen):
    """What comes back after charge-off, and when."""

    share: float = param(
        0.17,
        "share of the charged-off debt recovered in the end",
        unit="share",
        source="FACTS us.recovery.share_gross_chargeoff .22 (.11 to .32)",
        ge=0,
        le=1,
    )
    mean_months: float = param(
        14.0, "mean delay", unit="months", source="a guess: about a year after charge-off", gt=0, le=120
    )
    last_month: int = param(48, "nothing comes later", unit="months", source="a guess", ge=1, le=240)

    def curve(self) -> Floats:
        """Weights by month after charge-off: a gamma shape of order 2 with the given mean, cut at the last month."""
        month = np.arange(1, self.last_month + 1, dtype=np.float64)
        return month * np.exp(-2.0 * month / self.mean_months)


@dataclass(frozen=True)
class Opening:
    """Who opens accounts, when, and in what world."""

    people: People
    month: int
    day: int
    mixed: npt.NDArray[np.uint64]
    draws: Draws
    wages: float = 1.0
    out_of_work: npt.NDArray[np.bool_] | None = None  # who of them has no job; None where it is not asked


class Product(Frozen):
    """A way of lending. Money moves only through the ledger; a product says how much and when."""

    columns: ClassVar[tuple[str, ...]]
    own: ClassVar[dict[str, type[np.generic]]] = {}  # columns kept of each person where accounts are reviewed
    kind: str
    share: float = param(1.0, "share of borrowers who want it", unit="share", source="the lender's own mix", ge=0, le=1)
    default_days: int = param(
        90,
        "days past due at which an account is in default",
        unit="days",
        source="FACTS ifrs9.default_dpd",
        ge=1,
        le=720,
    )
    charge_off_days: int = param(180, "days past due at which the debt is written off", unit="days", ge=1, le=720)
    penalty_multiple: float = param(1.0, "interest on overdue amounts as a multiple of the contract rate", ge=1, le=5)
    legal_cap: float | None = param(
        None,
        "most that interest, penalty and fees together may cost on overdue amounts",
        unit="share per year",
        ge=0,
        le=10,
    )
    late_fee: float = param(0.0, "fee for a missed bill", unit="currency", ge=0)
    late_fee_share: float = param(0.0, "fee for a missed bill, as a share of what was missed", unit="share", ge=0, le=1)
    floating: float = param(
        0.0, "how much of a change of the policy rate the contract rate follows", unit="share", ge=0, le=2
    )
    recoveries: Recoveries = param(Recoveries(), "what comes back after charge-off")
    leaving: float = param(
        0.0, "share of good accounts repaid early or closed in a year", unit="share per year", ge=0, le=1
    )

    @property
    def reviewed(self) -> bool:
        """Whether terms of accounts follow the score after their opening."""
        return getattr(self, "review_months", 0) > 0

    def review(self, name: str, block: Block, month: int) -> None:
        """What a month's end changes in the terms of accounts, given what the bureau has come to know: nothing."""

    @property
    def depth(self) -> int:
        """How many unpaid bills can stand side by side before charge-off."""
        return self.charge_off_days // 28 + 2

    def open(self, opening: Opening) -> Accounts:
        """New accounts for these people, one each; on the opening day nothing is yet charged."""
        raise NotImplementedError

    def season(self, accounts: Accounts, opening: Opening) -> None:
        """Put accounts somewhere in the middle of their life, for the book a run begins with."""
        raise NotImplementedError

    def bill(self, name: str, block: Block, accounts: Accounts, cycle: Cycle, ledger: Ledger) -> Bill:
        """State what is due on this due day."""
        raise NotImplementedError

    def settle(
        self,
        name: str,
        block: Block,
        accounts: Accounts,
        bill: Bill,
        paid: Cents,
        cycle: Cycle,
        ledger: Ledger,
    ) -> None:
        """Apply what was paid; what is left unpaid goes into arrears."""
        raise NotImplementedError

    def reschedule(self, accounts: Accounts, rows: Rows) -> None:
        """Set the bill anew after the rate or the term was changed by agreement; a card does so every month."""

    def rate_now(self, cycle: Cycle) -> float:
        """What the policy rate adds to contract rates in this cycle, share a year."""
        return self.floating * cycle.weather.policy_rate

    def penalty_on(self, arrears: Cents, principal: Cents, rate: Floats) -> Cents:
        """Penalty of one month on overdue amounts, above the contract interest already charged on the principal.

        The overdue bears rate x multiple, at most the legal cap; unpaid interest bears it in full.
        """
        return rounded((self.dear(rate) * arrears - rate * principal) / 12.0)

    def dear(self, rate: Floats) -> Floats:
        """What overdue amounts bear, share a year: the contract rate times its multiple, within the legal cap."""
        return dear(rate, self.penalty_multiple, self.most_dear)

    @property
    def most_dear(self) -> float:
        """The legal cap on what overdue amounts bear, share a year; infinite where there is none."""
        return float("inf") if self.legal_cap is None else float(self.legal_cap)

    def late_fees(self, missed: Cents, overdue: Cents, charged: Cents) -> Cents:
        """The fee for a missed bill: never more than what was missed, and within the legal cap where there is one.

        `overdue` is what is in arrears, `charged` what interest and penalty already cost on it in this month.
        """
        fees: Cents = late_fees(missed, overdue, charged, 100.0 * self.late_fee, self.late_fee_share, self.most_dear)
        return fees


def good_leavers(name: str, product: Product, block: Block, accounts: Accounts, behind: Rows, cycle: Cycle) -> Rows:
    """Good accounts that are repaid early or closed in this cycle: open, and not among those `behind`."""
    chance = 1.0 - (1.0 - product.leaving) ** (1.0 / 12.0)
    rows, _ = cycle.draws.hits(f"{name}.leave", cycle.day, block.mixed, chance)
    if not rows.size:
        return rows
    late = np.zeros(block.size, np.bool_)
    late[behind] = True
    return np.asarray(rows[(accounts.status[rows] == 1) & ~late[rows]])
