"""One borrower's life: the lines add up to the balance, looking on changes nothing, the slow twin lives the same."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any

import pytest

from simulator.run import run
from simulator.trace import Life, Ready
from tests.small_worlds import BUSY, laid_over, scenario
from tests.twin.beside import Side

WITH_ALL: dict[str, Any] = {
    "book.borrowers": 900,
    "lender.desk": {"seats": 2},
    "lender.policies.holiday": {"kind": "payment_holiday", "reach": 0.8, "least_missed": 0},
    "lender.policies.waiver": {"kind": "interest_writedown", "reach": 0.5, "least_missed": 1},
    "lender.policies.sale": {"kind": "debt_sale"},
    "lender.products.instalment.again": 0.1,
    "world.policies.cheques": {"kind": "cheque", "amount": 600.0, "starts": "2026-06", "ends": "2026-06"},
}
SPAN = laid_over(BUSY, WITH_ALL)


@lru_cache(maxsize=1)
def ready() -> Ready:
    made = scenario(SPAN)
    return Ready.of(made, made.seed)


@lru_cache(maxsize=1)
def plain() -> Any:
    return run(scenario(SPAN), unshocked=False)


@lru_cache(maxsize=16)
def life(borrower: int) -> tuple[Life, Any]:
    return ready().watched(borrower)


def failures(count: int) -> list[int]:
    return [int(number) for number in plain().causes["borrower"].drop_duplicates().iloc[:: max(1, 40 // count)][:count]]


def there(count: int) -> list[int]:
    """Some who are in the book when the span begins."""
    return [int(number) for number in ready().state.book.blocks[0].id if number >= 0][:count]


def balances(told: Life) -> dict[tuple[str, int], int]:
    """Sums of the lines by product and month's end."""
    clock, found, running = told.setting.clock, {}, defaultdict[str, int](int)
    lines = sorted(enumerate(told.lines), key=lambda pair: (pair[1].day, pair[0]))
    for month in range(clock.months):
        while lines and lines[0][1].day <= clock.month_end(month):
            line = lines.pop(0)[1]
            running[line.product] += line.amount
            assert running[line.product] == line.balance
        found.update({(name, month): running[name] for name in told.setting.products})
    assert not lines
    return found


def test_lines_add_up_to_the_balance_at_every_month_end() -> None:
    whats: set[str] = set()
    for borrower in [*failures(6), *there(4)]:
        told, _ = life(borrower)
        sums = balances(told)
        for month in told.months:
            for name, debt in month.debts.items():
                assert debt.balance == sums[name, month.month], (borrower, month.month, name)
        whats |= {line.what for line in told.lines}
    assert {"paid", "interest", "fees", "charged off"} <= whats


def test_looking_on_changes_nothing() -> None:
    (borrower,) = failures(1)
    _, state = life(borrower)
    assert state.panel.frame().to_csv() == plain().panel.to_csv()
    assert state.book.next_id > 900


TWIN_WORLD = {**SPAN, "book": {**SPAN["book"], "borrowers": 300, "warm_up": 0}}


def test_the_slow_twin_lives_the_same_lives() -> None:
    made = scenario(TWIN_WORLD)
    own = Ready.of(made, made.seed)
    result = run(made, unshocked=False)
    chosen = [int(number) for number in result.causes["borrower"].drop_duplicates()[:4]] + [0, 1]
    lives = {number: {month.month: month for month in own.watched(number)[0].months} for number in chosen}
    compared = 0
    side = Side(made)
    for month in side.months():
        for number, months in lives.items():
            person, here = side.people.get(number), months.get(month)
            if person is None or here is None or not here.here:
                continue
            assert here.savings == person.savings, (number, month)
            for account in person.accounts:
                debt = here.debts.get(account.name)
                if debt is not None:
                    assert debt.balance == account.balance, (number, month, account.name)
                    compared += 1
    assert compared > 50


@pytest.mark.parametrize("borrower", [-1, 10**9])
def test_nobody_of_that_number(borrower: int) -> None:
    with pytest.raises(Exception, match="numbers go from 0"):
        ready().watched(borrower)
