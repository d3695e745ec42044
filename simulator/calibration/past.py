"""The runs behind a back-test: the scenario up to the end of the window, with several seeds and drawn parameters."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from simulator.calibration.band import drawn_values, spread_seeds, with_values
from simulator.calibration.measures import PERIODS_A_YEAR, Frequency, Measure, measured
from simulator.calibration.window import Window, months_from, words
from simulator.ensemble.passing import month_lived
from simulator.ensemble.tasks import Parcel, Task, unpacked
from simulator.ensemble.workers import live_all
from simulator.errors import SeriesError
from simulator.run import run
from simulator.scenario import Scenario

Told = Callable[[str, int, int], None]
Known = dict[dt.date, float]  # a value by the first day of its period


@dataclass(frozen=True)
class Past:
    """What is kept of one run: the measure and the economy's unemployment in percent, by period."""

    values: Known
    unemployment: Known


@dataclass(frozen=True)
class Pasts:
    """Every run: those of the seeds, and those with drawn parameters, each with its seed."""

    seeds: dict[int, Past]
    drawn: list[tuple[int, Past]]


def shortened(scenario: Scenario, window: Window) -> Scenario:
    """The scenario with a span that ends with the window; SeriesError when its span does not cover the window."""
    span = scenario.span
    months = months_from(span.start, window.last)
    if window.first < span.start or months > span.months:
        ends = scenario.clock.month_date(span.months - 1)
        needed = months_from(min(span.start, window.first), window.last)
        hint = f"--set span.months={needed}"
        if window.first < span.start:
            hint = f"--set span.start={window.first:%Y-%m} {hint}"
        raise SeriesError(
            f"{scenario.name} covers {span.start:%Y-%m} to {ends:%Y-%m} and not the whole window, "
            f"{window.first:%Y-%m} to {window.last:%Y-%m}; another window, or {hint}, is wanted"
        )
    return _ending(scenario, months)


def _ending(scenario: Scenario, months: int) -> Scenario:
    """Not checked again: a policy may begin later than that, and then never does."""
    return scenario.model_copy(update={"span": scenario.span.model_copy(update={"months": months})})


def lived(parcel: Parcel, seed: int, months: int, measure: Measure, frequency: Frequency) -> Past:
    """Live through the first months of a scenario and keep the measure and the unemployment."""
    panel = run(_ending(unpacked(parcel), months), seed, unshocked=False, progress=month_lived).panel
    series = [measured(panel, each, frequency) for each in (measure, "100 * economy_unemployment_rate")]
    values, unemployment = ({stamp.date(): float(value) for stamp, value in each.items()} for each in series)  # type: ignore[attr-defined]
    return Past(values, unemployment)


def live_through(
    scenario: Scenario,
    window: Window,
    measure: Measure,
    seeds: Sequence[int],
    draws: int,
    workers: int,
    told: Told | None,
) -> Pasts:
    """Every run of a back-test, over the workers; the answer is the same however many they are."""
    estimates = scenario.fit.in_force(scenario) if scenario.fit is not None else {}
    sets = drawn_values(scenario.fit, estimates, draws, seeds[0]) if scenario.fit is not None else []
    scenarios = [scenario, *(with_values(scenario, values, estimates) for values in sets)]
    drawn = [Task(number, seed) for number, seed in enumerate(spread_seeds(seeds, len(sets)), start=1)]
    tasks = [*(Task(0, seed) for seed in seeds), *drawn]
    clock = shortened(scenario, window).clock
    keep = partial(lived, months=clock.months, measure=measure, frequency=window.frequency)
    warm_up = 0 if scenario.book.tape is not None else clock.warm_up
    parcels = [Parcel.of(each) for each in scenarios]
    found = live_all(parcels, tasks, workers, told, keep, months=warm_up + clock.months)
    for task, past in found.items():
        missing = [period for period in window.periods if not math.isfinite(past.values.get(period, math.nan))]
        if missing:
            raise SeriesError(
                f"{scenario.name}, seed {task.seed}: {measure.text} cannot be formed in "
                f"{words(missing[0], window.frequency)}: there is nothing to divide by"
            )
    return Pasts({seed: found[Task(0, seed)] for seed in seeds}, [(task.seed, found[task]) for task in drawn])


def periods_back_to(first: dt.date, last: dt.date, frequency: Frequency) -> list[dt.date]:
    """Every period from the one of the first date to the one of the last."""
    step = 12 // PERIODS_A_YEAR[frequency]
    number = (first.year * 12 + first.month - 1) // step
    end = (last.year * 12 + last.month - 1) // step
    return [dt.date(place * step // 12, place * step % 12 + 1, 1) for place in range(number, end + 1)]
