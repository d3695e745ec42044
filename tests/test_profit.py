"""Profit and loss of the lender adds up to the cent: over products and segments, against the flows, and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_worlds import BUSY, laid_over, ran

from simulator.costs import Costs
from simulator.metrics import measure, segment_rows
from simulator.panel.profit import shared
from simulator.run import run
from simulator.scenario import load

COSTS = ["funding_cost", "operating_cost", "collection_cost", "policy_cost"]
HELP: dict[str, Any] = {
    "world.economy.policy_rate": {"baseline": 4.0, "2026-03": 7.0},
    "world.policies": {"cheque": {"starts": "2026-04", "amount": 100.0, "cost_each": 2.0}},
    "lender.policies.penalty_cap": {"starts": "2026-05", "ends": "2026-08-31", "cost_monthly": 1000.01},
    "lender.policies.payment_holiday": {"starts": "2026-05", "cost_each": 12.34},
}


def cents(column: pd.Series[float]) -> np.ndarray:
    whole = np.rint(column.to_numpy() * 100)
    assert np.abs(column.to_numpy() * 100 - whole).max() < 1e-4
    return whole.astype(np.int64)


def test_parts_add_up_to_the_whole_in_every_cut() -> None:
    panel = ran(HELP).panel
    whole = segment_rows(panel)
    for name in [*COSTS, "profit", "penalty_owed"]:
        for cut in ("product", "income_quintile", "region"):
            parts = panel[panel["segment"].str.startswith(f"{cut}=")]
            together = sum(cents(rows[name]) for _, rows in parts.groupby("segment"))
            assert (together == cents(whole[name])).all(), (name, cut)
    assert (cents(whole["policy_cost"]) > 0).any()


def test_profit_is_what_is_earned_less_what_is_lost_and_spent() -> None:
    for _, rows in ran(HELP).panel.groupby("segment"):
        earned = sum(cents(rows[name]) for name in ("interest", "penalty", "fees", "recoveries"))
        lost = cents(rows["charge_offs"]) + cents(rows["written_down"])
        spent = sum(cents(rows[name]) for name in COSTS)
        assert (cents(rows["profit"]) == earned - lost - spent).all()


def test_costs_by_hand_in_two_months() -> None:
    """March, with money dearer by three points, and June, with the lender's two policies in force."""
    result = ran(HELP)
    costs, rows = Costs(), segment_rows(result.panel)
    opening = rows["balance"].shift(1)
    for month, rate in ((2, 0.07), (5, 0.07)):
        held = (opening[month] + rows["balance"][month]) / 2
        assert rows["funding_cost"][month] == pytest.approx(held * (rate + costs.funding_spread) / 12, abs=0.006)
        keeping = 8.0 * rows["accounts"][month] + 60.0 * rows["new_loans"][month]
        assert rows["operating_cost"][month] == pytest.approx(keeping, abs=0.006)
    assert rows["policy_cost"][2] == 0
    helped = result.policies[(result.policies["policy"] == "payment_holiday") & (result.policies["number"] > 0)]
    june = helped[helped["month"] == rows["month"][5]]
    assert len(june) == 1
    assert rows["policy_cost"][5] == pytest.approx(1000.01 + 12.34 * june["number"].iloc[0], abs=0.006)


def test_what_policies_did_is_told_with_who_bears_it() -> None:
    result = ran(HELP)
    table, rows = result.policies, segment_rows(result.panel)
    assert set(table["policy"]) == {"approval", "cheque", "payment_holiday", "penalty_cap"}
    by = table.groupby("policy")["by"].first()
    assert (by["cheque"], by["payment_holiday"]) == ("state", "lender")
    capped = table[table["policy"] == "penalty_cap"]
    assert capped["in_force"].sum() == 4
    assert capped["number"].sum() == 0
    assert capped["cost"].sum() == pytest.approx(4 * 1000.01)
    cheque = table[table["policy"] == "cheque"]
    assert cheque["given"].sum() == pytest.approx(100.0 * cheque["number"].sum())
    assert cheque["cost"].sum() == pytest.approx(2.0 * cheque["number"].sum())
    assert 0.8 * 1500 < cheque["number"].sum() < 1.2 * 1500
    lenders = table[table["by"] == "lender"].groupby("month")["cost"].sum()
    assert rows["policy_cost"].to_numpy() == pytest.approx(lenders.to_numpy())
    assert rows["money_given"].to_numpy() == pytest.approx(table.groupby("month")["given"].sum().to_numpy())


def test_costs_change_no_life() -> None:
    dear = {"lender.costs": {"funding_spread": 0.1, "account_monthly": 90.0, "origination": 500.0}}
    usual, other = ran().panel, ran(dear).panel
    money = ["funding_cost", "operating_cost", "profit"]
    assert other.drop(columns=money).equals(usual.drop(columns=money))
    assert (segment_rows(other)["profit"] < segment_rows(usual)["profit"]).all()


def test_the_platform_earns_what_its_flows_say() -> None:
    """Before costs the profit of the platform's book is the money that came in less the money that went out, and how
    much more is owed to it."""
    result = run(load("cn_platform", borrowers=1500, months=24), seed=4, unshocked=False)
    flows = result.flows.groupby("month").sum(numeric_only=True)
    rows = segment_rows(result.panel).set_index("month")
    before = rows["profit"] + sum(rows[name] for name in COSTS)
    came = flows["paid"] + flows["sold"] + rows["recoveries"]
    owed = flows["closing"] - flows["opening"]
    assert cents(before) == pytest.approx(cents(came - flows["lent"] - flows["purchases"] + owed), abs=1)
    figures = measure(result.panel)
    assert figures["profit"] == pytest.approx(rows["profit"].sum())
    average = (flows["opening"] + flows["closing"]).mean() / 2
    assert figures["return_on_book"] == pytest.approx(12 * rows["profit"].mean() / average)
    late = sum(rows[name] for name in rows if str(name).startswith("overdue_"))
    assert figures["penalty_share_of_overdue"] == pytest.approx(rows["penalty_owed"].sum() / late.sum())
    assert 0 < figures["penalty_share_of_overdue"] < 0.2


def test_penalty_makes_up_more_of_what_is_overdue_where_it_is_dear() -> None:
    dear = {"lender.products.card.penalty_multiple": 3.0, "lender.products.instalment.penalty_multiple": 3.0}
    name = "penalty_share_of_overdue"
    assert measure(ran(dear).panel)[name] > measure(ran().panel)[name] > 0
    free = {"lender.products.card.late_fee": 0.0, "lender.products.instalment.late_fee": 0.0}
    assert measure(ran(free).panel)[name] < 1e-4, "interest on unpaid interest is all that is left"


@pytest.mark.parametrize("weights", [[1.0, 1.0, 1.0], [0.0, 5.0, 1e-9], [0.0, 0.0, 0.0]])
def test_a_total_is_shared_out_to_the_cent(weights: list[float]) -> None:
    total = np.array([0, 1, 100, -7, 10**13 + 1])
    parts = shared(total, np.tile(weights, (5, 1)))
    assert (parts.sum(axis=1) == total).all()
    part = np.array(weights) / sum(weights) if sum(weights) else np.full(3, 1 / 3)
    assert np.abs(parts - total[:, None] * part).max() <= 1.0


def test_a_run_without_policies_says_so_in_an_empty_table() -> None:
    bare = ran(base=laid_over(BUSY, {"lender.policies": {}}))
    assert bare.policies.empty
    assert list(bare.policies) == list(ran(HELP).policies)
    assert (bare.panel["policy_cost"] == 0).all()
