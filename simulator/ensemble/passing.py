"""Months lived through so far by all the processes of a crew, so that long runs show how far they have come."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from typing import Any

_heard: Callable[[], None] | None = None  # what is told of each month, in this process


def month_lived(what: str, done: int, total: int) -> None:
    """One more month of a run is over. Given to `run` as its progress by what is kept of a run; may be told nobody."""
    if _heard is not None:
        _heard()


@contextlib.contextmanager
def listening(heard: Callable[[], None] | None) -> Iterator[None]:
    """While this lasts, each month of a run of this process is told to `heard`."""
    global _heard
    before, _heard = _heard, heard
    try:
        yield
    finally:
        _heard = before


def shared_counter() -> Any:
    """A number that the workers of a crew share. Without a lock: a count may be lost, a dead worker blocks nobody."""
    return multiprocessing.get_context("spawn").RawValue("q", 0)


def count_on(counter: Any) -> None:
    """From now on each month of a run of this process is counted there."""
    global _heard

    def heard() -> None:
        counter.value += 1

    _heard = heard
