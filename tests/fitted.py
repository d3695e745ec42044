"""The README's account of the fit: the variants tried with their scores, and every fitted parameter.

Both tables are read from what `loanbook calibrate` wrote: the log of variants and the `fit:` section of the scenario.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
LOG = SCENARIOS / "targets" / "us_cards_variants.csv"


def table() -> str:
    """Both tables, one after the other."""
    return f"{variants_table()}\n\n{estimates_table()}"


def variants_table() -> str:
    """Every variant of the log that was fitted to losses: window, error on it, error on what was held out."""
    heads = "| variant | fitted on | rmse there | held out | rmse there | borrowers x seeds |"
    rows = [heads, "|---|---|--:|---|--:|--:|"]
    with open(LOG, encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            if line["target"] != "losses":
                continue
            held = f"{line['hold_out_from']} to {line['hold_out_to']}" if line["hold_out_from"] else ""
            size = f"{int(line['borrowers']):,} x {line['seeds']}"
            cells = (line["variant"], f"{line['from']} to {line['to']}", _two(line["fit_rmse"]), held)
            rows.append(f"| {' | '.join(cells)} | {_two(line['hold_out_rmse'])} | {size} |")
    return "\n".join(rows)


def estimates_table() -> str:
    """Every parameter of the fitted scenario: value, interval, prior, what set it, source."""
    with open(SCENARIOS / "us_cards_history.yaml", encoding="utf-8") as stream:
        fit: dict[str, Any] = yaml.safe_load(stream)["fit"]
    rows = ["| parameter | value | 90% interval | prior, 90% | set by | prior's source |", "|---|--:|--:|--:|---|---|"]
    for path, each in fit["parameters"].items():
        interval, prior = (f"{each[f'{end}low']:.3g} to {each[f'{end}high']:.3g}" for end in ("", "prior_"))
        rows.append(f"| `{path}` | {each['value']:.3g} | {interval} | {prior} | {each['set_by']} | {each['source']} |")
    return "\n".join(rows)


def _two(number: str) -> str:
    return f"{float(number):.2f}" if number else ""
