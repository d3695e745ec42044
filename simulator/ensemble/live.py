"""Living through an ensemble: each world with each parameter draw and each seed, in rounds until it is sure enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.ensemble.crossed import design_of
from simulator.ensemble.engines import Workers, at_most, checked, in_words
from simulator.ensemble.kept_runs import is_kept, lived_and_measured
from simulator.ensemble.measures import FAN, series
from simulator.ensemble.plan import Plan, planned
from simulator.ensemble.precision import LEAST, MOST, Precision, Round, looked_at, next_seeds, precision_of
from simulator.ensemble.result import Ensemble, ParameterDraw, World, of_arrays
from simulator.ensemble.sharing import in_turn, share_books
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.tasks import Task
from simulator.ensemble.workers import Told, live_with, pool
from simulator.errors import EnsembleError
from simulator.metrics import segment_rows
from simulator.provenance import program
from simulator.scenario import Scenario, fingerprint

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Member:
    """What is kept of one run: every figure of the whole book, in the order of FIGURES, and the series of the fan."""

    figures: Floats  # (figures,)
    paths: Floats  # (measures, months)
    months: npt.NDArray[np.datetime64]


def member_of(panel: pd.DataFrame) -> Member:
    """What an ensemble keeps of the panel of a run."""
    rows = segment_rows(panel)
    figures = np.array([float(figure.of(rows)) for figure in FIGURES])
    return Member(figures, series(rows), rows["month"].to_numpy().astype("datetime64[D]"))


def distribution(
    scenario: Scenario,
    *,
    seeds: int | None = None,
    precision: str | Precision | None = None,
    worlds: int | Sequence[World] = 1,
    draws: int | Sequence[ParameterDraw] = 1,
    draws_from: str | None = None,
    workers: Workers = 1,
    kept: str | None = None,
    least: int = LEAST,
    most: int = MOST,
    progress: Told | None = None,
) -> Ensemble:
    """The distribution of what may come of a scenario: many seeds, in every world and with every parameter draw.

    Either `seeds` says how many (100 unless told), from the scenario's own upward, or `precision` says how sure the
    answer shall be ("peak_overdue_30_rate 2%", see `precision_of`), and rounds of seeds are lived until it is, at least
    `least` and at most `most`. `worlds` and `draws` are numbers, or worlds and draws of one's own (see `plan.planned`,
    also for `draws_from`); each is lived with every seed. Finished runs are taken from the folder `kept` and kept
    there. The answer is the same to the last digit for any number of `workers`. Raises EnsembleError, ScenarioError,
    and what a run raises.
    """
    asked = precision_of(precision) if isinstance(precision, str) else precision
    started, plan = time.perf_counter(), planned(scenario, worlds, draws, draws_from)
    must_make_sense(seeds, asked, least, most, plan.combinations)
    checked(workers)
    found: dict[Task, Member] = {}
    there, books = 0, kept is not None and share_books(plan.parcels)

    def live_until(count: int) -> None:
        nonlocal there
        fresh = range(scenario.seed + len(found) // len(plan.parcels), scenario.seed + count)
        tasks = [Task(place, seed) for place in range(len(plan.parcels)) for seed in fresh]
        there += sum(is_kept(plan.parcels[task.scenario], task.seed, kept) for task in tasks)
        lived = partial(lived_and_measured, folder=kept, measure=member_of, books=books)
        months = scenario.span.months + (0 if scenario.book.tape is not None else scenario.book.warm_up)
        in_order = in_turn(tasks, workers)
        found.update(live_with(crew, plan.parcels, in_order, progress, lived, months))

    first = (seeds or 100) if asked is None else _first(asked, least, plan.combinations)
    rounds: tuple[Round, ...] = ()
    with pool(at_most(workers, first * plan.combinations)) as crew:
        if asked is None:
            live_until(first)
        else:
            rounds = tuple(_until_sure(asked, plan, found, live_until, first, most))
    return _gathered(
        plan,
        found,
        asked=asked,
        rounds=rounds,
        most=most if asked is not None else 0,
        kept=there,
        seconds=time.perf_counter() - started,
        provenance=_provenance(plan, len(found), workers, there, started),
    )


def must_make_sense(seeds: int | None, asked: Precision | None, least: int, most: int, combinations: int) -> None:
    """EnsembleError for numbers of seeds that make no sense, or too few for the precision to be told."""
    if seeds is not None and asked is not None:
        raise EnsembleError("either a number of seeds or a precision is wanted, not both")
    if seeds is not None and seeds < 2:
        raise EnsembleError(f"{seeds} seed{'' if seeds == 1 else 's'}: a distribution needs at least 2")
    if asked is None:
        return
    if least < 2:
        raise EnsembleError(f"at least {least} seed{'' if least == 1 else 's'}: 2 or more are wanted")
    if most < (first := _first(asked, least, combinations)):
        why = f"at least {least}" if first == least else f"{asked.words} cannot be told from fewer than {first:,}"
        raise EnsembleError(f"at most {most:,} seeds, but {why}; allow more, or ask for less")


def _first(asked: Precision, least: int, combinations: int) -> int:
    """Seeds of the first round: the least, and such that the interval can be told at all."""
    return max(least, -(-asked.least_runs // combinations))


def _until_sure(
    asked: Precision,
    plan: Plan,
    found: dict[Task, Member],
    live_until: Callable[[int], None],
    first: int,
    most: int,
) -> list[Round]:
    """Rounds of seeds until the interval is narrow enough, more seeds would not help, or there may be no more."""
    place = [metric.name for metric in FIGURES].index(asked.metric)
    rounds: list[Round] = []
    count, before = first, 0
    while count > before:
        live_until(count)
        values = np.array([found[task].figures[place] for task in sorted(found)])
        shape = (len(plan.worlds), len(plan.draws), count)
        design = design_of(shape, [world.weight for world in plan.worlds], [world.drawn for world in plan.worlds])
        rounds.append(looked_at(asked, asked.estimate(values.reshape(shape), design), count))
        before, count = count, next_seeds(rounds, most)
    return rounds


def _gathered(plan: Plan, found: dict[Task, Member], **told: Any) -> Ensemble:
    members = [found[task] for task in sorted(found)]  # seeds within draws within worlds
    shape = (len(plan.worlds), len(plan.draws), len(members) // len(plan.parcels))
    figures = np.stack([member.figures for member in members], axis=-1)
    paths = np.stack([member.paths for member in members], axis=1)
    return of_arrays(
        plan.scenario,
        members[0].months,
        {metric.name: figures[place].reshape(shape) for place, metric in enumerate(FIGURES)},
        {measure.name: paths[place].reshape(*shape, -1) for place, measure in enumerate(FAN)},
        worlds=plan.worlds,
        draws=plan.draws,
        **told,
    )


def _provenance(plan: Plan, runs: int, workers: Workers, kept: int, started: float) -> dict[str, Any]:
    """What it takes to make the same ensemble again, and what it cost."""
    seeds = runs // len(plan.parcels)
    return {
        "scenario": plan.scenario.name,
        "fingerprint": fingerprint(plan.scenario),
        "fingerprints": [parcel.fingerprint for parcel in plan.parcels],
        "seed": plan.scenario.seed,
        "seeds": seeds,
        "worlds": len(plan.worlds),
        "parameter_draws": len(plan.draws),
        **({"worlds_are": plan.worlds_told} if plan.worlds_told else {}),
        **({"parameter_draws_are": plan.draws_told} if plan.draws_told else {}),
        "runs": runs,
        "runs_taken_from_kept": kept,
        "borrowers": plan.scenario.book.borrowers,
        "months": plan.scenario.span.months,
        **program(),
        "workers": in_words(workers),
        "duration_seconds": round(time.perf_counter() - started, 3),
    }
