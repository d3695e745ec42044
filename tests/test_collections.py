"""The collections desk in a run: nobody is lost from the list, capacity holds, and few seats show in the book."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_worlds import BUSY, everybody, laid_over, ran

from simulator.engine.desk import CALLED, ID, LATE, LISTED, TABLE, Day, Month, worst
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
    seen: list[tuple[int, int, int]] = []
    original_open, original_close = Day.open, Day.close
    on_list: dict[Day, np.ndarray] = {}

    def opened(day: Day, month: int) -> None:
        put = day._put_on_the_list
        monkeypatch.setattr(day, "_put_on_the_list", lambda found: (on_list.update({day: found}), put(found)))
        original_open(day, month)

    def closed(day: Day, month: Month) -> None:
        original_close(day, month)
        listed, called = on_list[day], day.list[:, day.called]
        keys = [set(zip(part[TABLE].tolist(), part[ID].tolist(), strict=True)) for part in (listed, called)]
        assert len(keys[0]) == listed.shape[1]
        assert keys[1] <= keys[0]
        assert len(keys[0] - keys[1]) == day.waiting
        hours = day.desk.seats * (day.desk.closes - day.desk.opens)
        assert day.counts["calls"] <= hours * 60.0 / day.desk.minutes_per_call
        assert day.busy <= hours + 1e-9
        assert (listed[LISTED] <= day.number).all()
        assert (listed[LISTED] > listed[CALLED]).all()
        if called.shape[1]:
            assert (np.diff(day.list[LATE]) <= 0).all()  # the worst first
            assert called[LATE].min() >= listed[LATE].max() or day.called[: called.shape[1]].all()
        seen.append((listed.shape[1], called.shape[1], day.waiting))

    monkeypatch.setattr(Day, "open", opened)
    monkeypatch.setattr(Day, "close", closed)
    result = run(from_dict(laid_over(BUSY, {"lender.desk": SMALL_DESK})), unshocked=False)
    assert sum(waiting for _, _, waiting in seen) > 1000, "nobody ever waited; the test shows nothing"
    calls = result.record.lender["calls"].sum()
    assert calls >= sum(called for _, called, _ in seen) > 1000
    assert result.record.lender["reached"].sum() == pytest.approx(0.2 * calls, rel=0.1)
    promises = result.record.lender["promises"].sum()
    assert promises == pytest.approx(0.45 * result.record.lender["reached"].sum(), rel=0.12)
    assert result.record.lender["promises_kept"].sum() == pytest.approx(0.55 * promises, rel=0.15)


def test_the_worst_are_chosen_whatever_the_order() -> None:
    draws = np.random.default_rng(1)
    found = np.zeros((9, 500), np.int64)
    found[LATE], found[ID] = draws.integers(1, 6, 500), draws.permutation(500)
    found[5] = draws.integers(0, 4, 500)
    everyone = sorted(range(500), key=lambda at: (-found[LATE, at], -found[5, at], found[ID, at]))
    for most in (0, 1, 77, 499, 500, 900):
        assert worst(found, most).tolist() == everyone[:most]


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
