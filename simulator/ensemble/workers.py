"""Runs over the processes of this machine: the answer is the same however many there are, nothing stays behind."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from simulator.ensemble.tasks import Figures, Parcel, Task, lived
from simulator.errors import EnsembleError, SimulatorError

Told = Callable[[str, int, int], None]

_ENDED = (
    "a worker ended before its run was done: the memory may have been used up (take fewer workers or borrowers); "
    'in a script of your own the call must stand under `if __name__ == "__main__":`'
)


def live_all(parcels: Sequence[Parcel], tasks: Sequence[Task], workers: int, told: Told | None) -> dict[Task, Figures]:
    """The figures of every task, sorted by task; `told` hears what is being done, runs done, and runs in all.

    With one worker everything happens in this process. Raises whatever a run raises, with the scenario and the seed
    named, and EnsembleError when a worker dies.
    """
    tell = told or (lambda what, done, total: None)
    tell("running", 0, len(tasks))
    found: dict[Task, Figures] = {}
    work = _here if min(workers, len(tasks)) <= 1 else _over_processes
    for task, figures in work(parcels, tasks, workers):
        found[task] = figures
        tell("running", len(found), len(tasks))
    return {task: found[task] for task in sorted(found)}


def _here(parcels: Sequence[Parcel], tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, Figures]]:
    for task in tasks:
        with _naming(parcels, task):
            figures = lived(parcels[task.scenario], task.seed)
        yield task, figures


def _over_processes(parcels: Sequence[Parcel], tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, Figures]]:
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        min(workers, len(tasks)), mp_context=multiprocessing.get_context("spawn"), initializer=_settle
    )
    try:
        with _unstoppable():
            futures = {pool.submit(lived, parcels[task.scenario], task.seed): task for task in tasks}
        for future in as_completed(futures):
            yield futures[future], _result(parcels, futures[future], future)
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
            process.join(5)
        raise


def _result(parcels: Sequence[Parcel], task: Task, future: Future[Figures]) -> Figures:
    try:
        with _naming(parcels, task):
            return future.result()
    except BrokenProcessPool as error:
        raise EnsembleError(_ENDED) from error


@contextlib.contextmanager
def _naming(parcels: Sequence[Parcel], task: Task) -> Iterator[None]:
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
def _unstoppable() -> Iterator[None]:
    """Processes begun in here do not hear Ctrl-C: this one does, and ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _settle() -> None:
    """In a new worker: leave Ctrl-C to the parent, and leave with it should it be killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
