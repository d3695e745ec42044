"""The collections desk in a run: nobody is lost from the list, capacity holds, and few seats show in the book."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_worlds import BUSY, everybody, laid_over, ran

from simulator.block import Accounts, Block
from simulator.draws import Draws, mix
from simulator.engine.call_list import Table, worst
from simulator.engine.desk import Day, Month
from simulator.errors import ScenarioError
from simulator.metrics import measure
from simulator.run import Result, run
from simulator.scenario import from_dict, load

SMALL_DESK = {"seats": 1, "minutes_per_call": 12.0, "calls_per_sheet": 10, "contact_rate": 0.2}
NEUTRAL = {"seats": 0, "alone": 1.0, "reminder": 0}
OWN = ["collection_cost", "profit"]


def with_desk(desk: dict[str, Any], **changes: Any) -> Result:
    return ran({"lender.desk": desk, **{key.replace("__", "."): value for key, value in changes.items()}}, BUSY)


def test_a_desk_that_does_nothing_changes_no_cent() -> None:
    without, with_one = ran({}, BUSY), with_desk(NEUTRAL)
    panel = with_one.panel[without.panel.columns]
    assert panel.equals(without.panel)
    assert everybody(with_one)["waiting_accounts"].min() > 0


def test_everybody_on_the_list_is_called_or_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is late enough, rested and not spoken to is called or counted as waiting; the worst are called."""
    original_open, original_close = Day.open, Day.close
    on_list: dict[int, dict[tuple[int, int], int]] = {}
    seen: list[tuple[int, int]] = []

    def opened(day: Day, month: int) -> None:
        due = {}
        for number, table in enumerate(day.tables):
            arrears = table.accounts.arrears
            free = (table.late >= day.desk.first_call) & (arrears.contact == 0)
            free &= (arrears.called == 0) | (day.number - arrears.called >= day.desk.pause)
            borrowers = table.block.id[arrears.rows[free]].tolist()
            due.update(zip([(number, borrower) for borrower in borrowers], table.late[free].tolist(), strict=True))
        on_list[day.number] = due
        original_open(day, month)

    def closed(day: Day, month: Month) -> None:
        original_close(day, month)
        due = on_list[day.number]
        keys = list(zip(day.list.table.tolist(), day.list.borrower.tolist(), strict=True))
        called = [key for key, was in zip(keys, day.called.tolist(), strict=True) if was]
        assert set(keys) <= set(due)
        assert len(set(called)) == len(called) == len(due) - day.waiting
        hours = day.desk.seats * (day.desk.closes - day.desk.opens)
        assert len(called) <= day.counts["calls"] <= hours * 60.0 / day.desk.minutes_per_call
        assert day.busy <= hours + 1e-9
        assert (day.list.since <= day.number).all()
        late = [due[key] for key in keys]
        assert late == sorted(late, reverse=True)
        left = [days for key, days in due.items() if key not in set(keys)]
        assert not left or min(late, default=0) >= max(left)
        seen.append((len(called), day.waiting))

    monkeypatch.setattr(Day, "open", opened)
    monkeypatch.setattr(Day, "close", closed)
    result = run(from_dict(laid_over(BUSY, {"lender.desk": SMALL_DESK})), unshocked=False)
    assert sum(waiting for _, waiting in seen) > 1000, "nobody ever waited; the test shows nothing"
    figures = {what: amounts.sum() for what, amounts in result.record.lender.items()}
    assert figures["calls"] >= sum(called for called, _ in seen) > 1000
    assert figures["reached"] == pytest.approx(SMALL_DESK["contact_rate"] * figures["calls"], rel=0.1)
    assert figures["promises"] == pytest.approx(0.45 * figures["reached"], rel=0.12)
    assert figures["promises_kept"] == pytest.approx(0.55 * figures["promises"], rel=0.15)


def test_the_worst_are_chosen_whatever_the_order() -> None:
    draws, tables = Draws(1), []
    for number in range(3):
        block = Block(number + 1, 200)
        block.id[:] = np.argsort(draws.uniform(f"test.{number}", 0, mix(np.arange(200)))) * 3 + number
        accounts = Accounts(200, 5)
        accounts.arrears.rows = np.arange(0, 200, 2)
        accounts.arrears.table = np.zeros((accounts.arrears.table.shape[0], 100), np.int64)
        accounts.arrears.overdue = np.arange(100) % 4 * 1000
        tables.append(Table(block, accounts, accounts.arrears.rows, -(np.arange(100) * 7 % 6) - 1))
    places = [np.arange(0, 100, step) for step in (1, 3, 2)]
    everyone = sorted(
        (-int(table.late[at]), -int(table.accounts.arrears.overdue[at]), int(table.block.id[2 * at]), number, int(at))
        for number, table in enumerate(tables)
        for at in places[number]
    )
    for most in (0, 1, 77, 183, 184, 900):
        chosen = worst(tables, places, most)
        assert chosen.borrower.tolist() == [borrower for _, _, borrower, _, _ in everyone[:most]]
        assert list(zip(chosen.table, chosen.place, strict=True)) == [key[3:] for key in everyone[:most]]
        assert chosen.mixed.size == len(chosen)


def test_blocks_in_another_order_are_the_same_desk() -> None:
    changes = {"lender.desk": SMALL_DESK}
    assert ran(changes, BUSY).panel.equals(ran(changes, BUSY, reverse=True).panel)


def test_without_calls_and_reminders_more_fall_behind() -> None:
    levels = [with_desk({"seats": seats, "minutes_per_call": 12.0}) for seats in (0, 1, 20)]
    kept = [everybody(result)["promises_kept"].sum() for result in levels]
    assert kept[0] == 0 < kept[1] < kept[2]
    late = [measure(result.panel)["charge_off_accounts"] for result in levels]
    assert late[0] > late[2]
    waiting = [measure(result.panel)["mean_waiting_accounts"] for result in levels]
    assert waiting[0] > waiting[1] > waiting[2]


def rolled_on(result: Result) -> float:
    """Of accounts 1 to 29 days late, the share that is a month later still further behind; mean of all products."""
    rolls = result.roll_rates[result.roll_rates["from_bucket"] == "1_29"]
    worse = rolls[~rolls["to_bucket"].isin(["current", "1_29", "closed"])]
    return float(worse["accounts"].sum() / rolls["accounts"].sum())


def test_three_seats_against_thirty_in_a_slump() -> None:
    sets = ("book.warm_up=12", "lender.desk.minutes_per_call=60")  # each borrower stands for four times as many
    few, many = (
        run(load(name, sets, borrowers=5000, months=24), unshocked=False)
        for name in ("desk_three_seats", "desk_thirty_seats")
    )
    there, here = everybody(few), everybody(many)
    assert there["waiting_accounts"].mean() > 4 * here["waiting_accounts"].mean()
    assert there["mean_wait_days"].mean() > 4 * here["mean_wait_days"].mean()
    assert there["seats_used"].mean() > 0.95
    assert rolled_on(few) > 1.01 * rolled_on(many)
    assert there["collection_cost"].mean() < 0.2 * here["collection_cost"].mean()


def test_debts_sold_bring_their_price_and_nothing_later() -> None:
    sale = {"kind": "debt_sale", "from_days": 60, "price": 0.2, "decay": 0.0}
    sold = ran({"lender.policies.sale": sale, "lender.products.instalment.share": 0.0}, BUSY)
    kept = ran({"lender.products.instalment.share": 0.0}, BUSY)
    rows, before = everybody(sold), everybody(kept)
    assert rows["overdue_60_89"].sum() == rows["overdue_90_plus"].sum() == 0.0
    assert rows["sold"].sum() > 0
    assert sold.policies.query("policy == 'sale'")["number"].sum() > 10
    assert rows["recoveries"].sum() < 0.2 * before["recoveries"].sum()
    lost = rows["charge_offs"].sum() + rows["sold"].sum()
    bankrupt = lost - rows["sold"].sum() / 0.2  # what was not sold: the bankrupt
    assert 0 <= bankrupt < 0.5 * lost


def test_a_policy_for_a_desk_that_is_not_there_is_a_mistake() -> None:
    for kind in ("larger_desk", "earlier_contact"):
        with pytest.raises(ScenarioError, match="no collections desk"):
            from_dict(laid_over(BUSY, {f"lender.policies.{kind}": {}}))


def test_a_desk_that_closes_before_it_opens_is_a_mistake() -> None:
    with pytest.raises(ScenarioError, match="closes must be the later hour"):
        from_dict(laid_over(BUSY, {"lender.desk": {"opens": 15, "closes": 12}}))
