"""Every term of `lender.provisioning` changes what `loanbook reserve` says: each one is moved alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from simulator.allowance import checked, tables
from simulator.allowance.capital import capital
from simulator.allowance.lives import Measuring, measure
from simulator.allowance.reserve import _with_allowance, horizon_of, study
from simulator.allowance.sensitivity import allowances
from simulator.capital import absorb
from simulator.expectations import Answer, Bands, Expectations, layouts_of
from simulator.reserves import Provisioning
from simulator.reserves.cecl import Cecl
from simulator.reserves.five_classes import FiveClasses, Minimum
from simulator.reserves.ifrs9 import Ifrs9
from simulator.reserves.provisioning import Capital, View
from simulator.scenario import Scenario
from tests.small_worlds import scenario

AT = 9  # the month looked at
OVERLAY = {"owner": "Head of risk", "why": "floods", "from": "2026-02", "until": "2027-12-31", "amount": 5000.0}
MOVED: dict[str, Any] = {
    "views.baseline.unemployment": "path",
    "views.baseline.weight": None,  # moved with another, since they must sum to 1
    "ifrs9.watch_list": ["out_of_work"],
    "ifrs9.discount": 0.0,
    "ifrs9.backstop_days": 5,
    "ifrs9.default_days": 40,
    "ifrs9.absolute": 0.3,
    "ifrs9.probation_months": 9,
    "ifrs9.originated_impaired": True,
    "cecl.reversion": "immediate",
    "cecl.reversion_months": 1,
    "cecl.reasonable_months": 1,
    "five_classes.table": "bank_cards_2011",
    "five_classes.technical_share": 1.0,
    "five_classes.technical_days": 40,
    "capital.approach": "standardised",
    "capital.exposure_class": "other_retail",
    "capital.held": 1e9,
}
STRICT = {
    "normal": [0, 0],
    "special_mention": [1, 30],
    "substandard": [31, 60],
    "doubtful": [61, 90],
    "loss": [91, None],
}
COMPANY: dict[str, dict[str, Any]] = {  # what both have
    "five_classes.minimum.doubtful": {"five_classes": {"table": STRICT}},
    "five_classes.minimum.loss": {"five_classes": {"table": STRICT}},
    "cecl.reversion": {"cecl": {"reasonable_months": 6}},
    "five_classes.technical_days": {"five_classes": {"technical_share": 1.0}},
    "cecl.reversion_months": {"cecl": {"reasonable_months": 1}},
    "views.baseline.months_to_peak": {"views": {"baseline": {"weight": 1.0, "points": 4.0}}},
    "capital.conversion": {"capital": {"approach": "standardised"}},
    "capital.exposure_class": {"capital": {"exposure_class": "qrre"}},
    "ifrs9.absolute": {"ifrs9": {"relative": 1.0}},
}
LIVED = ("ifrs9.probation_months", "ifrs9.originated_impaired", "five_classes.technical")  # depend on earlier months
ELSEWHERE = {
    "rule": "see test_the_rule_is_the_panels",
    "life_of_cards": "see test_the_life_of_cards_is_how_far_is_looked",
    "views.baseline.weight": "see test_weights_move_the_allowance",
}
PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("", Provisioning),
    ("views.baseline.", View),
    ("ifrs9.", Ifrs9),
    ("cecl.", Cecl),
    ("five_classes.", FiveClasses),
    ("five_classes.minimum.", Minimum),
    ("capital.", Capital),
)
NESTED = {"views", "ifrs9", "cecl", "five_classes", "five_classes.minimum", "capital", "overlays"}


def levers() -> Iterator[str]:
    for prefix, model in PARTS:
        for name in model.model_fields:
            if f"{prefix}{name}" not in NESTED:
                yield f"{prefix}{name}"


def world(terms: dict[str, Any]) -> Scenario:
    return scenario(
        span={"start": "2026-01", "months": 14},
        book__borrowers=600,
        book__warm_up=12,
        book__due_days=[25],
        book__segments=[],
        world__economy__unemployment={"baseline": 5.0, "2026-03": 10.0, "2026-12": 6.0},
        lender__products={"card": {}, "instalment": {"terms": {6: 0.5, 12: 0.5}}},
        lender__policies__restructuring={"reach": 0.9, "starts": "2026-02", "ends": "2026-11"},
        lender__provisioning=terms,
    )


@pytest.fixture(scope="module")
def known() -> Expectations:
    """Learnt from few, with an answer to unemployment that so few cannot tell."""
    learnt = study(world({}), 2, Bands(), None, 1)
    answer = Answer(np.array([[0.02, 0.1], [0.05, 0.04], [0.02, 0.02], [0.0, 0.01]]), np.zeros((4, 2)), 1)
    products = {name: replace(each, losses=answer, defaults=answer) for name, each in learnt.products.items()}
    return replace(learnt, products=products)


@pytest.fixture(scope="module")
def life(known: Expectations) -> Measuring:
    return lived(known, {})


def lived(known: Expectations, terms: dict[str, Any]) -> Measuring:
    return measure(world(terms), 3, known, bands=Bands(), keep=frozenset({AT}))


def said(life: Measuring, terms: dict[str, Any]) -> tuple[Any, ...]:
    """What the tables say of the same life under other terms, as far as earlier months do not matter."""
    other = replace(life, pricing=replace(life.pricing, terms=Provisioning.model_validate(terms)))
    layouts = layouts_of(world({}), Bands())
    aside = allowances(other.pricing, layouts, life.measured.standings[AT], AT)
    held = other.pricing.terms.capital.held
    absorbed = None if held is None else absorb([1.0], held).mean_left
    needed, ratios = capital(other.pricing, layouts, other.measured), tables.ratios_frame(other, "ifrs9")
    return (aside, needed.to_csv(), ratios.to_csv(), absorbed)


def with_value(path: str, value: Any, base: dict[str, Any]) -> dict[str, Any]:
    """The terms with one value laid over them."""
    keys = path.split(".")
    if len(keys) == 1:
        return {**base, keys[0]: value}
    inner = base.get(keys[0], {"baseline": {"weight": 1.0}} if keys[0] == "views" else {})
    return {**base, keys[0]: with_value(".".join(keys[1:]), value, inner)}


def another(path: str) -> Any:
    """A value that is not the usual one."""
    node: Any = Provisioning.model_validate({"views": {"baseline": {"weight": 1.0}}})
    for key in path.split("."):
        node = node[key] if isinstance(node, dict) else getattr(node, key)
    return node + 1 if isinstance(node, int) else (node * 0.5 if node else 1.0)


@pytest.mark.parametrize("path", list(levers()))
def test_every_term_moves_something(path: str, life: Measuring, known: Expectations) -> None:
    if path in ELSEWHERE:
        pytest.skip(ELSEWHERE[path])
    base: dict[str, Any] = {"views": {"baseline": {"weight": 1.0}}, **COMPANY.get(path, {})}
    value = MOVED[path] if path in MOVED else another(path)
    changed = with_value(path, value, base)
    if path.startswith(LIVED):
        before, after = (lived(known, terms).measured for terms in (base, changed))
        rules = before.stock
        assert any(
            (before.stock[rule][name] != after.stock[rule][name]).any() for rule in rules for name in rules[rule]
        )
    else:
        assert said(life, base) != said(life, changed), f"{path}: moved to {value!r}, and nothing changed"


def test_weights_move_the_allowance(life: Measuring) -> None:
    views = [{"baseline": {"weight": 1.0 - bad}, "bad": {"weight": bad, "points": 5.0}} for bad in (0.1, 0.6)]
    mild, hard = (said(life, {"views": each})[0] for each in views)
    assert hard["ifrs9"] > mild["ifrs9"]
    assert hard["cecl"] > mild["cecl"]
    assert hard["five_classes"] == mild["five_classes"]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": -2000.0},
        {"amount": None, "share": 0.2},
        {"rule": "cecl"},
        {"until": "2026-06-30"},
        {"from": "2027-06"},
    ],
    ids=str,
)
def test_an_overlay_moves_the_allowance(changes: dict[str, Any], life: Measuring) -> None:
    base, other = OVERLAY, {key: value for key, value in {**OVERLAY, **changes}.items() if value is not None}
    assert said(life, {"overlays": {"x": base}})[0] != said(life, {"overlays": {"x": other}})[0]


def test_the_rule_is_the_panels(life: Measuring) -> None:
    panel, stock = life.panel.frame(), tables.stock_frame(life)
    sums = {rule: _with_allowance(panel, stock, rule)["allowance"].sum() for rule in ("ifrs9", "cecl", "five_classes")}
    assert len(set(sums.values())) == 3
    asked = checked(world({}), "cecl").lender.provisioning
    assert asked is not None
    assert asked.rule == "cecl"


def test_the_life_of_cards_is_how_far_is_looked() -> None:
    only_cards = scenario(lender__products={"card": {}}, lender__provisioning={"life_of_cards": 48})
    assert horizon_of(only_cards) == 48
