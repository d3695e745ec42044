"""Policy comparison: a base and other scenarios live with the same seeds, and each figure's difference is told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.ensemble.differences import Difference, differences, warnings
from simulator.ensemble.engines import Workers, checked, in_words
from simulator.ensemble.kept_runs import lived_and_measured
from simulator.ensemble.paired import Paired, paired
from simulator.ensemble.sharing import share_books
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.tasks import Figures, Parcel, Task, figures_of, tasks_of
from simulator.ensemble.tasks import lived as figures_of_run
from simulator.ensemble.workers import Lived, Told, live_all
from simulator.errors import EnsembleError
from simulator.kept import Store
from simulator.provenance import program
from simulator.scenario import Scenario, fingerprint

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Against:
    """One other scenario against the base: in what it differs, what to mind, and every figure's difference."""

    name: str
    scenario: Scenario
    differences: list[Difference]
    warnings: list[str]
    figures: dict[tuple[str, str], Paired]  # (segment, metric)

    @property
    def segments(self) -> list[str]:
        """The segments that are compared, the whole book first."""
        return list(dict.fromkeys(segment for segment, _ in self.figures))


@dataclass(frozen=True)
class Comparison:
    """What a comparison gives: the base, the others against it, and tables of differences and of runs."""

    base: Scenario
    base_name: str
    seeds: list[int]
    others: list[Against]
    lived: dict[Task, Figures]
    provenance: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """The base's name and the others', each one's own."""
        return [self.base_name, *(other.name for other in self.others)]

    @property
    def table(self) -> pd.DataFrame:
        """One row a scenario, segment and metric: base, other, difference and its errors."""
        import pandas as pd

        currency = self.base.lender.currency
        rows = []
        for other in self.others:
            for segment in other.segments:
                for metric in FIGURES:
                    found = other.figures[segment, metric.name]
                    rows.append(
                        {
                            "scenario": other.name,
                            "segment": segment,
                            "metric": metric.name,
                            "base": found.base,
                            "other": found.other,
                            "difference": found.difference,
                            "standard_error": found.standard_error,
                            "low": found.low,
                            "high": found.high,
                            "standard_error_independent": found.standard_error_independent,
                            "ratio": found.ratio,
                            "unit": metric.unit_in(currency),
                            "label": metric.label,
                        }
                    )
        return pd.DataFrame(rows)

    @property
    def runs(self) -> pd.DataFrame:
        """One row a scenario, seed and segment; a column for each metric."""
        import pandas as pd

        rows = []
        for task, figures in self.lived.items():
            for segment in dict.fromkeys(segment for segment, _ in figures):
                values = {metric.name: figures[segment, metric.name] for metric in FIGURES}
                known = {"scenario": self.names[task.scenario], "seed": task.seed, "segment": segment}
                rows.append({**known, **values})
        return pd.DataFrame(rows)


def compare(
    base: Scenario,
    others: Sequence[Scenario],
    *,
    seeds: int = 8,
    workers: Workers = 1,
    progress: Told | None = None,
    books: Store | None = None,
    kept: str | None = None,
) -> Comparison:
    """Let a base and other scenarios live with the same luck and tell each figure's difference and how sure it is.

    `seeds` runs of each, with the base's seed and those after it; any scenario may be the base. The figures are the
    same to the last digit for any number of `workers`. With `books` the warmed-up books that several scenarios start
    from are lived once and kept there; with `kept` finished runs are kept in that folder, such books too, and no run
    kept there is lived again. Raises EnsembleError, KeptError, and what a run raises.
    """
    if seeds < 2:
        raise EnsembleError(f"{seeds} seed{'' if seeds == 1 else 's'}: a standard error needs at least 2")
    checked(workers)
    if not others:
        raise EnsembleError("nothing to compare with the base: at least one other scenario is wanted")
    started = time.perf_counter()
    scenarios = [base, *others]
    used = list(range(base.seed, base.seed + seeds))
    parcels, share = [Parcel.of(each) for each in scenarios], share_books(scenarios)
    live: Lived[Figures] = partial(figures_of_run, books=str(books.folder) if books is not None and share else None)
    if kept is not None:
        live = partial(lived_and_measured, folder=kept, measure=figures_of, books=share)
    lived = live_all(parcels, tasks_of(len(scenarios), used), workers, progress, live)
    names = _distinct([scenario.name or "scenario" for scenario in scenarios])
    against = []
    for number, other in enumerate(others, start=1):
        found = differences(base, other)
        figures = _figures(lived, number, used)
        against.append(Against(names[number], other, found, warnings(base, other, found), figures))
    return Comparison(base, names[0], used, against, lived, _provenance(names, scenarios, used, workers, started))


def _figures(lived: dict[Task, Figures], number: int, seeds: list[int]) -> dict[tuple[str, str], Paired]:
    """Every figure that both scenarios have, paired seed by seed."""
    first = lived[Task(0, seeds[0])]
    there = lived[Task(number, seeds[0])]
    return {
        key: paired(
            np.array([lived[Task(0, seed)][key] for seed in seeds]),
            np.array([lived[Task(number, seed)][key] for seed in seeds]),
        )
        for key in first
        if key in there
    }


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, the second of the same name with its number."""
    found: list[str] = []
    for name in names:
        number, own = 1, name
        while own in found:
            number += 1
            own = f"{name} ({number})"
        found.append(own)
    return found


def _provenance(
    names: list[str], scenarios: list[Scenario], seeds: list[int], workers: Workers, started: float
) -> dict[str, Any]:
    """What it takes to make the same comparison again, and what it cost."""
    return {
        "base": names[0],
        "others": names[1:],
        "fingerprints": {name: fingerprint(each) for name, each in zip(names, scenarios, strict=True)},
        "seeds": seeds,
        **program(),
        "workers": in_words(workers),
        "duration_seconds": round(time.perf_counter() - started, 3),
    }
