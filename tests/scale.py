"""A billion borrowers and a thousand paths on paper: computed from what was measured here.

Speed and memory are those of the last `python -m tests.bench --out tests/bench/results.json`; the size of a kept run,
the cost of handing a task to a Dask cluster and the memory of defaults written down are measured on the spot.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import load, run
from simulator.ensemble.kept_runs import lived_panel
from simulator.ensemble.tasks import Parcel
from simulator.kept import Store

RESULTS = Path(__file__).parent / "bench" / "results.json"
BORROWERS, PATHS, SHARD, MONTHS = 1_000_000_000, 1_000, 1_000_000, 60
PRICE = 0.05  # US dollars a core-hour: an assumption, the order of what clouds ask for
CORES = 1_000
EMPTY_TASKS = 500
CASES = {
    "lb60_1m": "one instalment loan, run-off",
    "cards_1m": "cards, open book",
    "platform_1m": "platform, everything on",
}


@dataclass(frozen=True)
class Measured:
    """What was measured on the spot."""

    panel_bytes: float  # of a kept run, 60 months
    default_bytes: float  # in memory, of one default written down
    default_share: float  # of the borrowers, over 60 months
    task_seconds: float | None  # to hand one empty task to a cluster and have it back; None without Dask


def measured() -> Measured:
    """Live one small run and hand empty tasks to a small cluster."""
    scenario = load("us_cards_severe_2026", borrowers=2_000, sets=("book.warm_up=12",))
    with tempfile.TemporaryDirectory() as folder:
        lived_panel(Parcel.of(scenario), 1, folder=folder)
        size = sum(entry.size for entry in Store(folder).entries("runs"))
    defaults = run(scenario, 1, unshocked=False).record.defaults
    written = sum(part.nbytes for part in defaults.parts)
    count = sum(part.shape[1] for part in defaults.parts)
    months = scenario.span.months
    return Measured(
        size * MONTHS / months, written / count, count / scenario.book.borrowers * MONTHS / months, task_seconds()
    )


def task_seconds() -> float | None:
    """Seconds for one empty task of many on a local cluster of one worker."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        return None
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        client.gather(client.map(abs, range(10), pure=False))
        started = time.perf_counter()
        client.gather(client.map(abs, range(EMPTY_TASKS), pure=False))
        return (time.perf_counter() - started) / EMPTY_TASKS


def table() -> str:
    """The section's tables and sentences."""
    rows = {row["case"]: row for row in json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]}
    found, shards = measured(), BORROWERS // SHARD
    tasks = shards * PATHS
    size = f"{BORROWERS:,} borrowers in {shards:,} shards of {SHARD:,}, {PATHS:,} paths of {MONTHS} months"
    lines = [
        f"{size}: {tasks:,} pure runs, which share nothing. Made by `python -m tests.figures scale` from the speeds "
        "above; a warm-up comes on top, once for each shard and seed.",
        "",
        f"| book | core-hours | hours on {CORES:,} cores | USD, at {PRICE:.2f} a core-hour | memory a worker |",
        "|---|--:|--:|--:|--:|",
    ]
    for case, words in CASES.items():
        if case in rows:
            lines.append(book_line(words, rows[case]))
    return "\n".join([*lines, "", *bullets(found, tasks, shards)])


def book_line(words: str, row: dict[str, Any]) -> str:
    """Time, money and memory of one kind of book."""
    hours = BORROWERS * PATHS * MONTHS * row["nanoseconds_per_borrower_month"] * 1e-9 / 3600
    memory = 0.25 + row["bytes_per_borrower"] * SHARD / 1e9
    return f"| {words} | {hours:,.0f} | {hours / CORES:.1f} | {hours * PRICE:,.0f} | {memory:.2f} GB |"


def bullets(found: Measured, tasks: int, shards: int) -> list[str]:
    """What crosses the network, and what would break first."""
    every, summed = tasks * found.panel_bytes / 1e9, PATHS * found.panel_bytes / 1e6
    one_by_one = BORROWERS * found.default_share * found.default_bytes / 1e9
    panel, default = f"{found.panel_bytes / 1e3:.0f} kB for {MONTHS} months", f"{found.default_bytes:.0f} bytes"
    lines = [
        f"- Network: a run sends home its panel, {panel}, whatever the size of the book: {every:,.0f} GB if each shard "
        f"of every path did, {summed:,.0f} MB if a path's {shards:,} shards are added up where they are lived.",
        f"- What breaks first: the list of defaults, which a run keeps one by one ({default} for each, "
        f"{found.default_share:.0%} of the borrowers in a severe world): {one_by_one:,.0f} GB for one path in one "
        "process. Ensembles keep panels alone and do not meet this; a single run in shards does.",
    ]
    if found.task_seconds is not None:
        each, alone = 1000 * found.task_seconds, tasks * found.task_seconds / 3600
        lines.append(
            f"- Then the scheduler: {each:.1f} ms for each task here, {alone:,.1f} hours for {tasks:,} tasks "
            "one after the other; a path with all its shards as one task makes it "
            f"{PATHS * found.task_seconds:.1f} seconds, and a lost worker then costs a path."
        )
    lines.append(
        "- What does not break: numbers. Borrowers have 64-bit numbers; balances are whole cents in 64 bits, and sums "
        "by segment stay exact up to 90 trillion in a currency."
    )
    return lines
