"""Underwriting against what its rates say: who slips through, who is refused, what is stated, what the bureau shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.cycle import News
from simulator.draws import Draws, mix
from simulator.policies import Application, Approval, CreditCycle, IncomeCheck, InForce, Policy, StricterUnderwriting
from simulator.policies.approval import lenders
from simulator.population import Recipe, draw

SIZE = 60_000
PEOPLE = draw(Recipe.read("cn"), np.arange(SIZE), Draws(4))
APPLICATION = Application.of(PEOPLE, mix(PEOPLE.id), Draws(4), 31)
CUT, CAP = 620, 0.2
KEEPS = (PEOPLE.score >= CUT) & (PEOPLE.debt_service <= CAP)  # who would pass if all were known


def approved(**values: Any) -> np.ndarray:
    return by({"approval": Approval(score_cut_off=CUT, debt_service_cap=CAP, **values)})


def by(policies: dict[str, Policy], news: News | None = None) -> np.ndarray:
    world = InForce(policies)
    world.set_date(np.datetime64("2026-02-01").astype(object), baseline=False, news=news)
    return world.approve(APPLICATION)


def seen(policies: dict[str, Policy]) -> Application:
    application = APPLICATION
    world = InForce(policies)
    for name, policy in policies.items():
        application = policy.sees(name, application, News(), world.tally[name])
    return application


def near(share: float, size: int) -> Any:
    """Within four standard errors of a share."""
    return pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / size))


def test_with_perfect_information_the_rules_are_kept() -> None:
    assert (approved() == KEEPS).all()


@pytest.mark.parametrize(("leak", "decline"), [(0.1, 0.0), (0.0, 0.05), (0.3, 0.2)])
def test_as_many_slip_as_the_rates_say(leak: float, decline: float) -> None:
    got = approved(leak_rate=leak, false_decline_rate=decline)
    assert got[~KEEPS].mean() == near(leak, int((~KEEPS).sum()))
    assert (~got[KEEPS]).mean() == near(decline, int(KEEPS.sum()))


def test_stated_income_has_the_mean_and_the_spread_it_is_said_to_have() -> None:
    stated = seen({"approval": Approval(income_overstatement=0.3, income_error=0.25)}).stated
    assert stated.mean() == pytest.approx(1.3, abs=4.0 * 1.3 * 0.26 / np.sqrt(SIZE))
    assert np.log(stated).std() == pytest.approx(0.25, rel=0.02)
    exact = seen({"approval": Approval(income_overstatement=0.3)})
    assert np.allclose(exact.debt_service, PEOPLE.debt_service / 1.3)


def test_a_bureau_that_covers_nobody_shows_no_debts_elsewhere() -> None:
    assert (seen({"approval": Approval(bureau_coverage=0.0)}).debt_service == 0.0).all()
    assert (approved(bureau_coverage=0.0) == (PEOPLE.score >= CUT)).all()


@pytest.mark.parametrize("coverage", [0.3, 0.8])
def test_the_bureau_shows_as_much_as_it_covers(coverage: float) -> None:
    """Lenders are covered one by one, so the debts of a person with one lender are shown whole or not at all."""
    shown, number = seen({"approval": Approval(bureau_coverage=coverage)}).shown, lenders(APPLICATION)
    owing = number > 0
    assert (owing == (PEOPLE.debt_service > 0)).all()
    assert shown[owing].mean() == pytest.approx(coverage, abs=0.01)
    assert set(np.unique(shown[number == 1])) == {0.0, 1.0}
    assert number[PEOPLE.debt_service > 0.4].mean() > 3.5


def test_a_check_of_everybody_without_error_finds_true_incomes_in_whatever_order_the_policies_stand() -> None:
    lax = Approval(score_cut_off=CUT, debt_service_cap=CAP, income_overstatement=0.4, income_error=0.3)
    assert not (by({"approval": lax}) == KEEPS).all()
    for name in ("a_check", "check"):
        policies = {"approval": lax, name: IncomeCheck(error=0.0)}
        assert (by(dict(sorted(policies.items()))) == KEEPS).all()


def test_stricter_rules_and_fewer_leaks_only_take_people_away() -> None:
    lax: dict[str, Policy] = {"approval": Approval(score_cut_off=560, leak_rate=0.2, false_decline_rate=0.1)}
    for points, cap_cut in ((40.0, 0.0), (0.0, 0.3), (80.0, 0.2)):
        strict = by({**lax, "stricter": StricterUnderwriting(points=points, cap_cut=cap_cut)})
        assert not (strict & ~by(lax)).any()
        assert strict.sum() < by(lax).sum()
    assert not (approved(leak_rate=0.1) & ~approved(leak_rate=0.2)).any()


@pytest.mark.parametrize(("unemployment", "charge_offs", "moved"), [(-0.01, 1.0, -20), (0.01, 1.5, 40), (0.2, 3.0, 60)])
def test_the_cut_off_follows_the_times_within_bounds(unemployment: float, charge_offs: float, moved: int) -> None:
    """Twenty points for a point of unemployment, forty where charge-offs have doubled, sixty at most."""
    policies: dict[str, Policy] = {
        "approval": Approval(score_cut_off=CUT, debt_service_cap=CAP),
        "cycle": CreditCycle(),
    }
    got = by(policies, News(unemployment=unemployment, charge_offs=charge_offs))
    assert (got == (PEOPLE.score >= CUT + moved) & (PEOPLE.debt_service <= CAP)).all()
    assert (by(policies) == KEEPS).all()
