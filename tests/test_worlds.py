"""Worlds around a scenario's own: the fan they make, where it begins, and that number n is always the same world."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_worlds import laid_over

from simulator.economy.deviations import Process, by_month, fitted, read_history
from simulator.economy.deviations import laid_over as over
from simulator.ensemble.worlds import FINDING, OWN, deviations_of, told_of, worlds_of
from simulator.errors import EnsembleError, ScenarioError
from simulator.scenario import Scenario, fingerprint, from_dict, to_yaml, variant
from simulator.scenario.varied import UNEMPLOYMENT

BASE: dict[str, Any] = {
    "span": {"start": "2026-01", "months": 61},
    "world": {"economy": {"unemployment": {"baseline": 6.0, "2025-03": 9.0, "2026-04": 10.0}}},
    "lender": {"products": {"card": {}}},
}


def made(**changes: Any) -> Scenario:
    return from_dict(laid_over(BASE, {key.replace("__", "."): part for key, part in changes.items()}))


def paths(scenario: Scenario, count: int) -> np.ndarray[Any, Any]:
    drawn = [world for world in worlds_of(scenario, count) if world.drawn]
    start, months = scenario.span.start, scenario.span.months
    return np.array([world.values[UNEMPLOYMENT].at_months(start, months) for world in drawn])


def history(folder: Path, years: int = 40) -> Path:
    """A made-up series whose process is known: persistence 0.9, momentum 0.5, a surprise of 0.3 a quarter."""
    surprises = 0.3 * np.random.default_rng(5).standard_normal((1, 4 * years))
    values = 6.0 + Process(0.9, 0.5, 0.3).follow(surprises)[0]
    lines = [f"{1960 + n // 12}-{n % 12 + 1:02d},{values[1 + n // 3]:.6f}" for n in range(12 * years)]
    file = folder / "rates.csv"
    file.write_text("date,value\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("worlds", [{}, {"momentum": 0.0, "persistence": 0.8, "innovation": 0.5, "floor": 0.5}])
@pytest.mark.parametrize("step", ["quarter", "month"])
def test_the_fan_begins_at_nought_and_comes_to_the_stated_spread(worlds: dict[str, float], step: str) -> None:
    plan = {"kind": "autoregressive", "step": step, **worlds}
    scenario = made(ensemble__worlds=plan, span__months=600)
    assert scenario.ensemble is not None
    held: Any = scenario.ensemble.worlds
    steps = deviations_of(scenario, held, 60)
    process = Process(held.persistence, held.momentum, held.innovation)
    assert (steps[:, 0] == 0.0).all()
    assert steps[:, 1].std() == pytest.approx(process.innovation, rel=0.25)
    assert steps[:, 60:].std() == pytest.approx(process.stationary, rel=0.07)
    assert steps[:, 60:].mean() == pytest.approx(0.0, abs=0.25 * process.stationary)


def test_the_long_run_spread_is_that_of_a_process_of_order_two() -> None:
    process = Process(0.964, 0.68, 0.24)
    answers = process.follow(np.eye(1, 4000))[0]  # what a surprise of one leaves behind
    assert process.stationary == pytest.approx(0.24 * np.sqrt((answers**2).sum()), rel=1e-9)
    assert process.stationary == pytest.approx(1.59, abs=0.01)
    assert Process(0.8, 0.0, 0.3).stationary == pytest.approx(0.3 / np.sqrt(1 - 0.8**2))


def test_a_world_is_the_same_whatever_the_count_and_differs_from_the_span_on() -> None:
    scenario = made()
    few, many = worlds_of(scenario, 2), worlds_of(scenario, 5)
    assert [world.values for world in few] == [world.values for world in many[:2]]
    assert [world.name for world in many] == [f"path {number}" for number in range(1, 6)]
    assert sum(world.weight for world in many) == pytest.approx(1.0)
    moved = variant(scenario, many[3].values)
    own, path = scenario.world.economy.unemployment, moved.world.economy.unemployment
    assert path.baseline == own.baseline
    before = dt.date(2024, 1, 1)
    assert path.at_months(before, 25).tolist() == own.at_months(before, 25).tolist()  # and the first of the span
    assert (path.at_months(dt.date(2026, 2, 1), 60) != own.at_months(dt.date(2026, 2, 1), 60)).mean() > 0.95
    other = worlds_of(made(seed=9), 2)
    assert other[0].values != few[0].values


def test_a_floor_holds_and_is_told() -> None:
    low = made(ensemble__worlds={"kind": "autoregressive", "floor": 8.5, "innovation": 3.0})
    found = paths(low, 8)
    assert found.min() == 8.5
    assert found.max() <= 40.0
    assert "held at a bound in" in told_of(low, worlds_of(low, 8))
    calm = made(ensemble__worlds={"kind": "autoregressive", "innovation": 0.01})
    assert "bound" not in told_of(calm, worlds_of(calm, 8))
    rates = np.array([3.0, 1.0])
    assert over(rates, np.array([[-5.0, -5.0], [60.0, 1.0]]), 2.5).tolist() == [[2.5, 1.0], [40.0, 2.0]]


def test_without_a_section_the_defaults_hold_and_are_told() -> None:
    assert paths(made(), 3).tolist() == paths(made(ensemble={}), 3).tolist()
    assert "the defaults, of UNRATE 1968-2019" in told_of(made(), worlds_of(made(), 3))
    assert told_of(made(), worlds_of(made(), 1)) == ""


def test_a_given_path_of_finding_moves_with_unemployment() -> None:
    scenario = made(world__economy__job_finding=0.25)
    world = worlds_of(scenario, 2)[1]
    found = world.values[FINDING].at_months(scenario.span.start, 61)
    rates = world.values[UNEMPLOYMENT].at_months(scenario.span.start, 61)
    own = scenario.world.economy.unemployment.at_months(scenario.span.start, 61)
    assert found == pytest.approx(0.25 * (rates / own) ** -0.8, rel=1e-4)
    assert FINDING not in worlds_of(made(), 2)[1].values


def test_a_history_is_fitted_and_its_surprises_are_drawn_in_blocks(tmp_path: Path) -> None:
    file = history(tmp_path, years=150)
    process, surprises = fitted(read_history(str(file), 3))
    assert process.persistence == pytest.approx(0.9, abs=0.04)
    assert process.momentum == pytest.approx(0.5, abs=0.08)
    assert process.innovation == pytest.approx(0.3, rel=0.06)
    plan = {"kind": "bootstrap", "history": str(file), "block": 5}
    scenario = made(ensemble__worlds=plan, span__months=121)
    assert scenario.ensemble is not None
    steps = deviations_of(scenario, scenario.ensemble.worlds, 200)  # type: ignore[arg-type]
    assert steps[:, 25:].std() == pytest.approx(process.stationary, rel=0.1)
    change = np.diff(steps, axis=1)
    drawn = change[:, 1:] + (1 - process.persistence) * steps[:, 1:-1] - process.momentum * change[:, :-1]
    drawn = np.concatenate([change[:, :1], drawn], axis=1)
    places = np.abs(drawn[:, :, None] - surprises).argmin(axis=2)
    assert surprises[places] == pytest.approx(drawn, abs=1e-9)
    assert (np.diff(places[:, :5], axis=1) % surprises.size == 1).all()
    folder = tmp_path / "UNRATE.csv"
    file.rename(folder)
    assert read_history(str(tmp_path), 3).size == 600


def test_the_path_before_the_span_is_a_history_where_it_is_long_enough(tmp_path: Path) -> None:
    file = history(tmp_path)
    scenario = made(
        world__economy__unemployment=str(file),
        span__start="1995-01",
        span__months=24,
        ensemble__worlds={"kind": "bootstrap"},
    )
    assert "the path before the span in blocks of 4 quarters" in told_of(scenario, worlds_of(scenario, 2))
    with pytest.raises(ScenarioError, match="has 0 steps before the span, and 20 are wanted"):
        made(ensemble__worlds={"kind": "bootstrap"})


def test_alternatives_have_their_weights_and_the_rest_is_shared() -> None:
    worlds = {
        "kind": "autoregressive",
        "alternatives": {
            "severe": {"weight": 0.2, "unemployment": {"baseline": 6, "2026-01": 9, "2026-06": 14}},
            "dear": {"weight": 0.3, "values": {"world.economy.prices": 8.0}},
        },
    }
    scenario = made(ensemble__worlds=worlds)
    alone = worlds_of(scenario, 1)
    assert [(world.name, world.drawn) for world in alone] == [(OWN, False), ("dear", False), ("severe", False)]
    assert [world.weight for world in alone] == pytest.approx([0.5, 0.3, 0.2])
    assert variant(scenario, alone[2].values).world.economy.unemployment.at(dt.date(2026, 7, 1)) == 14.0
    four = worlds_of(scenario, 4)
    assert [world.weight for world in four] == pytest.approx([0.125] * 4 + [0.3, 0.2])
    worlds["alternatives"]["dear"]["weight"] = 0.8  # type: ignore[index]
    whole = made(ensemble__worlds=worlds)
    assert [world.name for world in worlds_of(whole, 1)] == ["dear", "severe"]
    with pytest.raises(EnsembleError, match="take the whole weight"):
        worlds_of(whole, 2)
    with pytest.raises(EnsembleError, match="of kind given"):
        worlds_of(made(ensemble__worlds={"kind": "given"}), 2)
    with pytest.raises(EnsembleError, match="at least 1"):
        worlds_of(scenario, 0)


def test_the_section_changes_no_run_and_goes_there_and_back(tmp_path: Path) -> None:
    varied = made(
        ensemble={
            "worlds": {"kind": "given", "alternatives": {"a": {"weight": 0.5, "values": {"world.economy.wages": 1.0}}}},
            "parameters": {"ranges": {"world.labour.finding_at_5": [0.2, 0.3]}},
        }
    )
    assert fingerprint(varied) == fingerprint(made())
    again = from_dict(varied.resolved())
    assert again.ensemble == varied.ensemble
    assert "alternatives:" in to_yaml(varied)
    assert variant(varied, {"seed": 4}).ensemble == varied.ensemble
    assert variant(varied, {"ensemble.worlds.alternatives.a.weight": 0.4}).ensemble != varied.ensemble


def test_steps_are_joined_by_straight_lines() -> None:
    assert by_month(np.array([[0.0, 3.0, 0.0]]), 3, 8).tolist() == [[0.0, 1.0, 2.0, 3.0, 2.0, 1.0, 0.0, 0.0]]


RUNAWAY = np.cumsum(np.sin(np.arange(60.0))) + np.arange(60.0) ** 2


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.full(30, 5.0), "hardly changes"),
        (np.arange(8.0), "8 steps are too few"),
        (RUNAWAY, "does not come back to a mean"),
    ],
)
def test_a_series_that_tells_nothing_is_refused(values: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fitted(values)
