"""Payment habits of one card holder: where the account is heading this month, and what that asks of the holder.

The chances themselves are taken as given. What is remembered stands under the engine's names in `Borrower.own`.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from tests.twin.debts import OPEN, Account, Bill, charge, minimum, part_of
from tests.twin.person import Borrower, House

REST, FULL, PART, FIRST, DEEP = 0, 1, 2, 3, 6
CHARGED_OFF = 11


def status(missed: int, in_full: bool, rests: bool) -> int:
    """1 rests, 2 paid in full, 3 paid in part, 4 one bill unpaid, and so on up to 10."""
    if missed:
        return min(3 + missed, 10)
    return (1 if rests else 2) if in_full else 3


def where(luck: float, chances: Any) -> int:
    """The first place at which the chances, added up, are above the luck."""
    return min(sum(luck >= bound for bound in accumulate(float(chance) for chance in chances)), len(chances) - 1)


def head_for(account: Account, borrower: Borrower, month: int, day: int, house: House) -> int | None:
    """The status the account is heading for, None where no habit is followed; a card too little used is used."""
    habits, own, name = house.rules.habits, borrower.own, account.name
    if habits is None or account.product.kind != "card" or account.status != OPEN or account.helped(month):
        return None
    if not own.get(f"{name}.paying"):
        now = status(account.missed(month - 1), account.pay_share >= 2**20, False)
        own[f"{name}.paying"] = now
        own[f"{name}.kind"] = 1 + where(borrower.luck(f"{name}.kind", 0), habits.table.shares[min(now - 1, DEEP)])
    kind, state = int(own[f"{name}.kind"]) - 1, min(int(own[f"{name}.paying"]) - 1, DEEP)
    target = where(borrower.luck(f"{name}.habit", day), habits.table.chances(habits.first + month)[kind, state])
    fresh = account.balance - account.overdue
    least = account.due if target == PART else 0
    if target in (PART, FIRST) and fresh <= least:
        more = least - fresh + part_of(account.limit, habits.habits.first_use)
        charge(account, "purchases", min(more, max(account.limit - account.balance, 0)), house.tally)
        if target == FIRST and account.due == 0:
            account.due = minimum(account.product, account.balance, 0)
    return target


def mean_to(account: Account, bill: Bill, target: int | None, month: int) -> None:
    """What the holder means to pay and buys, given where the account is heading."""
    if target is None:
        return
    owed = account.balance
    if target <= FULL:
        bill.wanted = owed
    elif target == PART:
        share = part_of(owed, account.pay_share) if account.pay_share < 2**20 else 0
        bill.wanted = min(max(share, bill.due), max(owed - 1, 0))
    else:
        stays = 1000 if target == DEEP else target - PART
        bill.wanted = sum(cents for due, cents in account.unpaid if month - due >= stays)
    line = bill.purchases + bill.line
    gap = max(account.desired - owed + bill.wanted, 0)
    bought = gap if account.pay_share >= 2**20 else part_of(gap, account.product.spending_speed)
    bill.purchases = 0 if target == REST else min(bought, line)
    bill.line = line - bill.purchases


def note(
    account: Account, owed: int, paid: int, target: int | None, borrower: Borrower, month: int, house: House
) -> None:
    """The status the account has come to."""
    if house.rules.habits is not None and account.product.kind == "card":
        now = status(account.missed(month), paid >= owed, target == REST) if account.status == OPEN else 0
        borrower.own[f"{account.name}.paying"] = now
        house.tally[account.name, f"status {now}"] += 1


def close(account: Account, borrower: Borrower, month: int, house: House, *, charged_off: bool = False) -> None:
    """A month's end, or a write-off, remembers the status."""
    if house.rules.habits is None or account.product.kind != "card":
        return
    own, name = borrower.own, account.name
    if charged_off:
        own[f"{name}.paying"] = CHARGED_OFF
    own[f"{name}.paying_before"] = own.get(f"{name}.paying", 0)
    if month < 0:
        own[f"{name}.paying_first"] = own[f"{name}.paying_before"]
