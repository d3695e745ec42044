"""Credit lines of one person, cut or closed by the lender."""

from __future__ import annotations

from typing import Any

from tests.twin.debts import OPEN, part_of
from tests.twin.person import Borrower, House
from tests.twin.state import reached


def limit_cut(policy: Any, name: str, borrower: Borrower, month: int, house: House) -> None:
    """Every open card's limit falls to what is owed and some room, where it is above."""
    for account in borrower.accounts:
        left = max(account.balance + part_of(account.balance, policy.room), round(100.0 * policy.least))
        lower = account.product.kind == "card" and account.status == OPEN and account.limit > left
        if lower and reached(policy, name, borrower, house):
            account.limit = left
            house.tally[account.name, "limit_cut"] += 1


def line_closing(policy: Any, name: str, borrower: Borrower, month: int, house: House) -> None:
    """Who is late or of a low score is closed for good; each month the limit follows what is owed down."""
    late = max(account.missed(month - 1) for account in borrower.accounts)
    meant = (0 < policy.bills_late <= late) or borrower.score - borrower.lost < policy.score_below
    for account in borrower.accounts:
        if account.product.kind != "card":
            continue
        closed = borrower.own.get(f"{name}.closed", 0)
        if not closed and meant and account.status == OPEN and reached(policy, name, borrower, house):
            borrower.own[f"{name}.closed"] = closed = 1
            house.tally[account.name, "line_closing"] += 1
        if closed:
            account.limit = min(account.limit, account.balance)


LINES = {"limit_cut": limit_cut, "line_closing": line_closing}
