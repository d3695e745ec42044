"""Runs over a Dask cluster: whole runs as tasks, what they bring home is kept here, the same bytes as anywhere.

The cluster's workers need not share this machine's disk: a run that is kept here is not sent, and one that is lived
there comes back whole and is kept here. A scenario that reads files (a tape, a table of habits) needs them at the same
place on every worker. Chance belongs to (seed, purpose, day, borrower), so who lives a run, where and when is all one.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.ensemble.engines import Dask, must_be_installed
from simulator.ensemble.kept_runs import errand, is_kept, keep_run
from simulator.ensemble.tasks import Parcel, Task
from simulator.ensemble.workers import Crew, Heard, Kept, Lived, naming, unstoppable
from simulator.errors import EnsembleError
from simulator.kept import Store, version

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 15  # seconds until a scheduler or its first worker must have answered
_calls = itertools.count(1)


class DaskCrew(Crew):
    """The workers of a cluster, for as many calls as are wanted."""

    def __init__(self, client: Client, *, same_disk: bool) -> None:
        super().__init__(None)
        self.client, self.same_disk = client, same_disk

    def live(
        self, parcels: Sequence[Parcel], tasks: Sequence[Task], lived: Lived[Kept], heard: Heard | None = None
    ) -> Iterator[tuple[Task, Kept]]:
        """Every task with what `lived` keeps of it, as they are done; those kept here already are read here."""
        folder = lived.keywords.get("folder") if isinstance(lived, partial) else None
        here = {task for task in tasks if is_kept(parcels[task.scenario], task.seed, folder)}
        there = [task for task in tasks if task not in here]
        call = next(_calls)
        names = {f"loanbook-{call}-{task.scenario}-{task.seed}": task for task in there}
        futures = [
            self.client.submit(
                *(sent, lived, parcels[task.scenario], task.seed, version(), self.same_disk),
                key=name,
                pure=False,
            )
            for name, task in names.items()
        ]
        try:
            for task in sorted(here):
                with naming(parcels, task):
                    kept = lived(parcels[task.scenario], task.seed)
                yield task, kept
            yield from self._as_they_come(parcels, names, futures, folder)
        finally:
            with contextlib.suppress(Exception):
                self.client.cancel([future for future in futures if not future.done()], force=True)

    def _as_they_come(
        self, parcels: Sequence[Parcel], names: dict[str, Task], futures: list[Any], folder: str | None
    ) -> Iterator[tuple[Task, Any]]:
        from distributed import as_completed

        for future in as_completed(futures, loop=self.client.loop):
            task = names[future.key]
            with naming(parcels, task):
                kept, brought = _result(future)
            if folder is not None:
                for key, body in brought:
                    keep_run(Store(folder), key, body)
            future.release()
            yield task, kept


def sent(
    lived: Lived[Kept], parcel: Parcel, seed: int, wanted: str, same_disk: bool
) -> tuple[Kept, list[tuple[str, bytes]]]:
    """Live a run on a worker of a cluster; what is kept of it, and the runs themselves for the store of who asked."""
    _must_be(wanted)
    with errand(same_disk=same_disk) as here:
        kept = lived(parcel, seed)
    return kept, here.brought


def _must_be(wanted: str) -> None:
    if version() != wanted:
        raise EnsembleError(
            f"a worker of the cluster runs another program: loanbook {version()} there, {wanted} here; "
            "install the same version on every worker"
        )


@contextlib.contextmanager
def dask_crew(asked: Dask) -> Iterator[DaskCrew]:
    """The workers of a cluster, or of one begun here that ends with this; EnsembleError where there is none."""
    must_be_installed()
    import dask

    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        stack.enter_context(dask.config.set({"distributed.admin.tick.limit": "1h"}))
        client = stack.enter_context(_client(asked, stack))
        _check_workers(client, asked)
        yield DaskCrew(client, same_disk=asked.address is None)


def _client(asked: Dask, stack: contextlib.ExitStack) -> Client:
    from distributed import Client, LocalCluster

    if asked.address is not None:
        try:
            return Client(asked.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            told = " ".join(str(error).split())
            raise EnsembleError(
                f"--address {asked.address}: no Dask scheduler answers there ({told:.200}); "
                "an address looks like tcp://10.0.0.5:8786"
            ) from error
    scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="loanbook-dask-"))
    with unstoppable():
        cluster = LocalCluster(
            n_workers=asked.workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=0,
            local_directory=scratch,
            silence_logs=logging.CRITICAL,
        )
    stack.enter_context(cluster)
    return Client(cluster, set_as_default=False)


def _check_workers(client: Client, asked: Dask) -> None:
    """Workers are there, and they run the very same program."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        place = asked.address or "begun here"
        raise EnsembleError(f"the Dask cluster {place} has no workers after {PATIENCE} seconds") from error
    found = client.run(version, on_error="return")
    for worker, known in sorted(found.items()):
        if isinstance(known, BaseException):
            raise EnsembleError(f"the Dask worker {worker} cannot run loanbook: {known}; install it there too")
        if known != version():
            raise EnsembleError(
                f"the Dask worker {worker} runs another program: loanbook {known} there, {version()} here; "
                "install the same version on every worker"
            )


def _result(future: Any) -> Any:
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    try:
        return future.result()
    except KilledWorker as error:
        raise EnsembleError(
            f"a worker of the cluster ended before its run was done, again and again: the memory may be used up "
            f"({error.last_worker.address if error.last_worker else 'its address is not known'})"
        ) from error
    except FutureCancelledError as error:
        raise EnsembleError("the Dask cluster was closed, or its scheduler lost, before the runs were done") from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What the cluster says while it begins and ends is no news to who asked."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
