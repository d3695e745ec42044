"""Which runs of many start from the same warmed-up book, and in what order to live them so that it is there in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.ensemble.engines import Workers
from simulator.ensemble.tasks import Parcel, Task, unpacked
from simulator.scenario import Scenario, fingerprint
from simulator.warmed import warm_up_of

SEEDS_AT_A_TIME = 8  # at least; a scenario lives so many seeds before the next one does


def share_books(scenarios: Iterable[Parcel | Scenario]) -> bool:
    """Whether any two of the scenarios start from the same book, so that keeping it saves a warm-up."""
    seen: set[str] = set()
    for each in scenarios:
        before = warm_up_of(unpacked(each) if isinstance(each, Parcel) else each)
        if before is None:
            continue
        mark = fingerprint(before)
        if mark in seen:
            return True
        seen.add(mark)
    return False


def in_turn(tasks: Sequence[Task], workers: Workers) -> list[Task]:
    """The tasks in the order in which to live them: some seeds of all scenarios, then the next seeds.

    Enough seeds at a time that the second scenario finds the books of the first, few enough that those are still kept.
    """
    seeds = sorted({task.seed for task in tasks})
    size = max(2 * workers, SEEDS_AT_A_TIME) if isinstance(workers, int) else SEEDS_AT_A_TIME
    turn = {seed: place // size for place, seed in enumerate(seeds)}
    return sorted(tasks, key=lambda task: (turn[task.seed], task))
