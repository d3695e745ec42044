"""The figures behind the lines: how near the runs came to what was observed, worked out from the kept runs."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.calibration.baselines import Baseline, baselines, path_means
from simulator.calibration.closeness import Closeness, closeness, rmse
from simulator.calibration.measures import measure_of
from simulator.calibration.past import periods_back_to
from simulator.calibration.series import observed
from simulator.run import Setting
from simulator.scenario import Scenario
from tests.limits.lived import GIVEN, LOST, MACRO, OUT, Past

CHARGE_OFFS, DELINQUENT, LONG = "CORCCACBS_to_2006.csv", "DRCCLACBS_to_2006.csv", "LNS13025703.csv"
SKIPPED = ("2002-01-01", "2005-10-01", "2006-01-01")  # a reporting event, and the bankruptcy law of October 2005
EPISODES = {
    "1985-86": ("1985-01", "1986-12"),
    "the slump of 1990-92": ("1990-07", "1992-12"),
    "1993-95": ("1993-01", "1995-12"),
    "1996-98": ("1996-01", "1998-12"),
    "2001-02": ("2001-01", "2002-12"),
    "2004-06": ("2004-01", "2006-12"),
}
FIT, HOLD_OUT = ("1985-01", "2006-12"), ("2000-01", "2006-12")
RELIEF = ("2020-04", "2021-12")
WANTED, SEEDS_WANTED = 0.15, 4  # the precision of a quarter's rate, points, and the seeds it is the mean of


def mean(runs: dict[int, Past], measure: str) -> pd.Series[float]:
    """A measure by quarter, the mean over the seeds."""
    return pd.concat([run.series(measure) for run in runs.values()], axis=1).mean(axis=1)


def seen(name: str, macro: Path = MACRO) -> pd.Series[float]:
    """An observed series by its first days."""
    return observed(macro / name).series


@dataclass(frozen=True)
class Judged:
    """Losses in a window: how near they came, and the two regressions on the same inputs."""

    near: Closeness
    all_quarters: float  # root-mean-square error with the skipped quarters
    regressions: dict[str, Baseline | None]


def judged(scenario: Scenario, simulated: pd.Series[float], real: pd.Series[float], window: tuple[str, str]) -> Judged:
    """As `simulator.calibration.backtest` judges, from runs that are there already."""
    said, known = _by_date(simulated), _by_date(real)
    whole = _by_date(real[window[0] : window[1]])
    left_out = [dt.date.fromisoformat(date) for date in SKIPPED]
    dates = [date for date in whole if date not in left_out]
    near = closeness(dates, known, said, measure_of(LOST), "quarter", left_out)
    first, economy = dt.date.fromisoformat(f"{window[0]}-01"), scenario.world.economy
    before = {date: value for date, value in known.items() if date < first and date not in left_out}
    start = scenario.span.start
    periods = periods_back_to(
        min([*before, *dates]).replace(year=min([*before, *dates]).year - 1), dates[-1], "quarter"
    )
    inputs = [
        None if path is None else path_means(path, periods, 3, start)
        for path in (economy.unemployment, economy.leverage)
    ]
    found = baselines(dates, known, before, inputs[0] or {}, inputs[1], dates)
    every = rmse(np.array(list(whole.values())), np.array([said[date] for date in whole]))
    return Judged(near, every, found)


def apart(simulated: pd.Series[float], real: pd.Series[float], skip: Sequence[str] = SKIPPED) -> pd.Series[float]:
    """Simulated less observed, in the quarters of both that are not skipped."""
    difference = (simulated - real).dropna()
    return difference.drop([date for date in pd.to_datetime(list(skip)) if date in difference.index])


def typical(differences: pd.Series[float]) -> float:
    """Root-mean-square of differences."""
    return float(np.sqrt((differences**2).mean()))


@dataclass(frozen=True)
class Episode:
    """How far the runs were off in one episode: the mean, and the quarter furthest off."""

    name: str
    mean: float
    worst: float
    quarter: str


def episodes(differences: pd.Series[float]) -> list[Episode]:
    """Those most missed first; the skipped quarters count here."""
    found = []
    for name, (first, last) in EPISODES.items():
        part = differences[first:last]
        at = part.abs().idxmax()
        found.append(Episode(name, float(part.mean()), float(part[at]), f"{at.year}Q{at.quarter}"))
    return sorted(found, key=lambda episode: -abs(episode.mean))


def long_spells(scenario: Scenario) -> pd.Series[float]:
    """Percent of the unemployed who are out for 27 weeks or more, month by month of the span; chance plays no part."""
    setting = Setting.of(scenario, scenario.seed)
    share = 100.0 * setting.paths(shocked=True).jobs.durations[setting.clock.warm_up :, 6:].sum(axis=1)
    return pd.Series(share, index=pd.date_range(scenario.span.start, periods=share.size, freq="MS"))


def leverage_apart(scenario: Scenario, runs: dict[int, Past], months: Sequence[str]) -> dict[str, float]:
    """How far card debt against income that the book made lies from what is given, percent, at each month."""
    given = scenario.world.economy.leverage
    assert given is not None
    found = {}
    for month in months:
        own = float(np.mean([run.own_leverage[f"{month}-01"] for run in runs.values()]))
        found[month] = 100.0 * (own / given.at(dt.date.fromisoformat(f"{month}-01")) - 1.0)
    return found


def unemployment_gap(runs: dict[int, Past]) -> tuple[float, str]:
    """The largest quarterly gap between the borrowers' unemployment and the given path, of any seed, and its date."""
    gaps = pd.concat([run.series(OUT) - run.series(GIVEN) for run in runs.values()], axis=1)
    furthest = gaps.loc[:, gaps.abs().max().idxmax()]
    at = furthest.abs().idxmax()
    return float(furthest[at]), f"{at.year}Q{at.quarter}"


def seed_spread(runs: dict[int, Past], measure: str = LOST) -> float | None:
    """Standard deviation over seeds of one quarter's value, root of the mean variance; None with a single seed."""
    if len(runs) < 2:
        return None
    each = pd.concat([run.series(measure)[: FIT[1]] for run in runs.values()], axis=1)
    return float(np.sqrt(each.var(axis=1, ddof=1).mean()))


def borrowers_for(spread: float, borrowers: int, precision: float = WANTED, seeds: int = SEEDS_WANTED) -> int:
    """Borrowers a run for which the mean of the seeds has this standard error; luck falls with the root of the size."""
    return math.ceil(borrowers * (spread / (precision * math.sqrt(seeds))) ** 2 / 1000) * 1000


def _by_date(series: pd.Series[float]) -> dict[dt.date, float]:
    return {stamp.date(): float(value) for stamp, value in series.items()}  # type: ignore[attr-defined]
