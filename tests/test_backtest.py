"""Back-test: scores, regressions and the band by hand; a scenario finds its own past again; what cannot be is told."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import numpy as np
import pytest

from simulator.calibration.backtest import Backtest, backtest
from simulator.calibration.backtest_summary import series_frame, summary_of
from simulator.calibration.band import band_of, directions, drawn_values, noise_of, smoothed, with_values
from simulator.calibration.baselines import baselines, path_means
from simulator.calibration.closeness import closeness, correlation
from simulator.calibration.measures import measure_of
from simulator.calibration.series import Observed, measured
from simulator.calibration.window import window_of
from simulator.errors import EnsembleError, SeriesError
from simulator.params import TimePath
from simulator.run import run
from simulator.scenario import Scenario
from tests.small_worlds import scenario

QUARTERS = tuple(dt.date(2004 + number // 4, number % 4 * 3 + 1, 1) for number in range(16))
PATH = {"baseline": 5.0, "2004-06": 5.5, "2004-12": 7.5, "2005-06": 9.0, "2006-03": 7.0, "2006-09": 6.0, "2007-04": 5.0}
FIT: dict[str, Any] = {
    "targets": "us.yaml",
    "from": "2000-01",
    "to": "2003-12",
    "model_error": {"charge_off_rate": {"standard_deviation": 2.0, "persistence": 0.5}},
    "parameters": {
        "world.shocks.expense.incidence": {
            "value": 0.5,
            "standard_error": 0.05,
            "low": 0.4,
            "high": 0.6,
            "prior_low": 0.2,
            "prior_high": 0.8,
            "source": "a guess",
            "set_by": "data",
        }
    },
}


def small(**changes: Any) -> Scenario:
    given: dict[str, Any] = {
        "name": "small",
        "span": {"start": "2004-01", "months": 54},
        "book__borrowers": 400,
        "book__due_days": [10],
        "book__segments": [],
        "world__economy__unemployment": PATH,
        "lender__products": {"card": {}},
        "lender__policies__late": {"kind": "penalty_cap", "starts": "2008-01"},
    }
    return scenario(**{**given, **changes})


def target(values: dict[dt.date, float], blank: tuple[dt.date, ...] = ()) -> Observed:
    return Observed(tuple(values), np.array(list(values.values())), "quarter", "value", "target.csv", blank)


@pytest.fixture(scope="module")
def own() -> Observed:
    """The scenario's own past with another luck."""
    panel = run(small(), 77, unshocked=False).panel
    return target({stamp.date(): float(value) for stamp, value in measured(panel, "charge_off_rate").items()})


@pytest.fixture(scope="module")
def found(own: Observed) -> Backtest:
    return backtest(small(), own, "charge_off_rate", "2006-01", "2007-12", seeds=5, skip=["2006-06"])


# --- the window -------------------------------------------------------------------------------------------


def test_a_window_is_whole_quarters() -> None:
    window = window_of("2007-02", "2007-10", "quarter", ["2007-06-30"])
    assert window.periods == tuple(dt.date(2007, month, 1) for month in (1, 4, 7, 10))
    assert window.skipped == (dt.date(2007, 4, 1),)
    assert window.last == dt.date(2007, 12, 1)
    assert window.widened
    assert not window_of("2007-01", "2007-12").widened
    assert window_of("2006-11", "2007-02", "month").periods[-1] == dt.date(2007, 2, 1)
    assert window_of("2007Q1", dt.date(2007, 6, 30)).periods == (dt.date(2007, 1, 1), dt.date(2007, 4, 1))


def test_a_quarter_left_out_before_the_window_is_left_out_of_the_regressions() -> None:
    """With a wild early quarter the regression is another; left out, it is the one without that quarter."""
    calm = {date: 3.0 + 0.1 * number for number, date in enumerate(QUARTERS)}
    wild = {**calm, QUARTERS[5]: 30.0}
    without = {date: value for date, value in calm.items() if date != QUARTERS[5]}
    told = {}
    for name, values, skip in (("wild", wild, []), ("skipped", wild, [QUARTERS[5]]), ("without", without, [])):
        window = window_of("2006-10", "2007-12", "quarter", skip)
        assert window.outside == tuple(skip)
        found = backtest(small(), target(values), measure="charge_off_rate", first="2006-10", last="2007-12", skip=skip)
        plain = found.baselines["unemployment"]
        assert plain is not None
        assert plain.before is not None
        told[name] = plain.before
    assert told["skipped"] == told["without"]
    assert told["wild"] != told["without"]


@pytest.mark.parametrize(
    ("first", "last", "skip", "told"),
    [
        ("2008-01", "2007-12", [], "ends before it begins"),
        ("2007-13", "2007-12", [], "first month: '2007-13' is not a date"),
        ("2007-01", "2007-12", ["spring"], "a quarter to skip: 'spring' is not a date"),
        ("2007-01", "2007-03", ["2007-02"], "every quarter of the window is to be skipped"),
    ],
)
def test_a_window_that_cannot_be_is_told(first: str, last: str, skip: list[str], told: str) -> None:
    with pytest.raises(SeriesError, match=told):
        window_of(first, last, "quarter", skip)


# --- scores by hand ---------------------------------------------------------------------------------------


def test_scores_by_hand() -> None:
    observed = dict(zip(QUARTERS[:8], [1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 6.0, 4.0], strict=True))
    predicted = dict(zip(QUARTERS[:8], [1.0, 1.0, 1.0, 1.0, 3.0, 6.0, 5.0, 4.0], strict=True))
    close = closeness(QUARTERS[4:8], observed, predicted, measure_of("charge_off_rate"), "quarter")
    assert close.rmse == pytest.approx(math.sqrt(6 / 4))
    assert close.bias == pytest.approx(0.5)
    assert (close.peak, close.peak_date) == (6.0, dt.date(2005, 4, 1))
    assert (close.observed_peak, close.observed_peak_date) == (6.0, dt.date(2005, 7, 1))
    assert close.cumulative == pytest.approx(18 / 4)
    assert close.observed_cumulative == pytest.approx(16 / 4)
    assert close.correlation == pytest.approx(4.0 / math.sqrt(8.0 * 5.0))  # deviations -2 0 2 0 and -1.5 1.5 .5 -.5
    assert close.correlation_of_yearly_changes == close.correlation  # all less one
    assert close.yearly_changes == 4


def test_a_change_over_a_year_needs_both_ends() -> None:
    values = dict(zip(QUARTERS[:8], [1.0, 2.0, 3.0, 4.0, 2.0, 4.0, 7.0, 4.0], strict=True))
    skipped = (QUARTERS[1],)
    close = closeness(QUARTERS[2:8], values, values, measure_of("overdue_30_rate"), "quarter", skipped)
    assert close.yearly_changes == 3  # the second quarter of 2005 looks back on a skipped one
    assert close.correlation_of_yearly_changes == pytest.approx(1.0)
    assert close.cumulative is None


def test_a_correlation_that_cannot_be_formed_is_none() -> None:
    assert correlation(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
    assert correlation(np.array([1.0, 1.0, 1.0]), np.array([1.0, 2.0, 3.0])) is None
    assert correlation(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(-1.0)


# --- the regressions --------------------------------------------------------------------------------------


def inputs() -> tuple[dict[dt.date, float], dict[dt.date, float]]:
    rates = [5.0, 5.2, 5.1, 5.0, 5.5, 6.5, 7.0, 8.0, 7.5, 7.0, 6.0, 5.5, 5.0, 5.4, 6.0, 6.1]
    debts = [6.0, 6.1, 6.3, 6.2, 6.6, 6.9, 7.0, 6.8, 6.5, 6.4, 6.2, 6.3, 6.1, 6.0, 5.9, 5.8]
    return dict(zip(QUARTERS, rates, strict=True)), dict(zip(QUARTERS, debts, strict=True))


def test_a_regression_finds_the_line_that_made_the_series() -> None:
    rates, debts = inputs()
    values = {
        now: 1.0 + 2.0 * rates[now] - 3.0 * (rates[now] - rates[ago]) + 0.5 * debts[ago]
        for ago, now in zip(QUARTERS, QUARTERS[4:], strict=False)
    }
    window = QUARTERS[12:]
    before = {date: value for date, value in values.items() if date < window[0]}
    both = baselines(window, values, before, rates, debts)
    full = both["unemployment_and_leverage"]
    assert full is not None
    assert full.before is not None
    assert full.before.coefficients == pytest.approx(
        {"constant": 1.0, "unemployment": 2.0, "unemployment_change": -3.0, "leverage_a_year_before": 0.5}
    )
    assert (full.before.rmse, full.before.quarters, full.before.judged) == (pytest.approx(0.0, abs=1e-9), 8, 4)
    assert full.within is None  # four quarters cannot tell four coefficients
    assert "4 periods with all inputs; at least 6" in full.why_not["within"]
    less = both["unemployment"]
    assert less is not None
    assert less.before is not None
    assert less.before.rmse > 0.01


def test_a_regression_within_the_window_has_no_bias_and_beats_the_fair_one() -> None:
    rates, _ = inputs()
    noise = np.random.default_rng(3).normal(size=16)
    values = {date: 2.0 + rates[date] + float(each) for date, each in zip(QUARTERS, noise, strict=True)}
    window = QUARTERS[9:]
    plain = baselines(window, values, {date: values[date] for date in QUARTERS[:9]}, rates, None)
    assert plain["unemployment_and_leverage"] is None
    both = plain["unemployment"]
    assert both is not None
    assert both.before is not None
    assert both.within is not None
    assert both.before.quarters == 5  # the first year has no change over a year
    assert both.within.bias == pytest.approx(0.0, abs=1e-9)
    assert both.within.rmse < both.before.rmse


def test_inputs_that_do_not_vary_make_no_regression() -> None:
    rates = dict.fromkeys(QUARTERS, 5.0)
    flat = baselines(QUARTERS[4:], dict.fromkeys(QUARTERS, 1.0), {}, rates, None)["unemployment"]
    assert flat is not None
    assert flat.within is None
    assert "do not vary enough" in flat.why_not["within"]
    assert "0 periods with all inputs" in flat.why_not["before"]


def test_a_path_is_known_from_its_own_first_date_or_from_the_start_of_the_span() -> None:
    path = TimePath.read({"2004-04": 3.0, "2005-02": 6.0})
    assert path_means(path, QUARTERS[:6], 3, dt.date(2005, 1, 1)) == {
        QUARTERS[1]: 3.0,
        QUARTERS[2]: 3.0,
        QUARTERS[3]: 3.0,
        QUARTERS[4]: pytest.approx(5.0),
        QUARTERS[5]: 6.0,
    }
    assert list(path_means(TimePath.constant(5.0), QUARTERS[:6], 3, dt.date(2005, 1, 1))) == list(QUARTERS[4:6])


# --- the band ---------------------------------------------------------------------------------------------


def test_the_band_by_hand() -> None:
    runs = np.array([[1.0], [3.0]])  # variance 2
    assert noise_of(runs) == pytest.approx([1.0])
    alone = band_of(runs, np.empty((0, 1)), None)
    assert alone is not None
    assert alone.high - 2.0 == pytest.approx([1.6448536 * math.sqrt(2.0 * 1.5)])
    everything = band_of(runs, np.array([[0.6], [-0.8]]), 0.5)
    assert everything is not None
    assert everything.high - 2.0 == pytest.approx([1.6448536 * math.sqrt(2.0 / 2 + 0.5 + 0.25)])
    assert everything.high - 2.0 == pytest.approx(2.0 - everything.low)


def test_one_seed_alone_makes_no_band() -> None:
    assert noise_of(np.ones((1, 3))) is None
    assert band_of(np.ones((1, 3)), np.empty((0, 3)), None) is None
    known = band_of(np.ones((1, 3)), np.empty((0, 3)), 2.0)
    assert known is not None
    assert known.high == pytest.approx(1.0 + 1.6448536 * 2.0)


def test_the_variance_is_smoothed_over_a_year_to_each_side() -> None:
    values = np.zeros(12)
    values[0] = 9.0
    assert smoothed(values) == pytest.approx([9 / 5, 9 / 6, 9 / 7, 9 / 8, 9 / 9, *[0.0] * 7])


@pytest.mark.parametrize(("draws", "parameters"), [(4, 1), (6, 6), (4, 6)])
def test_draws_cover_all_directions_evenly(draws: int, parameters: int) -> None:
    points = directions(draws, parameters, 5)
    if draws >= parameters:
        assert points.T @ points == pytest.approx(draws * np.eye(parameters))
    else:
        assert points @ points.T == pytest.approx(parameters * np.eye(draws))
    assert not np.allclose(points, directions(draws, parameters, 6))


def fitted(**changes: Any) -> Scenario:
    return small(fit=FIT, world__shocks__expense__incidence=0.5, **changes)


def test_draws_have_the_stated_spread() -> None:
    there = fitted()
    assert there.fit is not None
    values = [each["world.shocks.expense.incidence"] for each in drawn_values(there.fit, there.fit.parameters, 4, 1)]
    assert np.sqrt(np.mean((np.array(values) - 0.5) ** 2)) == pytest.approx(0.1 / 1.6448536)
    assert drawn_values(there.fit, {}, 4, 1) == []


def test_a_drawn_value_that_the_scenario_does_not_accept_comes_half_way_back() -> None:
    there = fitted()
    assert there.fit is not None
    moved = with_values(there, {"world.shocks.expense.incidence": -0.2}, there.fit.parameters)
    assert moved.world.shocks["expense"].incidence == pytest.approx(0.15)  # type: ignore[union-attr]
    assert moved.fit is None


# --- the whole -------------------------------------------------------------------------------------------


def test_a_scenario_finds_its_own_past_again(found: Backtest, own: Observed) -> None:
    spread = math.sqrt(float(np.mean(found.runs.var(axis=0, ddof=1))))
    assert 0.0 < found.closeness.rmse < 3.0 * spread
    assert found.coverage_90 is not None
    assert found.coverage_90 >= 5 / 7
    assert len(found.dates) == 7
    assert found.window.skipped == (dt.date(2006, 4, 1),)
    assert dict(zip(own.dates, own.values, strict=True))[found.dates[0]] == found.observed[0]


def test_the_band_of_some_seeds_holds_nine_tenths_of_the_others(found: Backtest) -> None:
    """Each run in turn as the target of the rest."""
    within = []
    for place, run_ in enumerate(found.runs):
        band = band_of(np.delete(found.runs, place, axis=0), np.empty((0, run_.size)), None)
        assert band is not None
        within.append((band.low <= run_) & (run_ <= band.high))
    assert 0.78 <= float(np.mean(within)) <= 1.0


def test_predicted_is_the_mean_of_plain_runs(found: Backtest) -> None:
    start = small()
    panels = [run(start, seed, unshocked=False).panel for seed in found.seeds[:2]]
    assert list(found.seeds) == [3, 4, 5, 6, 7]
    plain = np.array([measured(panel, "charge_off_rate").loc["2006-01":"2007-12"] for panel in panels])  # type: ignore[misc]
    assert found.runs[:2].tolist() == plain.tolist()
    assert found.predicted.tolist() == found.runs.mean(axis=0).tolist()


def test_workers_change_nothing_and_months_are_told(own: Observed) -> None:
    told: list[tuple[str, int, int]] = []

    def hear(what: str, done: int, total: int) -> None:
        told.append((what, done, total))

    answers = []
    for workers in (1, 2):
        told.clear()
        again = backtest(
            fitted(book__borrowers=150), own, "charge_off_rate", "2006-01", "2006-12", seeds=2, draws=1,
            workers=workers, progress=hear,
        )  # fmt: skip
        answers.append(summary_of(again))
        assert {total for _, _, total in told} == {3 * (36 + 6)}
        assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
        assert told[-1][1] == told[-1][2]
    assert answers[0] == answers[1]
    assert len({done for _, done, _ in told}) >= 3


def test_the_answer_is_json_with_every_key(found: Backtest) -> None:
    told = summary_of(found)
    json.dumps(told, allow_nan=False)
    keys = "rmse bias peak peak_date observed_peak observed_peak_date cumulative observed_cumulative coverage_90"
    more = "baselines correlation correlation_of_yearly_changes quarters skipped noise seeds borrowers measure series"
    assert set(f"{keys} {more}".split()) <= set(told)
    assert told["peak_date"][:8] in {f"{date:%Y-%m}-" for date in found.dates}
    plain = told["baselines"]["unemployment"]
    assert plain["before"] is None
    assert "4 periods with all inputs" in plain["why_not"]["before"]  # of 2005: the year before has no changes
    assert plain["within"]["quarters"] == 7
    assert set(plain["within"]["coefficients"]) == {"constant", "unemployment", "unemployment_change"}
    assert told["baselines"]["unemployment_and_leverage"] is None
    assert told["skipped"] == ["2006-04-01"]
    assert {"date", "observed", "predicted", "low", "high"} <= set(told["series"][0])
    assert [row["skipped"] for row in told["series"]] == [False, True, *[False] * 6]
    assert told["cumulative"] == pytest.approx(found.predicted[found.judged].sum() / 4)
    assert len(series_frame(found)) == 8


def test_what_was_not_observed_is_null_and_counted(own: Observed) -> None:
    values = dict(zip(own.dates, map(float, own.values), strict=True))
    hole = target({date: value for date, value in values.items() if date != QUARTERS[9]}, (QUARTERS[9],))
    told = summary_of(backtest(small(book__borrowers=100), hole, "charge_off_rate", "2006-01", "2006-12", seeds=1))
    assert (told["missing"], told["blank"], told["quarters"]) == (["2006-04-01"], 1, 3)
    assert told["series"][1]["observed"] is None
    assert told["coverage_90"] is None
    assert told["noise"] is None
    assert any("One seed" in note for note in told["notes"])


def test_a_fit_widens_the_band_and_an_override_is_told(own: Observed) -> None:
    window = ("charge_off_rate", "2006-01", "2006-12")
    there = backtest(fitted(book__borrowers=150), own, *window, seeds=2, draws=1)
    assert there.draws == 1
    assert there.band is not None
    assert there.band.model == 2.0
    assert there.band.parameters is not None
    assert (there.band.parameters > 0).any()
    assert (there.band.high - there.predicted >= 1.6448536 * 2.0).all()
    assert there.notes == []
    other = small(fit=FIT, world__shocks__expense__incidence=0.3, book__borrowers=150)
    changed = backtest(other, own, *window, seeds=2, draws=1)
    assert changed.draws == 0
    assert any("No longer as fitted: world.shocks.expense.incidence" in note for note in changed.notes)


def test_the_history_stands_in_for_earlier_values(own: Observed) -> None:
    values = dict(zip(own.dates, map(float, own.values), strict=True))
    late = target({date: value for date, value in values.items() if date >= QUARTERS[12]})
    asked: dict[str, Any] = {"seeds": 1, "history": own}
    there = backtest(small(book__borrowers=100), late, "charge_off_rate", "2007-01", "2007-12", **asked)
    baseline = there.baselines["unemployment"]
    assert baseline is not None
    assert baseline.before is not None
    assert baseline.before.quarters == 8
    monthly = Observed((dt.date(2006, 1, 1),), np.ones(1), "month", file="monthly.csv")
    with pytest.raises(SeriesError, match=r"monthly.csv is a series by month, the target one by quarter"):
        backtest(small(book__borrowers=100), late, "charge_off_rate", "2007-01", "2007-12", seeds=1, history=monthly)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"last": "2009-12"}, "covers 2004-01 to 2008-06 and not the whole window.*--set span.months=72"),
        ({"first": "2003-01"}, "--set span.start=2003-01 --set span.months=60"),
        ({"first": "2008-01", "last": "2008-06"}, "target.csv has no value to judge in the window 2008-01 to 2008-06"),
        ({"measure": "charge_of_rate"}, "did you mean"),
    ],
)
def test_what_cannot_be_judged_is_told_before_anything_runs(asked: dict[str, Any], told: str) -> None:
    there = target(dict.fromkeys(QUARTERS, 1.0))
    usual: dict[str, Any] = {"measure": "charge_off_rate", "first": "2006-01", "last": "2007-12"}
    with pytest.raises(SeriesError, match=told):
        backtest(small(), there, **{**usual, **asked})


@pytest.mark.parametrize("asked", [{"seeds": 0}, {"draws": -1}, {"workers": 0}])
def test_runs_that_cannot_be_made(asked: dict[str, int]) -> None:
    with pytest.raises(EnsembleError, match="at least"):
        backtest(small(), target(dict.fromkeys(QUARTERS, 1.0)), "charge_off_rate", "2006-01", "2007-12", **asked)  # type: ignore[arg-type]
