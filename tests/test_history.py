"""History from a folder of published series, and lenders who reach down as card debt grows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from small_worlds import BUSY, laid_over
from synthetic import published_series

from simulator.economy import from_folder
from simulator.errors import ScenarioError
from simulator.params import TimePath
from simulator.reach import Reach
from simulator.run import Setting, run
from simulator.scenario import from_dict, load, to_yaml

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "macro"
JUNE_2000 = dt.date(2000, 6, 1)


def with_history(folder: Path, **changes: object) -> dict[str, object]:
    base = laid_over(BUSY, {"span.start": "2000-01", "world.economy": {"history": str(folder)}})
    return laid_over(base, {key.replace("__", "."): value for key, value in changes.items()})


def test_the_paths_are_worked_out_from_the_series(tmp_path: Path) -> None:
    """A world in a steady state: 5% out of work, of whom two in five were so for less than five weeks."""
    paths = from_folder(published_series(tmp_path))
    assert paths["unemployment"].at(JUNE_2000) == pytest.approx(5.0)
    assert paths["job_finding"].at(JUNE_2000) == pytest.approx(1.0 - (1.0 - 1.1 * 0.4))
    assert paths["job_finding"].at(dt.date(1990, 6, 1)) == pytest.approx(0.4)
    assert paths["claims"].at(JUNE_2000) == pytest.approx(100.0)
    assert paths["leverage"].at(JUNE_2000) == pytest.approx(100.0 * 500.0 / 10_000.0)
    assert paths["squeeze"].at(JUNE_2000) == pytest.approx(0.0, abs=0.05)
    assert paths["squeeze"].baseline == 0.0
    assert paths["policy_rate"].at(dt.date(1980, 1, 1)) == paths["policy_rate"].baseline


def test_prices_that_run_ahead_of_wages_squeeze_for_a_while(tmp_path: Path) -> None:
    def leap(month: int) -> float:
        return 1.0 if month < 2000 * 12 else 1.1

    paths = from_folder(published_series(tmp_path, CPIAUCSL=lambda month: 200.0 * leap(month)))
    squeeze = paths["squeeze"]
    assert squeeze.at(dt.date(1999, 12, 1)) == pytest.approx(0.0, abs=1e-6)
    assert 8.0 < squeeze.at(dt.date(2000, 1, 1)) < 9.5
    halves = squeeze.at(dt.date(2001, 1, 1)) / squeeze.at(dt.date(2000, 1, 1))
    assert 0.3 < halves < 0.6
    assert abs(squeeze.at(dt.date(2009, 12, 1))) < 2.0


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published series are not here")
def test_the_finding_rate_of_the_published_series_is_that_of_the_literature() -> None:
    """Shimer (2012): about .45 a month on average before 2007, .34 to .36 at the end of the slump of 1992."""
    paths = from_folder(SHARED)
    months = [dt.date(year, month, 1) for year in range(1968, 2007) for month in range(1, 13)]
    assert np.mean([paths["job_finding"].at(month) for month in months]) == pytest.approx(0.45, abs=0.05)
    assert paths["job_finding"].at(dt.date(1992, 6, 1)) == pytest.approx(0.35, abs=0.02)


def test_the_run_follows_the_history_through_its_warm_up(tmp_path: Path) -> None:
    folder = published_series(tmp_path, UNRATE=lambda month: 12.0 if month < 2000 * 12 else 4.0)
    small = {"book__borrowers": 3000, "book__warm_up": 24, "span__months": 3, "book__segments": []}
    lived = run(from_dict(with_history(folder, book__warm_up_world="path", **small)), 1, unshocked=False)
    held = run(from_dict(with_history(folder, **small)), 1, unshocked=False)
    assert (lived.panel["economy_unemployment_rate"] == held.panel["economy_unemployment_rate"]).all()
    out = [each.record.people["unemployed"].sum(axis=1) for each in (lived, held)]
    assert out[0][12] / lived.record.people["labour_force"][12].sum() == pytest.approx(0.12, abs=0.02)
    assert out[1][12] / held.record.people["labour_force"][12].sum() == pytest.approx(0.09, abs=0.02)  # the mean


def test_a_scenario_with_history_is_written_out_in_full_and_reads_back_the_same(tmp_path: Path) -> None:
    scenario = from_dict(with_history(published_series(tmp_path)))
    (tmp_path / "again.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    again = load(tmp_path / "again.yaml")
    assert again.world.economy == scenario.world.economy
    assert again.world.economy.history is None


def test_what_is_given_beside_history_stays(tmp_path: Path) -> None:
    scenario = from_dict(with_history(published_series(tmp_path), world__economy__unemployment=7.0))
    assert scenario.world.economy.unemployment.baseline == 7.0
    assert scenario.world.economy.leverage is not None


def test_an_absent_folder_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="holds none of the series") as refused:
        from_dict(with_history(tmp_path / "nowhere"))
    assert "world.economy.history" in str(refused.value)
    assert "--set world.economy.history=FOLDER" in str(refused.value)
    assert "unemployment:" not in str(refused.value)


def test_an_absent_series_is_named(tmp_path: Path) -> None:
    folder = published_series(tmp_path)
    (folder / "ICSA.csv").unlink()
    with pytest.raises(ScenarioError, match=r"lacks ICSA.csv \(initial claims"):
        from_dict(with_history(folder))


def test_a_series_that_begins_too_late_is_named(tmp_path: Path) -> None:
    folder = published_series(tmp_path)
    lines = (folder / "CPIAUCSL.csv").read_text(encoding="utf-8").splitlines()
    (folder / "CPIAUCSL.csv").write_text("\n".join([lines[0], *lines[200:]]) + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"CPIAUCSL.csv must run from 1968 or earlier to the end of 2017"):
        from_dict(with_history(folder))


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("leverage", 0.0, "a share of a year's income from 0.01 to 200 percent is wanted"),
        ("claims", 0.0, "percent of what is usual, from 1 to 10000, is wanted"),
        ("squeeze", 200.0, "a difference from -50 to 100 percent is wanted"),
    ],
)
def test_a_path_out_of_all_measure_is_refused(path: str, value: float, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        from_dict(laid_over(BUSY, {f"world.economy.{path}": value}))


def test_a_span_beyond_the_series_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="ends with 2019-12"):
        from_dict(with_history(published_series(tmp_path), span__months=250))


def test_newcomers_are_the_more_indebted_the_more_card_debt_there_is_and_the_faster_it_grew() -> None:
    reach = Reach(usual=9.0, per_level=0.3, per_change=2.0, per_growth=5.0)
    assert reach.indebted(9.0, 9.0) == 0.0
    assert reach.indebted(4.5, 4.5) == pytest.approx(-0.3 * 4.5)
    assert reach.indebted(9.0, 8.0) == pytest.approx(2.0 * np.log(9.0 / 8.0))
    assert reach.volume(10.0, 9.0) == pytest.approx((10.0 / 9.0) ** 5)


def test_its_own_losses_hold_the_growth_of_card_debt_back() -> None:
    reach = Reach(leverage="simulated", growth_without_losses=0.18, growth_lost=3.0)
    assert reach.grown(9.0, 0.06) == pytest.approx(9.0)
    year = 9.0
    for _ in range(12):
        year = reach.grown(year, 0.10)
    assert year == pytest.approx(9.0 * np.exp(-0.12))


@pytest.mark.parametrize("leverage", ["given", "simulated"])
def test_a_book_of_indebted_newcomers_loses_more(leverage: str) -> None:
    """The same world with twice the card debt: more is charged off, with the same luck."""

    def lost(debt: float) -> float:
        changes = {
            "book.borrowers": 3000,
            "book.warm_up": 30,
            "world.economy.leverage": debt,
            "lender.reach": {"leverage": leverage, "per_level": 0.3},
        }
        panel = run(from_dict(laid_over(BUSY, changes)), 1, unshocked=False).panel
        whole = panel[panel["segment"] == "all"]
        return float(whole["charge_offs"].sum() / whole["balance"].mean())

    assert lost(12.0) > 1.15 * lost(6.0)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published series are not here")
def test_the_long_term_unemployed_are_as_many_as_published() -> None:
    """Finding as published and its fall with time out of work give the share out for 27 weeks or more, 1985 to 2006."""
    setting = Setting.of(load("us_cards_history_prior"), 1)
    first = setting.clock.warm_up
    durations = setting.paths(shocked=True).jobs.durations[first : first + 264]
    simulated = 100.0 * durations[:, 6:].sum(axis=1)
    published = TimePath.read(str(SHARED / "LNS13025703.csv")).at_months(setting.clock.start, 264)
    assert simulated.mean() == pytest.approx(published.mean(), abs=1.0)
    assert np.sqrt(np.mean((simulated - published) ** 2)) < 2.0
    assert np.corrcoef(simulated, published)[0, 1] > 0.9
