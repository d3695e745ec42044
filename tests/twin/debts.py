"""What one person owes on one account: the bill, the payment, what is overdue and what lateness costs.

Written from the contracts: an unpaid bill stands in a queue with the month it was due in, the oldest first.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from simulator.products import Card, Instalment

NONE, OPEN, CHARGED_OFF = 0, 1, 2
NEVER = -32768
Tally = Counter[tuple[str, str]]


def part_of(amount: int, share: float | int) -> int:
    """A share of an amount in whole cents, the share taken to 2^-20 (a whole number is already that), halves up."""
    fixed = share if isinstance(share, int) else round(share * 2**20)
    return (amount * fixed + 2**19) >> 20


@dataclass
class Account:
    """One account; what it may owe besides the balance's principal stands in `unpaid`, `penalty` and `fees`."""

    name: str
    product: Any
    status: int = NONE
    balance: int = 0
    rate: float = 0.0
    due: int = 0
    limit: int = 0
    desired: int = 0
    pay_share: int = 0
    remaining: int = 0
    opened: int = 0
    default: int = 0
    bucket: int = 0
    reaged: int = NEVER
    unpaid: list[tuple[int, int]] = field(default_factory=list)  # (month due, cents), the oldest first
    interest: int = 0  # of loans: the part of the unpaid bills that is interest
    penalty: int = 0
    fees: int = 0
    streak: int = 0
    strained: bool = False
    cost: int = 0  # penalty and fees charged since the first missed bill
    began: int | None = None  # month of the first missed bill, while behind
    buffer: int = 0  # savings then
    before: int = NEVER  # month in which the job had last been lost then
    relief: int = 0  # number of the policy that gives relief
    relief_until: int = 0
    relief_due: int = 0  # share of the bill asked for, in 2^-20
    relief_wanted: int = 0
    relieved: int | None = None
    probation: int = 0
    tried: int = 0  # by the desk since the first missed bill
    contact: int = 0  # with the desk since the last due day
    listed: int = 0  # day of the run since which it waits for a call
    called: int = 0  # day of the run of the last call

    @property
    def overdue(self) -> int:
        """All unpaid bills."""
        return sum(cents for _, cents in self.unpaid)

    @property
    def behind(self) -> bool:
        """Whether anything billed, or its cost, is unpaid."""
        return bool(self.unpaid) or self.penalty > 0 or self.fees > 0

    def missed(self, month: int) -> int:
        """For how many due dates, this month's the last, something has been unpaid."""
        return month - self.unpaid[0][0] + 1 if self.unpaid else 0

    def empty(self, status: int) -> None:
        """Nothing is left of the account."""
        self.__init__(self.name, self.product, status)  # type: ignore[misc]

    def caught_up(self) -> None:
        """Nothing is overdue any more; what was remembered of it is forgotten."""
        self.unpaid, self.interest, self.penalty, self.fees, self.streak, self.strained = [], 0, 0, 0, 0, False
        self.cost = self.tried = self.contact = self.listed = self.called = 0
        self.began = None

    def helped(self, month: int) -> bool:
        """Whether relief is in force in a month."""
        return self.relief != 0 and self.relief_until > month

    def on_holiday(self, month: int) -> bool:
        """Whether nothing at all is asked in a month."""
        return self.helped(month) and self.relief_due == 0

    def freeze(self) -> None:
        """A month passes without the unpaid bills growing older."""
        self.unpaid = [(month + 1, cents) for month, cents in self.unpaid]

    def pay_oldest(self, cents: int) -> None:
        """A payment on unpaid bills settles the oldest first."""
        while cents > 0 and self.unpaid:
            month, bill = self.unpaid.pop(0)
            if bill > cents:
                self.unpaid.insert(0, (month, bill - cents))
            cents -= min(bill, cents)


@dataclass
class Bill:
    """What the account asks for on one due day."""

    due: int
    wanted: int
    current: int
    interest: int = 0
    overdue_cost: int = 0  # what interest and penalty cost this month on what was overdue before
    purchases: int = 0
    line: int = 0


def rate_now(account: Account, policy_rate: float) -> float:
    """The contract rate, moved by the policy rate where it floats; never below nought."""
    extra = account.product.floating * policy_rate
    return account.rate if extra == 0.0 else max(account.rate + extra, 0.0)


def dear_rate(product: Any, rate: float) -> float:
    """What overdue amounts bear a year: the contract rate times its multiple, within the legal cap."""
    dear = rate * product.penalty_multiple
    return dear if product.legal_cap is None else min(dear, max(product.legal_cap, rate))


def late_fee(product: Any, missed: int, overdue: int, charged: int) -> int:
    """The fee for a missed bill: at most what was missed, and all together within the legal cap of a month."""
    fee = min(round(100.0 * product.late_fee + product.late_fee_share * missed), missed)
    if product.legal_cap is None:
        return fee
    room = math.floor(product.legal_cap / 12.0 * overdue) - charged
    return min(max(fee, 0), max(room, 0))


def charge(account: Account, what: str, cents: int, tally: Tally) -> None:
    """The borrower owes more."""
    account.balance += cents
    tally[account.name, what] += cents


def equal_instalment(amount: int, rate: float, months: int) -> int:
    """What clears an amount in so many equal months."""
    monthly = rate / 12.0
    factor = monthly / (1.0 - (1.0 + monthly) ** -months) if monthly > 0 else 1.0 / months
    return round(amount * factor)


def reschedule(account: Account) -> None:
    """The instalment that repays what is not yet billed in the months that are left."""
    method = account.product.method
    if account.remaining <= 0 or account.status != OPEN or method == "interest_only":
        return
    unbilled = account.balance - account.overdue - account.penalty - account.fees
    if method == "equal_instalments":
        account.due = equal_instalment(unbilled, account.rate, account.remaining)
    else:
        account.due = round(unbilled / account.remaining)


def relief_ends(account: Account, month: int) -> None:
    """With the first bill after it, relief is over."""
    if account.relief and account.relief_until <= month:
        account.relief = 0
        if account.product.kind != "card":
            reschedule(account)


def bill_loan(account: Account, month: int, policy_rate: float, tally: Tally) -> Bill:
    """Interest on the principal, the month's instalment, and what is overdue with its penalty."""
    product: Instalment = account.product
    relief_ends(account, month)
    rate = rate_now(account, policy_rate)
    principal = account.balance - account.interest - account.penalty - account.fees
    interest = round(principal * (rate / 12.0))
    charge(account, "interest", interest, tally)
    overdue = account.overdue
    unbilled = account.balance - account.penalty - account.fees - overdue
    instalment = account.due if product.method == "equal_instalments" else account.due + interest
    current = unbilled if account.remaining <= 1 else min(instalment, unbilled)
    cost = 0
    if account.behind:
        dear = dear_rate(product, rate)
        penalty = round((dear * overdue - rate * (overdue - account.interest)) / 12.0)
        penalty = 0 if account.on_holiday(month) else penalty
        charge(account, "penalty", penalty, tally)
        account.penalty += penalty
        account.cost += penalty
        cost = round(dear * overdue / 12.0)
    full = current
    if account.helped(month):
        current = part_of(full, account.relief_due)
    tally[account.name, "billed"] += current
    due = current + overdue + account.penalty + account.fees
    due = 0 if account.on_holiday(month) else due
    wanted = due
    if account.helped(month):
        wanted += part_of(full, max(account.relief_wanted - account.relief_due, 0))
    return Bill(due, wanted, current, interest, cost)


def settle_loan(account: Account, bill: Bill, paid: int, month: int, tally: Tally) -> None:
    """The payment goes to fees, penalty, interest and principal in the contract's order; the rest stays overdue."""
    product: Instalment = account.product
    account.balance -= paid
    tally[account.name, "paid"] += paid
    if not (account.helped(month) and account.relief_due < 2**20):
        account.remaining = max(account.remaining - 1, 0)
    if account.on_holiday(month):
        account.freeze()
    if not account.behind and paid >= bill.due:
        return
    before, was_behind = account.overdue, account.behind
    if bill.current:
        account.unpaid.append((month, bill.current))
    account.interest += min(bill.interest, bill.current)
    owed = {
        "fees": account.fees,
        "penalty": account.penalty,
        "interest": account.interest,
        "principal": account.overdue - account.interest,
    }
    given, rest = {}, paid
    for part in product.waterfall:
        given[part] = min(rest, owed[part])
        rest -= given[part]
    account.fees -= given["fees"]
    account.penalty -= given["penalty"]
    account.interest -= given["interest"]
    account.pay_oldest(given["interest"] + given["principal"])
    left = account.overdue
    if left > 0 and paid < bill.current:
        missed = min(bill.current, left) if was_behind else left
        at_stake = before + bill.current if was_behind else left
        fee = late_fee(product, missed, at_stake, bill.overdue_cost)
        charge(account, "fees", fee, tally)
        account.fees += fee
        account.cost += fee
        account.streak = 0
    elif was_behind:
        account.streak = min(account.streak + 1, 100) if paid else 0
    if not account.behind:
        account.caught_up()


def minimum(product: Card, balance: int, interest: int) -> int:
    """The minimum payment of a statement."""
    amount = part_of(balance, product.minimum_share) + (interest if product.minimum_adds_interest else 0)
    return min(max(amount, round(100 * product.minimum_floor)), balance)


def bill_card(account: Account, month: int, tally: Tally) -> Bill:
    """The last statement's minimum with what is overdue, what the holder means to pay, and what was spent since."""
    product: Card = account.product
    relief_ends(account, month)
    overdue = account.overdue
    current = full = min(account.due, account.balance - overdue)
    if account.helped(month):
        current = part_of(full, account.relief_due)
    due = 0 if account.on_holiday(month) else current + overdue
    wanted = part_of(account.balance, account.pay_share)
    if account.on_holiday(month):
        wanted = part_of(max(full, wanted), max(account.relief_wanted - account.relief_due, 0))
    wanted = min(max(wanted, due), account.balance)
    line = max(account.limit - account.balance, 0)
    gap = max(account.desired - account.balance + wanted, 0)
    purchases = min(gap if account.pay_share == 2**20 else part_of(gap, product.spending_speed), line)
    if account.missed(month - 1) >= product.blocked_from:
        purchases = line = 0
    if account.on_holiday(month) or (account.helped(month) and account.probation > 0):
        purchases = line = 0
    tally[account.name, "billed"] += current
    return Bill(due, wanted, current, 0, 0, purchases, line - purchases)


def settle_card(account: Account, bill: Bill, paid: int, month: int, policy_rate: float, tally: Tally) -> None:
    """The payment, then the statement: interest on what is carried, purchases, fees, the new minimum."""
    product: Card = account.product
    account.balance -= paid
    tally[account.name, "paid"] += paid
    rate = rate_now(account, policy_rate)
    bearing = account.balance + min(bill.purchases // 2, account.balance)
    interest = round(bearing * rate / 12.0)
    if account.on_holiday(month):
        account.freeze()
    overdue, was_behind = account.overdue, account.behind
    fee = 0
    if bill.current:
        account.unpaid.append((month, bill.current))
    account.pay_oldest(paid)
    left = account.overdue
    missed_now = left > 0 and paid < bill.current
    if was_behind:
        penalty = round((dear_rate(product, rate) * overdue - rate * overdue) / 12.0)
        penalty = 0 if account.on_holiday(month) else penalty
        charge(account, "penalty", penalty, tally)
        account.cost += penalty
        if missed_now:
            cost = penalty + round(overdue * rate / 12.0)
            fee = late_fee(product, min(bill.current, left), overdue + bill.current, cost)
        charge(account, "fees", fee, tally)
        account.cost += fee
        account.streak = 0 if missed_now or not paid else min(account.streak + 1, 100)
        rested = account.reaged == NEVER or month - account.reaged >= product.reage_pause
        old = month - account.opened >= product.reage_age
        if left and product.reage_after and account.streak >= product.reage_after and rested and old:
            account.unpaid = []
            account.reaged = month
            tally[account.name, "reaged"] += 1
    charge(account, "interest", interest, tally)
    charge(account, "purchases", bill.purchases, tally)
    account.due = minimum(product, account.balance, interest)
    if missed_now and not was_behind:
        fee = late_fee(product, left, left, 0)
        charge(account, "fees", fee, tally)
        account.cost += fee
        account.due += fee
    if not account.unpaid:
        account.caught_up()
