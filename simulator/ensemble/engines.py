"""Where runs are lived: in processes of this machine, or by the workers of a Dask cluster."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, replace

from simulator.errors import EnsembleError

NAMES = ("processes", "dask")


@dataclass(frozen=True)
class Dask:
    """A Dask cluster: the one whose scheduler answers at `address`, or one of `workers` processes on this machine."""

    workers: int = 1
    address: str | None = None


Workers = int | Dask  # a number: so many processes of this machine


def workers_of(workers: int | None = None, engine: str = "processes", address: str | None = None) -> Workers:
    """What was asked for with --workers, --engine and --address; without a number one worker for each core.

    Raises EnsembleError for a number below one, an unknown engine, an address without Dask, and for Dask where it is
    not installed.
    """
    if engine not in NAMES:
        raise EnsembleError(f"--engine {engine}: {' or '.join(NAMES)} is wanted")
    if workers is not None and workers < 1:
        raise EnsembleError(f"--workers {workers}: at least 1 is wanted")
    if address is not None and engine != "dask":
        raise EnsembleError(f"--address {address}: only the engine dask has an address; add --engine dask")
    if address is not None and workers is not None:
        raise EnsembleError(f"--workers {workers}: the cluster at {address} has its own workers; leave one of them out")
    if engine == "dask":
        must_be_installed()
    number = workers or os.cpu_count() or 1
    return number if engine == "processes" else Dask(number, address)


def must_be_installed() -> None:
    """EnsembleError where Dask's own package is not there."""
    if importlib.util.find_spec("distributed") is None:
        raise EnsembleError('the engine dask is not installed; get it with: pip install "loanbook-simulator[dask]"')


def at_most(workers: Workers, tasks: int) -> Workers:
    """No more workers than there are tasks."""
    if isinstance(workers, Dask):
        return replace(workers, workers=max(min(workers.workers, tasks), 1))
    return min(workers, tasks)


def at_a_time(workers: Workers) -> int:
    """How many runs are lived at a time; of a cluster elsewhere not known, and one is said."""
    return workers.workers if isinstance(workers, Dask) else workers


def here(workers: Workers) -> int:
    """How many runs at a time this machine must have room for."""
    if isinstance(workers, Dask):
        return 0 if workers.address else workers.workers
    return workers


def checked(workers: Workers) -> Workers:
    """The workers, at least one; raises EnsembleError."""
    if at_a_time(workers) < 1:
        raise EnsembleError(f"{at_a_time(workers)} workers: at least 1 is wanted")
    return workers


def in_words(workers: Workers) -> int | str:
    """The workers, as provenance tells them."""
    if isinstance(workers, Dask):
        return f"dask at {workers.address}" if workers.address else f"dask, {workers.workers} here"
    return workers
