"""Statistics of an ensemble: by hand, against closed forms, and right as often as they say over 1,000 ensembles."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from simulator.draws import Draws, mix
from simulator.ensemble import Estimated, decomposition, expected_shortfall, mean, quantile, value_at_risk
from simulator.ensemble.crossed import components, design_of, error_variances, weighted_mean
from simulator.ensemble.order import least_runs, limit, maritz_jarrett, quantile_of
from simulator.ensemble.precision import Round, next_seeds, precision_of, seeds_for, seeds_needed
from simulator.errors import EnsembleError

Floats = npt.NDArray[np.float64]
ENSEMBLES = 1_000
LOG_NORMAL = stats.lognorm(0.4)  # losses lean to the right


def luck(purpose: str, *shape: int) -> Floats:
    """Standard normal numbers that belong to a purpose."""
    return Draws(1).normal(purpose, 0, mix(np.arange(math.prod(shape), dtype=np.int64))).reshape(shape)


def losses(runs: int) -> Floats:
    """1,000 ensembles of so many independent runs, log-normal; shape (ensembles, runs)."""
    return np.exp(0.4 * luck(f"losses {runs}", ENSEMBLES, runs))


def tables(worlds: int, draws: int, seeds: int, parts: dict[str, float]) -> Floats:
    """1,000 crossed ensembles, normal, with a standard deviation for each part (w, p, s and their products)."""
    found = np.zeros((ENSEMBLES, worlds, draws, seeds))
    for part, size in parts.items():
        shape = (worlds if "w" in part else 1, draws if "p" in part else 1, seeds if "s" in part else 1)
        found += size * luck(f"part {part} {worlds} {draws} {seeds}", ENSEMBLES, *shape)
    return found


def coverage(estimate: Callable[[Floats], Estimated], ensembles: Floats, truth: float) -> float:
    """The share of ensembles whose 95% interval holds the truth."""
    told = [estimate(values) for values in ensembles]
    return sum(each.low <= truth <= each.high for each in told) / len(told)


# --- by hand ---------------------------------------------------------------------------------------------


def test_a_mean_of_seeds_is_the_textbooks() -> None:
    found = mean([1.0, 2.0, 3.0, 6.0])
    assert found.value == 3.0
    assert found.standard_error == pytest.approx(math.sqrt((4 + 1 + 0 + 9) / 3 / 4))
    assert found.high - found.value == pytest.approx(3.182446 * found.standard_error, rel=1e-6)  # t, 3 degrees
    assert found.by_source == {"sampling": found.standard_error}


def test_quantiles_by_weight() -> None:
    values, even = np.arange(1.0, 11.0), np.full(10, 0.1)
    assert quantile_of(values, even, 0.5) == 5.5  # both 5 and 6 would do
    assert quantile_of(values, even, 0.95) == 10.0
    assert quantile_of(np.array([1.0, 2.0, 3.0]), np.array([0.7, 0.2, 0.1]), 0.8) == 2.0
    assert value_at_risk(values, 0.9, bad="low").value == quantile(values, 0.1).value == 1.5


def test_limits_of_a_quantile_are_those_of_the_binomial() -> None:
    """Of 20 runs the 6th is above the median with chance P(B < 6) = .0207, the 7th with .0577."""
    ordered = np.arange(1.0, 21.0)
    low = limit(ordered, 0.5, 0.025)
    assert 6.0 < low < 7.0
    assert limit(ordered, 0.5, stats.binom.cdf(5, 20, 0.5)) == pytest.approx(6.0)
    assert limit(ordered, 0.5, 0.975) == pytest.approx(21.0 - low)  # the median is even on both sides
    assert math.isnan(limit(ordered, 0.95, 0.975))  # .95^20 = .36: the quantile may well lie beyond them all


def test_the_error_of_a_quantile_is_how_much_it_varies() -> None:
    ensembles = np.sort(losses(100), axis=1)
    errors = np.array([maritz_jarrett(each, 0.9) for each in ensembles])
    found = np.array([quantile_of(each, np.full(100, 0.01), 0.9) for each in ensembles])
    assert errors.mean() == pytest.approx(found.std(), rel=0.1)


def test_so_few_runs_cannot_tell_and_say_so() -> None:
    found = quantile(losses(50)[0], 0.99)
    assert math.isfinite(found.value)
    assert math.isnan(found.high)
    assert math.isnan(found.half_width)
    assert "50 independent runs" in found.note
    assert f"from {least_runs(0.99)} on" in found.note
    assert 0.99 ** least_runs(0.99) <= 0.025 < 0.99 ** (least_runs(0.99) - 1)
    tail = expected_shortfall(losses(50)[0], 0.95)
    assert math.isnan(tail.low)
    assert "from 200 runs on" in tail.note
    assert "one run" in mean([1.0]).note
    assert "1 of 3 runs" in mean([1.0, math.nan, 2.0]).note


def test_a_shortfall_is_the_mean_of_the_worst() -> None:
    values = np.arange(1.0, 201.0)
    assert expected_shortfall(values, 0.95).value == pytest.approx(np.arange(191.0, 201.0).mean())
    assert expected_shortfall(values, 0.95, bad="low").value == pytest.approx(np.arange(1.0, 11.0).mean())
    assert expected_shortfall([1.0, 2.0, 3.0, 4.0], 0.9).value == 4.0  # a part of the worst run
    assert expected_shortfall([1.0, 2.0, 3.0, 4.0], 0.6).value == pytest.approx((4.0 + 0.6 * 3.0) / 1.6)


def test_the_error_of_a_crossed_mean_is_that_of_mean_squares() -> None:
    table = tables(4, 3, 5, {"w": 1.0, "p": 0.5, "s": 0.7, "ws": 0.3, "wps": 0.4})[0]
    whole, alone = error_variances(table, design_of(table.shape))
    centred = table.mean((1, 2)) - table.mean()
    assert alone["world"] == pytest.approx(float(np.square(centred).sum()) / (4 - 1) / 4)
    assert whole >= max(alone.values())
    flat = luck("flat", 1, 1, 9)
    assert mean(flat, design_of(flat.shape)) == mean(flat.reshape(-1))


def test_variance_components_are_unbiased_with_worlds_of_any_weight() -> None:
    """Two named worlds with 30 and 20% and five drawn ones with 10% each.

    What a seed does in a named world, beside all others, is a part of what it does on average over the worlds.
    """
    weights, drawn = [0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1], [False, False, True, True, True, True, True]
    design = design_of((7, 1, 6), weights, drawn)
    worlds = np.concatenate([np.tile([2.0, -1.0], (ENSEMBLES, 1)), luck("drawn", ENSEMBLES, 5)], axis=1)
    seeds, both = luck("seeds", ENSEMBLES, 1, 1, 6), luck("both", ENSEMBLES, 7, 1, 6)
    runs = worlds[:, :, None, None] + 0.5 * seeds + 0.3 * both
    found = [components(each, design) for each in runs]
    told = {part: np.array([each[part] for each in found]) for part in found[0]}
    named = 0.09 * (0.3**2 + 0.2**2)
    known = {
        ("world",): 0.3 * 4 + 0.2 + 0.5 - 0.4**2,
        ("sampling",): 0.25 + named,
        ("world", "sampling"): 0.09 - named,
    }
    for part, truth in known.items():
        assert told[part].mean() == pytest.approx(truth, abs=4 * told[part].std() / math.sqrt(ENSEMBLES)), part
    means = np.array([weighted_mean(each, design) for each in runs])
    errors = np.array([error_variances(each, design)[0] for each in runs])
    assert errors.mean() == pytest.approx(means.var(), rel=0.15)


def test_shares_of_variance_sum_to_one_and_know_their_error() -> None:
    parts = {"w": 1.0, "p": 0.5, "s": 0.8, "ws": 0.3, "wps": 0.4}
    design = design_of((6, 6, 8))
    found = [decomposition(table, design) for table in tables(6, 6, 8, parts)[:40]]
    assert [share.source for share in found[0]] == ["sampling", "parameters", "world", "together"]
    shares = np.array([[share.share for share in each] for each in found])
    errors = np.array([[share.standard_error for share in each] for each in found])
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert shares.mean(axis=0) == pytest.approx(np.array([0.64, 0.25, 1.0, 0.25]) / 2.14, abs=0.07)
    assert errors.mean(axis=0) == pytest.approx(shares.std(axis=0), rel=0.35)
    assert decomposition(np.ones((2, 2, 2)), design_of((2, 2, 2))) == []


# --- coverage: 93 to 97% of 1,000 intervals ------------------------------------------------------------------

MEAN = float(LOG_NORMAL.mean())
TAIL_90 = float(LOG_NORMAL.expect(lambda loss: loss, lb=LOG_NORMAL.ppf(0.9)) / 0.1)


@pytest.mark.parametrize(
    ("estimate", "runs", "truth"),
    [
        pytest.param(mean, 50, MEAN, id="mean"),
        pytest.param(partial(quantile, level=0.5), 20, 1.0, id="median"),
        pytest.param(partial(quantile, level=0.9), 100, float(LOG_NORMAL.ppf(0.9)), id="90% quantile"),
        pytest.param(partial(value_at_risk, level=0.95), 100, float(LOG_NORMAL.ppf(0.95)), id="95% value at risk"),
        pytest.param(partial(expected_shortfall, level=0.9), 150, TAIL_90, id="90% expected shortfall"),
    ],
)
def test_intervals_hold_as_often_as_they_say(estimate: Callable[[Floats], Estimated], runs: int, truth: float) -> None:
    assert 0.93 <= coverage(estimate, losses(runs), truth) <= 0.97


@pytest.mark.parametrize(
    ("shape", "parts"),
    [
        pytest.param((10, 1, 20), {"w": 1.0, "s": 1.0, "ws": 0.3}, id="worlds x seeds"),
        pytest.param((8, 8, 10), {"w": 1.0, "p": 1.0, "s": 1.0, "wps": 0.3}, id="worlds x draws x seeds"),
        pytest.param((8, 6, 10), {"w": 0.5, "p": 0.5, "s": 0.5, "ws": 0.4, "wp": 0.4, "wps": 1.0}, id="interactions"),
    ],
)
def test_intervals_of_crossed_runs_hold_as_often_as_they_say(
    shape: tuple[int, int, int], parts: dict[str, float]
) -> None:
    estimate = partial(mean, design=design_of(shape))
    assert 0.93 <= coverage(estimate, tables(*shape, parts), 0.0) <= 0.97


# --- how many seeds, and when to stop ----------------------------------------------------------------------


def test_seeds_needed_are_the_fewest_that_do() -> None:
    values = losses(30)[0]
    count = seeds_needed(values, 0.02)
    deviation = float(np.std(values, ddof=1))
    assert stats.t.ppf(0.975, count - 1) * deviation <= 0.02 * math.sqrt(count)
    assert stats.t.ppf(0.975, count - 2) * deviation > 0.02 * math.sqrt(count - 1)
    assert seeds_needed([1.0, 1.0], 0.1) == 2
    assert seeds_needed([1.0], 0.1) == 0


def test_no_number_of_seeds_does_away_with_few_worlds() -> None:
    table = tables(5, 1, 40, {"w": 1.0, "s": 0.3})[0]
    found = mean(table, design_of(table.shape))
    assert seeds_for(found, 40, 0.5 * found.half_width) == 0
    assert seeds_for(found, 40, 2.0 * found.half_width) < 40


def test_the_rule_goes_on_to_what_the_first_round_asks_for_and_stops_at_the_most() -> None:
    first = Round(20, 1.0, 0.10, 0.05, 80)
    assert next_seeds([first], 1000) == 80
    assert next_seeds([first], 60) == 60
    assert next_seeds([first, Round(60, 1.0, 0.049, 0.05, 58)], 1000) == 80  # sure already, but 80 are owed
    assert next_seeds([first, Round(80, 1.0, 0.049, 0.05, 77)], 1000) == 80  # over
    assert next_seeds([first, Round(80, 1.0, 0.051, 0.05, 84)], 1000) == 88  # a tenth more at least
    assert next_seeds([Round(20, 1.0, 0.3, 0.05, 0)], 1000) == 20  # no number of seeds would do
    assert next_seeds([Round(20, 1.0, math.nan, 0.05, 40)], 1000) == 40  # nothing to be told yet


def test_a_wanted_precision_is_read() -> None:
    assert precision_of("peak_overdue_30_rate 2%").size == 0.02
    asked = precision_of("net_loss es95 5%")
    assert (asked.statistic, asked.level, asked.relative, asked.least_runs) == ("shortfall", 0.95, True, 200)
    assert precision_of("profit var90 1000").estimate(np.arange(100.0)).value == 9.5  # of a profit the low end is bad
    assert precision_of("default_rate median 0.001").level == 0.5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("peak_overdue_30_rat 2%", "did you mean 'peak_overdue_30_rate'"),
        ("net_loss", "METRIC"),
        ("net_loss q95 much", "'much' is no size"),
        ("net_loss 0%", "more than nought"),
        ("net_loss q0 2%", "between 0 and 100"),
        ("net_loss mode 2%", "mean, median, q95"),
    ],
)
def test_a_precision_that_cannot_be_read_says_what_is_wanted(text: str, told: str) -> None:
    with pytest.raises(EnsembleError, match=told):
        precision_of(text)
