"""Contracts that every policy of the register meets: dials within their bounds, nought is nothing, dates are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from registers import entry
from small_worlds import BUSY, laid_over, ran

from simulator.cycle import News
from simulator.draws import Draws, mix
from simulator.policies import POLICIES, Application, InForce, Policy, Tally
from simulator.population import Recipe, draw
from simulator.run import Result

WORLD = laid_over(BUSY, {"span.months": 10, "lender.policies": {}, "book.borrowers": 800})
PEOPLE = draw(Recipe.read("us"), np.arange(500), Draws(1))
APPLICATION = Application.of(PEOPLE, mix(PEOPLE.id), Draws(1), 0)

IDLE: dict[str, dict[str, Any]] = {  # the setting in which a policy that reaches everybody does nothing
    "approval": {"score_cut_off": 0, "debt_service_cap": 5.0},
    "penalty_cap": {"multiple": 5.0, "fee_share": 1.0},
    "stricter_underwriting": {"points": 0.0, "cap_cut": 0.0},
    "credit_cycle": {"most": 0.0},
    "risk_price": {"rate": 0.0, "limit": 0.0},
    "larger_desk": {"times": 1.0},
    "earlier_contact": {"first_call": 720, "reminder": 0},
    "debt_sale": {"price": 0.0},
    "benefit": {"extra_weeks": 0, "extra_replacement": 0.0, "extra_take_up": 0.0},
}
STATED = {"lender.policies.approval": {"income_overstatement": 0.3, "debt_service_cap": 0.15}}
NEEDS: dict[str, dict[str, Any]] = {  # what a world must have so that the policy can do anything in it
    "income_check": STATED,
    "stricter_underwriting": STATED,
    "credit_cycle": {**STATED, "book.warm_up": 13},
    "larger_desk": {"lender.desk": {"seats": 1, "minutes_per_call": 60}},
    "earlier_contact": {"lender.desk": {"seats": 5, "reminder": 0}},
    "penalty_cap": {"lender.products.instalment.penalty_multiple": 1.5},
    "debt_sale": {"span.months": 14},
    "plain_terms": {
        "lender.opacity": {},
        "lender.products.instalment.again": 0.2,
        "lender.products.instalment.terms": {"6": 1.0},
    },
}


def idle(kind: type[Policy]) -> dict[str, Any]:
    """The values with which a policy does nothing; one that is offered then reaches nobody."""
    if entry(kind) in IDLE:
        return IDLE[entry(kind)]
    assert "reach" in kind.model_fields, f"{entry(kind)}: say in IDLE with what values it does nothing"
    return {"reach": 0.0}


def world_of(kind: type[Policy]) -> dict[str, Any]:
    return laid_over(WORLD, NEEDS.get(entry(kind), {}))


def with_policy(kind: type[Policy], **values: Any) -> Result:
    place = f"{'world' if kind.state else 'lender'}.policies.it"
    return ran({place: {"kind": entry(kind), **values}}, world_of(kind))


@pytest.mark.parametrize("kind", POLICIES)
def test_it_may_refuse_but_approves_nobody_whom_another_refused(kind: type[Policy]) -> None:
    policy = kind.model_validate({"kind": entry(kind)})
    everybody, nobody = np.ones(500, np.bool_), np.zeros(500, np.bool_)
    everybody.flags.writeable = nobody.flags.writeable = False  # and it writes nothing
    seen = policy.sees("it", APPLICATION, News(), Tally())
    assert len(seen) == 500
    answer = policy.approve("it", seen, everybody, News())
    assert answer.shape == everybody.shape
    assert answer.dtype == np.bool_
    assert not policy.approve("it", seen, nobody, News()).any()


@pytest.mark.parametrize("kind", POLICIES)
def test_with_strength_nought_not_a_cent_changes(kind: type[Policy]) -> None:
    without = ran(base=world_of(kind))
    harmless = with_policy(kind, starts="2026-03", **idle(kind))
    assert harmless.panel.equals(without.panel)
    assert harmless.causes.equals(without.causes)


@pytest.mark.parametrize("kind", POLICIES)
def test_before_its_start_the_months_are_as_if_it_were_not(kind: type[Policy]) -> None:
    without, late = ran(base=world_of(kind)), with_policy(kind, starts="2026-06", **STRONG.get(entry(kind), {}))
    before = without.panel["month"] < "2026-06-01"
    assert late.panel[before].equals(without.panel[before])
    assert not late.panel.equals(without.panel)


STRONG: dict[str, dict[str, Any]] = {"moratorium": {"reach": 0.5}, "benefit": {"weekly": 300.0}}


@pytest.mark.parametrize("kind", POLICIES)
def test_after_its_end_it_is_not_in_force(kind: type[Policy]) -> None:
    world = InForce({"it": kind.model_validate({"kind": entry(kind), "starts": "2026-02", "ends": "2026-04-30"})})
    for month, there in ((1, False), (2, True), (4, True), (5, False)):
        world.set_date(np.datetime64(f"2026-{month:02d}-01").astype(object), baseline=False)
        assert bool(world.now) is there
    world.set_date(np.datetime64("2026-03-01").astype(object), baseline=True)
    assert not world.now, "a dated policy is not part of the baseline world"


@pytest.mark.parametrize("kind", POLICIES)
def test_after_its_end_nobody_is_reached_and_nothing_is_spent(kind: type[Policy]) -> None:
    done = with_policy(kind, starts="2026-02", ends="2026-05-31", cost_monthly=100.0).policies
    done = done[done["policy"] == "it"]
    month = done["month"].astype("datetime64[ns]")
    after, while_there = done[month > "2026-06-01"], done[(month > "2026-02-01") & (month < "2026-06-01")]
    assert (after[["number", "cost"]].to_numpy() == 0).all()
    assert (while_there["cost"] >= 100.0).all()
