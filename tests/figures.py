"""The README's figures, made by a command: `python -m tests.figures` (a few minutes).

The book's figures come from runs of the shipped scenarios at 100,000 borrowers; the speed table from the last
`python -m tests.bench --out tests/bench/results.json`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from simulator import load, run
from tests import effects, ensembled, fitted, reserved, scale, story
from tests.bench import reserve as reserve_cost
from tests.bench.__main__ import printed

ROOT = Path(__file__).resolve().parents[1]
SEEDS = (1, 2, 3)
BORROWERS = 100_000


def quarterly(panel: pd.DataFrame) -> pd.DataFrame:
    """Charge-off rate a year, 30+ rate, and unemployment by quarter, in percent."""
    months = panel[panel["segment"] == "all"].set_index("month")
    quarters = months.resample("QE")
    balance = quarters["balance"].mean()
    late = months[["overdue_30_59", "overdue_60_89", "overdue_90_plus"]].sum(axis=1).resample("QE").mean()
    return pd.DataFrame(
        {
            "charge_offs": quarters["charge_offs"].sum() / balance * 400,
            "net": quarters["net_charge_offs"].sum() / balance * 400,
            "by_account": quarters["charge_off_accounts"].sum() / quarters["accounts"].mean() * 400,
            "late": late / balance * 100,
            "simulated": quarters["unemployment_rate"].mean() * 100,
            "given": quarters["economy_unemployment_rate"].mean() * 100,
        }
    )


def mean_of(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The mean over seeds, quarter by quarter."""
    return sum(frames[1:], start=frames[0]) / len(frames)


def book_table() -> str:
    """What the book does: steady at flat unemployment, and its answer to the severe path."""
    flat = [
        quarterly(
            run(
                load("us_cards", borrowers=BORROWERS, sets=("world.economy.unemployment=5",)), seed, unshocked=False
            ).panel
        )
        for seed in SEEDS
    ]
    results = [run(load("us_cards_severe_2026", borrowers=BORROWERS), seed) for seed in SEEDS]
    severe = [quarterly(result.panel) for result in results]
    calm = mean_of([quarterly(result.unshocked) for result in results if result.unshocked is not None])
    steady, shocked = mean_of(flat), mean_of(severe)
    yearly = steady.resample("YE").mean()
    drift = (yearly / yearly.mean() - 1).abs().max() * 100
    off = max(float((frame["simulated"] - frame["given"]).abs().max()) for frame in [*flat, *severe])
    peak, top = shocked["charge_offs"].idxmax(), shocked["given"].idxmax()
    worst, usual = shocked["charge_offs"].max(), calm["charge_offs"].mean()
    lag = round((peak - top).days / 91.3)
    rows = [
        (
            "charge-off rate at flat 5% unemployment, a year",
            f"{steady['charge_offs'].mean():.2f}% ({steady['net'].mean():.2f}% net)",
        ),
        ("balances 30 days or more overdue at flat 5% unemployment", f"{steady['late'].mean():.2f}%"),
        (
            "drift over 60 unshocked months: largest yearly mean against the average",
            f"charge-offs {drift['charge_offs']:.1f}%, 30+ {drift['late']:.1f}%",
        ),
        (
            "charge-offs by account against by balance",
            f"{steady['by_account'].mean() / steady['charge_offs'].mean():.2f}",
        ),
        (
            "severe path: charge-off rate, peak quarter",
            f"{worst:.2f}% against {usual:.2f}% unshocked ({worst / usual:.2f} times)",
        ),
        ("severe path: that peak, after unemployment first reaches its own", f"{lag} quarter{'s' if lag != 1 else ''}"),
        (
            "severe path: balances 30+ overdue, peak quarter",
            f"{shocked['late'].max():.2f}% against {calm['late'].mean():.2f}%",
        ),
        ("simulated against given unemployment, largest quarterly gap of any seed", f"{off:.2f} points"),
    ]
    head = f"US cards, {BORROWERS:,} borrowers, {len(SEEDS)} seeds (`python -m tests.figures`):\n\n| | |\n|---|---|\n"
    return head + "\n".join(f"| {name} | {value} |" for name, value in rows)


def speed_table() -> str:
    """The last benchmark's table with its machine."""
    results: dict[str, Any] = json.loads((ROOT / "tests/bench/results.json").read_text(encoding="utf-8"))
    machine = results["machine"]
    where = (
        f"Python {machine['python']}, NumPy {machine['numpy']}, SimPy {machine['simpy']}, kernels {machine['kernels']}"
    )
    return f"{printed(results['rows'])}\n\n{where}; processor time, median of {results['rounds']} rounds, one core."


TABLES: dict[str, Callable[[], str]] = {
    "book": book_table,
    "speed": speed_table,
    "remedies": effects.table,
    "story": story.table,
    "fit": fitted.table,
    "scale": scale.table,
    "reserve": reserved.table,
    "reserve_cost": reserve_cost.table,
    "ensemble": ensembled.table,
}


def main() -> None:
    """Write the figures between their marks in the README."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    which = sys.argv[1:] or ["book", "speed"]
    for name in which:
        table = TABLES[name]()
        mark = re.compile(rf"(<!-- figures: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = mark.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", text)
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
