"""A scenario with other values at key paths: the same as laying them over the file, and the same words when wrong."""

from __future__ import annotations

from typing import Any

import pytest
from small_worlds import laid_over
from test_fit_section import BASE, FIT, ILLNESS, PEOPLE

from simulator.errors import ScenarioError
from simulator.scenario import Scenario, fingerprint, from_dict, load, value_at, variant


def small(**changes: Any) -> Scenario:
    return from_dict(laid_over(BASE, {key.replace("__", "."): part for key, part in changes.items()}))


def test_nothing_set_is_the_scenario_itself() -> None:
    for name in ("us_cards_severe_2026", "cn_unemployment"):
        scenario = load(name)
        assert fingerprint(variant(scenario, {})) == fingerprint(scenario)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("world.shocks.illness.incidence", 0.1, "0.1"),
        ("world.shocks.illness", False, "off"),
        ("world.economy.unemployment", {"2026-01": 5.0, "2026-03": 6.0}, "{2026-01: 5.0, 2026-03: 6.0}"),
        ("world.economy.unemployment.2026-06", 9.0, "9.0"),
        ("book.recipe.preset", "cn", "cn"),
        ("lender.policies.reminders", {"starts": "2026-03"}, "{starts: 2026-03}"),
    ],
)
def test_a_value_is_laid_over_as_by_an_option(path: str, value: Any, text: str) -> None:
    changed = variant(small(), {path: value})
    assert fingerprint(changed) == fingerprint(from_dict(BASE, [f"{path}={text}"]))
    assert fingerprint(changed) != fingerprint(small())


def test_an_item_of_a_list_and_what_stands_at_a_path() -> None:
    changed = variant(small(book__due_days=[5, 20]), {"book.due_days.1": 4, "world.shocks.illness.incidence": 0.07})
    assert value_at(changed, "book.due_days.0") == 4
    assert value_at(changed, "world.shocks.illness.incidence") == 0.07
    with pytest.raises(ScenarioError, match="world has no 'shoks'; did you mean 'shocks'"):
        value_at(changed, "world.shoks.illness")


def test_an_estimate_that_is_set_no_longer_holds() -> None:
    fitted = small(fit=FIT)
    one = variant(fitted, {ILLNESS: 0.06}).fit
    assert one is not None
    assert (list(one.parameters), one.correlations) == ([PEOPLE], {})
    assert variant(fitted, {"world.shocks": {"illness": {"incidence": 0.06}}, PEOPLE: 0.2}).fit is None
    assert variant(fitted, {"seed": 3}).fit == fitted.fit


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"world.shocks.illness.incidense": 1}, "did you mean 'incidence'"),
        ({"world.shocks.illness.incidence": 70}, "world.shocks.illness.incidence: 70 was given"),
        ({"world.econmy.unemployment": 5}, "did you mean 'economy'"),
        ({"world..unemployment": 5}, "a key path is wanted"),
        ({"book.due_days.70": 5}, "book.due_days is a list; set it whole"),
        ({"span.months": object()}, "a number, text, list or dict is wanted"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        variant(small(), values)
    assert told in str(caught.value)
