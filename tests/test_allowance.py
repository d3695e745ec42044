"""The allowance month by month: the walk sums to the cent whatever happens, and every term moves it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.allowance import tables
from simulator.allowance.beside import beside
from simulator.allowance.enough import enough, quantile
from simulator.allowance.futures import Future
from simulator.allowance.lives import Measuring, measure
from simulator.allowance.measure import STOCKS
from simulator.allowance.reserve import study
from simulator.allowance.sensitivity import sensitivity
from simulator.allowance.walk import ITEMS
from simulator.expectations import Bands, Expectations, layouts_of
from simulator.scenario import Scenario
from tests.small_worlds import scenario

WORLD: dict[str, Any] = {
    "span": {"start": "2026-01", "months": 14},
    "book__borrowers": 700,
    "book__warm_up": 14,
    "book__due_days": [17],
    "book__segments": ["income_quintile"],
    "world__economy__unemployment": {"baseline": 5.0, "2026-03": 10.0, "2026-10": 7.0},
    "lender__products": {"card": {}, "instalment": {"terms": {6: 0.5, 12: 0.5}, "again": 0.3, "late_fee": 5.0}},
}
OVERLAYS = {
    "floods": {
        "owner": "Head of risk",
        "why": "two provinces",
        "from": "2026-02",
        "until": "2026-06",
        "amount": 5000.0,
    },
    "model": {
        "owner": "Validation",
        "why": "thin cells",
        "from": "2026-05",
        "until": "2026-12-31",
        "share": 0.1,
        "rule": "cecl",
    },
}
DATED = {"starts": "2026-02", "ends": "2026-11"}
MANY = {
    "lender__policies__restructuring": {"reach": 0.9, **DATED},
    "lender__policies__debt_sale": {"starts": "2027-01"},
    "lender__policies__payment_holiday": {"reach": 0.5, **DATED},
}


def world(**changes: Any) -> Scenario:
    return scenario(**{**WORLD, **changes})


@pytest.fixture(scope="module")
def known() -> Expectations:
    """What is expected, learnt from few."""
    return study(world(), 2, Bands(), None, 1)


@pytest.fixture(scope="module")
def life(known: Expectations) -> Measuring:
    lived = world(**MANY, lender__provisioning={"overlays": OVERLAYS, "ifrs9": {"originated_impaired": True}})
    return measure(lived, 3, known, bands=Bands(), keep=frozenset({-1, 11, 13}))


def items_of(life: Measuring, rule: str, segment: str = "all") -> dict[str, Any]:
    return next(items for where, whose, items in tables.walk_cents(life) if (where, whose) == (segment, rule))


def test_every_step_of_the_walk_happens(life: Measuring) -> None:
    ifrs9, classes = items_of(life, "ifrs9"), items_of(life, "five_classes")
    for item in ITEMS:
        assert ifrs9[item].any() or classes[item].any(), item
    assert (ifrs9["opening"][1:] == ifrs9["closing"][:-1]).all()
    assert (ifrs9["charge_offs"] <= 0).all()
    assert (ifrs9["recoveries"] + ifrs9["recoveries_credited"] == 0).all()


def test_segments_make_up_the_whole(life: Measuring) -> None:
    for rule in ("ifrs9", "cecl", "five_classes"):
        walks = {segment: items for segment, whose, items in tables.walk_cents(life) if whose == rule}
        for item in ITEMS:
            if item != "overlays":  # known of the whole book only
                parts = [items[item] for segment, items in walks.items() if segment.startswith("income_quintile")]
                assert (sum(parts) == walks["all"][item]).all(), (rule, item)


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(1, 10_000),
    peak=st.floats(3.0, 14.0),
    some=st.sets(st.sampled_from(sorted(MANY))),
    probation=st.integers(0, 6),
    impaired=st.booleans(),
    discount=st.sampled_from([None, 0.0, 0.2]),
    share=st.floats(-0.2, 0.5),
)
def test_the_walk_sums_to_the_cent(
    known: Expectations,
    seed: int,
    peak: float,
    some: set[str],
    probation: int,
    impaired: bool,
    discount: float | None,
    share: float,
) -> None:
    terms = {
        "ifrs9": {"probation_months": probation, "originated_impaired": impaired, "discount": discount},
        "overlays": {**OVERLAYS, "model": {**OVERLAYS["model"], "share": share}},
    }
    chosen = {name: MANY[name] for name in some}
    path = {"baseline": 5.0, "2026-03": round(peak, 2), "2026-10": 6.0}
    lived = world(**chosen, book__borrowers=300, world__economy__unemployment=path, lender__provisioning=terms)
    found = measure(lived, seed, known, bands=Bands())
    count = 0
    for _, rule, items in tables.walk_cents(found):  # which raises where it does not sum
        steps = sum(items[item] for item in ITEMS)
        assert (items["opening"] + steps == items["closing"]).all()
        count += rule == "ifrs9"
    assert count == 1 + 2 + 5


def test_months_add_up_between_two_dates(life: Measuring) -> None:
    walk, charge = tables.walk_frames(life)
    months = sorted(walk["month"].unique())
    found = tables.between(walk, months[2], months[8])
    for _, rows in found.groupby(["segment", "rule"]):
        amounts = rows.set_index("item")["amount"]
        steps = amounts.drop(["opening", "closing"]).sum()
        assert round(amounts["opening"] + steps - amounts["closing"], 2) == 0.0
    with pytest.raises(ValueError, match="no month"):
        tables.between(walk, months[-1], months[-1])
    assert charge["charge"].abs().sum() > 0


def test_balances_by_stage_and_class_are_the_panels(life: Measuring) -> None:
    stock, panel = tables.stock_frame(life), life.panel.frame()
    whole = panel[panel["segment"] == "all"]["balance"].to_numpy()
    for rule in ("ifrs9", "cecl", "five_classes"):
        rows = stock[(stock["segment"] == "all") & (stock["rule"] == rule)]
        assert rows[rows["label"] == "all"]["balance"].to_numpy()[1:] == pytest.approx(whole)
        if rule != "cecl":
            parts = rows[rows["label"] != "all"].groupby("month")["balance"].sum().to_numpy()
            assert parts[1:] == pytest.approx(whole)


def test_between_two_runs_account_by_account(life: Measuring, known: Expectations) -> None:
    calm = world(world__economy__unemployment=5.0)
    there = measure(calm, 3, known, bands=Bands(), keep=frozenset({13}))
    found = beside(there, life, layouts_of(calm, Bands()))
    for rule, rows in found.groupby("rule"):
        amounts = rows.set_index("item")["amount"]
        assert round(amounts.drop("closing").sum() - amounts["closing"], 2) == 0.0, rule
        total = (life.measured.total(rule, -1) + int(tables.overlay_cents(life, rule)[-1])) / 100
        assert amounts["closing"] == pytest.approx(total)
    assert found[found["item"] == "stage_or_state"]["amount"].abs().sum() > 0


def test_every_term_moves_the_allowance(life: Measuring) -> None:
    found = sensitivity(life.pricing, layouts_of(world(), Bands()), {11: life.measured.standings[11]})
    moved = found.groupby(["changed", "to"])["change"].apply(lambda change: change.abs().sum())
    assert (moved > 0).all(), moved[moved == 0]

    def change(what: str, to: str, rule: str) -> float:
        rows = found[(found["changed"] == what) & (found["to"] == to) & (found["rule"] == rule)]
        return float(rows["change"].iloc[0])

    assert change("views", "downside alone", "ifrs9") > 0 > change("views", "upside alone", "ifrs9")
    assert change("discount rate", "0%", "ifrs9") > 0
    assert change("increase in risk: relative bound", "3 times", "ifrs9") < 0
    assert change("backstop", "10 days", "ifrs9") > 0
    assert change("table of classes", "bank_cards_2011", "five_classes") > 0
    assert change("overlays", "none", "cecl") < 0


def test_overlays_count_from_their_first_day_to_their_last(life: Measuring) -> None:
    lines = tables.overlays_frame(life)
    floods = lines[(lines["name"] == "floods") & (lines["rule"] == "ifrs9")]
    assert floods["month"].dt.strftime("%Y-%m").tolist() == ["2026-02", "2026-03", "2026-04", "2026-05"]
    assert (floods["amount"] == 5000.0).all()
    assert set(lines[lines["name"] == "model"]["rule"]) == {"cecl"}


def test_a_longer_probation_keeps_more_in_stage_3(known: Expectations) -> None:
    held = []
    for months in (0, 6):
        terms = {"ifrs9": {"probation_months": months}}
        found = measure(world(lender__provisioning=terms), 3, known, bands=Bands()).measured
        third = sum(table[:, STOCKS.index("accounts"), 2].sum() for table in found.stock["ifrs9"].values())
        held.append(int(third))
    assert held[1] > held[0]


def test_how_often_it_is_enough() -> None:
    aside = {"ifrs9": 10.0, "cecl": 20.0, "five_classes": 5.0}
    worlds = [[Future(aside, lost, 2 * lost, 0.0, {}) for lost in (8.0, 12.0)] for _ in range(2)]
    found = enough(worlds, [0.5, 0.5]).set_index(["rule", "horizon"])
    assert found.loc[("ifrs9", "12 months"), "covered"] == 0.5
    assert found.loc[("cecl", "12 months"), "covered"] == 1.0
    assert found.loc[("cecl", "life"), "covered"] == 0.5
    assert found.loc[("five_classes", "life"), "covered"] == 0.0
    assert found.loc[("ifrs9", "12 months"), "needed_95"] == 12.0
    assert found.loc[("ifrs9", "12 months"), "covered_standard_error"] > 0
    assert quantile(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3]), 0.5) == 1.0
    assert quantile(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3]), 0.6) == 2.0


def test_term_structures_as_a_view_sees_them(known: Expectations) -> None:
    gaps = {name: np.zeros(each.terms.loss.shape[1] + 1) for name, each in known.products.items()}
    high = {name: each + 4.0 for name, each in gaps.items()}
    frame = known.frame({"calm": gaps, "slump": high})
    assert frame["default_probability_calm"].to_numpy() == pytest.approx(frame["default_probability"].to_numpy())
    assert frame["loss_rate_calm"].to_numpy() == pytest.approx(frame["loss_rate"].to_numpy())
    assert (frame["loss_rate_slump"] != frame["loss_rate"]).any()
    assert frame["default_probability_slump"].between(0.0, 1.0).all()
