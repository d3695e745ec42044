"""What moves one person's attention, spending and loyalty: trust, terms not understood, advice, reminders, autopay."""

from __future__ import annotations

from typing import Any

from tests.twin.debts import Account, part_of
from tests.twin.person import Borrower, House
from tests.twin.state import reached


def leaving_chance(account: Account, house: House) -> float:
    """The chance in a month that a good account is repaid early or closed; the less trust, the more."""
    share, trust = account.product.leaving, house.rules.trust
    if trust is not None and house.trust < 1.0:
        share = min(share * (1.0 + trust.attrition * (1.0 - house.trust)), 1.0)
    return float(1.0 - (1.0 - share) ** (1.0 / 12.0))


def remembers_after_all(borrower: Borrower, day: int, house: House) -> bool:
    """Whether one who would forget the due date does not, thanks to a course, a reminder or autopay."""
    still = None
    for name, policy in house.rules.policies.now.items():
        if policy.kind in KEEPS_IN_MIND:
            still = (1.0 if still is None else still) * KEEPS_IN_MIND[policy.kind](policy, name, borrower, house)
    if still is None or borrower.luck("attention.still", day) < still:
        return False
    house.tally["", "remembered"] += 1
    return True


def taught_forgets(policy: Any, name: str, borrower: Borrower, house: House) -> float:
    """The chance to forget even so, by what is left of the course."""
    month = int(borrower.own.get(f"{name}.months", 0))
    return 1.0 - policy.attention_gain * (0.5 ** ((month - 1) / policy.half_life) if month > 0 else 0.0)


def reminded_forgets(policy: Any, name: str, borrower: Borrower, house: House) -> float:
    """The chance to forget even so, for one who reads reminders."""
    return 1.0 - policy.effect if reached(policy, name, borrower, house) else 1.0


def autopay_forgets(policy: Any, name: str, borrower: Borrower, house: House) -> float:
    """Nobody on autopay forgets."""
    return 0.0 if borrower.own.get(f"{name}.joined", 0) == 1 else 1.0


KEEPS_IN_MIND = {
    "financial_education": taught_forgets,
    "reminders": reminded_forgets,
    "autopay": autopay_forgets,
}


def to_spare(borrower: Borrower) -> int:
    """What the household usually spends beyond essentials in a month."""
    return 0 if borrower.unemployed or borrower.disabled else max(borrower.income - borrower.essential, 0)


def education(policy: Any, name: str, borrower: Borrower, house: House) -> int:
    """The course for one not yet asked; what one who was taught puts by."""
    column = f"{name}.months"
    month = borrower.own.get(column, 0)
    if month > 0:
        borrower.own[column] = month + 1
    elif month == 0:
        borrower.own[column] = 1 if reached(policy, name, borrower, house) else -1
    month = borrower.own[column]
    if month < 0:
        return 0
    house.tally["", "taught"] += month == 1
    return round(to_spare(borrower) * (policy.spending_cut * 0.5 ** ((month - 1) / policy.half_life)))


def budgeting(policy: Any, name: str, borrower: Borrower, house: House) -> int:
    """Help for one newly in need; what one who is helped has more in hand."""
    column = f"{name}.months"
    month = borrower.own.get(column, 0)
    if month > 0:
        borrower.own[column] = month + 1
    poor = borrower.savings < part_of(borrower.essential, policy.empty)
    if month == 0 and (poor or any(account.behind for account in borrower.accounts)):
        borrower.own[column] = 1 if reached(policy, name, borrower, house) else -1
        house.tally["", "counselled"] += borrower.own[column] == 1
    month = borrower.own.get(column, 0)
    return part_of(to_spare(borrower), policy.freed) if 0 < month <= policy.months else 0


def autopay(policy: Any, name: str, borrower: Borrower, house: House) -> int:
    """One who pays by hand is asked once; no money moves."""
    column = f"{name}.joined"
    if borrower.forgets > 0 and borrower.own.get(column, 0) == 0:
        borrower.own[column] = 1 if reached(policy, name, borrower, house) else -1
    return 0


def settle_for_less(borrower: Borrower, house: House) -> None:
    """In the first month of budgeting help the usual card balance is cut."""
    for name, policy in house.rules.policies.now.items():
        if policy.kind == "budgeting_help" and borrower.own.get(f"{name}.months", 0) == 1:
            for account in borrower.accounts:
                account.desired -= part_of(account.desired, policy.card_cut)


FREES = {"financial_education": education, "budgeting_help": budgeting, "autopay": autopay}


def cash_from_nudges(borrower: Borrower, house: House) -> int:
    """Cents that the household does not spend, thanks to what it was taught or advised."""
    now = house.rules.policies.now.items()
    return sum(FREES[policy.kind](policy, name, borrower, house) for name, policy in now if policy.kind in FREES)
