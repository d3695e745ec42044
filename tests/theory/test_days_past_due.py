"""Days past due by the calendar: from the oldest unpaid bill, to the last day of the month."""

from __future__ import annotations

import datetime as dt

import pytest
from by_hand import columns, live, loan

from simulator.clock import Clock
from simulator.panel import BUCKETS

NOTHING = {"income": 0, "savings": 0, "target": 0}


def bucket_of(days: int) -> str:
    return BUCKETS[sum(days >= edge for edge in (1, 30, 60, 90))]


def month_end(start: dt.date, months: int) -> dt.date:
    year, month = divmod(start.year * 12 + start.month + months, 12)
    return dt.date(year, month + 1, 1) - dt.timedelta(days=1)


@pytest.mark.parametrize("start", [dt.date(2026, 1, 1), dt.date(2027, 12, 1), dt.date(2028, 2, 1), dt.date(2026, 7, 1)])
@pytest.mark.parametrize("due_day", [1, 2, 15, 28])
@pytest.mark.parametrize("charge_off_days", [120, 180])
def test_who_never_pays_walks_through_the_buckets(start: dt.date, due_day: int, charge_off_days: int) -> None:
    product = loan(charge_off_days=charge_off_days)
    terms = {"balance": 500_000, "limit": 500_000, "rate": 0.12, "remaining": 48, "due": 13_167}
    lived = live(product, columns(product, 1, **terms), 8, persons=NOTHING, due_day=due_day, start=start)
    first_due = start.replace(day=due_day)
    defaulted = charged_off = False
    for month in range(8):
        days = (month_end(start, month) - first_due).days
        if charged_off:
            assert lived.total("accounts")[month] == 0
            continue
        newly = days >= 90 and not defaulted
        assert lived.total("defaults")[month] == newly, f"{days} days past due"
        defaulted |= newly
        charged_off = days >= charge_off_days
        assert lived.total("charge_off_accounts")[month] == charged_off, f"{days} days past due"
        if not charged_off:
            wanted = bucket_of(days)
            held = [name for name in BUCKETS if lived.total(f"accounts_{name}")[month]]
            assert held == [wanted], f"{days} days past due"
            assert lived.total(f"balance_{wanted}")[month] == lived.total("balance")[month] > 0
    assert charged_off
    lost = lived.total("charged_off").sum()
    assert lost == 500_000 + lived.total("interest").sum() + lived.total("penalty").sum()


@pytest.mark.parametrize("missed", [1, 2, 3])
def test_who_comes_back_after_some_bills(missed: int) -> None:
    """No money for `missed` bills, then enough for everything: current again, and nothing is lost to the lender."""
    product = loan()
    terms = {"balance": 500_000, "limit": 500_000, "rate": 0.12, "remaining": 48, "due": 13_167}
    short = live(product, columns(product, 1, **terms), missed, persons=NOTHING, due_day=10)
    (block,) = short.book.blocks
    accounts = block.accounts["loan"]
    assert accounts.missed[0] == missed
    assert accounts.arrears.unpaid.ravel()[accounts.arrears.unpaid.ravel() > 0].tolist() == [13_167] * missed
    days = (month_end(dt.date(2026, 1, 1), missed - 1) - dt.date(2026, 1, 10)).days
    assert Clock(dt.date(2026, 1, 1), 12).days_late(missed - 1, 10, missed) == days
