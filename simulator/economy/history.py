"""History as it is published: a folder of federal series, made into the paths of an economy.

Each file is named for its series, holds `date,value` and is public data of the Bureau of Labor Statistics, the Bureau
of Economic Analysis and the Federal Reserve, by way of FRED.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.params import TimePath

Floats = npt.NDArray[np.float64]
Months = dict[int, float]  # month number (year x 12 + month - 1) -> value

FIRST = 1968 * 12  # revolving credit is published from 1968 on
SERIES = {
    "UNRATE": "unemployment rate, percent",
    "UNEMPLOY": "unemployed, thousands",
    "UEMPLT5": "unemployed for less than five weeks, thousands",
    "ICSA": "initial claims for unemployment insurance, a week",
    "REVOLSL": "revolving consumer credit, million dollars",
    "DSPIC96": "real disposable income, billion dollars a year",
    "CPIAUCSL": "consumer prices, index",
    "TERMCBCCINTNS": "rate on card accounts that pay interest, percent",
}
LATE_SERIES = ("TERMCBCCINTNS",)  # begins with 1994
SHORT_SPELLS = (1994 * 12, 1.10)  # from 1994 on the survey finds fewer short spells (Shimer 2012)
CATCH_UP = 18.0  # months in which wages catch up with prices, a guess: about a round and a half of yearly rises
USUAL = 120  # months whose mean is what is usual in claims
RECENT = 120  # months on which what is missing at the end is told from unemployment


def from_folder(folder: Path) -> dict[str, TimePath]:
    """The paths that a folder of series gives, month by month: unemployment, job_finding, claims, leverage and others.

    - `unemployment`: UNRATE, percent.
    - `job_finding`: 1 - (U(t+1) - Us(t+1)) / U(t), Us being those unemployed for less than five weeks, times 1.10 from
      1994 on; centred mean of three months (Shimer 2012). Where UNEMPLOY has ended, from its log-linear relation to
      unemployment over the last ten years.
    - `claims`: initial claims of a month's weeks against those at work (UNEMPLOY / UNRATE - UNEMPLOY; where that has
      ended, it stays as it was), as percent of their own mean of the ten years up to then.
    - `leverage`: revolving credit against a year's disposable income in money of the day, percent.
    - `squeeze`: prices against wages that follow them with a mean lag of 18 months (a guess), less what is usual
      of that in ten years, percent.
    - `policy_rate`: the rate on card accounts that pay interest (TERMCBCCINTNS, from the end of 1994; before that
      its mean), percent: what contracts that float follow.

    The baseline of each is its mean over the file, that of claims 100 and of squeeze 0. Where another series ends
    before unemployment does, its last value holds until then. Raises ValueError with what is missing or wrong.
    """
    absent = [f"{name}.csv ({what})" for name, what in SERIES.items() if not (folder / f"{name}.csv").is_file()]
    if len(absent) == len(SERIES):
        raise ValueError(
            f"the folder {folder} holds none of the series that history is read from; wanted are CSV files "
            f"date,value from FRED: {', '.join(f'{name}.csv' for name in SERIES)}"
        )
    if absent:
        raise ValueError(f"the folder {folder} lacks {', '.join(absent)}")
    given = {name: _series(folder / f"{name}.csv") for name in SERIES}
    short = [name for name, path in given.items() if name not in LATE_SERIES and not _covers(path)]
    if short:
        told = f"{', '.join(f'{name}.csv' for name in short)} must run from {FIRST // 12} or earlier to the end of 2017"
        raise ValueError(f"the folder {folder}: {told} or later")
    unemployment = _filled(given["UNRATE"])
    at_work = _at_work(given["UNEMPLOY"], unemployment)
    found = {
        "unemployment": unemployment,
        "job_finding": _finding(given["UNEMPLOY"], given["UEMPLT5"], unemployment),
        "claims": _claims(given["ICSA"], at_work),
        "leverage": _leverage(given["REVOLSL"], given["DSPIC96"], given["CPIAUCSL"]),
        "squeeze": _squeeze(given["CPIAUCSL"]),
        "policy_rate": _filled(given["TERMCBCCINTNS"]),
    }
    last = max(found["unemployment"])
    paths = {name: _path(values, last, folder) for name, values in found.items()}
    paths["claims"].given_baseline, paths["squeeze"].given_baseline = 100.0, 0.0
    return paths


def _covers(path: TimePath) -> bool:
    """Whether a series reaches from the first month wanted to the year that real income is counted in."""
    return _number(path.dates[0]) <= FIRST and _number(path.dates[-1]) >= 2018 * 12 - 1


def _series(file: Path) -> TimePath:
    return TimePath.read(str(file))


def _months(path: TimePath) -> Months:
    """The mean of each month's values."""
    gathered: dict[int, list[float]] = {}
    for date, value in zip(path.dates, path.values, strict=True):
        gathered.setdefault(_number(date), []).append(value)
    return {month: float(np.mean(values)) for month, values in gathered.items()}


def _filled(path: TimePath) -> Months:
    """Each month's value, a missing month in a straight line between its neighbours."""
    known = _months(path)
    months = np.arange(min(known), max(known) + 1)
    values = np.interp(months, list(known), list(known.values()))
    return dict(zip(months.tolist(), values.tolist(), strict=True))


def _at_work(unemployed: TimePath, unemployment: Months) -> Months:
    """Thousands at work, as long as both are known."""
    out = _filled(unemployed)
    return {month: out[month] / (unemployment[month] / 100.0) - out[month] for month in out if month in unemployment}


def _finding(unemployed: TimePath, short: TimePath, unemployment: Months) -> Months:
    out, fresh = _filled(unemployed), _filled(short)
    raw: Months = {}
    for month in out:
        if month + 1 in out and month + 1 in fresh:
            times = SHORT_SPELLS[1] if month + 1 >= SHORT_SPELLS[0] else 1.0
            raw[month] = 1.0 - (out[month + 1] - times * fresh[month + 1]) / out[month]
    smooth = {
        month: float(np.mean([raw[near] for near in range(month - 1, month + 2) if near in raw])) for month in raw
    }
    last = max(smooth)
    recent = [month for month in range(last - RECENT + 1, last + 1) if month in smooth]
    rate, found = (np.log([known[each] for each in recent]) for known in (unemployment, smooth))
    spread = float(np.var(rate))
    slope = float(np.mean((rate - rate.mean()) * (found - found.mean()))) / spread if spread > 0.0 else 0.0
    for month in range(last + 1, max(unemployment) + 1):
        smooth[month] = float(np.exp(found.mean() + slope * (np.log(unemployment[month]) - rate.mean())))
    return smooth


def _claims(weekly: TimePath, at_work: Months) -> Months:
    """Against their own mean of ten years: the share of the unemployed who claim fell from decade to decade."""
    claims, last = _months(weekly), max(at_work)
    rate = {month: value / at_work[min(month, last)] for month, value in claims.items()}
    before = {month: [rate[each] for each in range(month - USUAL + 1, month + 1) if each in rate] for month in rate}
    return {month: 100.0 * float(rate[month] / np.mean(before[month])) for month in rate}


def _leverage(credit: TimePath, real_income: TimePath, prices: TimePath) -> Months:
    debt, income, price = _filled(credit), _filled(real_income), _filled(prices)
    base = np.mean([price[month] for month in range(2017 * 12, 2018 * 12)])  # DSPIC96 is in dollars of 2017
    return {
        month: float(0.1 * debt[month] / (income[month] * price[month] / base))
        for month in debt
        if month in income and month in price
    }


def _squeeze(prices: TimePath) -> Months:
    price = _filled(prices)
    wage, gap, found = float(np.log(price[min(price)])), [], {}
    for month in sorted(price):
        wage += (float(np.log(price[month])) - wage) / CATCH_UP
        gap.append(float(np.log(price[month])) - wage)
        found[month] = 100.0 * (gap[-1] - float(np.mean(gap[-USUAL:])))
    return found


def _path(values: Months, last: int, folder: Path) -> TimePath:
    months = sorted(month for month in values if FIRST <= month <= last)
    dates = tuple(dt.date(month // 12, month % 12 + 1, 1) for month in months)
    kept = tuple(round(float(values[month]), 5) for month in months)
    end = dt.date((last + 1) // 12, (last + 1) % 12 + 1, 1)
    return TimePath(dates, kept, round(float(np.mean(kept)), 5), end, str(folder))


def _number(date: dt.date) -> int:
    return date.year * 12 + date.month - 1
