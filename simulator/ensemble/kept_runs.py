"""Every finished run is kept, and a run that was lived once is never lived again.

A run is what a scenario, a seed and a program make; it lies in the store under the three together, one Parquet file
with the panel of every segment. What the file says of itself (name, when, how long it took) is for the reader and is
no part of the answer, so a run taken from the store gives the same bytes as one lived now.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from simulator.ensemble.passing import month_lived
from simulator.ensemble.tasks import Parcel, unpacked
from simulator.kept import VARIABLE, Store, key_of, version
from simulator.run import run
from simulator.scenario import fingerprint

if TYPE_CHECKING:
    import pandas as pd

KIND = "runs"
NOTE = b"loanbook"  # the entry of a file's schema metadata under which it says what it is

Kept = TypeVar("Kept")


@dataclass
class Errand:
    """Runs lived for somebody else: they are brought home, and the folder named is the sender's."""

    same_disk: bool  # whether the sender's folder is there too, for warmed-up books
    brought: list[tuple[str, bytes]] = field(default_factory=list)


_sent: ContextVar[Errand | None] = ContextVar("sent", default=None)


def run_key(parcel: Parcel, seed: int) -> str:
    """The name of a run: its scenario with the contents of every file it reads, the seed, and the program.

    The scenario's own name, question and seed do not count.
    """
    return key_of(KIND, recipe_mark(parcel), str(seed), version())


@lru_cache(maxsize=1024)
def recipe_mark(parcel: Parcel) -> str:
    """The fingerprint of a scenario without the seed that stands in its file, since each run is given its own."""
    return fingerprint(unpacked(parcel).model_copy(update={"seed": 0}))


def lived_panel(parcel: Parcel, seed: int, *, folder: str | None, books: bool = False) -> pd.DataFrame:
    """The panel of a run, every segment: from the store in `folder` where it is kept, or else lived and kept there.

    The same bytes either way, and without a folder. With `books` its warmed-up book is shared too (worth it where
    `share_books` says so). To be handed to `live_all` as `functools.partial(lived_panel, folder=...)`, or called by a
    function that keeps less (`lived_and_measured`). Raises what a run raises, and KeptError where the folder cannot be
    written.
    """
    if folder is None:
        return _read(io.BytesIO(_lived(parcel, seed, None)))
    key, shared = run_key(parcel, seed), _books(folder) if books else None
    if (errand := _sent.get()) is not None:
        body = _lived(parcel, seed, shared)
        errand.brought.append((key, body))
        return _read(io.BytesIO(body))
    store = Store(folder)
    place = store.find(KIND, key)
    if place is None:
        body = _lived(parcel, seed, shared)
        keep_run(store, key, body)
        return _read(io.BytesIO(body))
    return _read(place)


def lived_and_measured(
    parcel: Parcel, seed: int, *, folder: str | None, measure: Callable[[pd.DataFrame], Kept], books: bool = False
) -> Kept:
    """What `measure` keeps of the panel of a run, kept or lived: thousands of runs then need no memory for panels.

    `measure` is a function of a module (or a partial of one), called where the run is; to be handed to `live_all` as
    `functools.partial(lived_and_measured, folder=..., measure=...)`.
    """
    return measure(lived_panel(parcel, seed, folder=folder, books=books))


def is_kept(parcel: Parcel, seed: int, folder: str | None) -> bool:
    """Whether a run lies in the store, whole."""
    return folder is not None and Store(folder).find(KIND, run_key(parcel, seed)) is not None


def keep_run(store: Store, key: str, body: bytes) -> None:
    """Put a run, as `errand` brings it, into a store."""

    def write(path: Path) -> None:
        path.write_bytes(body)

    store.keep(KIND, key, write)


@contextlib.contextmanager
def errand(*, same_disk: bool) -> Iterator[Errand]:
    """While this lasts, runs of this thread are neither looked for nor kept here: they come home with the errand."""
    sent = Errand(same_disk)
    before = _sent.set(sent)
    try:
        yield sent
    finally:
        _sent.reset(before)


def _books(folder: str) -> Store | None:
    """Where warmed-up books lie: in the same folder, and on another machine in that of its own environment, if any."""
    sent = _sent.get()
    if sent is None or sent.same_disk:
        return Store(folder)
    own = os.environ.get(VARIABLE)
    return Store(own) if own else None


def _lived(parcel: Parcel, seed: int, books: Store | None) -> bytes:
    """Live through a run; the Parquet file of its panel."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    result = run(unpacked(parcel), seed, unshocked=False, progress=month_lived, books=books)
    known = result.provenance
    told = {
        "scenario": parcel.name,
        "fingerprint": recipe_mark(parcel),
        "seed": seed,
        "version": version(),
        "borrowers": known["borrowers"],
        "months": known["months"],
        "seconds": known["duration_seconds"],
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "values": json.loads(parcel.text),
    }
    table = pa.Table.from_pandas(result.panel, preserve_index=False)
    table = table.replace_schema_metadata({**table.schema.metadata, NOTE: json.dumps(told).encode()})
    body = io.BytesIO()
    pq.write_table(table, body, compression="zstd", compression_level=3, version="2.6")
    return body.getvalue()


def _read(source: Path | io.BytesIO) -> pd.DataFrame:
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.read_table(source).to_pandas()
    return frame.astype({"month": "datetime64[s]"})  # Parquet knows no whole seconds
