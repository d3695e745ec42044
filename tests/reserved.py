"""README's table of reserves, from the folder that `loanbook reserve planner_2026` leaves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "runs" / "reserve_planner_2026"
COMMAND = "loanbook reserve planner_2026"
HEAD = (
    "| rule | allowance on the first day, of balance | highest | half-way up, months before charge-offs peak "
    "| covers 12 months | needed for 95% of paths, of balance | covers the life |\n|---|--:|--:|--:|--:|--:|--:|"
)


def table() -> str:
    """What each rule sets aside, how early, and how often it is enough."""
    if not FOLDER.is_dir():
        raise SystemExit(f"{FOLDER.relative_to(ROOT)} is not there: {COMMAND}")
    months = pd.read_parquet(FOLDER / "reserve.parquet")
    enough = pd.read_csv(FOLDER / "enough.csv").set_index(["rule", "horizon"])
    timing = pd.read_csv(FOLDER / "timing.csv").set_index("rule")
    whole = months[(months["segment"] == "all") & (months["label"] == "all")]
    rows = []
    for rule, held in whole.groupby("rule", sort=False):
        year, life, balance = enough.loc[(rule, "12 months")], enough.loc[(rule, "life")], held["balance"].iloc[0]
        cells = [
            str(rule).replace("_", " "),
            f"{held['coverage'].iloc[0]:.2%}",
            f"{held['coverage'].max():.2%}",
            f"{timing.loc[rule, 'months_ahead']:.0f}",
            f"{year['covered']:.0%} ± {year['covered_standard_error']:.0%}",
            f"{year['needed_95'] / balance:.2%}",
            f"{life['covered']:.0%} ± {life['covered_standard_error']:.0%}",
        ]
        rows.append("| " + " | ".join(cells) + " |")
    paths = int(enough["paths"].iloc[0])
    return f"`{COMMAND}`, {paths} paths (then `python -m tests.figures reserve`):\n\n{HEAD}\n" + "\n".join(rows)
