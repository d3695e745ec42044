"""The amortisation table, to the cent, as the ledger of a real run writes it."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from by_hand import columns, live, loan

from simulator.products import instalment_of

# amount, yearly rate, months, payment, balance after 12 payments (None: not published)
TABLES = [
    (10_000, 0.12, 36, 332.143098, 7055.844458),
    (15_000, 0.08, 60, 304.145914, 12458.398469),
    (200_000, 0.075, 180, 1854.024720, 192497.278594),
    (100_000, 0.06, 360, 599.550525, None),
]


def cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def table(amount: int, rate: float, months: int, payment: int) -> list[tuple[int, int, int]]:
    """(interest, paid, balance) of each month in whole cents, worked out in decimals; the last payment clears it."""
    rows, balance = [], amount
    for number in range(1, months + 1):
        interest = cents(Decimal(balance) * Decimal(str(rate)) / 12)
        paid = balance + interest if number == months else min(payment, balance + interest)
        balance += interest - paid
        rows.append((interest, paid, balance))
    return rows


def one(amount: int, rate: float, months: int, due: int) -> dict[str, float]:
    return {"balance": amount, "limit": amount, "rate": rate, "remaining": months, "due": due}


@pytest.mark.parametrize(("amount", "rate", "months", "payment", "after_12"), TABLES)
def test_the_ledger_follows_the_table(
    amount: int, rate: float, months: int, payment: float, after_12: float | None
) -> None:
    due = int(instalment_of(np.array([amount * 100]), np.array([rate]), np.array([months]))[0])
    assert due == round(payment * 100)
    product = loan()
    lived = live(product, columns(product, 1, **one(amount * 100, rate, months, due)), months)
    interest, paid, balance = (lived.total(measure) for measure in ("interest", "paid", "balance"))
    owed = [amount * 100, *balance.tolist()]
    for month in range(months):  # each cent follows from the cents before; half a cent may fall either way
        exact = owed[month] * Fraction(str(rate)) / 12
        assert abs(int(interest[month]) - exact) <= Fraction(1, 2) + Fraction(1, 10**6)
        last = month == months - 1
        assert paid[month] == (owed[month] + interest[month] if last else min(due, owed[month] + interest[month]))
        assert owed[month + 1] == owed[month] + interest[month] - paid[month]
    wanted = table(amount * 100, rate, months, due)
    apart = np.abs(balance - np.array([row[2] for row in wanted]))
    assert apart.max() <= 2, "the table in decimals, ties of half a cent rounded up"
    assert lived.total("balance")[-1] == 0
    assert lived.total("paid").sum() == amount * 100 + lived.total("interest").sum()
    assert not lived.total("penalty").any()
    assert not lived.total("fees").any()
    if after_12 is not None:  # the published balances carry an unrounded payment: half a cent a month at most
        assert abs(lived.total("balance")[11] / 100 - after_12) <= 0.10
    assert abs(lived.total("interest").sum() / 100 - (payment * months - amount)) <= 0.01 * months


def test_total_interest() -> None:
    """10,000 at 12% over 36 months costs 1,957.1515 of interest; in whole cents 1,957.1 and a few."""
    rows = table(1_000_000, 0.12, 36, 33214)
    assert sum(row[0] for row in rows) == pytest.approx(195715.15, abs=15)


def test_the_first_month_of_a_small_loan() -> None:
    """2,500 at 8.24% over 12 months: interest 17.166667, principal 200.581924."""
    product = loan()
    due = int(instalment_of(np.array([250_000]), np.array([0.0824]), np.array([12]))[0])
    lived = live(product, columns(product, 1, **one(250_000, 0.0824, 12, due)), 1)
    assert lived.total("interest").tolist() == [1717]
    assert 250_000 - lived.total("balance")[0] == 20058


@pytest.mark.parametrize("method", ["equal_principal", "interest_only"])
def test_the_other_ways_to_repay(method: str) -> None:
    product, amount, rate, months = loan(method=method), 1_200_000, 0.12, 12
    due = 100_000 if method == "equal_principal" else 0
    lived = live(product, columns(product, 1, **one(amount, rate, months, due)), months)
    owed = [amount - (100_000 * number if due else 0) for number in range(months)]
    assert lived.total("interest").tolist() == [balance // 100 for balance in owed]
    assert lived.total("balance").tolist() == [*owed[1:], 0]


def test_many_loans_each_by_its_own_table() -> None:
    """A thousand loans of all sizes, rates and terms, and every one ends at nought on its last day."""
    numbers = np.arange(1000)
    amount, rate = 50_000 + 7_919 * numbers, 0.03 + 0.0003 * numbers
    months = 3 + numbers % 58
    product = loan()
    due = instalment_of(amount, rate, months)
    accounts = columns(product, 1000, balance=amount, limit=amount, rate=rate, remaining=months, due=due)
    lived = live(product, accounts, 60, start=dt.date(2026, 1, 1))
    tables = [
        table(int(a), round(float(r), 10), int(m), int(d)) for a, r, m, d in zip(amount, rate, months, due, strict=True)
    ]
    for month in range(60):
        interest = sum(rows[month][0] for rows in tables if month < len(rows))
        assert abs(int(lived.total("interest")[month]) - interest) <= 3, "a tie of half a cent may fall either way"
    assert lived.total("accounts")[-2:].tolist() == [int((months == 60).sum()), 0]
    assert lived.total("balance")[-1] == 0
