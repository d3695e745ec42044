"""A book in shards: whose is whose, that parts add up to the cent, that the whole is as one book, and over workers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from simulator.cli.size import memory_needed, must_fit, workers_that_fit
from simulator.counterfactual import counterfactual
from simulator.desk import Desk
from simulator.ensemble.shards import run_shards
from simulator.errors import EnsembleError, ScenarioError, TapeError
from simulator.ledger import IN, OUT
from simulator.panel import Panel, added
from simulator.run import Result, Setting, _begin, live_shard, run
from simulator.scenario import Scenario
from simulator.shard import Shard, shard_of, shards
from simulator.trace import beside, trace
from tests.small_worlds import everybody, scenario

SEVERAL = 3
WORLD: dict[str, Any] = {
    "span__months": 8,
    "book__warm_up": 13,
    "book__borrowers": 900,
    "book__segments": ["income_quintile"],
    "lender__desk": {"seats": 7, "minutes_per_call": 30.0, "field_from": 60},
    "lender__trust": {},
    "lender__policies__help": {"kind": "reminders", "cost_monthly": 1234.57, "cost_each": 0.0, "starts": "2026-03"},
}


def world(number: int, **changes: Any) -> Scenario:
    return scenario(**{**WORLD, "shards": number, **changes})


@pytest.fixture(scope="module")
def one() -> Result:
    return run(world(1))


@pytest.fixture(scope="module")
def several() -> Result:
    return run(world(SEVERAL))


@pytest.fixture(scope="module")
def apart() -> list[Panel]:
    """The same shards, each lived by itself, the last one first."""
    setting = Setting.of(world(SEVERAL), 3)
    lived = [live_shard(setting.of_shard(shard), None, both=False).record for shard in reversed(shards(SEVERAL))]
    return lived[::-1]


# --- whose is whose -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3, 10, 28])
def test_every_borrower_is_in_one_shard_and_pays_on_the_day_of_one_book(number: int) -> None:
    whole = scenario(book__due_days=list(range(1, 29)), book__borrowers=600)
    state = _begin(Setting.of(whole, 1), None)
    ids = np.arange(3000, dtype=np.int64)
    days = np.array([block.due_day for block in state.book.blocks])[state.book.block_of(ids)]
    seen: list[int] = []
    for shard in shards(number):
        own = _begin(Setting.of(whole, 1, shard), None).book
        mine = shard.numbers(shard.number, ids[shard.rows].size)
        assert np.array_equal(mine, ids[shard.rows])
        assert np.array_equal(np.array([block.due_day for block in own.blocks])[own.block_of(mine)], days[mine])
        assert {block.due_day for block in own.blocks} == set(days[mine].tolist())  # and no block stays empty
        there = np.concatenate([block.id[block.id >= 0] for block in own.blocks])
        assert there.size == shard.part(600)
        assert (there % number == shard.number).all()
        seen += mine.tolist()
    assert sorted(seen) == ids.tolist()


def test_large_blocks_of_a_due_day_are_filled_evenly() -> None:
    from simulator.book import LARGEST_BLOCK, Book

    book = Book.empty((3, 17), 5 * LARGEST_BLOCK, {}, (), shard=Shard(1, 10))
    counts = np.bincount(book.block_of(Shard(1, 10).numbers(1, 60_000)), minlength=len(book.blocks))
    assert [block.due_day for block in book.blocks] == [17] * 5
    assert counts.min() > 0.9 * counts.max()


def test_what_belongs_to_the_whole_is_divided_and_the_rest_goes_to_the_first() -> None:
    assert [shard.part(17) for shard in shards(5)] == [4, 4, 3, 3, 3]
    desk = Desk(seats=7, field_visits=2)
    assert [desk.divided(shard).seats for shard in shards(3)] == [3, 2, 2]
    assert [desk.divided(shard).field_visits for shard in shards(3)] == [1, 1, 0]
    assert desk.divided(Shard()) is desk
    assert shard_of(47, 10) == Shard(7, 10)


def test_seats_that_a_policy_adds_are_divided_too() -> None:
    setting = Setting.of(world(4, lender__policies__more={"kind": "larger_desk", "times": 2.0, "more": 1}), 1)
    found = []
    for shard in shards(4):
        policies = setting.of_shard(shard).rules().policies
        policies.set_date(setting.clock.month_date(0), baseline=False)
        assert setting.scenario.lender.desk is not None
        found.append(policies.desk(setting.scenario.lender.desk).seats)
    assert found == [4, 4, 4, 3]  # 7 x 2 + 1


# --- parts and the whole --------------------------------------------------------------------------------------------


def test_the_panels_of_the_shards_add_up(several: Result, apart: list[Panel]) -> None:
    pd.testing.assert_frame_equal(added(apart).frame(), several.panel)
    for product, cells in several.record.cells.items():
        for name, table in cells.items():
            assert np.array_equal(table, sum(part.cells[product][name] for part in apart)), name


def test_money_adds_up_in_each_shard_and_in_the_sum(several: Result, apart: list[Panel]) -> None:
    for panel in (*apart, several.record):
        for product in panel.products:
            balance = panel.total(product, "balance")
            moved: npt.NDArray[np.int64] = sum((panel.total(product, flow) for flow in IN), np.zeros_like(balance))
            moved = moved - sum(panel.total(product, flow) for flow in OUT)
            assert balance[-1] > 0
            assert np.array_equal(np.diff(balance), moved[1:])


def test_shards_are_one_book_within_sampling_error_and_mostly_the_same_people(one: Result, several: Result) -> None:
    here, there = everybody(one), everybody(several)
    assert there["borrowers"].mean() == pytest.approx(here["borrowers"].mean(), rel=0.02)
    assert there["balance"].mean() == pytest.approx(here["balance"].mean(), rel=0.03)
    defaults = here["defaults"].sum(), there["defaults"].sum()
    assert abs(defaults[0] - defaults[1]) < 2.0 * np.sqrt(defaults[0])
    both = set(one.causes["borrower"]) & set(several.causes["borrower"])
    assert len(both) > 0.5 * len(set(one.causes["borrower"]))  # paired: the same numbers have the same luck
    assert there["calls"].sum() == pytest.approx(here["calls"].sum(), rel=0.25)
    assert there["trust"].between(0.45, 1.0).all()
    assert there["seats_used"].between(0.0, 1.0).all()
    assert there["economy_unemployment_rate"].equals(here["economy_unemployment_rate"])


def test_what_a_policy_costs_a_month_is_not_paid_by_each_shard(one: Result, several: Result) -> None:
    cost = [result.policies.query("policy == 'help'")["cost"] for result in (one, several)]
    assert cost[0].min() == 0.0
    assert cost[0].max() == 1234.57
    assert cost[1].equals(cost[0])


def test_figures_that_are_means_are_weighed(several: Result, apart: list[Panel]) -> None:
    seats = np.array([shard.part(7) for shard in shards(SEVERAL)])
    used = np.array([part.lender["seats_used"] for part in apart])
    expected = (used * seats[:, None]).sum(axis=0) / seats.sum()
    assert several.record.lender["seats_used"] == pytest.approx(expected)
    accounts = np.array([sum(part.total(name, "accounts") for name in part.products) for part in apart])
    trust = np.array([part.lender["trust"] for part in apart])
    assert several.record.lender["trust"] == pytest.approx((trust * accounts).sum(axis=0) / accounts.sum(axis=0))


def test_shards_without_a_seat_are_told() -> None:
    few = run(world(3, book__borrowers=90, book__warm_up=1, span__months=3, lender__desk={"seats": 2}))
    (told,) = (entry for entry in few.counted if entry["what"] == "shards without a seat at the desk")
    assert told["number"] == 1
    (held,) = (entry for entry in few.counted if entry["what"] == "months with trust held at 1")
    assert held["number"] == 3  # months of the span, once


# --- over workers, and other ways to look at it ---------------------------------------------------------------------


def test_the_same_bytes_over_workers(several: Result) -> None:
    heard: list[tuple[str, int, int]] = []
    found = run_shards(world(SEVERAL), workers=2, told=lambda *told: heard.append(told))
    for name in ("panel", "unshocked", "causes", "vintages", "roll_rates", "flows", "hit", "policies"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(several, name))
    assert found.counted == several.counted
    assert heard[-1][2] == SEVERAL * (13 + 8 + 8)
    assert found.provenance["workers"] == 2
    assert 0 < found.provenance["worker_peak_memory_bytes"] < 2_000_000_000
    with pytest.raises(EnsembleError, match="at least 1"):
        run_shards(world(SEVERAL), workers=0)


def test_one_borrower_is_traced_in_his_shard(several: Result) -> None:
    default = several.causes.iloc[-1]
    life = trace(world(SEVERAL), int(default["borrower"]))
    assert default["month"] in [told["month"] for told in life.defaults]
    with pytest.raises(ScenarioError, match=r"3 shards.*--borrower"):
        beside(world(SEVERAL), None, None, "failure")


def test_causes_are_switched_off_in_every_shard() -> None:
    small = world(2, book__borrowers=400, span__months=5, book__warm_up=3, lender__trust=None)
    found = counterfactual(small)
    result = run(small, unshocked=False)
    assert set(found.needed["borrower"]) == set(result.causes["borrower"])
    assert (found.table["vanished"] <= found.table["defaults"]).all()


def test_rows_of_a_tape_fall_into_shards(tmp_path: Path) -> None:
    lines = [f"{number},{1000 + 7 * number},{36 - number % 30}" for number in range(40)]
    (tmp_path / "loans.csv").write_text("id,balance,remaining\n" + "\n".join(lines) + "\n")
    columns = {name: name for name in ("id", "balance", "remaining")}
    tape = {"file": str(tmp_path / "loans.csv"), "product": "instalment", "columns": columns, "currency": "USD"}
    base = {**WORLD, "span__months": 3, "book__tape": tape, "book__borrowers": 40, "lender__trust": None}
    first, parted = (run(scenario(**base, shards=number), unshocked=False) for number in (1, 3))
    opening = [result.flows.query("product == 'instalment'")["opening"].iloc[0] for result in (first, parted)]
    assert opening[0] == opening[1] == sum(1000 + 7 * number for number in range(40))
    counts = [{entry["what"]: entry["number"] for entry in result.counted} for result in (first, parted)]
    assert counts[1]["age drawn"] == counts[0]["age drawn"] == 40
    with pytest.raises(TapeError, match="40 rows can be used, too few for 41 shards"):
        run(scenario(**base, shards=41))


# --- what is refused, and what it needs ------------------------------------------------------------------------------


def test_more_shards_than_borrowers_are_refused() -> None:
    with pytest.raises(ScenarioError, match="901 shards for 900 borrowers"):
        world(901)


def test_memory_is_that_of_a_shard_for_each_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    large = {"book__borrowers": 4_000_000, "span__months": 12}
    whole, parted = world(1, **large), world(10, **large)
    assert memory_needed(parted) < memory_needed(whole) / 3
    assert memory_needed(parted, 1) < memory_needed(parted, 2) < memory_needed(parted, 4)
    assert memory_needed(whole, 8) == memory_needed(whole)
    free = int(memory_needed(parted, 2) / 0.9) + 1
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    assert must_fit(parted, 2)[0] == memory_needed(parted, 2)
    assert workers_that_fit(parted, 7) == 7
    assert workers_that_fit(parted, None) <= 2
    with pytest.raises(ScenarioError, match=r"10 shards, 3 at a time, need .*; --workers 2 would fit"):
        must_fit(parted, 3)
    with pytest.raises(ScenarioError, match=r"--set shards=5, or --borrowers \d+ would fit"):
        must_fit(whole)
