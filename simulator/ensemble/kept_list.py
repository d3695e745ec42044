"""What lies in the store: the kept runs by what they say of themselves, found by key, compared, and cleared away."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.ensemble.differences import Difference, differences, warnings
from simulator.ensemble.kept_runs import KIND, NOTE
from simulator.ensemble.sides import FIGURES
from simulator.errors import KeptError, ScenarioError
from simulator.kept import Entry, Store, version
from simulator.metrics import Metric, segment_rows
from simulator.scenario import Scenario, from_dict

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 5  # keys named where several could be meant


@dataclass(frozen=True)
class KeptRun:
    """One kept run: where it lies, and what it says of itself."""

    key: str
    path: Path
    size: int  # bytes
    kept_at: float  # seconds since 1970
    scenario: str
    fingerprint: str
    seed: int
    version: str
    borrowers: int
    months: int
    seconds: float
    when: str
    values: dict[str, Any]

    @property
    def of_this_program(self) -> bool:
        """Whether the program that runs now would take it."""
        return self.version == version()

    @property
    def told(self) -> dict[str, Any]:
        """What it says of itself, as plain values, the scenario in full left out."""
        names = ("key", "scenario", "seed", "borrowers", "months", "when", "size", "seconds", "fingerprint", "version")
        return {name: getattr(self, name) for name in names} | {"of_this_program": self.of_this_program}


def kept_runs(store: Store) -> tuple[list[KeptRun], list[Entry]]:
    """Every kept run, by scenario, recipe and seed; and the entries that do not say what they are (damaged)."""
    found, unread = [], []
    for entry in store.entries(KIND):
        run = _read(entry)
        if run is None:
            unread.append(entry)
        else:
            found.append(run)
    found.sort(key=lambda run: (run.scenario, not run.of_this_program, run.fingerprint, run.seed, run.key))
    return found, unread


def _read(entry: Entry) -> KeptRun | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        told = json.loads(pq.read_schema(entry.path).metadata[NOTE])
        return KeptRun(entry.key, entry.path, entry.size, entry.when, **told)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None


def by_key(runs: Sequence[KeptRun], given: str) -> KeptRun:
    """The run whose key begins so; KeptError where none or several do."""
    found = [run for run in runs if run.key.startswith(given.lower())]
    if not found:
        raise KeptError(f"{given}: no kept run has a key that begins so; `loanbook runs list` shows them")
    if len(found) > 1:
        named = ", ".join(f"{run.key[:12]} ({run.scenario}, seed {run.seed})" for run in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise KeptError(f"{given}: {len(found)} kept runs have a key that begins so: {named}{more}; give more of it")
    return found[0]


@dataclass(frozen=True)
class Beside:
    """Two kept runs: in what their scenarios differ, what to mind, and every figure of the whole book of each."""

    base: KeptRun
    other: KeptRun
    currency: str
    differences: list[Difference]
    warnings: list[str]
    figures: list[tuple[Metric, float, float]]


def beside(store: Store, base: KeptRun, other: KeptRun) -> Beside:
    """Lay two kept runs side by side. Raises KeptError where one is damaged or money is not of one currency."""
    here, there = _scenario(base), _scenario(other)
    if here.lender.currency != there.lender.currency:
        raise KeptError(
            f"{base.key[:12]} is in {here.lender.currency} and {other.key[:12]} in {there.lender.currency}: "
            "their money cannot be compared"
        )
    found = differences(here, there)
    told = warnings(here, there.model_copy(update={"seed": here.seed}), found)
    if base.seed != other.seed:
        told.insert(0, f"Not the same luck: seed {base.seed} against seed {other.seed}, so part of it is chance.")
    if base.version != other.version:
        told.insert(0, "Not made by the same program, so part of it may be the program's.")
    rows = [segment_rows(_panel(store, run)) for run in (base, other)]
    figures = [(metric, float(metric.of(rows[0])), float(metric.of(rows[1]))) for metric in FIGURES]
    return Beside(base, other, here.lender.currency, found, told, figures)


def _scenario(run: KeptRun) -> Scenario:
    try:
        return from_dict(run.values, name=run.scenario)
    except ScenarioError as error:
        raise KeptError(f"{run.key[:12]}: its scenario is not one for this program: {error}") from error


def _panel(store: Store, run: KeptRun) -> pd.DataFrame:
    import pyarrow.parquet as pq

    path = store.find(KIND, run.key)
    if path is None:
        raise KeptError(f"{run.key[:12]} was damaged and is taken away; the command that made it makes it again")
    panel: pd.DataFrame = pq.read_table(path).to_pandas()
    return panel


@dataclass(frozen=True)
class Chosen:
    """What is to be cleared away: runs, other kept things, and what killed processes left unfinished."""

    runs: list[KeptRun]
    entries: list[tuple[str, Entry]]  # (kind, entry)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(run.size for run in self.runs) + sum(entry.size for _, entry in self.entries)


def chosen(
    store: Store,
    *,
    everything: bool = False,
    older_days: float | None = None,
    other_versions: bool = False,
    scenario: str | None = None,
) -> Chosen:
    """What fits every condition given.

    Kept things other than runs (warmed-up books) say neither scenario nor version: they go by their age alone, and
    with `everything`. Damaged runs go with `everything` and with `other_versions`.
    """
    runs, unread = kept_runs(store)
    before = None if older_days is None else dt.datetime.now(dt.UTC).timestamp() - older_days * 86_400
    tests: list[Callable[[KeptRun], bool]] = []
    if not everything:
        if before is not None:
            tests.append(lambda run: run.kept_at < before)
        if other_versions:
            tests.append(lambda run: not run.of_this_program)
        if scenario is not None:
            tests.append(lambda run: run.scenario == scenario)
    picked = [run for run in runs if all(test(run) for test in tests)]
    others = [] if not everything and (other_versions or scenario is not None) else list(_beyond_runs(store))
    entries = [(kind, entry) for kind, entry in others if everything or before is None or entry.when < before]
    if everything or (other_versions and scenario is None and before is None):
        entries += [(KIND, entry) for entry in unread]
    return Chosen(picked, entries)


def _beyond_runs(store: Store) -> Iterator[tuple[str, Entry]]:
    for kind in store.kinds():
        if kind != KIND:
            yield from ((kind, entry) for entry in store.entries(kind))


def clear(store: Store, away: Chosen) -> int:
    """Take it away, and what killed processes left unfinished a day ago or earlier; how many bytes that frees."""
    freed = sum(store.remove(KIND, run.key) for run in away.runs)
    freed += sum(store.remove(kind, entry.key) for kind, entry in away.entries)
    return freed + store.remove_unfinished()
