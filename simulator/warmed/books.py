"""Kept books: looked for before a warm-up is lived, kept after it; a run never fails over them."""

from __future__ import annotations

import contextlib
import logging
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.block import PERSON_COLUMNS
from simulator.errors import KeptError
from simulator.kept import Store
from simulator.setting import Setting
from simulator.state import State
from simulator.warmed.arrays import arrays_of, fill, untouched
from simulator.warmed.key import before_span, book_key

KIND = "books"
MOST = 4_000_000_000  # bytes of all books together; those not used for the longest time go first
LARGEST = 1_000_000_000  # bytes of one; a larger one is lived anew each time

_log = logging.getLogger("loanbook")


def find(books: Store, setting: Setting) -> State | None:
    """The book at the end of the setting's warm-up, ready for its span; None where it is not kept or cannot be.

    What cannot be read counts as not kept. A book that is used is kept the longer.
    """
    key, before = book_key(setting), before_span(setting)
    if key is None or before is None:
        return None
    try:
        path = books.find(KIND, key)
        if path is None:
            return None
        state = State.empty(setting, 0)
        with np.load(path, allow_pickle=False) as arrays:
            fill(state, setting, arrays, before)
        with contextlib.suppress(OSError):  # a folder that may only be read
            os.utime(path)
    except (KeptError, OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        _log.info("a kept book could not be read and is lived anew: %s", error)
        return None
    state.lending.borrowers = setting.shard.part(setting.scenario.book.borrowers)
    return state


def keep(books: Store, setting: Setting, state: State) -> bool:
    """Keep the book at the end of the setting's warm-up for others; whether it was kept."""
    key, before = book_key(setting), before_span(setting)
    if key is None or before is None or _size(state) > LARGEST or not untouched(state, before):
        return False
    try:
        books.keep(KIND, key, lambda path: _write(path, arrays_of(state, before)))
        make_room(books, key)
    except (KeptError, OSError) as error:
        _log.info("a warmed-up book could not be kept: %s", error)
        return False
    return True


def _size(state: State) -> int:
    """About how many bytes a book takes."""
    return sum(
        block.struck.nbytes
        + sum(getattr(block, name).nbytes for name in PERSON_COLUMNS)
        + sum(getattr(each, name).nbytes for each in block.accounts.values() for name in each.names)
        for block in state.book.blocks
    )


def _write(path: Path, arrays: Iterable[tuple[str, npt.NDArray[Any]]]) -> None:
    """As NumPy's own .npz files are: arrays by name, none of them in need of code to be read."""
    with zipfile.ZipFile(path, "w") as stream:
        for name, array in arrays:
            with stream.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)


def make_room(books: Store, last: str, most: int = MOST) -> None:
    """Take books away, the longest unused first and `last` never, until all together take at most `most` bytes."""
    held = sorted(books.entries(KIND), key=lambda entry: (entry.when, entry.key))
    total = sum(entry.size for entry in held)
    for entry in held:
        if total <= most:
            return
        if entry.key != last:
            total -= books.remove(KIND, entry.key)
