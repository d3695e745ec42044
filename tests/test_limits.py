"""The table of what the model can and cannot: its runs live small, and its words follow the figures."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulator.calibration import backtest
from simulator.reach import Reach
from simulator.scenario import Scenario
from tests.limits import figures
from tests.limits.__main__ import written
from tests.limits.lines import Line, lines, precision, table
from tests.limits.lived import GIVEN, LATE, LOST, MACRO, OUT, ROOT, VARIANTS, Past, Pasts, keep, kept, pasts

here = pytest.mark.skipif(not MACRO.is_dir(), reason="the published series are not here")
TINY = ("book.due_days=[10]", "book.warm_up=3")


def made_up(first: str, last: str, lost: float = 0.0, out: float = 0.0) -> Past:
    """A run that is what was observed, where that is known, and so many points off."""
    dates = pd.date_range(first, last, freq="QS")
    seen = {
        LOST: figures.seen(figures.CHARGE_OFFS).reindex(dates).fillna(4.0) + lost,
        LATE: figures.seen(figures.DELINQUENT).reindex(dates).fillna(4.0) + 0.4,
        OUT: pd.Series(5.0 + out, dates),
        GIVEN: pd.Series(5.0, dates),
    }
    months = pd.date_range("2007-01-01", "2019-12-01", freq="MS")
    given = scenarios()["history"].world.economy.leverage
    assert given is not None
    debt = [1.2 * given.at(month.date()) for month in months]
    return Past({name: (first, values.tolist()) for name, values in seen.items()}, ("2007-01-01", debt))


def all_made_up(*, seeds: int = 2, lost: float = 0.0, out: float = 0.0) -> Pasts:
    """Every variant: without relief two points more are lost, without the leverage state it wavers."""
    more = {"no relief": 2.0, "smaller": 0.0}
    runs: Pasts = {}
    for name, variant in VARIANTS.items():
        sides = [0.1 * (-1) ** seed * (2 if name == "smaller" else 1) for seed in range(seeds)]
        each = [made_up("1985-01-01", variant.last, lost + more.get(name, 0.0) + side, out) for side in sides]
        runs[name] = dict(enumerate(each, start=1))
    if "no reach" in runs:
        for past in runs["no reach"].values():
            past.measures[LOST][1][::2] = [value + 1.0 for value in past.measures[LOST][1][::2]]
    return runs


def found(runs: Pasts, borrowers: int = 1000) -> dict[str, Line]:
    return {line.what: line for line in lines(scenarios(), runs, borrowers)}


@lru_cache
def scenarios() -> dict[str, Scenario]:
    return {name: variant.made(1000) for name, variant in VARIANTS.items()}


@here
def test_a_run_that_is_what_was_observed_can_everything() -> None:
    line = found(all_made_up())
    first = line["net charge-offs 1985-2006"]
    assert "RMSE 0.00 points" in first.can
    assert "correlation of levels 1.00" in first.can
    assert "nearer than the regression on unemployment (0." in first.can
    assert first.cannot == ""
    assert line["charge-offs in 2001-02"].can.startswith("level within 0.00 points")
    assert "2.00 points more charged off on average" in line["relief of 2020-21"].can
    assert "+20% at the end of 2009" in line["card debt against income of its own, from 2007"].cannot
    assert line["30 days late or more, 1991-2006"].can.startswith("mean +0.40 points")
    assert "RMSE 1985-2006 0.70 points instead of 0.00" in line["without the leverage state (`lender.reach` off)"].can
    assert line["without claims (`follows_layoffs` 0)"].cannot.startswith("it adds nothing")


@here
def test_a_run_two_points_too_low_is_said_to_understate_every_episode() -> None:
    line = found(all_made_up(lost=-2.0, out=0.8))
    held = next(each for what, each in line.items() if what.startswith("net charge-offs 2000-06"))
    assert held.can.startswith("RMSE 2.00 points")
    assert "comes no nearer than the regression on unemployment" in held.cannot
    for name in figures.EPISODES:
        assert line[f"charge-offs in {name}"].cannot.startswith("understates it by 2.00 points")
    assert "+0.80 points" in line["unemployment of the borrowers"].cannot


@here
def test_the_size_a_precision_needs_is_worked_out_from_the_seeds() -> None:
    line = precision(all_made_up(), 1000)
    spread = 0.1 * np.sqrt(2)  # of two values 0.1 to either side of their mean
    assert line.can.startswith(f"seed standard deviation {spread:.2f} points, {2 * spread:.2f} with 250")
    assert figures.borrowers_for(0.6, 10_000, 0.15, 4) == 40_000
    assert precision(all_made_up(seeds=1), 1000).cannot == "be told from a single seed"


@here
def test_the_runs_judge_as_the_back_test_does(tmp_path: Path) -> None:
    """The same scenario and seed by `backtest`: the same errors, the same regressions."""
    sets = (*TINY, "span.start=1998-01", "span.months=336")
    runs = pasts(300, (1,), 1, None, sets, ["no claims"])
    scenario = VARIANTS["no claims"].made(300, sets)
    real = figures.seen(figures.CHARGE_OFFS)
    mine = figures.judged(scenario, figures.mean(runs["no claims"], LOST), real, figures.HOLD_OUT)
    theirs = backtest(
        scenario, MACRO / figures.CHARGE_OFFS, LOST, *figures.HOLD_OUT, seeds=1, draws=0, skip=figures.SKIPPED
    )
    assert mine.near.rmse == pytest.approx(theirs.closeness.rmse, abs=1e-3)
    assert mine.near.correlation == pytest.approx(theirs.closeness.correlation, abs=1e-3)
    for name, baseline in theirs.baselines.items():
        own = mine.regressions[name]
        assert baseline is not None
        assert own is not None
        for when in ("before", "within"):
            assert getattr(own, when).rmse == pytest.approx(getattr(baseline, when).rmse)
    keep(runs, 300, tmp_path / "runs.json")
    assert kept(tmp_path / "runs.json") == (runs, 300)


@here
def test_the_books_own_leverage_is_told_as_the_book_had_it(monkeypatch: pytest.MonkeyPatch) -> None:
    grown, told = Reach.grown, []

    def listening(self: Reach, before: float, charge_off_rate: float) -> float:
        told.append(grown(self, before, charge_off_rate))
        return told[-1]

    sets = (*TINY, "span.start=2005-01", "span.months=252")
    monkeypatch.setattr(Reach, "grown", listening)
    runs = pasts(300, (1,), 1, None, sets, ["own leverage"])
    own = runs["own leverage"][1].own_leverage
    assert own.index[0] == pd.Timestamp("2007-01-01")
    assert len(told) >= 156
    assert own.to_numpy() == pytest.approx(told[: len(own)], abs=2e-4)


@here
def test_how_long_the_unemployed_are_out_is_a_share_that_follows_slumps() -> None:
    own = figures.long_spells(scenarios()["history"])
    assert 5.0 < own.min() < own["2005"].mean() < own["2010"].mean() < 60.0


def test_the_readme_takes_the_table_between_its_marks() -> None:
    shown = table([Line("this", "can", "cannot")], 1000, 1)
    text = written("a\n<!-- figures: limits -->\nold\n<!-- end -->\nb <!-- end -->", shown)
    assert text == f"a\n<!-- figures: limits -->\n{shown}\n<!-- end -->\nb <!-- end -->"
    assert "| this | can | cannot |" in text
    with pytest.raises(ValueError, match="no marks"):
        written("nothing", shown)
    assert "<!-- figures: limits -->" in (ROOT / "README.md").read_text(encoding="utf-8")
