"""The figures of a panel, against a book small enough to work out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from simulator import metrics
from simulator.metrics import METRICS, measure
from tests.synthetic import made_up_panel


def by_hand() -> pd.DataFrame:
    """Three months, April to June: opens with 1,000; 100 charged off in May and 50 in June."""
    none = [0.0, 0.0, 0.0]
    return pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-04-30", "2026-05-31", "2026-06-30"]),
            "segment": "all",
            "borrowers": [90, 90, 91],
            "accounts": [100, 101, 101],
            "balance": [1100.0, 1000.0, 900.0],
            "overdue_1_29": [10.0, 20.0, 30.0],
            "overdue_30_59": [22.0, 50.0, 9.0],
            "overdue_60_89": [11.0, 30.0, 9.0],
            "overdue_90_plus": [11.0, 20.0, 45.0],
            "accounts_1_29": [1, 1, 1],
            "accounts_30_59": [2, 3, 1],
            "accounts_60_89": [1, 1, 0],
            "accounts_90_plus": [1, 1, 1],
            "billed": [60.0, 60.0, 60.0],
            "paid": [50.0, 60.0, 100.0],
            "interest": [20.0, 20.0, 20.0],
            "penalty": [5.0, 5.0, 5.0],
            "fees": [5.0, 5.0, 5.0],
            "purchases": [20.0, 30.0, 20.0],
            "lent": [100.0, 0.0, 0.0],
            "new_loans": [2, 1, 0],
            "defaults": [1, 2, 1],
            "charge_offs": [0.0, 100.0, 50.0],
            "charge_off_accounts": [0, 2, 1],
            "net_charge_offs": [0.0, 90.0, 40.0],
            "recoveries": [0.0, 10.0, 10.0],
            "bankruptcies": [0, 1, 0],
            "unemployment_rate": [0.05, 0.06, 0.055],
            "economy_unemployment_rate": [0.05, 0.06, 0.055],
            "allowance": none,
            "penalty_owed": [2.0, 5.0, 3.0],
            "profit": [12.0, -90.0, -25.0],
            "collection_cost": [3.0, 4.0, 5.0],
            "calls": [100.0, 0.0, 300.0],
            "mean_wait_days": [1.0, 0.0, 3.0],
            "waiting_accounts": [0.0, 6.0, 9.0],
            "applicants": [4.0, 3.0, 0.0],
            "repaid_early": [10.0, 0.0, 5.0],
            "complaints": [1.0, 0.0, 2.0],
            "trust": [1.0, 0.9, 0.8],
        }
    )


HELD = (1050.0 + 1050.0 + 950.0) / 3  # mean of opening and closing, month by month

EXPECTED = {
    "peak_overdue_30_rate": 100 / 1000,
    "peak_overdue_60_rate": 54 / 900,
    "peak_overdue_90_rate": 45 / 900,
    "mean_overdue_30_rate": (44 / 1100 + 100 / 1000 + 63 / 900) / 3,
    "peak_overdue_30_account_rate": 5 / 101,
    "default_rate": 4 / 101,
    "charge_off_rate": 12 * 50 / HELD,
    "net_charge_off_rate": 12 * (130 / 3) / HELD,
    "peak_charge_off_rate": 4 * 150 / HELD,
    "cumulative_charge_off_rate": 150 / 1000,
    "net_loss": 130.0,
    "charged_off": 150.0,
    "recovered": 20.0,
    "collected": 210.0,
    "income": 90.0,
    "profit": -103.0,
    "return_on_book": 12 * (-103 / 3) / HELD,
    "penalty_share_of_overdue": 10 / 267,
    "collection_cost": 12.0,
    "mean_wait_days": 1000 / 400,
    "mean_waiting_accounts": 5.0,
    "applicants": 7.0,
    "early_repayment_rate": 12 * 5 / HELD,
    "complaints": 3.0,
    "mean_trust": 0.9,
    "new_lending": 170.0,
    "final_balance": 900.0,
    "defaults": 4.0,
    "charge_off_accounts": 3.0,
    "bankruptcies": 1.0,
    "peak_unemployment_rate": 0.06,
    "mean_unemployment_rate": 0.055,
}


def test_every_figure_is_what_a_hand_makes_it() -> None:
    assert measure(by_hand()) == pytest.approx(EXPECTED)


def test_every_metric_says_what_it_is() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    for metric in METRICS:
        assert metric.label
        assert metric.unit
        assert metric.good in ("low", "high", "neither")
        assert metric.meaning.endswith(".")
    assert {metric.unit_in("USD") for metric in METRICS if metric.unit == "currency"} == {"USD"}


def test_the_order_of_rows_does_not_matter() -> None:
    panel = made_up_panel(15)
    shuffled = panel.sample(frac=1.0, random_state=3)
    assert measure(shuffled) == measure(panel)


def test_segments_are_measured_apart_and_an_unknown_one_is_named() -> None:
    panel = made_up_panel(6)
    part, whole = measure(panel, "product=card"), measure(panel)
    assert part["final_balance"] == pytest.approx(0.7 * whole["final_balance"], rel=0.01)
    with pytest.raises(KeyError, match=r"product=house.*product=card"):
        measure(panel, "product=house")


def test_an_empty_book_has_no_rates_and_no_losses() -> None:
    panel = by_hand()
    panel.loc[:, panel.columns.difference(["month", "segment"])] = 0
    found = measure(panel)
    assert math.isnan(found["charge_off_rate"])
    assert math.isnan(found["peak_overdue_30_rate"])
    assert found["net_loss"] == 0.0


def test_only_whole_quarters_count_and_a_single_month_still_has_a_peak() -> None:
    rows = metrics.segment_rows(made_up_panel(8))
    assert [str(quarter) for quarter in metrics.quarterly_charge_off_rate(rows).index] == ["2026Q1", "2026Q2"]
    month = metrics.segment_rows(made_up_panel(1))
    assert metrics.peak_charge_off_rate(month) == metrics.charge_off_rate(month)
