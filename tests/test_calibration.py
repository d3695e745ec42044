"""Calibration: known values come back, what cannot be seen is said, nothing is lived twice, workers change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import quick_world as quick
from scipy.stats import binom
from small_worlds import laid_over

import simulator.calibration.evaluations as evaluations
import simulator.calibration.fit as fit
from simulator.calibration import Calibration, calibrate
from simulator.calibration.estimates import estimates
from simulator.calibration.evaluations import Evaluations
from simulator.calibration.moments import MomentAsked, RollsAsked, SeriesAsked, VintagesAsked, lived
from simulator.calibration.objective import Objective, autocovariances, covariance
from simulator.calibration.overlay import fit_section, overlay
from simulator.calibration.parameters import Parameter, Trials
from simulator.calibration.plane import Information, Plane
from simulator.calibration.scores import model_error
from simulator.calibration.search import latin_hypercube
from simulator.calibration.tables import estimates_frame
from simulator.ensemble.workers import pool
from simulator.run import run
from simulator.scenario import from_dict, load

TRUE = {quick.EXPENSE: 0.42, quick.CUT: 0.21}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are the stand-in's."""
    monkeypatch.setattr(evaluations, "lived", quick.quick)


def fitted(folder: Path, number: int = 1, more: str = "", below: str = "borrowers: 4000", **asked: Any) -> Calibration:
    """The stand-in fitted to a book of another luck, four times as large."""
    seen = quick.values_of(9000 + number, *TRUE.values(), size=quick.SEEDS_LUCK / 2)
    file = quick.write_targets(folder, seen, more, below)
    return calibrate(quick.scenario(100 * number), file, **{"evaluations": 40, **asked})


# Recovery ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("at_once")
def test_intervals_hold_the_truth(tmp_path: Path, full_size: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Truths drawn from the prior: nine intervals of ten hold them, as far as so many can tell."""
    count = 60 if full_size else 8
    held = 0
    for number in range(201, 201 + count):
        truth = {}
        for path, (low, high) in quick.PRIORS.items():
            normal = float(quick.luck(number, path, 1)[0])
            truth[path] = max(0.5 * (low + high) + normal * (high - low) / 3.29, 0.02)
        monkeypatch.setitem(globals(), "TRUE", truth)
        found = fitted(tmp_path, number, evaluations=31)
        held += sum(one.low <= truth[one.parameter.path] <= one.high for one in found.estimates.each)
    assert held >= binom.ppf(0.002, 2 * count, 0.9)
    if full_size:
        assert held <= 2 * count - 1, "intervals that always hold the truth are too wide"


@pytest.mark.usefixtures("at_once")
def test_the_estimate_is_near_and_set_by_the_data(tmp_path: Path) -> None:
    found = fitted(tmp_path)
    for one in found.estimates.each:
        assert abs(one.value - TRUE[one.parameter.path]) < 3 * one.standard_error
        assert one.set_by == "data"
        assert one.narrowed > 0.8
        assert one.low < one.value < one.high
    assert found.best.objective < found.start.objective
    assert found.at_rest
    assert found.estimates.singular_values.min() > 2.0


@pytest.mark.usefixtures("at_once")
def test_what_the_data_cannot_see_is_said(tmp_path: Path) -> None:
    """A parameter that moves nothing keeps its prior, and the words say so."""
    unseen = f"  {quick.UNSEEN}: {{prior: [0.02, 0.09], source: a guess, transform: log}}"
    found = fitted(tmp_path, more=unseen, evaluations=50)
    one = found.estimates.each[-1]
    assert one.set_by == "prior"
    assert one.narrowed < 0.06
    assert abs(one.moved) < 0.4
    assert (one.low, one.high) == pytest.approx((0.02, 0.09), rel=0.2)
    assert any(words.startswith(f"The data cannot see {quick.UNSEEN}") for words in found.estimates.words)
    assert found.estimates.singular_values[-1] < 0.25
    assert fit_section(found).parameters[quick.UNSEEN].set_by == "prior"


@pytest.mark.usefixtures("at_once")
def test_two_that_act_only_together_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def summed(expense: float, cut: float) -> dict[str, Any]:
        level = 1.0 + 8.0 * ((expense - 0.55) / 0.2128 + (cut - 0.18) / 0.073 + 8.0) / 8.0 * quick.SHAPE
        return {"charge_off_rate": level, "overdue_30_rate": 2.0 * level}

    monkeypatch.setattr(quick, "expected", summed)
    found = fitted(tmp_path)
    assert found.estimates.pairs[0][:2] == (quick.EXPENSE, quick.CUT)
    assert found.estimates.pairs[0][2] < -0.9
    assert {one.set_by for one in found.estimates.each} == {"prior"}
    assert any("are known only together" in words for words in found.estimates.words)


# Kept, resumed, shared -----------------------------------------------------------------------------------


class StoppedError(Exception):
    """In the place of a kill."""


@pytest.mark.usefixtures("at_once")
def test_a_stopped_calibration_goes_on(tmp_path: Path) -> None:
    whole, again = tmp_path / "whole", tmp_path / "again"
    for folder in (whole, again):
        folder.mkdir()
    first = fitted(tmp_path, keep_in=whole)
    heard = [0]

    def told(what: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        heard[0] += 1
        if heard[0] == 60:
            raise StoppedError

    with pytest.raises(StoppedError):
        fitted(tmp_path, keep_in=again, progress=told)
    file = again / "evaluations.jsonl"
    there = len(file.read_text().splitlines())
    assert there > 20
    file.write_text(file.read_text() + '{"key": "cut sho')  # as a kill leaves it
    second = fitted(tmp_path, keep_in=again)
    assert second.provenance["runs_kept_from_before"] == there
    assert second.provenance["runs_made"] == first.provenance["runs_made"] - there
    assert overlay(second, "quick") == overlay(first, "quick")
    assert estimates_frame(second).equals(estimates_frame(first))
    keys = [line.split('"')[3] for line in file.read_text().splitlines()]
    assert len(keys) == len(set(keys)) == first.provenance["runs_made"]
    third = fitted(tmp_path, keep_in=again)
    assert third.provenance["runs_made"] == 0
    assert overlay(third, "quick") == overlay(first, "quick")


SMALL: dict[str, Any] = {
    "seed": 5,
    "span": {"start": "2000-01", "months": 12},
    "book": {"recipe": "us", "borrowers": 300, "warm_up": 3, "due_days": [15], "segments": []},
    "world": {"economy": {"unemployment": {"baseline": 5.0, "2000-06": 9.0}}, "shocks": {"expense": {}}},
    "lender": {"products": {"card": {}, "instalment": {}}},
}


def test_workers_change_nothing_and_the_same_point_is_the_same() -> None:
    scenario = from_dict(SMALL)
    free = Parameter(quick.EXPENSE, "none", 0.3, 0.8, 0.0, 5.0, 0.5, "a guess")
    asked = [("late", MomentAsked("overdue_30_rate", None, *_window(scenario)))]
    points = [np.array([value]) for value in (-1.0, 0.0)]
    found = []
    for workers in (1, 2, 1):
        with pool(workers) as crew:
            runs = Evaluations(Trials.of(scenario, [free]), asked, (5, 6), crew, 10)
            found.append(np.array(runs.at(points)))
    assert found[0].shape == (2, 2, 1)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    assert not np.array_equal(found[0][0], found[0][1])


def _window(scenario: Any) -> tuple[Any, Any]:
    return scenario.span.start, scenario.clock.month_date(scenario.span.months - 1)


def test_what_is_read_off_a_run() -> None:
    """Each kind of question against the tables of the same run."""
    from simulator.ensemble.tasks import Parcel
    from simulator.metrics import METRICS, segment_rows

    scenario = from_dict(SMALL)
    result = run(scenario, 7, unshocked=False)
    first, last = _window(scenario)
    rolls = result.roll_rates[result.roll_rates["product"] == "card"]
    current = rolls[rolls["from_bucket"] == "current"]
    late = current[current["to_bucket"] == "1_29"]["accounts"].sum() / current["accounts"].sum()
    young = result.vintages[(result.vintages["months_on_book"] == 6) & (result.vintages["vintage"] >= "2000-01-01")]
    defaulted = (young["cumulative_default_rate"] * young["accounts"]).sum() / young["accounts"].sum()
    metric = next(each for each in METRICS if each.name == "default_rate").of(segment_rows(result.panel))
    questions = [
        ("a", MomentAsked(None, "default_rate", first, last)),
        ("b", RollsAsked("card", "accounts", first, last, (("current", "1_29"),))),
        ("c", VintagesAsked(None, "defaults", first, last, (6,))),
        ("d", SeriesAsked("balance", "quarter", (first,))),
    ]
    found = lived(Parcel.of(scenario), 7, questions)
    balance = segment_rows(result.panel)["balance"].iloc[2]
    assert found.values == pytest.approx((metric, late, defaulted, balance), rel=1e-12)
    assert found.seconds > 0


# The pieces ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", ["none", "log", "logit"])
def test_a_prior_is_a_normal_number(transform: Any) -> None:
    one = Parameter("a", transform, 0.2, 0.6, 0.0, 1.0, 0.3, "")
    assert [one.z(value) for value in (0.2, 0.6)] == pytest.approx([-1.6449, 1.6449], abs=1e-4)
    assert [one.value(z) for z in (-1.6448536, 1.6448536)] == pytest.approx([0.2, 0.6], abs=1e-6)
    assert one.slope(0.3) == pytest.approx((one.value(0.31) - one.value(0.29)) / 0.02, rel=1e-3)
    assert one.value(50.0) <= 1.0
    assert one.value(-50.0) >= 0.0


def test_points_fill_every_slice() -> None:
    points = latin_hypercube(20, 3)
    for axis in range(3):
        assert sorted((points[:, axis] * 20).astype(int)) == list(range(20))
    assert np.array_equal(points, latin_hypercube(20, 3))
    assert not np.array_equal(points, latin_hypercube(20, 3, 1))


def test_autocovariances_of_an_autoregression() -> None:
    noise = quick.luck(1, "noise", 4000)
    gap = noise.copy()
    for number in range(1, len(gap)):
        gap[number] = 0.5 * gap[number - 1] + noise[number]
    found = autocovariances(gap, np.arange(len(gap)), 1.0)
    assert found[:3] == pytest.approx([4 / 3, 2 / 3, 1 / 3], rel=0.12)
    error = model_error(gap, np.arange(len(gap)), 0.0)
    assert error.persistence == pytest.approx(0.5, abs=0.04)
    assert error.standard_deviation == pytest.approx((4 / 3) ** 0.5, rel=0.05)


@pytest.mark.usefixtures("at_once")
def test_changes_over_a_year_are_targets_too(tmp_path: Path) -> None:
    seen = quick.values_of(9001, *TRUE.values())
    file = quick.write_targets(tmp_path, seen)
    text = file.read_text().replace(
        "measure: charge_off_rate", "measure: charge_off_rate, changes: on, skip: [2002-01]"
    )
    file.write_text(text)
    found = calibrate(quick.scenario(), file, evaluations=40)
    block = found.blocks[0]
    assert len(block.observed) == quick.QUARTERS - 1
    assert len(block.yearly_changes) == quick.QUARTERS - 4 - 2  # the skipped quarter is in two changes
    assert len(found.errors) == 2 * quick.QUARTERS - 1 + len(block.yearly_changes)
    later, earlier = block.yearly_changes[0]
    assert (block.dates[later].year - block.dates[earlier].year, block.dates[later].month) == (1, 1)
    change = found.objective.fitted_rows(block, block.observed)[-1]
    later, earlier = block.yearly_changes[-1]
    assert change == pytest.approx(block.observed[later] - block.observed[earlier])
    spread = covariance(found.objective, found.best.mean, np.zeros(2), 2)[0]
    assert np.linalg.eigvalsh(spread).min() > -1e-9


def test_a_linear_world_is_solved_exactly() -> None:
    """With independent errors of size one the sandwich is the textbook's posterior."""
    slopes = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 0.5]])
    identity = Information(
        slopes.T @ np.array([1.0, 2.0, -1.0]), slopes.T @ slopes, slopes.T @ slopes, 0 * slopes[:2], 9
    )
    free = [Parameter(name, "none", -1.6448536, 1.6448536, -99, 99, 0.0, "") for name in "ab"]
    z = identity.lowest(np.zeros(2), np.full(2, -9.0), np.full(2, 9.0))
    inverse = np.linalg.inv(slopes.T @ slopes + np.eye(2))
    assert z == pytest.approx(inverse @ slopes.T @ np.array([1.0, 2.0, -1.0]))
    found = estimates(free, z, identity)
    assert found.z_errors == pytest.approx(np.sqrt(np.diag(inverse)))
    assert found.each[0].high - found.each[0].value == pytest.approx(1.6448536 * found.z_errors[0])
    assert identity.overstated == pytest.approx(1.0)
    bounded = identity.lowest(np.zeros(2), np.full(2, -9.0), np.array([0.1, 9.0]))
    assert bounded[0] == pytest.approx(0.1)


def test_a_plane_gives_back_a_plane() -> None:
    points = [2.0 * point - 1.0 for point in latin_hypercube(12, 2)]
    slopes = np.array([[1.0, 2.0], [-1.0, 0.5], [3.0, 0.0]])
    values = [np.array([slopes @ point + 1.0, 2.0 * slopes @ point]) for point in points]
    plane = Plane.through(points, values, np.zeros(2))
    assert plane.slopes == pytest.approx(1.5 * slopes)
    assert plane.level == pytest.approx(np.full(3, 0.5))


# The answer ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("at_once")
def test_a_hold_out_is_scored_and_not_fitted(tmp_path: Path) -> None:
    found = fitted(tmp_path, below="hold_out: {from: 2004-01, to: 2005-12}")
    seen = quick.values_of(9001, *TRUE.values(), size=quick.SEEDS_LUCK / 2)
    seen["charge_off_rate"][16:] += 5.0  # what is held out changes
    file = quick.write_targets(tmp_path, seen, below="hold_out: {from: 2004-01, to: 2005-12}")
    other = calibrate(quick.scenario(100), file, evaluations=40)
    assert other.values == found.values
    score, moved = found.scores["charge_off_rate"], other.scores["charge_off_rate"]
    assert (score.values, score.held_out) == (16, 8)
    assert moved.rmse == score.rmse
    assert moved.hold_out_bias == pytest.approx(score.hold_out_bias + 5.0)
    assert score.model_error is not None
    assert score.model_error.standard_deviation == pytest.approx(score.hold_out_rmse, rel=1e-3)
    assert f"{found.window[1]:%Y-%m}" == "2003-12"


@pytest.mark.usefixtures("at_once")
def test_too_few_evaluations_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "NOISE_SEEDS", 3)
    monkeypatch.setattr(quick, "STEPS", 3.0)  # it never rests
    found = fitted(tmp_path, evaluations=31)
    assert found.provenance["evaluations"] <= 31
    assert found.noise_at_best.warnings
    assert any("take more borrowers or more seeds" in warning for warning in found.warnings)


@pytest.fixture
def overlays(tmp_path: Path, at_once: None) -> tuple[Calibration, Path]:
    base = tmp_path / "base.yaml"
    from simulator.scenario import to_yaml

    base.write_text(to_yaml(quick.scenario(100)), encoding="utf-8")
    return fitted(tmp_path, below="hold_out: {from: 2004-01, to: 2005-12}"), base


def test_the_fitted_scenario_loads(overlays: tuple[Calibration, Path], tmp_path: Path) -> None:
    found, base = overlays
    file = tmp_path / "fitted.yaml"
    file.write_text(overlay(found, "base.yaml", ["lender.products.card.rate=0.19"]), encoding="utf-8")
    again = load(file)
    assert again.fit == fit_section(found)
    assert list(again.fit.in_force(again)) == list(TRUE)
    assert again.world.shocks["expense"].incidence == found.values[quick.EXPENSE]
    assert again.lender.products["card"].rate == 0.19
    assert "fitted to targets.yaml, 2000-01 to 2003-12" in again.question
    plain = again.resolved()
    plain.pop("fit")
    wanted = laid_over(load(base, ["lender.products.card.rate=0.19"]).resolved(), found.values)
    for body in (plain, wanted):
        body.pop("name", None)
        body.pop("question", None)
    assert plain == wanted


def test_a_table_is_set_whole(tmp_path: Path) -> None:
    """A table replaces another, so one fitted entry takes the others along."""
    from simulator.calibration.overlay import _put_over

    resolved = from_dict(laid_over(SMALL, {"lender.products.instalment.terms": {"12": 1.0, "24": 2.0}})).resolved()
    body: dict[str, Any] = {}
    place = _put_over(body, resolved, ["lender", "products", "instalment", "terms", "12"])
    assert place == ("lender", "products", "instalment", "terms")
    assert {float(key): value for key, value in body["lender"]["products"]["instalment"]["terms"].items()} == {
        12: 1.0,
        24: 2.0,
    }


def test_the_objective_knows_its_rows(overlays: tuple[Calibration, Path]) -> None:
    found, _ = overlays
    objective: Objective = found.objective
    assert objective.misfit(objective.observed, found.errors) == 0.0
    once = objective.misfit(found.best.mean, found.errors)
    assert once == objective.misfit(found.best.mean, found.errors) == found.best.misfit
    assert found.best.objective == pytest.approx(once + float(found.best.z @ found.best.z))
