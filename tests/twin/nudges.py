"""What moves one person's attention, spending and loyalty: trust, terms not understood, advice, reminders, autopay."""

from __future__ import annotations

from typing import Any

from simulator.desk import HARSHLY
from tests.twin.debts import OPEN, Account, part_of
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


def understands(borrower: Borrower, policies: dict[str, Any], house: House) -> None:
    """On opening an account: whether the terms are misread, by literacy and by a luck that stays the same."""
    opacity = house.rules.opacity
    if opacity is None:
        return
    chance = min(
        (1.0 - opacity.clarity) * (1.0 + opacity.literacy_effect * (1.0 - 2.0 * (borrower.literacy / 255.0))), 1
    )
    for name, policy in policies.items():
        if policy.kind == "plain_terms" and reached(policy, name, borrower, house):
            chance *= 1.0 - policy.clears
            house.tally["", "spoken plainly"] += 1
    borrower.misread = borrower.luck("opacity.misread", 0) < chance


def surprise(borrower: Borrower, month: int, day: int, house: House) -> int:
    """Cents that are missing since a part of the first bills was not planned for; some complain."""
    opacity = house.rules.opacity
    if opacity is None or not borrower.misread:
        return 0
    fresh = [
        account for account in borrower.accounts if account.status == OPEN and month - account.opened < opacity.months
    ]
    missing = sum(part_of(account.due, opacity.surprise) for account in fresh)
    if missing > 0:
        house.tally["", "surprised"] += 1
        complain(borrower, "surprised", opacity.complains_surprised, day, house)
    return missing


def complain(borrower: Borrower, why: str, chance: float, day: int, house: House) -> None:
    """A complaint, perhaps, and perhaps it is left open."""
    if borrower.luck(f"complaint.{why}", day) < chance:
        house.tally["", "complaints"] += 1
        house.tally["", f"complaints {why}"] += 1
        house.tally["", "complaints_open"] += (
            borrower.luck(f"complaint.{why}.open", day) < house.rules.opacity.left_open
        )


def complain_of_calls(borrower: Borrower, day: int, house: House) -> None:
    """Before the answer to the bills: over what the desk said since the last due day."""
    opacity = house.rules.opacity
    contacts = [account.contact for account in borrower.accounts if account.behind]
    if opacity is not None and HARSHLY in contacts:
        complain(borrower, "harsh", opacity.complains_harsh, day, house)
    elif opacity is not None and any(contacts):
        complain(borrower, "called", opacity.complains_called, day, house)


def complain_of_charges(borrower: Borrower, costs: list[int], day: int, house: House) -> None:
    """After the answer: over what lateness was charged for, by those still behind; `costs` are those of before."""
    pairs = zip(borrower.accounts, costs, strict=True)
    if house.rules.opacity is not None and any(account.behind and account.cost > cost for account, cost in pairs):
        complain(borrower, "charged", house.rules.opacity.complains_charged, day, house)
