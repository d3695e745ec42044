"""Reverse stress: the search on functions whose answer is known, limits and dials as they are written, history."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from simulator.errors import ReverseError, SeriesError
from simulator.params import TimePath
from simulator.reverse import dial_of, limit_of, search
from simulator.reverse.history import History, history_of, largest_rise, peak_in, rise_in
from simulator.scenario import value_at
from tests.small_worlds import scenario

Floats = npt.NDArray[np.float64]
LUCK = np.array([-0.02, -0.01, 0.0, 0.03])  # of four seeds, the same at every place; its mean is nought
SLUMP = {"kind": "unemployment", "starts": "2026-03", "severity": 2.0}


def alike(curve: Callable[[float], float], luck: Floats = LUCK) -> Callable[[Sequence[float]], list[Floats]]:
    """A figure that moves along the dial in the same way for each seed."""
    return lambda places: [curve(place) + luck for place in places]


# The search ----------------------------------------------------------------------------------------------


def test_a_known_root() -> None:
    found = search(alike(lambda place: 0.02 + 0.2 * place**2), limit_of("charge_off_rate >= 0.1"), tolerance=1e-4)
    crossing = found.crossing
    assert (found.outcome, found.one_way) == ("found", True)
    assert crossing is not None
    truth = math.sqrt(0.4)
    assert crossing.holds.dial < truth <= crossing.breaks.dial <= crossing.holds.dial + 1e-4
    assert crossing.root == pytest.approx(truth, abs=1e-6)
    assert not crossing.holds.broken
    assert crossing.breaks.broken
    assert crossing.breaks.share_broken == 0.25 or crossing.breaks.share_broken == 0.5  # the seeds at and above nought
    slope = 0.2 * (0.75**2 - 0.625**2) / 0.125  # of the interval of the grid
    assert crossing.standard_error == pytest.approx(LUCK.std(ddof=1) / 2 / slope)
    assert crossing.high - crossing.root == pytest.approx(3.182446 * crossing.standard_error, rel=1e-6)
    alone = [math.sqrt((0.08 - luck) / 0.2) for luck in LUCK]
    assert crossing.own == pytest.approx(alone, abs=0.01)
    assert len(found.points) < 25


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    luck = np.random.default_rng(7).normal(0.0, 0.01, (400, 6))
    limit, hits = limit_of("charge_off_rate > 0.1"), 0
    for own in luck:
        found = search(alike(lambda place: 0.05 + 0.1 * place, own), limit, grid=5, tolerance=1e-3)
        assert found.crossing is not None
        hits += found.crossing.low <= 0.5 <= found.crossing.high
    assert 0.93 * 400 <= hits <= 0.97 * 400


@pytest.mark.parametrize(("sign", "least"), [(">=", 0.4), (">", 0.5)])
def test_a_figure_that_rises_in_steps(sign: str, least: float) -> None:
    found = search(alike(lambda place: math.floor(10 * place + 1e-9), np.zeros(2)), limit_of(f"defaults {sign} 4"))
    assert found.crossing is not None
    assert found.crossing.holds.dial < least <= found.crossing.breaks.dial + 1e-9
    assert found.crossing.breaks.dial - found.crossing.holds.dial <= 0.001


def test_a_figure_that_falls() -> None:
    found = search(alike(lambda place: 5.0 - 8.0 * place, np.zeros(3)), limit_of("profit < 0"))
    assert found.crossing is not None
    assert found.crossing.root == pytest.approx(0.625, abs=1e-9)
    assert found.crossing.standard_error == 0.0
    assert found.one_way


def test_a_figure_that_turns_back_is_told_and_its_first_crossing_found() -> None:
    found = search(alike(lambda place: 0.1 + 0.05 * math.sin(9.0 * place)), limit_of("charge_off_rate >= 0.12"))
    assert found.crossing is not None
    assert found.crossing.root == pytest.approx(math.asin(0.4) / 9.0, abs=0.002)
    assert found.changes == ((0.0, 0.125), (0.25, 0.375), (0.625, 0.75))
    assert not found.one_way
    assert next((step.first, step.last) for step in found.backwards) == (0.125, 0.25)


def test_a_step_back_within_luck_is_no_turn() -> None:
    shaky = np.random.default_rng(3).normal(0.0, 0.01, (9, 6))

    def figures(back: float) -> Callable[[Sequence[float]], list[Floats]]:
        grid = [float(place) for place in np.linspace(0.0, 1.0, 9)]
        curve = [0.0, 0.01, 0.02, 0.02 - back, 0.04, 0.05, 0.06, 0.07, 0.08]
        return lambda places: [curve[grid.index(place)] + shaky[grid.index(place)] for place in places]

    limit = limit_of("charge_off_rate >= 0.5")
    assert search(figures(0.002), limit).one_way
    turned = search(figures(0.05), limit)
    assert not turned.one_way
    assert [(step.first, step.last) for step in turned.backwards] == [(0.25, 0.375)]


def test_broken_already_and_never() -> None:
    curve = alike(lambda place: 0.2 + 0.1 * place)
    already = search(curve, limit_of("charge_off_rate >= 20%"))
    assert (already.outcome, already.crossing, len(already.points)) == ("broken at the mild end", None, 9)
    never = search(curve, limit_of("charge_off_rate > 0.31"))
    assert (never.outcome, never.crossing, never.changes) == ("not broken", None, ())
    assert never.grid[-1].mean == pytest.approx(0.3)


def test_a_figure_that_cannot_be_formed() -> None:
    with pytest.raises(ReverseError, match="mean_trust cannot be formed at 0 of the dial for 1 of 2 seeds"):
        search(lambda places: [np.array([0.1, math.nan])] * len(places), limit_of("mean_trust < 0.5"))


# The limit -----------------------------------------------------------------------------------------------


def test_a_limit_as_it_is_written() -> None:
    limit = limit_of(" cumulative_charge_off_rate>=10% ")
    assert (limit.metric.name, limit.sign, limit.value) == ("cumulative_charge_off_rate", ">=", 0.1)
    assert limit == limit_of("cumulative_charge_off_rate >= 0.1") == limit_of(limit.text)
    assert limit_of("net_loss > 1_500_000").value == 1.5e6
    assert limit_of("profit <= -2e3").broken(-2000.0)
    assert not limit_of("profit < -2e3").broken(-2000.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "METRIC >= VALUE is wanted"),
        ("charge_off_rate", "METRIC >= VALUE is wanted"),
        ("charge_off_rate == 0.1", "'==' is no limit"),
        ("charge_of_rate >= 0.1", "did you mean 'charge_off_rate'"),
        ("zzz > 1", "accepted are peak_overdue_30_rate"),
        ("charge_off_rate >= ten", "'ten' is not a number"),
        ("charge_off_rate >= nan", "a finite number"),
        ("charge_off_rate >= 10", "write 10% or 0.1"),
        ("net_loss >= 10%", "a percent sign belongs to shares"),
        ("profit < 0 and defaults > 3", "one limit at a time"),
    ],
)
def test_a_limit_that_is_none(text: str, words: str) -> None:
    with pytest.raises(ReverseError) as told:
        limit_of(text)
    assert words in str(told.value)
    assert str(told.value).startswith("--until")


# The dial ------------------------------------------------------------------------------------------------


def test_a_key_moves_from_its_value_to_the_largest_accepted() -> None:
    base = scenario(world__shocks__slump=SLUMP)
    move = dial_of(base, ["world.shocks.slump.severity"]).moves[0]
    assert (move.start, move.end, move.unit) == (2.0, 60.0, "points")
    assert dial_of(base, ["world.economy.unemployment=0:1"]).moves[0].kind == "path"
    flat = scenario(world__economy={"unemployment": 5.0})
    level = dial_of(flat, ["world.economy.unemployment"]).moves[0]
    assert (level.kind, level.start, level.end) == ("level", 5.0, 40.0)


def test_a_direction_moves_every_key_together() -> None:
    base = scenario(world__shocks__slump=SLUMP)
    dial = dial_of(base, ["world.shocks.slump.severity=1:3", "world.economy.unemployment=0:2"])
    there = dial.at(0.75)
    assert value_at(there, "world.shocks.slump.severity") == 2.5
    path = value_at(there, "world.economy.unemployment")
    assert isinstance(path, TimePath)
    assert path.at(dt.date(2026, 2, 1)) == 5.0
    assert path.at(dt.date(2026, 4, 1)) == 5.0 + 1.5 * 4.0
    assert dial.numbers(0.0) == {"world.shocks.slump.severity": 1.0, "world.economy.unemployment": 0.0}


def test_a_shock_that_is_not_there_is_laid_under_the_scenario() -> None:
    dial = dial_of(scenario(), ["world.shocks.unemployment.severity"])
    assert "has no shock unemployment" in dial.notes[0]
    assert dial.numbers(1.0) == {"world.shocks.unemployment.severity": 60.0}
    shock = dial.at(0.1).world.shocks["unemployment"]
    assert (shock.severity, shock.starts, shock.ends) == (6.0, dt.date(2026, 1, 1), None)
    with pytest.raises(ReverseError, match=r"did you mean world.shocks.slump.severity\?"):
        dial_of(scenario(world__shocks__slump=SLUMP), ["world.shocks.unemployment.severity=0:3"])


def test_whole_numbers_and_ranges_downward() -> None:
    dial = dial_of(scenario(), ["lender.products.card.charge_off_days=180:120", "world.economy.unemployment=1:0"])
    assert value_at(dial.at(0.51), "lender.products.card.charge_off_days") == 149
    assert dial.numbers(0.25)["world.economy.unemployment"] == 0.75


@pytest.mark.parametrize(
    ("find", "words"),
    [
        ([], "which value shall be moved"),
        (["world.shocks.slumb.severity"], "did you mean 'slump'"),
        (["world.shocks.slump"], "there is no number under this key"),
        (["book.closed"], "there is no number under this key"),
        (["world.shocks.slump.severity=3"], "KEY=FROM:TO is wanted"),
        (["world.shocks.slump.severity=a:b"], "KEY=FROM:TO is wanted"),
        (["world.shocks.slump.severity=2:2"], "two different ends"),
        (["world.shocks.slump.severity=0:99"], "there is no scenario"),
        (["world.economy.unemployment"], "as world.economy.unemployment=0:2"),
        (["book.borrowers=10:20.5"], "whole numbers only"),
        (["world.shocks.slump.severity=0:4", "world.shocks.slump.severity=0:5"], "given twice"),
    ],
)
def test_a_dial_that_is_none(find: list[str], words: str) -> None:
    with pytest.raises(ReverseError) as told:
        dial_of(scenario(world__shocks__slump=SLUMP), find)
    assert words in str(told.value)
    assert str(told.value).startswith("--find")


# History -------------------------------------------------------------------------------------------------


def history(values: Sequence[float]) -> History:
    return History(dt.date(2000, 1, 1), np.array(values, np.float64), "made up")


def test_how_often_it_was_so_severe() -> None:
    flat, up = [5.0] * 36, [8.0] * 24  # two rises of three points, each seen by twelve windows
    past = history([*flat, *up, *flat, 6.5, 8.0, *([8.0] * 22)])
    seen = rise_in(past, 3.0)
    assert (seen.times, seen.windows) == (12 + 11, past.values.size - 12)
    assert seen.episodes == ((dt.date(2003, 1, 1), dt.date(2003, 12, 1)), (dt.date(2008, 2, 1), dt.date(2008, 12, 1)))
    assert seen.apart == seen.windows // 12
    assert (seen.largest, seen.largest_month) == (3.0, dt.date(2003, 1, 1))
    assert seen.percentile == pytest.approx(100 * (1 - 23 / seen.windows))
    assert rise_in(past, 3.1).times == 0
    assert rise_in(past, 3.1).episodes == ()
    high = peak_in(past, 8.0)
    assert (high.times, high.windows, len(high.episodes)) == (24 + 23, past.values.size, 2)


def test_the_largest_rise_counts_from_before_the_span() -> None:
    before = np.full(12, 4.0)
    assert largest_rise(before, np.array([6.0, 7.0, 5.0])) == 3.0
    assert largest_rise(before, np.linspace(4.5, 15.0, 22)) == pytest.approx(6.0)
    assert largest_rise(before, np.array([3.0])) == -1.0


def test_where_history_comes_from(tmp_path: Path) -> None:
    rows = [f"{2000 + number // 4}Q{number % 4 + 1},{5 + number % 4}" for number in range(40)]
    (tmp_path / "u.csv").write_text("\n".join(["date,value", *rows]) + "\n", encoding="utf-8")
    given = history_of(scenario(), str(tmp_path / "u.csv"))
    assert given is not None
    assert (given.step, given.values.size, given.source) == (3, 39 * 3 + 1, "u.csv")
    assert given.values[:4] == pytest.approx([5.0, 5 + 1 / 3, 5 + 2 / 3, 6.0])
    quoted = history_of(scenario(), None)  # a lender in dollars
    assert quoted is not None
    assert (quoted.first, quoted.last) == (dt.date(2007, 1, 1), dt.date(2025, 12, 1))
    assert peak_in(quoted, 14.8).episodes == ((dt.date(2020, 4, 1), dt.date(2020, 4, 1)),)
    assert history_of(scenario(lender__currency="CNY", book__recipe="cn"), None) is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["2000-01,0.05", "2000-02,0.06"], "at least 60"),
        ([f"{y}-{m},0.05" for y in range(2000, 2006) for m in range(1, 13)], "in percent"),
    ],
)
def test_a_history_that_is_none(tmp_path: Path, rows: list[str], words: str) -> None:
    (tmp_path / "u.csv").write_text("\n".join(["date,value", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(ReverseError) as told:
        history_of(scenario(), str(tmp_path / "u.csv"))
    assert words in str(told.value)
    with pytest.raises(SeriesError, match="does not exist"):
        history_of(scenario(), str(tmp_path / "none.csv"))
