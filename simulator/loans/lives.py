"""The loans of a tape lived through many times, each time with other luck: how many were written off, and when."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulator import tape as tapes
from simulator.ensemble.tasks import Parcel, Task, unpacked
from simulator.ensemble.workers import pool
from simulator.errors import SimulatorError, TapeError
from simulator.panel import WrittenOff
from simulator.run import Setting, _begin, _live
from simulator.scenario import Scenario
from simulator.shard import shards
from simulator.tape import Tape

Whole = npt.NDArray[np.int64]
Told = Callable[[str, int, int], None]
HORIZONS = (12, 24, 36)  # months on book
FIRST_BILL = 1  # months: the first bill comes in the month of opening here, a month after the issue in truth
AT_ONCE = 32  # lives whose charge-offs are held at a time


def tape_of(scenario: Scenario) -> Tape:
    """The scenario's tape, read once in a process; raises TapeError if it cannot be used."""
    plan = scenario.book.tape
    if plan is None:
        raise TapeError("book.tape: the scenario has no tape, so there are no loans to be told one by one")
    try:
        known = os.stat(plan.file)
    except OSError:
        return tapes.read(plan)  # which says what is wrong
    return _read(plan.model_dump_json(), known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=2)
def _read(plan: str, changed: int, size: int) -> Tape:
    return tapes.read(tapes.TapePlan.model_validate_json(plan))


def lived(parcel: Parcel, seed: int) -> dict[str, npt.NDArray[np.int32]]:
    """One life of every loan: of those written off the borrower's number, months since the opening, and cents."""
    return fates(unpacked(parcel), seed)


def fates(scenario: Scenario, seed: int, tape: Tape | None = None) -> dict[str, npt.NDArray[np.int32]]:
    """The same from a scenario."""
    whole, tape = Setting.of(scenario, seed), tape_of(scenario) if tape is None else tape
    told = WrittenOff()
    for shard in shards(scenario.shards):
        setting = whole.of_shard(shard)
        state = _begin(setting, tape)
        state.panel.written_off = told
        _live(setting, state, setting.paths(shocked=True), 0, setting.clock.months, False, False, None)
    found = told.table()
    found["months"] += FIRST_BILL
    return {name: values.astype(np.int32) for name, values in found.items()}


@dataclass
class Fates:
    """What became of each loan, summed over lives; whole numbers, so that the order of the lives is all one.

    `times` written off, `by` months on book (HORIZONS, loans), sums of the `months` and their `squares` and of the
    `principal` lost (cents).
    """

    loans: int
    lives: int = 0
    times: Whole = field(init=False)
    by: Whole = field(init=False)
    months: Whole = field(init=False)
    principal: Whole = field(init=False)

    def __post_init__(self) -> None:
        self.times, self.months, self.principal = (np.zeros(self.loans, np.int64) for _ in range(3))
        self.by = np.zeros((len(HORIZONS), self.loans), np.int64)

    def add(self, life: dict[str, npt.NDArray[np.int32]]) -> None:
        """One more life."""
        own = life["borrower"] < self.loans
        borrower, months = life["borrower"][own], life["months"][own]
        self.lives += 1
        np.add.at(self.times, borrower, 1)
        np.add.at(self.months, borrower, months)
        np.add.at(self.principal, borrower, life["principal"][own])
        for row, horizon in zip(self.by, HORIZONS, strict=True):
            np.add.at(row, borrower[months <= horizon], 1)


def live_through(scenario: Scenario, seeds: Sequence[int], workers: int, told: Told | None) -> Fates:
    """Every loan of the scenario's tape once with each seed; the answer is the same however many workers there are."""
    if not seeds:
        raise SimulatorError("lives: at least one is wanted")
    tell = told or (lambda what, done, total: None)
    found, parcel = Fates(tape_of(scenario).rows_used), Parcel.of(scenario)
    what = "living every loan again and again"
    tell(what, 0, len(seeds))
    with pool(min(workers, len(seeds))) as crew:
        for first in range(0, len(seeds), AT_ONCE):
            tasks = [Task(0, seed) for seed in seeds[first : first + AT_ONCE]]
            for _, life in crew.live([parcel], tasks, lived):
                found.add(life)
                tell(what, found.lives, len(seeds))
    return found
