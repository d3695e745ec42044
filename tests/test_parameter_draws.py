"""Draws of uncertain parameters: even with few, the same for any count, by the law that is stated, never refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_worlds import laid_over
from test_fit_section import BASE, FIT, ILLNESS, PEOPLE

from simulator.ensemble.parameter_draws import drawing_of, draws_of
from simulator.ensemble.published import Uncertain, published
from simulator.ensemble.result import ParameterDraw
from simulator.ensemble.spread import spread
from simulator.errors import EnsembleError
from simulator.facts import facts
from simulator.scenario import Scenario, from_dict, value_at, variant
from simulator.scenario.fit import REACH

TAKE_UP, WEEKS = "world.labour.benefits.take_up", "world.labour.benefits.max_weeks"


def made(**changes: Any) -> Scenario:
    return from_dict(laid_over(BASE, {key.replace("__", "."): part for key, part in changes.items()}))


def ranged(**ranges: tuple[float, float]) -> dict[str, Any]:
    return {"parameters": {"ranges": {key.replace("__", "."): list(part) for key, part in ranges.items()}}}


def column(draws: tuple[ParameterDraw, ...], path: str) -> np.ndarray[Any, Any]:
    return np.array([draw.values[path] for draw in draws])


@pytest.mark.parametrize("count", [1, 2, 8, 32, 128])
def test_points_are_a_latin_hypercube_at_every_doubling_and_stay_where_they_are(count: int) -> None:
    points = spread(["a", "b", "c"], count, 7)
    for dimension in points.T:
        assert sorted((dimension * count).astype(int)) == list(range(count))
    assert (points[: count // 2] == spread(["a", "b", "c"], count // 2, 7)).all()
    assert (points[:, 1] == spread(["b"], count, 7)[:, 0]).all()
    assert not (points == spread(["a", "b", "c"], count, 8)).any()


def test_between_doublings_no_cell_holds_two_and_dimensions_are_strangers() -> None:
    points = spread([str(number) for number in range(12)], 48, 3)
    for dimension in points.T:
        assert np.unique((dimension * 64).astype(int)).size == 48
    assert np.abs(np.corrcoef(points.T) - np.eye(12)).max() < 4 / np.sqrt(48)
    means = [spread(["x"], 16, seed).mean() for seed in range(40)]
    assert np.std(means) < 0.3 * np.sqrt(1 / 12 / 16)  # far less than independent draws would stray


def test_a_fit_is_drawn_by_its_intervals_and_correlations() -> None:
    correlated = {**FIT, "correlations": {f"{ILLNESS} / {PEOPLE}": 0.8}}
    scenario = made(fit=correlated, world__labour__finding_at_5=0.3)
    draws = draws_of(scenario, 64, "fit")
    assert draws[:7] == draws_of(scenario, 7, "fit")
    illness, people = column(draws, ILLNESS), column(draws, PEOPLE)
    assert np.quantile(illness, [0.05, 0.5, 0.95]) == pytest.approx([0.034, 0.05, 0.066], abs=0.003)
    assert np.quantile(people, [0.05, 0.5, 0.95]) == pytest.approx([0.27, 0.3, 0.33], abs=0.006)
    assert np.corrcoef(illness, people)[0, 1] == pytest.approx(0.8, abs=0.1)
    assert np.abs((people - 0.3) / 0.03 * REACH).max() <= 2.5 + 1e-9
    assert (
        drawing_of(scenario, 2, "fit").told
        == "2 draws of 2 fitted parameters from their estimates (normal, correlated)"
    )
    assert list(draws_of(made(fit=FIT), 2, "fit")[0].values) == [ILLNESS]  # the other was set otherwise


def test_published_figures_give_ranges_where_a_parameter_stands_at_one() -> None:
    scenario = made(world__labour__benefits__replacement=0.6)
    found = {each.path: each for each in published(scenario)}
    fact = facts()["us.ui.recipiency"]
    assert found[TAKE_UP] == Uncertain(TAKE_UP, fact.low, fact.high, fact.default, False, fact.name)
    assert found["book.recipe.autopay_share"].usual is None  # doubtfully recalled: no value is likelier
    assert "world.labour.benefits.replacement" not in found  # the scenario's own claim
    assert not any(path.startswith("lender.products") for path in found)
    draws = draws_of(scenario, 32, "priors")
    weeks, taken = column(draws, WEEKS), column(draws, TAKE_UP)
    assert (weeks == np.rint(weeks)).all()
    assert (weeks.min() >= 12, weeks.max() <= 26) == (True, True)
    assert taken.mean() == pytest.approx((fact.low + fact.default + fact.high) / 3, rel=0.02)  # of a triangle
    assert value_at(variant(scenario, draws[5].values), TAKE_UP) == draws[5].values[TAKE_UP]


@pytest.mark.parametrize(("usual", "middle"), [(0.0, 1 - np.sqrt(0.5)), (1.0, np.sqrt(0.5)), (0.5, 0.5), (None, 0.5)])
def test_laws_by_their_inverse(usual: float | None, middle: float) -> None:
    law = Uncertain("x", 2.0, 6.0, None if usual is None else 2.0 + 4.0 * usual, False, "")
    assert [law.at(0.0), law.at(1.0)] == [2.0, 6.0]
    assert law.at(0.5) == pytest.approx(2.0 + 4.0 * middle)


def test_ranges_of_ones_own_stand_before_both() -> None:
    scenario = made(
        fit=FIT, ensemble=ranged(world__shocks__illness__incidence=(0.2, 0.4), world__labour__lower_pay_months=(12, 36))
    )
    for source in ("fit", "priors"):
        draws = draws_of(scenario, 16, source)
        illness, months = column(draws, ILLNESS), column(draws, "world.labour.lower_pay_months")
        assert np.quantile(illness, [0.25, 0.5, 0.75]) == pytest.approx([0.25, 0.3, 0.35], abs=0.015)
        assert (months == np.rint(months)).all()
    only = made(ensemble=ranged(world__shocks__illness__incidence=(0.2, 0.4)))
    assert list(draws_of(only, 3, "fit")[0].values) == [ILLNESS]


def test_parameters_that_share_a_figure_move_together() -> None:
    one, other = (Uncertain(path, 0.0, 1.0, None, False, "us.some.figure") for path in "ab")
    assert one.at(0.3) == other.at(0.3)
    twice = made(world__shocks={"ill": {"kind": "illness", "incidence": 0.24}, "illness": {"incidence": 0.24}})
    for draw in draws_of(twice, 6, "priors"):
        assert draw.values["world.shocks.ill.incidence"] == draw.values[ILLNESS]


def test_what_is_refused_is_brought_half_way_back_and_told() -> None:
    least, most = "world.shocks.death.months_shortest", "world.shocks.death.months_longest"
    shocks = {"death": {"months_shortest": 2.0, "months_longest": 4.0}}
    scenario = made(world__shocks=shocks, ensemble=ranged(**{least.replace(".", "__"): (1.0, 3.9)}))
    assert all("back" not in draw.name for draw in draws_of(scenario, 8, "fit"))
    both = ranged(**{least.replace(".", "__"): (1.0, 6.0), most.replace(".", "__"): (2.5, 9.0)})
    crossed = made(world__shocks={"death": {"months_shortest": 2.0, "months_longest": 8.0}}, ensemble=both)
    drawing = drawing_of(crossed, 16, "fit")
    back = [draw for draw in drawing.draws if "brought half-way back" in draw.name]
    assert 0 < len(back) < 16
    assert f"{len(back)} were brought back" in drawing.told
    assert all(draw.values[least] <= draw.values[most] for draw in drawing.draws)


@pytest.mark.parametrize(
    ("changes", "source", "told"),
    [
        ({}, "fit", "the scenario has no section fit; take them from published ranges"),
        ({"fit": {**FIT, "parameters": {}, "correlations": {}}}, "fit", "no fitted parameter is still in force"),
        ({}, "guesses", "one of fit, priors is wanted"),
    ],
)
def test_nothing_to_draw_is_said(changes: dict[str, Any], source: str, told: str) -> None:
    with pytest.raises(EnsembleError, match=told):
        draws_of(made(**changes), 2, source)
    with pytest.raises(EnsembleError, match="at least 1"):
        draws_of(made(), 0, "priors")
