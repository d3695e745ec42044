"""Relief on one person's account: who is offered it, what is agreed, and when it ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.twin.blows import is_meant
from tests.twin.debts import OPEN, Account, part_of, reschedule
from tests.twin.lines import LINES
from tests.twin.person import Borrower, House

RELIEFS = (
    "payment_holiday",
    "reduced_instalment",
    "term_extension",
    "interest_writedown",
    "restructuring",
    "moratorium",
)
ONE = 2**20


def give_relief(borrower: Borrower, month: int, day: int, house: House) -> None:
    """In the morning of the due day each policy in force looks at each account in turn."""
    policies = house.rules.policies
    for name, policy in policies.now.items():
        if policy.kind in LINES:
            LINES[policy.kind](policy, name, borrower, month, house)
        if policy.kind not in RELIEFS:
            continue
        for account in borrower.accounts:
            offered = may_have(policy, account, borrower, month) and can_bear(policy, account, borrower)
            if offered and takes(policy, name, borrower, house):
                account.relief = policies.numbers[name]
                account.relieved = month
                house.tally[account.name, policy.kind] += 1
                AGREE[policy.kind](policy, name, account, borrower, month, day, house)


def may_have(policy: Any, account: Account, borrower: Borrower, month: int) -> bool:
    """Whether it is offered for this account at all."""
    if account.status != OPEN or account.balance <= 0:
        return False
    if account.relief and account.relief_until > month:
        return False
    if account.relieved is not None and month - account.relieved < policy.pause:
        return False
    if not policy.least_missed <= account.missed(month - 1) <= policy.most_missed:
        return False
    if policy.offered_to == "behind":
        return account.behind
    hit = borrower.unemployed or borrower.ill or borrower.pay_cut or borrower.disabled
    poor = borrower.savings < borrower.essential
    return policy.offered_to == "all" or (hit and poor) or (account.behind and account.strained)


def can_bear(policy: Any, account: Account, borrower: Borrower) -> bool:
    """Whether a plan fits the budget, where the lender asks for one."""
    if policy.kind != "restructuring" or not policy.checks_budget:
        return True
    hit = borrower.unemployed or borrower.ill or borrower.pay_cut or borrower.disabled
    room = borrower.income - borrower.essential + min(borrower.savings, 0)
    return not hit and room >= part_of(account.due, 1.0 - policy.cut)


def takes(policy: Any, name: str, borrower: Borrower, house: House) -> bool:
    """Whether the person is meant, and one of those who take it."""
    return is_meant(policy, borrower, house) and (
        policy.reach >= 1.0 or borrower.luck(f"policy.{name}.reach", 0) < policy.reach
    )


def smaller_bill(account: Account, until: int, due: float, wanted: float | None = None) -> None:
    """A share of the bill until a month."""
    account.relief_until = until
    account.relief_due = round(due * ONE)
    account.relief_wanted = round((due if wanted is None else wanted) * ONE)


def payment_holiday(
    policy: Any, name: str, account: Account, borrower: Borrower, month: int, day: int, house: House
) -> None:
    """Nothing is asked for some months."""
    pays_on = borrower.luck(f"policy.{name}.pays_on", day) < policy.pays_on
    smaller_bill(account, month + policy.months, 0.0, 1.0 if pays_on else 0.0)


def reduced_instalment(
    policy: Any, name: str, account: Account, borrower: Borrower, month: int, day: int, house: House
) -> None:
    """A part of the bill is asked for some months."""
    smaller_bill(account, month + policy.months, policy.asked)


def term_extension(
    policy: Any, name: str, account: Account, borrower: Borrower, month: int, day: int, house: House
) -> None:
    """More months to repay a loan."""
    smaller_bill(account, month, 1.0)
    if account.product.kind != "card" and policy.months and account.remaining > 0:
        account.remaining = min(account.remaining + policy.months, 600)
        reschedule(account)


def interest_writedown(
    policy: Any, name: str, account: Account, borrower: Borrower, month: int, day: int, house: House
) -> None:
    """A lower rate for good."""
    smaller_bill(account, month, 1.0)
    if policy.share:
        account.rate *= 1.0 - policy.share
        if account.product.kind != "card":
            reschedule(account)


def restructuring(
    policy: Any, name: str, account: Account, borrower: Borrower, month: int, day: int, house: House
) -> None:
    """A part of the penalty is waived, arrears join the debt, and the instalment is cut by rate and term."""
    card = account.product.kind == "card"
    if account.behind:
        owed = account.cost if card else account.penalty + account.fees
        forgiven = min((owed * round(policy.waive * ONE)) // ONE, account.balance - account.overdue)
        account.balance -= forgiven
        house.tally[account.name, "written_down"] += forgiven
        account.caught_up()
    account.probation = policy.probation
    account.rate *= 1.0 - policy.rate_cut
    if card:
        smaller_bill(account, month + 12, 1.0 - policy.cut)
        return
    smaller_bill(account, month, 1.0)
    monthly, wanted = account.rate / 12.0, account.due * (1.0 - policy.cut)
    if monthly > 0:
        interest = min(account.balance * monthly / max(wanted, 1.0), 0.999999)
        months = float(-np.log1p(-interest) / np.log1p(monthly))
    else:
        months = account.balance / wanted if wanted else math.inf
    least = max(account.remaining, 1)
    account.remaining = int(min(max(math.ceil(min(months, 1e6)), least), policy.longest))
    reschedule(account)


def moratorium(
    policy: Any, name: str, account: Account, borrower: Borrower, month: int, day: int, house: House
) -> None:
    """Nothing is asked this month."""
    smaller_bill(account, month + 1, 0.0)


AGREE = {
    "payment_holiday": payment_holiday,
    "reduced_instalment": reduced_instalment,
    "term_extension": term_extension,
    "interest_writedown": interest_writedown,
    "restructuring": restructuring,
    "moratorium": moratorium,
}
