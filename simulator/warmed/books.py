"""Kept books: looked for before a warm-up is lived, kept after it; a run never fails over them."""

from __future__ import annotations

import contextlib
import logging
import os
import zipfile
from pathlib import Path

import numpy as np

from simulator.errors import KeptError
from simulator.kept import Store
from simulator.setting import Setting
from simulator.state import State
from simulator.warmed.arrays import Arrays, arrays_of, fill
from simulator.warmed.key import before_span, book_key

KIND = "books"
MOST = 4_000_000_000  # bytes of all books together; those not used for the longest time go first
LARGEST = 1_000_000_000  # bytes of one; a larger one is lived anew each time

_log = logging.getLogger("loanbook")


def find(books: Store, setting: Setting) -> State | None:
    """The book at the end of the setting's warm-up, ready for its span; None where it is not kept or cannot be."""
    key, before = book_key(setting), before_span(setting)
    if key is None or before is None:
        return None
    arrays = _read(books, key)
    if arrays is None:
        return None
    state = State.empty(setting, setting.shard.part(setting.scenario.book.borrowers))
    fill(state, setting, arrays, before)
    return state


def _read(books: Store, key: str) -> Arrays | None:
    """The arrays kept under a key, and a note that they were used; what cannot be read counts as not kept."""
    try:
        path = books.find(KIND, key)
        if path is None:
            return None
        with np.load(path, allow_pickle=False) as kept:
            arrays = dict(kept)
        with contextlib.suppress(OSError):  # a folder that may only be read
            os.utime(path)
    except (KeptError, OSError, ValueError, zipfile.BadZipFile) as error:
        _log.info("a kept book could not be read and is lived anew: %s", error)
        return None
    return arrays


def keep(books: Store, setting: Setting, state: State) -> bool:
    """Keep the book at the end of the setting's warm-up for others; whether it was kept."""
    key, before = book_key(setting), before_span(setting)
    if key is None or before is None:
        return False
    arrays = arrays_of(state, before)
    if arrays is None or sum(array.nbytes for array in arrays.values()) > LARGEST:
        return False
    try:
        books.keep(KIND, key, lambda path: _write(path, arrays))
        make_room(books, key)
    except (KeptError, OSError) as error:
        _log.info("a warmed-up book could not be kept: %s", error)
        return False
    return True


def _write(path: Path, arrays: Arrays) -> None:
    """As NumPy's own .npz files are: arrays by name, none of them in need of code to be read."""
    with zipfile.ZipFile(path, "w") as stream:
        for name, array in arrays.items():
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
