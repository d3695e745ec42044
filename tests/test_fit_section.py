"""The section `fit:` of a scenario: read, kept, part of the fingerprint, and silent about what was set otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_worlds import laid_over

from simulator.ensemble.differences import differences
from simulator.errors import ScenarioError
from simulator.report.assumptions import assumptions
from simulator.scenario import Scenario, fingerprint, from_dict, load, to_yaml

ILLNESS, PEOPLE = "world.shocks.illness.incidence", "world.labour.finding_at_5"
BASE: dict[str, Any] = {
    "span": {"start": "2026-01", "months": 12},
    "world": {"economy": {"unemployment": 5}, "shocks": {"illness": {"incidence": 0.05}}},
    "lender": {"products": {"card": {}}},
}
FIT: dict[str, Any] = {
    "targets": "cards_targets.yaml",
    "from": "1985-01",
    "to": "2006-12",
    "model_error": {"charge_off_rate": {"standard_deviation": 0.45, "persistence": 0.6}},
    "parameters": {
        ILLNESS: {
            **{"value": 0.05, "standard_error": 0.01, "low": 0.034, "high": 0.066},
            **{"prior_low": 0.03, "prior_high": 0.08},
            **{"source": "us.ill.worklimiting_spell_annual", "set_by": "data"},
        },
        PEOPLE: {
            **{"value": 0.3, "standard_error": 0.02, "low": 0.27, "high": 0.33, "prior_low": 0.2, "prior_high": 0.4},
            **{"source": "a guess", "set_by": "prior"},
        },
    },
    "correlations": {f"{ILLNESS} / {PEOPLE}": 0.3},
}


def fitted(**changes: Any) -> Scenario:
    return from_dict(laid_over({**BASE, "fit": FIT}, {key.replace("__", "."): part for key, part in changes.items()}))


def test_there_and_back(tmp_path: Path) -> None:
    scenario = fitted()
    assert scenario.fit is not None
    assert scenario.fit.first.isoformat() == "1985-01-01"
    assert scenario.fit.correlation(PEOPLE, ILLNESS) == 0.3
    assert scenario.fit.correlation(PEOPLE, PEOPLE) == 1.0
    file = tmp_path / "fitted.yaml"
    file.write_text(to_yaml(scenario), encoding="utf-8")
    again = load(file)
    assert again.fit == scenario.fit
    assert fingerprint(again) == fingerprint(scenario)
    assert fingerprint(fitted(fit__model_error={})) != fingerprint(scenario)
    assert "fit" not in from_dict(BASE).resolved()


def test_an_estimate_is_in_force_while_its_value_stands() -> None:
    scenario = fitted(world__labour={"finding_at_5": 0.3})
    assert scenario.fit is not None
    assert list(scenario.fit.in_force(scenario)) == [ILLNESS, PEOPLE]
    changed = fitted(world__labour={"finding_at_5": 0.3}, world__shocks__illness__incidence=0.06)
    assert list(scenario.fit.in_force(changed)) == [PEOPLE]
    gone = fitted(world__labour={"finding_at_5": 0.3}, world__shocks__illness=None)
    assert list(scenario.fit.in_force(gone)) == [PEOPLE]


def test_the_report_tells_what_was_fitted() -> None:
    scenario = fitted(world__labour={"finding_at_5": 0.31})
    rows = {f"{row.part}: {row.name}": row for row in assumptions(scenario)}
    told = rows["world: shocks: illness: incidence"].source
    assert "90% interval 0.034 to 0.066, set by the data; prior 0.03 to 0.08" in told
    assert "cards_targets.yaml of 1985-01 to 2006-12" in told
    assert "fitted" not in rows["world: labour: finding_at_5"].source
    assert not any(name.startswith("fit") or name == "scenario: fit" for name in rows)
    assert not any(row.name == "fit" for row in assumptions(from_dict(BASE)))


def test_a_fit_alone_is_no_difference() -> None:
    assert differences(from_dict(BASE), fitted()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fit.to": "1984-12"}, "the first month comes first"),
        ({"fit.from": None}, "fit.from: is missing; a date"),
        ({"fit.first": "1985-01"}, "fit.first: unknown key; accepted here: targets, from, to"),
        ({"fit.model_error": {"charge_off_rate": {"standard_deviation": -1}}}, "at least 0"),
        ({"fit.correlations": {"a / b": 0.3}}, "two of the fitted parameters"),
        ({"fit.correlations": {f"{ILLNESS} / {PEOPLE}": 1.3}}, "from -1 to 1"),
        ({"fit.parameters": {ILLNESS: {**FIT["parameters"][ILLNESS], "low": 0.09}}}, "the lower end comes first"),
        ({"fit.parameters": {ILLNESS: {**FIT["parameters"][ILLNESS], "set_by": "me"}}}, "one of data, prior"),
    ],
)
def test_a_broken_section_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        from_dict(laid_over({**BASE, "fit": FIT}, change))
    assert said in str(refused.value)
