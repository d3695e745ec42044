"""What the panel and the ledger remember of the warm-up, as named arrays, and back into those of another span."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.panel import Panel
from simulator.panel.deeds import Deeds
from simulator.setting import Setting
from simulator.state import State

Arrays = Mapping[str, npt.NDArray[Any]]
Values = dict[str, Any]
BY_MONTH = ("economy", "weather", "spells")


def memory_of(state: State) -> tuple[dict[str, npt.NDArray[Any]], Values]:
    """The months of the warm-up and what is still expected of its charge-offs; names in plain values."""
    panel, ledger, months = state.panel, state.ledger, state.panel.clock.warm_up
    found: dict[str, npt.NDArray[Any]] = {f"panel.{name}": getattr(panel, name)[:months] for name in BY_MONTH}
    found["panel.people"] = np.array([cells[:months] for cells in panel.people.values()])
    for product in panel.products:
        found[f"panel.cells.{product}"] = np.array([cells[:months] for cells in panel.cells[product].values()])
        found[f"panel.rolls.{product}"] = np.array([moves[:months] for moves in panel.rolls[product].values()])
        found |= {f"vintages.{product}.{name}": table for name, table in panel.vintages[product].items()}
        found[f"ledger.opening.{product}"] = ledger.opening[product]
        found[f"ledger.expected.{product}"] = ledger.expected[product][months:]
    found |= {f"statuses.{name}": counts[:months] for name, counts in panel.statuses.items()}
    found["panel.lender"] = np.array([figures[:months] for figures in panel.lender.values()])
    found["panel.weights"] = np.array([figures[:months] for figures in panel.weights.values()])
    found |= {f"deeds.{name}": deeds.months[:months] for name, deeds in panel.deeds.items()}
    names = {"lender": list(panel.lender), "weights": list(panel.weights), "statuses": list(panel.statuses)}
    return found, names


def remember(state: State, setting: Setting, arrays: Arrays, names: Values) -> None:
    """Put the warm-up's months into an empty panel and ledger, whatever the length of their span."""
    panel, ledger, months = state.panel, state.ledger, state.panel.clock.warm_up
    rows = months + panel.clock.months
    for name in BY_MONTH:
        getattr(panel, name)[:months] = arrays[f"panel.{name}"]
    for cells, kept in zip(panel.people.values(), arrays["panel.people"], strict=True):
        cells[:months] = kept
    for product in panel.products:
        for cells, kept in zip(panel.cells[product].values(), arrays[f"panel.cells.{product}"], strict=True):
            cells[:months] = kept
        for moves, kept in zip(panel.rolls[product].values(), arrays[f"panel.rolls.{product}"], strict=True):
            moves[:months] = kept
        _remember_vintages(panel, product, arrays, months)
        ledger.opening[product] = arrays[f"ledger.opening.{product}"].copy()
        expected = arrays[f"ledger.expected.{product}"]
        coming = ledger.expected[product][months:]
        least = min(len(expected), len(coming))
        coming[:least] = expected[:least]
    for name in names["statuses"]:
        counts = arrays[f"statuses.{name}"]
        panel.statuses[name] = np.zeros((rows, *counts.shape[1:]), counts.dtype)
        panel.statuses[name][:months] = counts
    for what in ("lender", "weights"):
        for name, kept in zip(names[what], arrays[f"panel.{what}"], strict=True):
            figures = np.zeros(rows)
            figures[:months] = kept
            getattr(panel, what)[name] = figures
    for name, policy in setting.policies.items():
        panel.deeds[name] = Deeds.of(policy, rows)
        if f"deeds.{name}" in arrays:
            panel.deeds[name].months[:months] = arrays[f"deeds.{name}"]


def _remember_vintages(panel: Panel, product: str, arrays: Arrays, months: int) -> None:
    """Cohorts by the month they were opened; those from before the run share the last row, wherever it stands.

    In that row ages beyond the last month of a run stand in its last place.
    """
    for name, table in panel.vintages[product].items():
        kept = arrays[f"vintages.{product}.{name}"]
        if table.ndim == 1:
            table[:months] = kept[:months]
            continue
        table[:months, :months] = kept[:months, :months]
        least = min(len(table), len(kept))
        table[-1, :least] = kept[-1, :least]
        table[-1, -1] += kept[-1, least:].sum()
