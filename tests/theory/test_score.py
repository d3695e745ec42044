"""Falls of a credit score and the months to heal are the published ones, exactly, at the published scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from simulator.block import Block
from simulator.bureau import Bureau
from simulator.facts import facts

BUREAU = Bureau()


@pytest.mark.parametrize(
    ("score", "days", "fact", "months"),
    [
        (680, 30, "us.fico.drop_30dpd_from680", 9),
        (780, 30, "us.fico.drop_30dpd_from780", 36),
        (780, 90, "us.fico.drop_90dpd_from780", 84),
    ],
)
def test_falls_and_healing_are_the_published_ones(score: int, days: int, fact: str, months: int) -> None:
    scores, late = np.array([score], np.int16), np.array([days])
    assert BUREAU.fall(scores, late)[0] == facts()[fact].default
    assert BUREAU.heals(scores, late)[0] == months
    block = person(score)
    BUREAU.report(block, late, np.empty(0, np.intp), 0)
    assert block.lost[0] == facts()[fact].default
    lost = []
    for month in range(1, months + 2):
        BUREAU.report(block, np.zeros(1, np.int64), np.empty(0, np.intp), month)
        lost.append(int(block.lost[0]))
    assert lost[months - 2] > 0
    assert lost[months - 1] == lost[months] == 0, "healed in so many months, and not before"
    assert lost == sorted(lost, reverse=True)


def test_a_deeper_fall_replaces_a_lighter_one_and_they_do_not_add_up() -> None:
    block = person(780)
    for month, days in enumerate((30, 60, 90)):
        BUREAU.report(block, np.array([days]), np.empty(0, np.intp), month)
    assert block.lost[0] == BUREAU.fall_90_high
    before = int(block.lost[0])
    BUREAU.report(block, np.array([30]), np.empty(0, np.intp), 3)
    assert block.lost[0] == before, "still late: nothing heals"


def test_who_comes_back_from_90_days_by_way_of_30_heals_no_sooner() -> None:
    straight, by_steps = lost_over([90] + [0] * 90, 780), lost_over([90, 60, 30] + [0] * 88, 780)
    assert np.count_nonzero(straight) == BUREAU.heal_90_high
    assert (by_steps >= straight).all()
    assert np.count_nonzero(by_steps) == BUREAU.heal_90_high


def test_being_later_never_leaves_a_better_score() -> None:
    """Any history of lateness, and the same with one month of it worse; a point is rounding."""
    chance = np.random.default_rng(1)
    for _ in range(200):
        days = chance.choice([0, 30, 60, 90], 120, p=[0.94, 0.03, 0.02, 0.01])
        worse = days.copy()
        month = chance.integers(0, 60)
        worse[month] = min(worse[month] + 30, 90)
        score = int(chance.integers(600, 850))
        assert (lost_over(worse, score) >= lost_over(days, score) - 1).all()


def test_who_defaulted_is_lent_nothing_until_the_time_is_over() -> None:
    block, row = person(700), np.array([0])
    assert not BUREAU.excluded(block, row, 0).any()
    BUREAU.report(block, np.array([90]), row, 0)
    assert BUREAU.excluded(block, row, BUREAU.exclusion - 1).all()
    assert not BUREAU.excluded(block, row, BUREAU.exclusion).any()


def person(score: int) -> Block:
    """A block with one person in it."""
    block = Block(1, 1)
    block.furnish({f"bureau.{name}": dtype for name, dtype in Bureau.own.items()}, ())
    block.score[:] = score
    return block


def lost_over(days: Any, score: int) -> npt.NDArray[np.int64]:
    """Points lost at the end of each month by one person so many days late in each."""
    block, lost = person(score), []
    for month, late in enumerate(days):
        BUREAU.report(block, np.array([late]), np.empty(0, np.intp), month)
        lost.append(int(block.lost[0]))
    return np.array(lost)
