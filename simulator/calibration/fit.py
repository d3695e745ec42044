"""A calibration: a scenario and a file of targets in, estimates with their intervals and everything beside them out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.calibration.blocks import Block, blocks_of
from simulator.calibration.estimates import Estimates, estimates
from simulator.calibration.evaluations import NAME, Evaluations
from simulator.calibration.moments import MomentAsked, RollsAsked, SeriesAsked, VintagesAsked
from simulator.calibration.noise import Noise, noise_of
from simulator.calibration.objective import Objective, covariance, errors_of_residuals, first_errors
from simulator.calibration.parameters import Parameter, Trials, parameters_of
from simulator.calibration.plane import Information
from simulator.calibration.scores import Score, scores_of
from simulator.calibration.search import NARROWEST, WIDEST, WIDTH, Search, least_budget
from simulator.calibration.targets import TargetsFile, read_targets
from simulator.ensemble.workers import pool
from simulator.errors import CalibrationError
from simulator.provenance import program
from simulator.scenario import Scenario, fingerprint

Floats = npt.NDArray[np.float64]
Told = Callable[[str, int, int], None]
NOISE_SEEDS = 10  # seeds with which the noise is measured, at least
LEAST_PLANES, MOST_PLANES = 2, 4
SEEDS, EVALUATIONS = 2, 250


@dataclass(frozen=True)
class Point:
    """A point of the parameters and what the runs gave there."""

    z: Floats
    by_seed: Floats  # (seeds, values)
    objective: float
    misfit: float

    @property
    def mean(self) -> Floats:
        """The simulated values, mean over the seeds."""
        return np.asarray(self.by_seed.mean(axis=0))


@dataclass(frozen=True)
class Calibration:
    """What a calibration gives."""

    scenario: Scenario
    file: TargetsFile
    parameters: tuple[Parameter, ...]
    objective: Objective
    seeds: tuple[int, ...]
    start: Point
    best: Point
    errors: Floats  # of the fitted rows
    estimates: Estimates
    scores: dict[str, Score]  # by target
    noise_at_start: Noise
    noise_at_best: Noise
    at_rest: bool
    tried: tuple[tuple[Floats, float], ...]  # every point evaluated and its objective, in order
    provenance: dict[str, Any]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The targets."""
        return self.objective.blocks

    @property
    def values(self) -> dict[str, float]:
        """The fitted values by key path."""
        return {one.parameter.path: one.value for one in self.estimates.each}

    @property
    def window(self) -> tuple[dt.date, dt.date]:
        """First and last month of the data that were fitted."""
        ends = [window_of(block) for block in self.blocks]
        return min(first for first, _ in ends), max(last for _, last in ends)

    @property
    def warnings(self) -> list[str]:
        """What the reader must know before trusting the estimates."""
        told = [] if self.at_rest else ["The evaluations were used up before the search came to rest; allow more."]
        return told + [warning for noise in (self.noise_at_start, self.noise_at_best) for warning in noise.warnings]


def window_of(block: Block) -> tuple[dt.date, dt.date]:
    """First and last month of what is fitted of a target."""
    asked = block.asked
    if not isinstance(asked, SeriesAsked):
        return asked.first, asked.last
    dates = [date for date, fitted in zip(asked.dates, block.fitted, strict=True) if fitted]
    return dates[0], _months_on(dates[-1], 2 if asked.frequency == "quarter" else 0)


def calibrate(
    scenario: Scenario,
    targets: str | os.PathLike[str] | TargetsFile,
    *,
    seeds: int = SEEDS,
    workers: int = 1,
    evaluations: int = EVALUATIONS,
    keep_in: str | os.PathLike[str] | None = None,
    progress: Told | None = None,
) -> Calibration:
    """Fit the free parameters of a scenario to figures of the past; the same answer for any number of workers.

    Simulated moments with keyed draws: every evaluation is the mean over the same `seeds`, from the scenario's own
    upward, at most `evaluations` of them. With `keep_in`, a directory, each run is written down there as it ends, and
    runs found there are not made again. Raises ScenarioError for mistakes in the targets, SeriesError for those in
    the files of series, CalibrationError where it cannot be done as asked.
    """
    started = time.perf_counter()
    file = targets if isinstance(targets, TargetsFile) else read_targets(targets)
    parameters = tuple(parameters_of(file, scenario))
    blocks = tuple(blocks_of(file, scenario))
    least = least_budget(len(parameters))
    if seeds < 1:
        raise CalibrationError(f"{seeds} seeds: at least 1 is wanted")
    if evaluations < least:
        raise CalibrationError(f"{evaluations} evaluations: {len(parameters)} parameters need at least {least}")
    if workers < 1:
        raise CalibrationError(f"{workers} workers: at least 1 is wanted")
    trials = Trials.of(_short(scenario, blocks), parameters)
    used = tuple(range(scenario.seed, scenario.seed + seeds))
    asked = [(block.name, block.asked) for block in blocks]
    with pool(workers) as crew:
        kept = Path(keep_in) / NAME if keep_in is not None else None
        runs = Evaluations(trials, asked, used, crew, evaluations, kept, progress)
        search = Search(parameters, Objective(blocks), runs, evaluations)
        observed = file.body.borrowers
        luck = 1.0 / seeds + (scenario.book.borrowers / observed if observed is not None else 0.0)
        found = _searched(search, runs, scenario, luck)
    provenance = _provenance(scenario, file, runs, workers, time.perf_counter() - started)
    return Calibration(scenario=scenario, file=file, parameters=parameters, seeds=used, provenance=provenance, **found)


def _searched(search: Search, runs: Evaluations, scenario: Scenario, luck: float) -> dict[str, Any]:
    """The start and its noise, the search, and planes around its end until the estimate rests.

    The search has errors of a first guess; the planes those that the residuals show, made larger where the data would
    otherwise weigh more against the prior than they can bear.
    """
    objective, seeds, count = search.objective, len(runs.seeds), len(search.parameters)
    lower, upper = search.bounds
    begin = np.clip(np.array([each.z(each.start) for each in search.parameters]), lower, upper)
    many = tuple(range(scenario.seed, scenario.seed + max(seeds, NOISE_SEEDS)))
    runs.extra = (1 + MOST_PLANES) * (len(many) - seeds)
    at_start = runs.at([begin], many)[0]
    errors = objective.errors(first_errors(objective, luck * noise_of(objective, at_start)))
    allowed, each_plane = runs.budget, search.points_of_a_plane
    runs.budget = allowed - LEAST_PLANES * (each_plane + 1)
    search.fill(begin, errors)
    search.descend(search.best(errors), errors)
    runs.budget = allowed
    centre, width, at_rest = search.best(errors), np.full(count, WIDEST / 2.0), False
    for number in range(MOST_PLANES):
        if number >= LEAST_PLANES and (at_rest or runs.spent + each_plane + 1 > allowed):
            break
        search.simulated([centre])
        plane = search.plane(centre, errors, width, each_plane)
        by_seed = runs.at([centre], many)[0]
        noise = luck * noise_of(objective, by_seed)
        errors = objective.errors(errors_of_residuals(objective, plane.level, noise, count))
        spreads = covariance(objective, plane.level, noise, count)
        known = Information.of(objective, plane, errors, spreads, by_seed, luck)
        errors = errors * max(known.overstated, 1.0) ** 0.5
        known = Information.of(objective, plane, errors, spreads, by_seed, luck)
        best = known.lowest(centre, np.maximum(lower, centre - width), np.minimum(upper, centre + width))
        found = estimates(search.parameters, best, known)
        at_rest = bool(np.all(np.abs(best - centre) <= 0.5 * width))
        centre, width = best, np.clip(WIDTH * found.z_errors, NARROWEST, WIDEST)
    search.simulated([best])
    by_seed = runs.at([best], many)[0]
    return {
        "objective": objective,
        "start": _point(begin, at_start[:seeds], objective, errors),
        "best": _point(best, by_seed[:seeds], objective, errors),
        "errors": errors,
        "estimates": found,
        "scores": scores_of(objective, by_seed[:seeds].mean(axis=0), found.effective),
        "noise_at_start": Noise.of("start", objective, at_start, errors, seeds),
        "noise_at_best": Noise.of("fit", objective, by_seed, errors, seeds),
        "at_rest": at_rest,
        "tried": tuple(search.objectives(errors)),
    }


def _point(z: Floats, by_seed: Floats, objective: Objective, errors: Floats) -> Point:
    misfit = objective.misfit(by_seed.mean(axis=0), errors)
    return Point(z, by_seed, misfit + float(z @ z), misfit)


def _short(scenario: Scenario, blocks: tuple[Block, ...]) -> Scenario:
    """The scenario up to the last month that a target speaks of, with no more segments than it needs."""
    start: dt.date = scenario.span.start
    last = start
    for block in blocks:
        asked = block.asked
        if isinstance(asked, SeriesAsked):
            end = _months_on(max(asked.dates), 2 if asked.frequency == "quarter" else 0)
        elif isinstance(asked, VintagesAsked):
            end = _months_on(asked.last, max(asked.months))
        else:
            assert isinstance(asked, (MomentAsked, RollsAsked))
            end = asked.last
        last = max(last, end)
    months = min((last.year - start.year) * 12 + last.month - start.month + 1, scenario.span.months)
    span = scenario.span.model_copy(update={"months": months})
    book = scenario.book.model_copy(update={"segments": ()})
    return _without_what_comes_later(scenario.model_copy(update={"span": span, "book": book}))


def _without_what_comes_later(scenario: Scenario) -> Scenario:
    """Shocks and policies that start after the span's end are gone: nothing of them was ever felt."""
    end = scenario.clock.month_end_date(scenario.span.months - 1)

    def begun(entries: dict[str, Any]) -> dict[str, Any]:
        return {name: entry for name, entry in entries.items() if entry.starts is None or entry.starts <= end}

    world, lender = scenario.world, scenario.lender
    world = world.model_copy(update={"shocks": begun(world.shocks), "policies": begun(world.policies)})
    lender = lender.model_copy(update={"policies": begun(lender.policies)})
    return scenario.model_copy(update={"world": world, "lender": lender})


def _months_on(date: dt.date, months: int) -> dt.date:
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def _provenance(
    scenario: Scenario, file: TargetsFile, runs: Evaluations, workers: int, seconds: float
) -> dict[str, Any]:
    """What it takes to make the same calibration again, and where the time went."""
    return {
        "scenario": scenario.name,
        "fingerprint": fingerprint(scenario),
        "targets": file.name,
        "targets_fingerprint": hashlib.sha256(
            json.dumps(file.body.model_dump(mode="json", by_alias=True), sort_keys=True).encode()
        ).hexdigest(),
        "seeds": list(runs.seeds),
        "borrowers": scenario.book.borrowers,
        "evaluations": runs.spent,
        "evaluations_allowed": runs.budget,
        **program(),
        "workers": workers,
        "runs_made": runs.made,
        "runs_kept_from_before": runs.reused,
        "duration_seconds": round(seconds, 3),
        "engine_seconds": round(runs.engine_seconds, 3),
    }
