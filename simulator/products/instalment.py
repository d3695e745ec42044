"""The instalment loan: a sum lent once, repaid month by month."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from simulator.block import OPEN, Accounts, Block
from simulator.cycle import Bill, Cycle
from simulator.draws import Floats, Rows
from simulator.kernels import chosen
from simulator.ledger import Ledger
from simulator.money import FINE, Cents, rounded
from simulator.params import param
from simulator.products.base import (
    Opening,
    Product,
    good_leavers,
)
from simulator.products.relief import asked, ended, held, meant, on_holiday, relieved

Part = Literal["fees", "penalty", "interest", "principal"]
PARTS: tuple[Part, ...] = ("fees", "penalty", "interest", "principal")
NOBODY = np.empty(0, np.bool_)


def instalment_of(amount: Floats | Cents, rate: Floats, months: npt.NDArray[np.int64]) -> Cents:
    """The equal monthly instalment, whole cents: amount x i / (1 - (1 + i)^-n), i = rate / 12."""
    monthly = np.asarray(rate, dtype=np.float64) / 12.0
    growth = (1.0 + monthly) ** -np.asarray(months, dtype=np.float64)
    factor = np.where(
        monthly > 0,
        monthly / np.where(monthly > 0, 1.0 - growth, 1.0),
        1.0 / np.asarray(months, dtype=np.float64),
    )
    return rounded(np.asarray(amount, dtype=np.float64) * factor)


class Instalment(Product):
    """A cash loan in equal instalments (or equal principal, or interest only with the principal at the end)."""

    columns: ClassVar[tuple[str, ...]] = (
        "status",
        "balance",
        "rate",
        "due",
        "limit",
        "remaining",
        "opened",
        "missed",
        "bucket",
        "default",
        "reaged",
    )
    kind: Literal["instalment"] = "instalment"
    method: Literal["equal_instalments", "equal_principal", "interest_only"] = param(
        "equal_instalments",
        "how it is repaid: equal instalments, equal principal, or interest only and the principal at the end",
    )
    terms: dict[int, float] = param(
        {36: 0.7, 60: 0.3},
        "months to repay, with their weights",
        unit="months",
        source="a guess: US personal loans",
    )
    rate: float = param(
        0.145,
        "contract rate at the middle score",
        unit="share per year",
        source="FACTS us.ploan.apr_good",
        ge=0,
        le=3,
    )
    rate_per_100_points: float = param(
        0.06,
        "dearer for each 100 points of score below the middle",
        unit="share per year",
        source="FACTS us.price.apr_step_per_score_band (3 to 11 points)",
        ge=0,
        le=1,
    )
    middle_score: int = param(
        690, "score at which the middle rate holds", source="FACTS us.ploan.apr_good (690-719)", ge=0, le=1000
    )
    least_rate: float = param(0.06, "lowest rate", unit="share per year", source="a guess", ge=0, le=3)
    most_rate: float = param(
        0.36,
        "highest rate",
        unit="share per year",
        source="FACTS us.ploan.apr_poor (upper bound)",
        ge=0,
        le=3,
    )
    amount: float = param(1.0, "amount lent as a multiple of what is wanted", ge=0, le=10)
    smallest: float = param(1000.0, "smallest loan", unit="currency", source="a guess", ge=0)
    largest: float = param(50000.0, "largest loan", unit="currency", source="a guess", gt=0)
    waterfall: tuple[Part, Part, Part, Part] = param(
        ("fees", "penalty", "interest", "principal"),
        "order in which a payment is applied",
        source="a guess: the usual contract",
    )
    most_payment: float | None = param(
        None,
        "instalment at most this share of income; a larger loan is cut",
        unit="share of income",
        gt=0,
        le=1,
    )
    charge_off_days: int = param(
        120,
        "days past due at which the debt is written off",
        unit="days",
        source="FACTS us.ffiec.chargeoff_closed_dpd",
        ge=1,
        le=720,
    )
    again: float = param(
        0.0,
        "chance a month that one who repaid, and owes nothing overdue, comes back for another loan within a quarter",
        unit="share per month",
        source="none unless the scenario says so; FACTS cn.platform.repeat_volume_share .81 is where it leads",
        ge=0,
        le=1,
    )
    leaving: float = param(
        0.15,
        "share of good loans repaid early in a year",
        unit="share per year",
        source="a guess",
        ge=0,
        le=1,
    )

    @field_validator("waterfall")
    @classmethod
    def _each_once(cls, order: tuple[Part, Part, Part, Part]) -> tuple[Part, Part, Part, Part]:
        if len(set(order)) != len(order):
            raise PydanticCustomError("waterfall", "fees, penalty, interest and principal are wanted, each once")
        return order

    @field_validator("terms")
    @classmethod
    def _some_terms(cls, terms: dict[int, float]) -> dict[int, float]:
        if not terms or any(not 1 <= months <= 600 or weight <= 0 for months, weight in terms.items()):
            raise PydanticCustomError("terms", "months from 1 to 600 are wanted, each with a weight above 0")
        return terms

    def rates(self, score: npt.NDArray[np.int16]) -> Floats:
        """Risk-based price: the middle rate plus a step for each 100 points below the middle score."""
        dearer = self.rate + self.rate_per_100_points * (self.middle_score - score.astype(np.float64)) / 100.0
        return np.clip(dearer, self.least_rate, self.most_rate)

    def open(self, opening: Opening) -> Accounts:
        """New loans; the instalment is set so that the last one clears the loan."""
        people, size = opening.people, len(opening.people)
        accounts = Accounts(size, self.depth, self.columns)
        months = np.array(sorted(self.terms), dtype=np.int64)
        weights = np.array([self.terms[int(month)] for month in months], dtype=np.float64)
        luck = opening.draws.uniform("instalment.term", opening.day, opening.mixed)
        term = months[np.minimum(np.searchsorted(np.cumsum(weights / weights.sum()), luck), months.size - 1)]
        rate = self.rates(people.score)
        wanted = people.income * opening.wages * people.desired_loan * self.amount
        amount = rounded(np.clip(wanted, 100.0 * self.smallest * opening.wages, 100.0 * self.largest * opening.wages))
        if self.most_payment is not None:
            affordable = (
                people.income
                * opening.wages
                * self.most_payment
                / np.maximum(instalment_of(np.full(size, 1e9), rate, term) / 1e9, 1e-12)
            )
            amount = np.minimum(amount, rounded(affordable))
        accounts.status[:] = OPEN
        accounts.balance[:] = amount
        accounts.limit[:] = amount
        accounts.rate[:] = rate
        accounts.remaining[:] = term
        accounts.due[:] = self.first_due(amount, rate, term)
        accounts.opened[:] = opening.month
        return accounts

    def first_due(self, amount: Cents, rate: Floats, term: npt.NDArray[np.int64]) -> Cents:
        """What the schedule keeps: the equal instalment, the equal part of principal, or nothing (interest only)."""
        if self.method == "equal_instalments":
            return instalment_of(amount, rate, term)
        return rounded(amount / term) if self.method == "equal_principal" else np.zeros(amount.size, np.int64)

    def season(self, accounts: Accounts, opening: Opening) -> None:
        """Each loan as far along as if it had been opened on a day spread evenly over its term."""
        luck = opening.draws.uniform("instalment.season", opening.day, opening.mixed)
        term = accounts.remaining.astype(np.int64)
        gone = np.minimum(np.floor(luck * term).astype(np.int64), term - 1)
        monthly = accounts.rate / 12.0
        left = term - gone
        if self.method == "equal_instalments":
            worth = np.where(monthly > 0, (1.0 - (1.0 + monthly) ** -left) / np.where(monthly > 0, monthly, 1.0), left)
            balance = rounded(accounts.due * worth)
        elif self.method == "equal_principal":
            balance = accounts.limit - accounts.due * gone
        else:
            balance = accounts.limit.copy()
        accounts.balance[:] = np.clip(balance, 1, accounts.limit)
        accounts.remaining[:] = left
        accounts.opened[:] = opening.month - gone

    def bill(self, name: str, block: Block, accounts: Accounts, cycle: Cycle, ledger: Ledger) -> Bill:
        """Interest of the month on the principal, the instalment, and what is in arrears with its penalty."""
        self.reschedule(accounts, ended(accounts, cycle.month))
        helped = relieved(accounts, cycle.month)
        extra, arrears = float(self.rate_now(cycle)), accounts.arrears
        rows, held_table = arrears.rows, arrears.held
        interest, current = chosen().loan_bill(
            *(accounts.balance, accounts.rate, accounts.due, accounts.remaining, rows, held_table),
            *(extra, self.method == "equal_instalments"),
        )
        ledger.charge(name, "interest", block, accounts, interest)
        if rows.size:
            spared = held(accounts, helped, block.size) if helped.size else NOBODY
            penalty = chosen().loan_overdue(
                *(accounts.balance, accounts.rate, accounts.remaining, current, rows, held_table),
                *(extra, self.penalty_multiple, self.most_dear, spared),
            )
            ledger.charge(name, "penalty", block, accounts, penalty, rows)
        full = current
        if helped.size:
            current = current.copy()
            current[helped] = asked(accounts, full, helped)
        ledger.note(name, "billed", block, current)
        due = current
        if rows.size:
            due = chosen().with_arrears(current, rows, held_table)
        wanted = due
        if helped.size:  # on holiday nothing is asked, arrears neither; some go on paying in full
            due = due.copy()
            due[on_holiday(accounts, helped)] = 0
            wanted = due.copy()
            wanted[helped] += meant(accounts, full, helped)
        return Bill(due, wanted, current, interest)

    def reschedule(self, accounts: Accounts, rows: Rows) -> None:
        """The instalment is set anew, so that what is not yet billed is repaid in the months that are left."""
        rows = rows[(accounts.remaining[rows] > 0) & (accounts.status[rows] == OPEN)]
        if not rows.size or self.method == "interest_only":
            return
        unbilled = accounts.balance[rows]
        behind = accounts.arrears
        place = np.full(accounts.balance.size, -1, np.intp)
        place[behind.rows] = np.arange(behind.rows.size)
        at = place[rows]
        late = at >= 0
        unbilled[late] -= (behind.overdue + behind.penalty + behind.fees)[at[late]]
        accounts.due[rows] = self.first_due(unbilled, accounts.rate[rows], accounts.remaining[rows].astype(np.int64))

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
        """Payments by the contract's order; unpaid instalments age from their own due date."""
        ledger.receive(name, block, accounts, paid)
        accounts.remaining -= 1
        helped = relieved(accounts, cycle.month)
        if helped.size:  # the term moves by the months in which less than the instalment is asked
            accounts.remaining[helped[accounts.relief_due[helped] < 1 << FINE]] += 1
            accounts.arrears.freeze(held(accounts, helped, block.size))
        np.maximum(accounts.remaining, 0, out=accounts.remaining)
        before = accounts.arrears.rows
        fresh = chosen().unpaid(paid, bill.due, before)
        if accounts.arrears.rows.size:
            self._settle_arrears(name, block, accounts, bill, paid, cycle, ledger)
        if fresh.size:
            missed = bill.due[fresh] - paid[fresh]
            interest = np.minimum(bill.interest[fresh], bill.current[fresh])
            first = self.waterfall.index("interest") < self.waterfall.index("principal")
            interest = np.maximum(interest - paid[fresh], 0) if first else np.minimum(interest, missed)
            fees = self.late_fees(missed, missed, np.zeros_like(missed))
            ledger.charge(name, "fees", block, accounts, fees, fresh)
            accounts.arrears.add(fresh, cycle.month, missed, interest, fees, block)
            accounts.missed[fresh] = 1
        rows = good_leavers(name, self, block, accounts, np.concatenate([before, fresh]), cycle)
        if rows.size:
            ledger.refinance(name, block, accounts, rows)
        accounts.close(chosen().paid_off(accounts.balance, accounts.status))

    def _settle_arrears(
        self, name: str, block: Block, accounts: Accounts, bill: Bill, paid: Cents, cycle: Cycle, ledger: Ledger
    ) -> None:
        arrears = accounts.arrears
        order = np.array([PARTS.index(part) for part in self.waterfall])
        fees, kept = chosen().loan_settles(
            *(arrears.held, arrears.rows, paid, bill.interest, bill.current, accounts.rate, accounts.missed, order),
            *(cycle.month, arrears.depth, float(self.rate_now(cycle)), 100.0 * self.late_fee, self.late_fee_share),
            *(self.most_dear, self.penalty_multiple),
        )
        if self.late_fee or self.late_fee_share:
            ledger.charge(name, "fees", block, accounts, fees, arrears.rows)
        arrears.keep(kept)
