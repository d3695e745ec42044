"""Reverse stress: the least severe scenario along a dial that breaks a limit, how sure it is, and how plausible."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.ensemble.engines import Workers, at_a_time, in_words
from simulator.errors import ReverseError
from simulator.provenance import program
from simulator.reverse.dial import Dial, dial_of
from simulator.reverse.history import history_of
from simulator.reverse.limit import Limit, limit_of
from simulator.reverse.lives import Lives
from simulator.reverse.plausible import Known, Unemployment, known_of, unemployment_of
from simulator.reverse.search import Found, Point, search
from simulator.scenario import Scenario, fingerprint

Told = Callable[[str, int, int], None]
FINEST = 1e-6  # the narrowest bracket that makes sense
LARGEST_GRID = 101


@dataclass(frozen=True)
class Reversed:
    """What a reverse stress gives.

    `place` is where the answer lies on the dial: the mildest place tried at which the mean over the seeds breaks the
    limit, the mild end where it is broken already, the hard end where it is never broken. `scenario` is the scenario
    there, `unemployment` its path beside history where the dial moves it, `known` what is known of each key's value.
    """

    base: Scenario
    limit: Limit
    dial: Dial
    seeds: tuple[int, ...]
    tolerance: float
    search: Found
    place: float
    scenario: Scenario
    unemployment: Unemployment | None
    known: tuple[Known, ...]
    provenance: dict[str, Any]

    @property
    def found(self) -> bool:
        """Whether the limit is broken within the range, and not from its mild end on."""
        return self.search.crossing is not None

    @property
    def point(self) -> Point:
        """The place tried at which the answer lies."""
        return next(point for point in self.search.points if point.dial == self.place)

    @property
    def values(self) -> dict[str, float]:
        """The number of each key there."""
        return self.dial.numbers(self.place)


def reverse(
    scenario: Scenario,
    find: str | Sequence[str],
    until: str,
    *,
    seeds: int = 8,
    workers: Workers = 1,
    tolerance: float = 0.001,
    grid: int = 9,
    history: str | None = None,
    kept: str | None = None,
    progress: Told | None = None,
) -> Reversed:
    """The least severe scenario that breaks a limit, along one key of the scenario or along a direction of several.

    `find` is `KEY` or `KEY=FROM:TO`, or several of these, which then move together; `until` is `METRIC >= VALUE`.
    Every place of the dial is lived with the same `seeds` (the scenario's own and those after it), and the limit
    counts as broken where their mean breaks it. A grid of `grid` places comes first, then Brent's method between
    the last that holds and the first that breaks, until its bracket is `tolerance` of the dial. `history` is a CSV
    file of unemployment. Finished runs are taken from the folder `kept` and kept there. The answer is the same for
    any number of `workers`. Raises ReverseError, ScenarioError, SeriesError, KeptError and what a run raises.
    """
    started = time.perf_counter()
    asked, dial, past = checked(scenario, find, until, seeds, workers, tolerance, grid, history)
    used = tuple(range(scenario.seed, scenario.seed + seeds))
    told = progress or (lambda what, done, total: None)
    with Lives(dial, used, workers, kept, told) as lives:
        found = search(lambda places: lives.figures(places, asked.metric.name), asked, grid=grid, tolerance=tolerance)
        place = (
            found.crossing.breaks.dial if found.crossing else 0.0 if found.outcome == "broken at the mild end" else 1.0
        )
        there = dial.at(place)
        moved = not np.array_equal(lives.at(0.0)[0].economy, lives.at(1.0)[0].economy)
        unemployment = unemployment_of(there, lives.at(place), past) if moved else None
        made = _provenance(scenario, there, asked, dial, used, lives, workers, tolerance, started)
    return Reversed(
        scenario, asked, dial, used, tolerance, found, place, there, unemployment, known_of(dial, place), made
    )


def checked(
    scenario: Scenario,
    find: str | Sequence[str],
    until: str,
    seeds: int,
    workers: Workers,
    tolerance: float,
    grid: int,
    history: str | None,
) -> tuple[Limit, Dial, Any]:
    """Everything that can be seen to be wrong before anything is lived; the limit, the dial and the history."""
    if seeds < 2:
        raise ReverseError(f"--seeds {seeds}: at least 2 are wanted, to tell how sure the answer is")
    if at_a_time(workers) < 1:
        raise ReverseError(f"--workers {at_a_time(workers)}: at least 1 is wanted")
    if not FINEST <= tolerance <= 0.5:
        raise ReverseError(f"--tolerance {tolerance:g}: a share of the dial from {FINEST:g} to 0.5 is wanted, as 0.001")
    if not 3 <= grid <= LARGEST_GRID:
        raise ReverseError(f"--grid {grid}: from 3 to {LARGEST_GRID} places are wanted")
    asked = limit_of(until)
    dial = dial_of(scenario, [find] if isinstance(find, str) else list(find), tolerance)
    return asked, dial, history_of(scenario, history)


def _provenance(
    base: Scenario,
    there: Scenario,
    limit: Limit,
    dial: Dial,
    seeds: tuple[int, ...],
    lives: Lives,
    workers: Workers,
    tolerance: float,
    started: float,
) -> dict[str, Any]:
    """What it takes to find the same again, and what it cost."""
    return {
        "scenario": base.name,
        "fingerprint": fingerprint(base),
        "find": [f"{move.key}={move.start:.9g}:{move.end:.9g}" for move in dial.moves],
        "until": limit.text,
        "tolerance": tolerance,
        "fingerprint_found": fingerprint(there),
        "seeds": list(seeds),
        **({"borrowers": base.book.borrowers} if base.book.tape is None else {"tape": base.book.tape.file}),
        "months": base.span.months,
        **program(),
        "workers": in_words(workers),
        "runs_lived": lives.fresh,
        "runs_kept_before": lives.kept,
        "duration_seconds": round(time.perf_counter() - started, 3),
    }
