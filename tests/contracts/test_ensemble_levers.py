"""Every lever of the section `ensemble` changes the worlds or the draws of an ensemble, and none changes a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from registers import Lever, bad_values, entry, parameters
from small_worlds import laid_over

from simulator.ensemble.parameter_draws import draws_of
from simulator.ensemble.worlds import worlds_of
from simulator.errors import ScenarioError
from simulator.scenario import fingerprint, from_dict
from simulator.scenario.varied import WORLDS, Alternative, Uncertain

SEVERE = {"weight": 0.2, "values": {"world.economy.unemployment": 9.0}}
BASE: dict[str, Any] = {
    "span": {"start": "2026-01", "months": 18},
    "world": {"economy": {"unemployment": 3.0}},
    "lender": {"products": {"card": {}}},
    "ensemble": {
        "worlds": {"alternatives": {"severe": SEVERE}},
        "parameters": {"ranges": {"world.labour.finding_at_5": [0.2, 0.3]}},
    },
}
PLACES = (
    *((owner, "ensemble.worlds") for owner in WORLDS),
    (Alternative, "ensemble.worlds.alternatives.severe"),
    (Uncertain, "ensemble.parameters"),
)
LEVERS = [lever for owner, place in PLACES for lever in parameters(owner, place)]
MOVED: dict[str, Any] = {  # another value of each
    "innovation": 0.9,
    "persistence": 0.5,
    "momentum": 0.1,
    "floor": 2.95,
    "step": "month",
    "block": 1,
    "history": "other.csv",
    "alternatives": {"mild": SEVERE},
    "weight": 0.7,
    "values": {"world.economy.unemployment": 12.0},
    "unemployment": 11.0,
    "ranges": {"world.labour.finding_at_5": [0.25, 0.3]},
}


def made(lever: Lever, folder: Path, moved: bool) -> dict[str, Any]:
    """A scenario of the lever's kind, with the lever moved or not."""
    kind = entry(lever.owner) if lever.owner in WORLDS else "autoregressive"
    data = laid_over(BASE, {"ensemble.worlds.kind": kind})
    if kind == "bootstrap":
        data["ensemble"]["worlds"]["history"] = str(folder / "rates.csv")
    if moved:
        value = MOVED[lever.name]
        value = str(folder / value) if lever.name == "history" else value
        company = {"ensemble.worlds.alternatives.severe.values": {}} if lever.name == "unemployment" else {}
        data = laid_over(data, {**company, lever.path: value})
    return data


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("histories")
    for name, swing in (("rates.csv", 7), ("other.csv", 5)):
        rates = [5.0 + (number * number % swing) / swing + (number // 9) % 2 for number in range(160)]
        lines = [f"{2000 + n // 12}-{n % 12 + 1:02d},{rate}" for n, rate in enumerate(rates)]
        (folder / name).write_text("date,value\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: f"{lever.owner.__name__}.{lever.name}")
def test_every_lever_changes_the_worlds_or_the_draws_and_no_run(lever: Lever, histories: Path) -> None:
    before, after = (from_dict(made(lever, histories, moved)) for moved in (False, True))
    drawn = lever.owner.__name__ != "Given"
    worlds = [worlds_of(scenario, 3 if drawn else 1) for scenario in (before, after)]
    draws = [draws_of(scenario, 2, "fit") for scenario in (before, after)]
    assert (worlds[0] != worlds[1]) or (draws[0] != draws[1])
    assert fingerprint(before) == fingerprint(after)


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: f"{lever.owner.__name__}.{lever.name}")
def test_every_lever_says_what_it_is_and_is_kept_within_bounds(lever: Lever, histories: Path) -> None:
    assert len(lever.field.description or "") >= 5
    default = lever.field.get_default(call_default_factory=True)
    assert lever.source or not isinstance(default, (int, float)) or lever.field.is_required()
    for value in bad_values(lever):
        with pytest.raises(ScenarioError) as refused:
            from_dict(laid_over(made(lever, histories, False), {lever.path: value}))
        assert lever.path in str(refused.value)
