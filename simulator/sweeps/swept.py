"""A sweep: one scenario with other values at some keys, every point with the same luck, and what each key does."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.ensemble.engines import Workers, checked, in_words
from simulator.ensemble.kept_runs import is_kept, lived_and_measured
from simulator.ensemble.sharing import share_books
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.tasks import Task, tasks_of
from simulator.ensemble.workers import Told, live_all
from simulator.metrics import Metric, segment_rows
from simulator.provenance import program
from simulator.scenario import Scenario, fingerprint
from simulator.sweeps.design import Design
from simulator.sweeps.effects import Effect, effect
from simulator.sweeps.indices import Index, Noise, indices, noise
from simulator.sweeps.plan import MOST_RUNS, Plan, plan

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """What a sweep gives: every figure of every point and seed, and for each metric what the keys do to it.

    `figures` maps each name of `ensemble.FIGURES` to an array of shape (points, seeds). `effects` holds for each
    metric the keys' effects, the widest swing first; `indices` and `noise` what the design allows to tell.
    """

    scenario: Scenario
    design: Design
    seeds: tuple[int, ...]
    metrics: tuple[Metric, ...]
    figures: dict[str, Floats]
    effects: dict[str, tuple[Effect, ...]]
    indices: dict[str, tuple[Index, ...]]
    noise: dict[str, Noise]
    warnings: tuple[str, ...]
    provenance: dict[str, Any]

    def index(self, metric: str, path: str, name: str) -> Index | None:
        """One index of one key; None where the design gives none."""
        return next((each for each in self.indices[metric] if (each.path, each.name) == (path, name)), None)

    @property
    def runs(self) -> pd.DataFrame:
        """One row a point and seed: the values of the keys, and every figure."""
        import pandas as pd

        points, seeds = len(self.design.points), len(self.seeds)
        columns: dict[str, Any] = {"point": np.repeat(np.arange(points), seeds), "seed": list(self.seeds) * points}
        for path, column in self._values().items():
            columns[path] = [value for value in column for _ in self.seeds]
        columns |= {name: values.reshape(-1) for name, values in self.figures.items()}
        return pd.DataFrame(columns)

    @property
    def points(self) -> pd.DataFrame:
        """One row a point: the values of the keys, and of each metric the mean over seeds and its standard error."""
        import pandas as pd

        columns: dict[str, Any] = {"point": np.arange(len(self.design.points)), **self._values()}
        for metric in self.metrics:
            values = self.figures[metric.name]
            columns[metric.name] = values.mean(axis=1)
            columns[f"{metric.name}_standard_error"] = _errors(values)
        return pd.DataFrame(columns)

    def _values(self) -> dict[str, list[Any]]:
        """The values of each key in each point; a path over time and the like as text."""
        from simulator.sweeps.keys import shown_value

        found = {}
        for key in self.design.keys:
            column = self.design.column(key)
            plain = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in column)
            words = ["as given" if value is None else shown_value(value) for value in column]
            found[key.path] = column if plain else words
        return found


def _errors(values: Floats) -> Floats:
    if values.shape[1] < 2:
        return np.full(values.shape[0], np.nan)
    return np.asarray(values.std(axis=1, ddof=1) / np.sqrt(values.shape[1]))


def sweep(
    scenario: Scenario,
    vary: Sequence[str] | Mapping[str, Any],
    *,
    design: str | None = None,
    points: int | None = None,
    seeds: int | None = None,
    metrics: Sequence[str] = (),
    workers: Workers = 1,
    kept: str | None = None,
    most_runs: int = MOST_RUNS,
    progress: Told | None = None,
) -> Sweep:
    """Let a scenario live with other values of some keys, and tell what each key does to its figures and how surely.

    `vary` maps key paths to a list of values, a tuple (low, high) or a text as on the command line ("2:8", "on,off",
    "published"), or is a list of such texts "KEY=2:8". `design` is grid, one-at-a-time, latin or sobol. Every point
    lives with the same `seeds`, from the scenario's own upward. Finished runs are kept in the folder `kept` and never
    lived again. The answer is the same to the last digit for any number of `workers`. Raises ScenarioError,
    EnsembleError, and what a run raises.
    """
    planned = plan(
        scenario, vary, kind=design, points=points, seeds=seeds, metrics=metrics, most_runs=most_runs, progress=progress
    )
    return live(planned, workers=workers, kept=kept, progress=progress)


def live(planned: Plan, *, workers: Workers = 1, kept: str | None = None, progress: Told | None = None) -> Sweep:
    """Live what was planned; see `sweep`."""
    checked(workers)
    started = time.perf_counter()
    scenario, tasks = planned.scenario, tasks_of(len(planned.parcels), planned.seeds)
    before = sum(is_kept(planned.parcels[task.scenario], task.seed, kept) for task in tasks) if kept else 0
    books = kept is not None and share_books(planned.parcels)
    lived = functools.partial(lived_and_measured, folder=kept, measure=figures_of, books=books)
    months = scenario.span.months + (scenario.book.warm_up if scenario.book.tape is None else 0)
    found = live_all(planned.parcels, tasks, workers, progress, lived, months)
    table = np.array([[found[Task(place, seed)] for seed in planned.seeds] for place in planned.place])
    figures = {metric.name: np.ascontiguousarray(table[:, :, number]) for number, metric in enumerate(FIGURES)}
    cost = {"workers": in_words(workers), "runs": len(tasks), "runs_kept_before": before}
    return told(planned, figures, {**cost, "duration_seconds": round(time.perf_counter() - started, 3)})


def figures_of(panel: pd.DataFrame) -> tuple[float, ...]:
    """Every figure of the whole book of a run, in the order of FIGURES."""
    rows = segment_rows(panel)
    return tuple(float(metric.of(rows)) for metric in FIGURES)


def told(planned: Plan, figures: dict[str, Floats], cost: Mapping[str, Any]) -> Sweep:
    """The sweep with everything worked out from the figures of its points, each of shape (points, seeds)."""
    made, seed = planned.design, planned.scenario.seed
    effects, found, luck = {}, {}, {}
    for metric in planned.metrics:
        values = figures[metric.name]
        each = [effect(made, number, values) for number in range(len(made.keys))]
        effects[metric.name] = tuple(sorted(each, key=lambda one: -abs(np.nan_to_num(one.swing.value))))
        found[metric.name] = indices(made, values, seed)
        luck[metric.name] = noise(values)
    known = {
        "scenario": planned.scenario.name,
        "fingerprint": fingerprint(planned.scenario),
        "design": made.kind,
        "points": len(made.points),
        "seeds": list(planned.seeds),
        **program(),
        **cost,
    }
    return Sweep(
        planned.scenario, made, planned.seeds, planned.metrics, figures, effects, found, luck, planned.warnings, known
    )
