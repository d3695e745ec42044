"""Every shipped scenario loads, asks a question, and lives through a few months with figures that can be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from synthetic import published_series

from simulator.metrics import overdue_rate, segment_rows
from simulator.run import run
from simulator.scenario import load, shipped_scenarios

NAMES = sorted(shipped_scenarios())
CLUB = Path(__file__).parents[2] / "shared/data/tapes/lendingclub_2007_2009/lendingclub_2007_2009.csv.gz"
SMALL = ("book.warm_up=3",)


def given(name: str, folder: Path) -> tuple[str, ...]:
    """A scenario of history reads a made-up one, and begins shortly before the relief of 2020."""
    if not name.startswith("us_cards_history"):
        return ()
    return (f"world.economy.history={published_series(folder, last=2026)}", "span.start=2019-10", "span.months=60")


def test_the_scenarios_of_the_first_flight_are_there() -> None:
    wanted = {"us_cards", "us_cards_severe_2026", "cn_platform", "cn_unemployment", "cn_epidemic", "taiwan_cards_2005"}
    assert wanted <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_asks_a_question(name: str, tmp_path: Path) -> None:
    if name.startswith("lendingclub") and not CLUB.exists():
        pytest.skip("the LendingClub tapes are not shipped")
    scenario = load(name, given(name, tmp_path))
    assert "?" in scenario.question
    assert len(scenario.question) > 40
    assert scenario.name == name


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_lives_through_a_few_months(name: str, tmp_path: Path) -> None:
    if name.startswith("lendingclub"):
        pytest.skip("its tape is not shipped; tests/test_lendingclub.py lives through a small one")
    size = {} if name == "taiwan_cards_2005" else {"borrowers": 400}  # the tape says how many borrow
    sets = (*SMALL, *given(name, tmp_path))
    whole = load(name, sets, **size)
    entries = [*whole.world.shocks.values(), *whole.world.policies.values(), *whole.lender.policies.values()]
    starts = [entry.starts for entry in entries if entry.starts is not None]
    begun = [(date.year - whole.span.start.year) * 12 + date.month - whole.span.start.month for date in starts]
    result = run(load(name, sets, months=max([4, *(month + 2 for month in begun)]), **size))
    somebody = result.panel[result.panel["borrowers"] > 0]  # of nobody no rate can be formed
    hit = result.hit[result.hit["accounts"] > 0]  # a group that never had an account has no rate
    of_the_whole = ["money_given", *result.record.lender]  # of a part of the book it is not known
    assert np.isfinite(segment_rows(result.panel)[of_the_whole]).all(axis=None)
    for frame in (somebody, result.flows, hit, result.roll_rates):
        numbers = frame.select_dtypes("number").drop(columns=["charge_off_rate", *of_the_whole], errors="ignore")
        assert len(frame)
        assert np.isfinite(numbers.to_numpy(dtype=np.float64)).all()
    whole = segment_rows(result.panel)
    assert (whole["balance"] > 0).all()
    assert (whole["borrowers"] > 300).all()
    sums = whole["current"] + whole[["overdue_1_29", "overdue_30_59", "overdue_60_89", "overdue_90_plus"]].sum(axis=1)
    assert np.allclose(sums, whole["balance"], atol=0.01)


@pytest.mark.parametrize(("name", "least", "most"), [("cn_epidemic", 1.5, 3.0), ("cn_unemployment", 1.15, 2.0)])
def test_the_shocked_platform_owes_more_overdue_than_the_same_book_unshocked(
    name: str, least: float, most: float
) -> None:
    scenario = load(name, ("book.warm_up=30",), borrowers=8000, months=18)
    result = run(scenario)
    assert result.unshocked is not None
    shocked, usual = overdue_rate(segment_rows(result.panel), 30), overdue_rate(segment_rows(result.unshocked), 30)
    assert least < (shocked / usual).max() < most


@pytest.mark.long
def test_the_platform_in_quiet_times_stays_where_it_is() -> None:
    """Two seeds of 20,000: yearly overdue and charge-offs within 10% of their mean, levels in the published ranges."""
    overdue, late, lost = [], [], []
    for seed in (1, 2):
        panel = segment_rows(run(load("cn_platform"), seed=seed, unshocked=False).panel)
        year = panel["month"].dt.year
        overdue.append(overdue_rate(panel, 30).groupby(year).mean())
        late.append(float(overdue_rate(panel, 90).mean()))
        lost.append(panel["charge_offs"].groupby(year).sum() / panel["balance"].groupby(year).mean())
    for years in (sum(overdue) / 2, sum(lost) / 2):
        assert (years / years.mean() - 1.0).abs().max() < 0.07  # type: ignore[union-attr]
    assert 0.017 < np.mean(late) < 0.04  # FACTS cn.platform.delinq_90plus .018 to .04
