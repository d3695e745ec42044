"""What the policies in force bring to one household in cash: cheques, and more benefit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.twin.blows import is_meant
from tests.twin.person import Borrower, House


def cash_from_policies(borrower: Borrower, day: int, days: int, house: House) -> int:
    """Cents that reach the household between two due days."""
    first, last = house.clock.date(day - days + 1), house.clock.date(day)
    brought = 0
    for name, policy in house.rules.policies.now.items():
        if policy.kind in BRINGS:
            brought += BRINGS[policy.kind](policy, name, borrower, day, days, first, last, house)
    return brought


def reached(policy: Any, name: str, borrower: Borrower, house: House) -> bool:
    """Whether the person is meant and takes it up: the same people every month."""
    taken = policy.reach >= 1.0 or borrower.luck(f"policy.{name}.reach", 0) < policy.reach
    return taken and is_meant(policy, borrower, house)


def cheque(
    policy: Any, name: str, borrower: Borrower, day: int, days: int, first: dt.date, last: dt.date, house: House
) -> int:
    """The sum, for each date that falls between the due days."""
    dates = policy.on or (policy.starts,)
    times = sum(date is not None and first <= date <= last for date in dates)
    rich = policy.income_below is not None and borrower.income >= 100.0 * policy.income_below
    if not times or rich or not reached(policy, name, borrower, house):
        return 0
    house.tally["", "cheques"] += times
    return times * round(100.0 * policy.amount)


def benefit(
    policy: Any, name: str, borrower: Borrower, day: int, days: int, first: dt.date, last: dt.date, house: House
) -> int:
    """A flat sum for the days without work."""
    if not policy.weekly or not borrower.unemployed or not reached(policy, name, borrower, house):
        return 0
    house.tally["", "topped_up"] += 1
    return round(min(day - borrower.out_since, days) * (100.0 * policy.weekly / 7.0))


def wage_subsidy(
    policy: Any, name: str, borrower: Borrower, day: int, days: int, first: dt.date, last: dt.date, house: House
) -> int:
    """A part of the pay cut."""
    if not borrower.pay_cut or borrower.unemployed or not reached(policy, name, borrower, house):
        return 0
    house.tally["", "subsidised"] += 1
    return round(borrower.income * borrower.earner_share * house.wages * borrower.cut * policy.replaced)


def debt_holiday(
    policy: Any, name: str, borrower: Borrower, day: int, days: int, first: dt.date, last: dt.date, house: House
) -> int:
    """A part of what is paid on debts elsewhere."""
    if not borrower.outside or not reached(policy, name, borrower, house):
        return 0
    house.tally["", "suspended"] += 1
    return round(borrower.outside * policy.share)


BRINGS = {"cheque": cheque, "benefit": benefit, "wage_subsidy": wage_subsidy, "debt_holiday": debt_holiday}
