"""One run of many: a scenario by its number and a seed, what it is made from and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from simulator.ensemble.sides import FIGURES, measured_segments
from simulator.kept import Store
from simulator.metrics import segment_rows
from simulator.run import run
from simulator.scenario import Scenario, fingerprint, from_dict

if TYPE_CHECKING:
    import pandas as pd

Figures = dict[tuple[str, str], float]  # (segment, metric) -> value


@dataclass(frozen=True, order=True)
class Task:
    """Which scenario (its place in the list) with which seed. Tasks are sorted by this, results too."""

    scenario: int
    seed: int


@dataclass(frozen=True)
class Parcel:
    """A scenario as it travels to a worker: its resolved values as text, and the fingerprint they must have."""

    name: str
    text: str
    fingerprint: str

    @classmethod
    def of(cls, scenario: Scenario) -> Parcel:
        """Packed up."""
        return cls(scenario.name, json.dumps(scenario.resolved()), fingerprint(scenario))


def tasks_of(scenarios: int, seeds: Sequence[int]) -> list[Task]:
    """Every scenario with every seed, in order."""
    return sorted(Task(number, seed) for number in range(scenarios) for seed in seeds)


@lru_cache(maxsize=64)
def unpacked(parcel: Parcel) -> Scenario:
    """The scenario again, the same to the last digit."""
    scenario = from_dict(json.loads(parcel.text), name=parcel.name)
    if fingerprint(scenario) != parcel.fingerprint:
        raise AssertionError(f"{parcel.name} is another scenario after its journey to a worker")
    return scenario


def lived(parcel: Parcel, seed: int, *, books: str | None = None) -> Figures:
    """Live through a scenario with one seed and keep every figure of the whole book and of each fifth of income.

    A pure function: who calls it, and in what order, changes nothing; nor does a folder in which warmed-up books are
    kept, but it saves time where several scenarios start from the same.
    """
    store = None if books is None else Store(books)
    return figures_of(run(unpacked(parcel), seed, unshocked=False, books=store).panel)


def figures_of(panel: pd.DataFrame) -> Figures:
    """Every figure of the whole book and of each fifth of income, from the panel of a run."""
    found: Figures = {}
    for segment in measured_segments(panel):
        rows = segment_rows(panel, segment)
        found |= {(segment, figure.name): float(figure.of(rows)) for figure in FIGURES}
    return found
