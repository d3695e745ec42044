"""Runs over the processes of this machine: the answer is the same however many there are, nothing stays behind."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar, overload

from simulator.ensemble.engines import Dask, Workers, at_most
from simulator.ensemble.passing import count_on, listening, shared_counter
from simulator.ensemble.sharing import in_turn
from simulator.ensemble.tasks import Figures, Parcel, Task
from simulator.ensemble.tasks import lived as figures_of_run
from simulator.errors import EnsembleError, SimulatorError

Kept = TypeVar("Kept")  # what is kept of a run
Told = Callable[[str, int, int], None]
Heard = Callable[[int], None]  # how many months have been lived through
Lived = Callable[[Parcel, int], Kept]  # a pure function of a module: it travels to the workers by its name
LISTEN = 0.5  # seconds from one look at the months to the next

_ENDED = (
    "a worker ended before its run was done: the memory may have been used up (take fewer workers or borrowers); "
    'in a script of your own the call must stand under `if __name__ == "__main__":`'
)


@overload
def live_all(
    parcels: Sequence[Parcel], tasks: Sequence[Task], workers: Workers | Crew, told: Told | None
) -> dict[Task, Figures]: ...


@overload
def live_all(
    parcels: Sequence[Parcel],
    tasks: Sequence[Task],
    workers: Workers | Crew,
    told: Told | None,
    lived: Lived[Kept],
    months: int = 0,
) -> dict[Task, Kept]: ...


def live_all(
    parcels: Sequence[Parcel],
    tasks: Sequence[Task],
    workers: Workers | Crew,
    told: Told | None,
    lived: Lived[Any] = figures_of_run,
    months: int = 0,
) -> dict[Task, Any]:
    """What `lived` keeps of every task, sorted by task; `told` hears what is being done, runs done, and runs in all.

    `lived(parcel, seed)` lives through a scenario and keeps what is wanted of it: without another, every figure of
    the whole book and of each fifth of income. It is a function of a module, or a `functools.partial` of one, so that
    it and its answer can be pickled. With one worker everything happens in this process; `workers` may also be a
    `Dask` cluster, or a crew that is there and stays. Where each run has so many `months`, warm-up and all, and
    `lived` gives `month_lived` to its run, months are told rather than runs. Raises whatever a run raises, with the
    scenario and the seed named, and EnsembleError when a worker dies.
    """
    if isinstance(workers, Crew):
        return live_with(workers, parcels, tasks, told, lived, months)
    with pool(at_most(workers, len(tasks))) as crew:
        return live_with(crew, parcels, in_turn(tasks, workers), told, lived, months)


def live_with(
    crew: Crew,
    parcels: Sequence[Parcel],
    tasks: Sequence[Task],
    told: Told | None,
    lived: Lived[Kept],
    months: int = 0,
) -> dict[Task, Kept]:
    """The same by workers that are there and stay: for work that comes in rounds. The tasks are begun in order."""
    tell = told or (lambda what, done, total: None)
    each = months or 1
    found: dict[Task, Kept] = {}

    reached = 0

    def heard(count: int) -> None:
        nonlocal reached
        reached = min(max(count, len(found) * each, reached), len(tasks) * each)
        tell("running", reached, len(tasks) * each)

    heard(0)
    for task, kept in crew.live(parcels, tasks, lived, heard if months else None):
        found[task] = kept
        heard(0)
    return {task: found[task] for task in sorted(found)}


class Crew:
    """Workers that stay between calls; none of its own where this process does everything."""

    def __init__(self, executor: ProcessPoolExecutor | None, counter: Any = None) -> None:
        self.executor = executor
        self.counter = counter  # of months lived through, shared with the workers

    def live(
        self, parcels: Sequence[Parcel], tasks: Sequence[Task], lived: Lived[Kept], heard: Heard | None = None
    ) -> Iterator[tuple[Task, Kept]]:
        """Every task with what `lived` keeps of it, as they are done: with several workers in any order.

        `heard` is told now and then how many months have been lived through in this call.
        """
        if self.executor is None:
            yield from _here(parcels, tasks, lived, heard)
        else:
            yield from _over_processes(self.executor, parcels, tasks, lived, heard, self.counter)


@contextlib.contextmanager
def pool(workers: Workers) -> Iterator[Crew]:
    """Workers for as many calls as are wanted; whatever goes wrong inside, no process stays behind."""
    if isinstance(workers, Dask):
        from simulator.ensemble.dask_crew import dask_crew

        with dask_crew(workers) as there:
            yield there
        return
    if workers <= 1:
        yield Crew(None)
        return
    before, counter = set(multiprocessing.active_children()), shared_counter()
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_settle, initargs=(counter,))
    try:
        yield Crew(executor, counter)
        executor.shutdown()
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
            process.join(5)
        raise


def _here(
    parcels: Sequence[Parcel], tasks: Sequence[Task], lived: Lived[Kept], heard: Heard | None
) -> Iterator[tuple[Task, Kept]]:
    months = itertools.count(1)
    each = None if heard is None else lambda: heard(next(months))
    for task in tasks:
        with naming(parcels, task), listening(each):
            kept = lived(parcels[task.scenario], task.seed)
        yield task, kept


def _over_processes(
    executor: ProcessPoolExecutor,
    parcels: Sequence[Parcel],
    tasks: Sequence[Task],
    lived: Lived[Kept],
    heard: Heard | None,
    counter: Any,
) -> Iterator[tuple[Task, Kept]]:
    before = counter.value
    with unstoppable():
        futures = {executor.submit(lived, parcels[task.scenario], task.seed): task for task in tasks}
    pending = set(futures)
    while pending:
        done, pending = wait(pending, None if heard is None else LISTEN, FIRST_COMPLETED)
        if heard is not None:
            heard(counter.value - before)
        for future in done:
            task = futures.pop(future)  # so that what was kept of it need not stay here
            yield task, _result(parcels, task, future)


def _result(parcels: Sequence[Parcel], task: Task, future: Future[Kept]) -> Kept:
    try:
        with naming(parcels, task):
            return future.result()
    except BrokenProcessPool as error:
        raise EnsembleError(_ENDED) from error


@contextlib.contextmanager
def naming(parcels: Sequence[Parcel], task: Task) -> Iterator[None]:
    """Whatever goes wrong inside is told with the scenario and the seed."""
    name = parcels[task.scenario].name
    try:
        yield
    except SimulatorError as error:
        raise type(error)(f"{name}, seed {task.seed}: {error}") from error
    except Exception as error:
        error.add_note(f"in {name}, seed {task.seed}")
        raise


@contextlib.contextmanager
def unstoppable() -> Iterator[None]:
    """Processes begun in here do not hear Ctrl-C: this one does, and ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _settle(counter: Any) -> None:
    """In a new worker: count its months, leave Ctrl-C to the parent, and leave with it should it be killed."""
    count_on(counter)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
