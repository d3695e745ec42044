"""What each place of the dial means for the book: the scenario there lived with every seed, each run once."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.ensemble.engines import Workers
from simulator.ensemble.kept_runs import is_kept, lived_and_measured
from simulator.ensemble.sharing import in_turn, share_books
from simulator.ensemble.tasks import Parcel, Task
from simulator.ensemble.workers import Crew, Told, pool
from simulator.metrics import measure, segment_rows
from simulator.reverse.dial import Dial

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """What is kept of one run: every metric of the whole book, and unemployment month by month, percent."""

    figures: dict[str, float]
    economy: Floats  # as the world gives it, with what unemployment shocks add
    borrowers: Floats  # as lived by the borrowers


def life_of(panel: pd.DataFrame) -> Life:
    """From the panel of a run."""
    rows = segment_rows(panel)
    economy, borrowers = (
        100.0 * rows[name].to_numpy(np.float64) for name in ("economy_unemployment_rate", "unemployment_rate")
    )
    return Life(measure(panel), economy, borrowers)


@dataclass
class Lives:
    """The lives of a dial: asked for by places, answered from what was lived or kept, in the order of the seeds."""

    dial: Dial
    seeds: tuple[int, ...]
    workers: Workers
    folder: str | None
    told: Told
    known: dict[tuple[float, ...], dict[int, Life]] = field(default_factory=dict)
    fresh: int = 0  # runs that were lived now
    kept: int = 0  # runs that had been kept
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _crew: Crew | None = None
    _share: bool = False  # places start from the same warmed-up book

    def __enter__(self) -> Lives:
        return self

    def __exit__(self, *what: object) -> None:
        self._open.__exit__(*what)  # type: ignore[arg-type]

    def at(self, place: float) -> list[Life]:
        """The lives of every seed at a place."""
        found = self.known[self._key(place)]
        return [found[seed] for seed in self.seeds]

    def figures(self, places: Sequence[float], metric: str) -> list[Floats]:
        """A metric of every seed at each place, shape (seeds,) each."""
        self.live(places)
        return [np.array([life.figures[metric] for life in self.at(place)]) for place in places]

    def live(self, places: Sequence[float]) -> None:
        """Live through every place not lived yet, with every seed."""
        missing = list(dict.fromkeys(place for place in places if self._key(place) not in self.known))
        by_key = {self._key(place): place for place in reversed(missing)}
        if not by_key:
            return
        parcels = [Parcel.of(self.dial.at(place)) for place in by_key.values()]
        tasks = [Task(number, seed) for number in range(len(parcels)) for seed in self.seeds]
        keys = list(by_key)
        for task, life in self._lived(parcels, tasks).items():
            self.known.setdefault(keys[task.scenario], {})[task.seed] = life

    def _key(self, place: float) -> tuple[float, ...]:
        return tuple(self.dial.numbers(place).values())

    def _lived(self, parcels: list[Parcel], tasks: list[Task]) -> dict[Task, Life]:
        self._share = self._share or share_books(parcels)
        lived = functools.partial(lived_and_measured, folder=self.folder, measure=life_of, books=self._share)
        there = [task for task in tasks if is_kept(parcels[task.scenario], task.seed, self.folder)]
        found = {task: lived(parcels[task.scenario], task.seed) for task in there}
        rest = in_turn([task for task in tasks if task not in found], self.workers)
        self.kept += len(there)
        self.fresh += len(rest)
        clock = self.dial.scenario.clock
        each = clock.warm_up + clock.months
        what = "living the grid" if len(parcels) > 1 else "closing in"

        def heard(months: int) -> None:
            done = max((len(found) - len(there)) * each, months)
            self.told(what, min(done, len(rest) * each), len(rest) * each)

        if rest:
            heard(0)
            for task, life in self._workers().live(parcels, rest, lived, heard):
                found[task] = life
                heard(0)
        return {task: found[task] for task in sorted(found)}

    def _workers(self) -> Crew:
        """Processes that stay until the search is over, made when the first run is to be lived."""
        if self._crew is None:
            self._crew = self._open.enter_context(pool(self.workers))
        return self._crew
