"""Back-test: a scenario runs through history on given inputs and is laid beside what was observed."""

from __future__ import annotations

import datetime as dt
import math
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.calibration.band import Band, band_of, noise_of
from simulator.calibration.baselines import Baseline, baselines, path_means
from simulator.calibration.closeness import Closeness, closeness, coverage
from simulator.calibration.measures import PERIODS_A_YEAR, Measure, measure_of
from simulator.calibration.past import Known, Past, live_through, periods_back_to, shortened
from simulator.calibration.series import Observed, observed
from simulator.calibration.window import Periods, Window, a_year_before, listed, window_of
from simulator.errors import EnsembleError, SeriesError
from simulator.provenance import program
from simulator.scenario import Scenario, fingerprint

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SEEDS, DRAWS = 4, 4


@dataclass(frozen=True)
class Backtest:
    """What a back-test gives; arrays stand for every period of the window, in the measure's own unit."""

    scenario: Scenario
    measure: Measure
    window: Window
    dates: Periods  # the periods that are judged: neither skipped nor without an observed value
    missing: Periods  # periods of the window without an observed value
    blank: int  # rows of the target without a value
    observed: Floats  # (periods,), NaN where nothing was observed
    runs: Floats  # (seeds, periods)
    seeds: list[int]
    draws: int
    closeness: Closeness
    noise: Floats | None  # standard error of the mean over seeds
    band: Band | None
    coverage_90: float | None
    baselines: dict[str, Baseline | None]
    notes: list[str]
    provenance: dict[str, Any]

    @property
    def periods(self) -> Periods:
        """Every period of the window, judged or not."""
        return self.window.periods

    @property
    def predicted(self) -> Floats:
        """The mean over the seeds."""
        return np.asarray(self.runs.mean(axis=0))

    @property
    def judged(self) -> Flags:
        """Which of the periods are judged."""
        chosen = set(self.dates)
        return np.array([period in chosen for period in self.periods])


def backtest(
    scenario: Scenario,
    observed: Observed | str | os.PathLike[str],
    measure: str,
    first: str | dt.date,
    last: str | dt.date,
    *,
    seeds: int = SEEDS,
    draws: int = DRAWS,
    workers: int = 1,
    skip: Iterable[str | dt.date] = (),
    history: Observed | str | os.PathLike[str] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Backtest:
    """Run a scenario through history and tell how near it came to what was observed, beside two plain regressions.

    It runs from the start of its span to the window's end, with its seed and those after it; the prediction is the
    mean over `seeds` runs. Where the scenario carries a fit, `draws` more runs take their parameters from its
    estimates. `skip` leaves periods out of every score and every regression. `history` gives earlier values for the
    regressions where the target has none. The figures are the same to the last digit for any number of `workers`.

    Raises SeriesError, EnsembleError, and what a run raises.
    """
    started = time.perf_counter()
    target, wanted = _read(observed), measure_of(measure)
    window = window_of(first, last, target.frequency, skip)
    plan = prepared(scenario, target, window, seeds, draws, workers)
    pasts = live_through(scenario, window, wanted, plan.seeds, draws, workers, progress)
    runs = _laid(list(pasts.seeds.values()), window.periods)
    pairs = [(past, pasts.seeds[seed]) for seed, past in pasts.drawn]
    differences = _laid([one for one, _ in pairs], window.periods) - _laid([one for _, one in pairs], window.periods)
    band = band_of(runs, differences, _model_error(scenario, wanted, window))
    found = closeness(plan.dates, plan.observed, _mean(pasts.seeds.values()), wanted, window.frequency, window.skipped)
    earlier, told = _earlier(plan.observed, history, window)
    return Backtest(
        scenario,
        wanted,
        window,
        plan.dates,
        plan.missing,
        len(target.blank),
        np.array([plan.observed.get(period, math.nan) for period in window.periods]),
        runs,
        plan.seeds,
        len(pasts.drawn),
        found,
        noise_of(runs),
        band,
        _coverage(plan, window, band),
        _baselines(scenario, window, plan, earlier, pasts.seeds[plan.seeds[0]]),
        [*told, *_notes(scenario, wanted, window, seeds, draws)],
        _provenance(scenario, target, workers, started),
    )


@dataclass(frozen=True)
class Plan:
    """What can be settled before anything runs: the periods to judge, and the seeds."""

    dates: Periods
    missing: Periods
    observed: Known
    seeds: list[int]


def prepared(
    scenario: Scenario, target: Observed, window: Window, seeds: int = SEEDS, draws: int = DRAWS, workers: int = 1
) -> Plan:
    """The periods that can be judged; SeriesError or EnsembleError where none can, or the runs cannot be made."""
    for name, number, least in (("seeds", seeds, 1), ("draws", draws, 0), ("workers", workers, 1)):
        if number < least:
            raise EnsembleError(f"{number} {name}: at least {least} is wanted")
    shortened(scenario, window)
    values = dict(zip(target.dates, map(float, target.values), strict=True))
    dates = tuple(period for period in window.wanted if period in values)
    if not dates:
        spoken = f"{target.dates[0]:%Y-%m} to {target.dates[-1]:%Y-%m}"
        raise SeriesError(
            f"{target.file or 'the target'} has no value to judge in the window {window.first:%Y-%m} to "
            f"{window.last:%Y-%m}; it has values from {spoken}"
        )
    missing = tuple(period for period in window.wanted if period not in values)
    return Plan(dates, missing, values, list(range(scenario.seed, scenario.seed + seeds)))


def _read(given: Observed | str | os.PathLike[str]) -> Observed:
    return given if isinstance(given, Observed) else observed(given)


def _laid(pasts: Sequence[Past], dates: Periods) -> Floats:
    """One row a run, one column a period."""
    return np.array([[past.values[date] for date in dates] for past in pasts]).reshape(len(pasts), len(dates))


def _mean(pasts: Iterable[Past]) -> Known:
    """The mean over runs, period by period, from the start of the span."""
    several = list(pasts)
    return {date: float(np.mean([past.values[date] for past in several])) for date in several[0].values}


def _coverage(plan: Plan, window: Window, band: Band | None) -> float | None:
    """Share of the judged periods whose observed value lies in the band."""
    if band is None:
        return None
    places = [window.periods.index(date) for date in plan.dates]
    return coverage(np.array([plan.observed[date] for date in plan.dates]), band.low[places], band.high[places])


def _earlier(
    values: Known, history: Observed | str | os.PathLike[str] | None, window: Window
) -> tuple[Known, list[str]]:
    """What was observed before the window, the target's own or the other file's, and a word on it."""
    left_out = set(window.outside)
    own = {date: value for date, value in values.items() if date < window.first and date not in left_out}
    if history is None:
        return own, []
    other = _read(history)
    if other.frequency != window.frequency:
        raise SeriesError(
            f"{other.file or 'the history'} is a series by {other.frequency}, the target one by {window.frequency}"
        )
    if own:
        return own, [f"The target has {len(own)} values before the window; those of {other.file} were not used."]
    return {
        date: float(value)
        for date, value in zip(other.dates, other.values, strict=True)
        if date < window.first and date not in left_out
    }, []


def _model_error(scenario: Scenario, measure: Measure, window: Window) -> float | None:
    """The standard deviation that the fit states for the measure; it is one of quarters."""
    if scenario.fit is None or window.frequency != "quarter":
        return None
    known = scenario.fit.model_error.get(measure.text)
    return known.standard_deviation if known is not None else None


def _baselines(
    scenario: Scenario, window: Window, plan: Plan, earlier: Known, past: Past
) -> dict[str, Baseline | None]:
    """The regressions on the inputs that the scenario itself was given."""
    economy, months = scenario.world.economy, 12 // PERIODS_A_YEAR[window.frequency]
    first = min([*earlier, *plan.dates])
    periods = periods_back_to(a_year_before(first), window.last, window.frequency)
    start = scenario.span.start
    before = path_means(economy.unemployment, [date for date in periods if date < start], months, start)
    paths = getattr(economy, "leverage", None)
    leverage = path_means(paths, periods, months, start) if paths is not None else None
    return baselines(plan.dates, plan.observed, earlier, before | past.unemployment, leverage, window.periods)


def _notes(scenario: Scenario, measure: Measure, window: Window, seeds: int, draws: int) -> list[str]:
    """What the reader must know of the band and the window, one sentence each."""
    told = []
    if window.widened:
        told.append(f"The window was widened to whole {window.frequency}s: {listed((window.first,), window.frequency)}"
                    f" to {listed((window.last,), window.frequency)}.")  # fmt: skip
    if window.outside:
        told.append(
            f"Left out of the quarters on which the regressions are fitted: {listed(window.outside, window.frequency)}."
        )
    fit = scenario.fit
    if seeds < 2:
        told.append("One seed: the sampling noise is not known, and the band is without it.")
    if fit is None:
        return [*told, "The scenario carries no fit: the band is of the seeds alone and knows no model error."]
    if measure.text not in fit.model_error:
        told.append(f"The fit states no model error for {measure.text}: the band is too narrow by it.")
    elif window.frequency != "quarter":
        told.append("The fit's model error is one of quarters: the band by month is without it.")
    changed = [path for path in fit.parameters if path not in fit.in_force(scenario)]
    if changed:
        told.append(f"No longer as fitted: {', '.join(changed)}. The fit's model error is that of the fitted values.")
    if draws < 1 and len(changed) < len(fit.parameters):
        told.append("No parameters were drawn: the band is without their uncertainty.")
    if window.first <= fit.last:
        told.append(f"The window begins within the data fitted to, {fit.first:%Y-%m} to {fit.last:%Y-%m}.")
    return told


def _provenance(scenario: Scenario, target: Observed, workers: int, started: float) -> dict[str, Any]:
    """What it takes to make the same back-test again, and what it cost."""
    return {
        "scenario": scenario.name,
        "fingerprint": fingerprint(scenario),
        "target": target.file,
        "series": target.name,
        **program(),
        "workers": workers,
        "duration_seconds": round(time.perf_counter() - started, 3),
    }
