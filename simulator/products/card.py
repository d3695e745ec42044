"""The credit card: a line drawn and repaid at will, with a statement and a minimum payment every month."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from simulator.block import NEVER, OPEN, Accounts, Block
from simulator.cycle import Bill, Cycle
from simulator.draws import rows_where
from simulator.kernels import chosen
from simulator.ledger import Ledger
from simulator.money import FINE, Cents, fixed, rounded
from simulator.params import param
from simulator.products.base import (
    Opening,
    Product,
    good_leavers,
)
from simulator.products.relief import asked, ended, held, line_rests, meant, on_holiday, relieved

NOTHING, NOBODY = np.empty(0, np.int64), np.empty(0, np.bool_)
ALL = 1 << FINE  # the share of a statement that pays it in full


class Card(Product):
    """A card. The statement is cut on the due day after the payment and is due on the next due day.

    Who pays a statement in full pays no interest on it. Who does not pays interest on what is carried, and on new
    purchases for half a cycle: the interest-free period is lost.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "status",
        "balance",
        "rate",
        "due",
        "limit",
        "desired",
        "pay_share",
        "opened",
        "missed",
        "bucket",
        "default",
        "reaged",
    )
    own: ClassVar[dict[str, type[np.generic]]] = {
        "seen": np.int16,  # points lost, at the last review
        "narrower": np.float64,  # logarithm of what reviews have taken off the limit
        "dearer": np.float64,  # what reviews have added to the rate
    }
    kind: Literal["card"] = "card"
    rate: float = param(
        0.215,
        "contract rate at the middle score",
        unit="share per year",
        source="FACTS us.card.apr_assessed",
        ge=0,
        le=3,
    )
    rate_per_100_points: float = param(
        0.03,
        "dearer for each 100 points of score below the middle",
        unit="share per year",
        source="a guess: cards are priced less by score than loans",
        ge=0,
        le=1,
    )
    middle_score: int = param(700, "score at which the middle rate holds", source="a guess", ge=0, le=1000)
    least_rate: float = param(0.12, "lowest rate", unit="share per year", source="a guess", ge=0, le=3)
    most_rate: float = param(
        0.2999, "highest rate", unit="share per year", source="a guess: the usual ceiling", ge=0, le=3
    )
    limit_months: float = param(
        1.9,
        "credit limit at the middle score",
        unit="months of income",
        source="a guess, set on FACTS us.card.balance_avg_usd",
        gt=0,
        le=24,
    )
    limit_per_100_points: float = param(
        0.60, "rise of the limit for each 100 points of score, as a share", source="a guess", ge=0, le=3
    )
    limit_out_of_work: float = param(
        1.0,
        "limit of one who has no job when the card is given, against the usual one",
        unit="share",
        source="a guess: the job is not asked for",
        ge=0,
        le=1,
    )
    smallest: float = param(500.0, "smallest limit", unit="currency", source="a guess", ge=0)
    largest: float = param(60000.0, "largest limit", unit="currency", source="a guess", gt=0)
    minimum_share: float = param(
        0.01,
        "minimum payment: share of the balance",
        unit="share",
        source="FACTS us.card.min_payment_principal_share",
        ge=0,
        le=1,
    )
    minimum_adds_interest: bool = param(
        True,
        "minimum payment: plus interest and fees of the statement",
        source="FACTS us.card.min_payment_principal_share",
    )
    minimum_floor: float = param(
        35.0,
        "smallest minimum payment",
        unit="currency",
        source="FACTS us.card.min_payment_principal_share ($25-40)",
        ge=0,
    )
    spending_speed: float = param(
        0.35,
        "share of the distance to the usual balance that a revolver spends in a month",
        source="a guess: a balance builds over a year",
        gt=0,
        le=1,
    )
    blocked_from: int = param(
        2,
        "unpaid bills from which the card is blocked",
        unit="bills",
        source="a guess: at 30 days past due",
        ge=1,
        le=12,
    )
    late_fee: float = param(
        30.0,
        "fee for a missed minimum payment",
        unit="currency",
        source="FACTS us.card.late_fee_first_usd",
        ge=0,
    )
    charge_off_days: int = param(
        180,
        "days past due at which the debt is written off",
        unit="days",
        source="FACTS us.ffiec.chargeoff_open_dpd",
        ge=1,
        le=720,
    )
    reage_after: int = param(
        3,
        "minimum payments in a row after which arrears are set back to current; 0 never",
        unit="payments",
        source="FACTS us.ffiec.reage_max",
        ge=0,
        le=12,
    )
    reage_pause: int = param(
        12, "months between two re-ageings", unit="months", source="FACTS us.ffiec.reage_max", ge=1, le=120
    )
    reage_age: int = param(
        9,
        "least age of an account that is re-aged",
        unit="months",
        source="FACTS us.ffiec.reage_max",
        ge=0,
        le=120,
    )
    review_months: int = param(
        0,
        "months between two reviews, in which limit and rate follow what the bureau says of the score; 0 never",
        unit="months",
        source="none unless the scenario says so",
        ge=0,
        le=60,
    )
    floating: float = param(
        1.0,
        "how much of a change of the policy rate the contract rate follows",
        unit="share",
        source="a guess: US cards float with prime",
        ge=0,
        le=2,
    )
    leaving: float = param(
        0.15,
        "share of good accounts closed in a year",
        unit="share per year",
        source="a guess: with charge-offs the book turns over in about six years",
        ge=0,
        le=1,
    )

    def open(self, opening: Opening) -> Accounts:
        """New cards with nothing drawn yet."""
        people, size = opening.people, len(opening.people)
        accounts = Accounts(size, self.depth, self.columns)
        above = (people.score.astype(np.float64) - self.middle_score) / 100.0
        limit = people.income * opening.wages * self.limit_months * np.exp(self.limit_per_100_points * above)
        if opening.out_of_work is not None and self.limit_out_of_work < 1.0:
            limit = np.where(opening.out_of_work, self.limit_out_of_work * limit, limit)
        scale = 100.0 * opening.wages
        accounts.status[:] = OPEN
        accounts.limit[:] = rounded(np.clip(limit, self.smallest * scale, self.largest * scale) / 10000.0) * 10000
        accounts.rate[:] = np.clip(self.rate - self.rate_per_100_points * above, self.least_rate, self.most_rate)
        accounts.desired[:] = rounded(accounts.limit * people.desired_use)
        accounts.pay_share[:] = np.rint(people.pay_share * ALL)
        accounts.opened[:] = opening.month
        return accounts

    def review(self, name: str, block: Block, month: int) -> None:
        """Limit and rate follow the points lost or healed since the last review, each card on its own months.

        Once all is healed they are where they would be had nothing been lost: what a ceiling kept from being added to
        the rate is not taken off it later.
        """
        if not self.review_months:
            return
        accounts = block.accounts[name]
        seen, narrower, dearer = (block.own[f"{name}.{what}"] for what in ("seen", "narrower", "dearer"))
        rows = rows_where((block.lost != seen) & (accounts.status == OPEN))
        rows = rows[(month - accounts.opened[rows].astype(np.int64)) % self.review_months == 0]
        seen[rows] = block.lost[rows]
        bands = block.lost[rows] / 100.0
        usual, less = np.maximum(accounts.rate[rows] - dearer[rows], 0.0), self.limit_per_100_points * bands
        accounts.limit[rows] = rounded(accounts.limit[rows] * np.exp(narrower[rows] - less))
        narrower[rows] = less
        dearer[rows] = np.minimum(self.rate_per_100_points * bands, np.maximum(self.most_rate - usual, 0.0))
        accounts.rate[rows] = usual + dearer[rows]

    def season(self, accounts: Accounts, opening: Opening) -> None:
        """Balances where they settle: what is spent equals what is repaid beyond interest."""
        pay = accounts.pay_share / ALL
        speed = np.where(pay >= 1.0, 1.0, self.spending_speed)
        repaid = np.maximum(pay - accounts.rate / 12.0, self.minimum_share)
        level = np.where(pay >= 1.0, 1.0, speed / (speed + repaid))
        accounts.balance[:] = np.minimum(rounded(accounts.desired * level), accounts.limit)
        interest = np.where(pay >= 1.0, 0, rounded(accounts.balance * accounts.rate / 12.0))
        accounts.due[:] = self.minimum(accounts.balance, interest)
        age = opening.draws.uniform("card.season", opening.day, opening.mixed)
        accounts.opened[:] = opening.month - np.floor(-72.0 * np.log(age)).clip(0, 360).astype(np.int16)

    def minimum(self, balance: Cents, interest: Cents) -> Cents:
        """The minimum payment: a share of the balance, plus interest where the contract says so, at least the floor."""
        amount: Cents = chosen().minimum(
            *(balance, interest if self.minimum_adds_interest else NOTHING),
            *(fixed(self.minimum_share), round(100 * self.minimum_floor)),
        )
        return amount

    def bill(self, name: str, block: Block, accounts: Accounts, cycle: Cycle, ledger: Ledger) -> Bill:
        """The last statement's minimum with arrears; what the holder means to pay; what was spent since."""
        arrears, balance = accounts.arrears, accounts.balance
        current = due = accounts.due
        if arrears.rows.size:
            current = current.copy()  # no more than is owed and not yet overdue
            current[arrears.rows] = np.minimum(current[arrears.rows], balance[arrears.rows] - arrears.overdue)
            due = current.copy()
            due[arrears.rows] += arrears.overdue
        ended(accounts, cycle.month)
        helped = relieved(accounts, cycle.month)
        full = current
        if helped.size:
            current, due = current.copy(), due.copy()
            current[helped] = asked(accounts, full, helped)
            due[helped] += current[helped] - full[helped]
            due[on_holiday(accounts, helped)] = 0
        wanted = chosen().shares_of(balance, accounts.pay_share)
        if helped.size:
            free = on_holiday(accounts, helped)
            wanted[free] = meant(accounts, np.maximum(full, wanted), free)
        purchases, line = chosen().card_bill(
            *(due, wanted, balance, accounts.limit, accounts.desired, accounts.pay_share, fixed(self.spending_speed))
        )
        blocked = arrears.rows[accounts.missed[arrears.rows] >= self.blocked_from]
        purchases[blocked] = 0
        line[blocked] = 0
        if helped.size:
            rests = line_rests(accounts, helped)
            purchases[rests] = 0
            line[rests] = 0
        line -= purchases
        ledger.note(name, "billed", block, current)
        return Bill(due, wanted, current, np.empty(0, np.int64), purchases, line)

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
        """The payment, then the next statement: interest on what is carried, purchases, fees, the new minimum."""
        assert bill.purchases is not None
        ledger.receive(name, block, accounts, paid)
        extra = float(self.rate_now(cycle))
        interest = chosen().card_interest(accounts.balance, bill.purchases, accounts.rate, extra)
        before = accounts.arrears.rows
        fresh = chosen().unpaid(paid, bill.due, before)
        helped = relieved(accounts, cycle.month)
        if helped.size:
            accounts.arrears.freeze(held(accounts, helped, block.size))
        if accounts.arrears.rows.size:
            self._settle_arrears(name, block, accounts, bill, paid, cycle, ledger)
        ledger.charge(name, "interest", block, accounts, interest)
        ledger.charge(name, "purchases", block, accounts, bill.purchases)
        accounts.due = self.minimum(accounts.balance, interest)
        if fresh.size:
            missed = bill.due[fresh] - paid[fresh]
            zeros = np.zeros_like(missed)
            fees = self.late_fees(missed, missed, zeros)
            ledger.charge(name, "fees", block, accounts, fees, fresh)
            accounts.due[fresh] += fees
            accounts.arrears.add(fresh, cycle.month, missed, zeros, zeros, block)
            accounts.arrears.cost[-fresh.size :] = fees
            accounts.missed[fresh] = 1
        rows = good_leavers(name, self, block, accounts, np.concatenate([before, fresh]), cycle)
        if rows.size:
            ledger.refinance(name, block, accounts, rows)
            accounts.close(rows)

    def _settle_arrears(
        self,
        name: str,
        block: Block,
        accounts: Accounts,
        bill: Bill,
        paid: Cents,
        cycle: Cycle,
        ledger: Ledger,
    ) -> None:
        arrears, rows, spared = accounts.arrears, accounts.arrears.rows, NOBODY
        if self.penalty_multiple > 1.0:
            helped = relieved(accounts, cycle.month)
            spared = held(accounts, helped, block.size) if helped.size else NOBODY
        penalty, fees = chosen().card_settles(
            *(arrears.held, rows, paid, bill.current, accounts.rate, cycle.month, arrears.depth),
            *(float(self.rate_now(cycle)), 100.0 * self.late_fee, self.late_fee_share, self.most_dear),
            *(self.penalty_multiple, spared),
        )
        if self.penalty_multiple > 1.0:
            ledger.charge(name, "penalty", block, accounts, penalty, rows)
        ledger.charge(name, "fees", block, accounts, fees, rows)
        left = arrears.overdue
        reaged = self._reaged(accounts, cycle, left)
        if reaged.any():
            arrears.forgive(reaged)
            accounts.reaged[rows[reaged]] = cycle.month
        accounts.missed[rows] = arrears.missed(cycle.month)
        arrears.keep(arrears.overdue > 0)

    def _reaged(self, accounts: Accounts, cycle: Cycle, left: Cents) -> npt.NDArray[np.bool_]:
        """Accounts set back to current after some minimum payments in a row, if old enough and not of late."""
        rows, streak = accounts.arrears.rows, accounts.arrears.streak
        if not self.reage_after:
            return np.zeros(rows.size, np.bool_)
        last = accounts.reaged[rows].astype(np.int64)
        rested = (last == NEVER) | (cycle.month - last >= self.reage_pause)
        old = cycle.month - accounts.opened[rows].astype(np.int64) >= self.reage_age
        return np.asarray((left > 0) & (streak >= self.reage_after) & rested & old)
