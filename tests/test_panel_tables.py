"""The tables made of a panel: vintages, roll rates and who was hit agree with the panel's own rows."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import metrics
from tests.small_worlds import ran


def test_who_was_hit_has_the_rates_of_the_metrics() -> None:
    result = ran()
    for row in result.hit.to_dict("records"):
        found = metrics.measure(result.panel, f"{row['dimension']}={row['group']}")
        assert row["charge_off_rate"] == pytest.approx(found["charge_off_rate"], nan_ok=True)
        assert row["default_rate"] == pytest.approx(found["default_rate"], nan_ok=True)
        assert row["charge_offs"] == pytest.approx(found["charged_off"])


def test_vintages_of_cards_go_by_accounts_and_of_loans_by_money_too() -> None:
    table = ran().vintages
    card, loan = (table[table["product"] == name] for name in ("card", "instalment"))
    assert (card["lent"] == 0).all()
    assert (card["limit"] > 0).all()
    assert card["cumulative_charge_off_rate"].isna().all()
    assert (loan["lent"] > 0).all()
    assert np.isfinite(loan["cumulative_charge_off_rate"]).all()
    rate = table["cumulative_charge_off_account_rate"]
    assert rate.between(0, 1).all()
    lost = table.groupby(["product", "vintage"])["charge_off_accounts"].sum() / (
        table.groupby(["product", "vintage"])["accounts"].first()
    )
    last = table.groupby(["product", "vintage"])["cumulative_charge_off_account_rate"].last()
    assert last.to_numpy() == pytest.approx(lost.to_numpy())


def test_who_stays_current_was_there_before() -> None:
    result = ran()
    rolls = result.roll_rates.groupby(["product", "month", "from_bucket"])["accounts"].sum()
    for name in ("card", "instalment"):
        rows = metrics.segment_rows(result.panel, f"product={name}")
        late = rows[["accounts_1_29", "accounts_30_59", "accounts_60_89", "accounts_90_plus"]].sum(axis=1)
        current = rows["accounts"] - late
        for month in range(1, len(rows)):
            there = rolls[name, rows["month"][month], "current"]
            assert 0 < there <= current[month - 1], (name, month)
