"""One run whose shards are lived by several workers at a time: the same bytes as shard by shard."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from simulator import tape as tapes
from simulator.ensemble.passing import month_lived
from simulator.ensemble.tasks import Parcel, Task, unpacked
from simulator.ensemble.workers import Told, pool
from simulator.errors import EnsembleError
from simulator.kept import Store
from simulator.provenance import peak_memory
from simulator.result import Result
from simulator.run import Lived, gathered, live_shard, months_of, run, tape_of
from simulator.scenario import Scenario, has_shocks
from simulator.setting import Setting
from simulator.shard import Shard


@dataclass(frozen=True)
class ShardParcel(Parcel):
    """One shard of a scenario as it travels to a worker."""

    number: int = 0


def run_shards(
    scenario: Scenario,
    seed: int | None = None,
    workers: int = 1,
    told: Told | None = None,
    *,
    unshocked: bool = True,
    books: Store | None = None,
) -> Result:
    """Live through a scenario with so many of its shards at a time; the same bytes as `run` gives, however many.

    Each worker needs the memory of one shard. `told` hears what is being done, months done and months in all; the
    provenance names the workers and the memory of the largest. Raises what `run` raises, and EnsembleError when a
    worker dies.
    """
    if workers < 1:
        raise EnsembleError(f"{workers} workers: at least 1 is wanted")
    if min(workers, scenario.shards) == 1:
        return run(scenario, seed, unshocked=unshocked, progress=told, books=books)
    started, tell = time.perf_counter(), told or (lambda what, done, total: None)
    seed = scenario.seed if seed is None else seed
    total, whole = months_of(scenario, unshocked=unshocked), Parcel.of(scenario)
    parcels = [ShardParcel(whole.name, whole.text, whole.fingerprint, number) for number in range(scenario.shards)]
    tasks = [Task(number, seed) for number in range(scenario.shards)]
    folder = None if books is None else str(books.folder)
    lived = partial(lived_shard, both=unshocked and has_shocks(scenario), folder=folder)
    tell("running", 0, total)
    with pool(min(workers, scenario.shards)) as crew:
        found = dict(crew.live(parcels, tasks, lived, lambda months: tell("running", min(months, total), total)))
    parts = [found[task][0] for task in tasks]
    result = gathered(Setting.of(scenario, seed), parts, tape_of(scenario), started)
    result.provenance |= {"workers": min(workers, scenario.shards), "worker_peak_memory_bytes": _largest(found)}
    return result


def lived_shard(parcel: Parcel, seed: int, *, both: bool, folder: str | None) -> tuple[Lived, int]:
    """Live through one shard; what it leaves behind, and this process's largest memory so far, in bytes."""
    assert isinstance(parcel, ShardParcel)
    whole = Parcel(parcel.name, parcel.text, parcel.fingerprint)
    scenario = unpacked(whole)

    def tick(what: str, months: int) -> None:
        for _ in range(months):
            month_lived(what, 0, 0)

    setting = Setting.of(scenario, seed, Shard(parcel.number, scenario.shards))
    books = None if folder is None else Store(folder)
    return live_shard(setting, _tape(whole), both=both, tick=tick, books=books), peak_memory()


@lru_cache(maxsize=1)
def _tape(parcel: Parcel) -> tapes.Tape | None:
    """The tape of the whole book, read once in a process."""
    return tape_of(unpacked(parcel))


def _largest(found: dict[Any, tuple[Lived, int]]) -> int:
    return max(peak for _, peak in found.values())
