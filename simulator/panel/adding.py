"""The panels of a book's shards as one: what was counted adds up, what is a share or a mean is weighed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulator.panel.deeds import Deeds
from simulator.panel.defaults import Defaults
from simulator.panel.record import Panel
from simulator.panel.written_off import WrittenOff

Floats = npt.NDArray[np.float64]
BY_ACCOUNTS = ("trust",)  # of the lender's figures, those weighed by the accounts of each shard
Tables = dict[str, dict[str, npt.NDArray[np.int64]]]


def added(parts: Sequence[Panel]) -> Panel:
    """The whole book's panel from those of all its shards, in order, each of the same calendar, products and segments.

    Counts and money add up to the cent. Of the lender's figures `trust` is the mean over accounts, `mean_wait_days`
    over accounts called, `seats_used` over the seats' hours. Economy and prices are the same in every shard.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    clock, costs, rate = first.clock, first.costs, first.policy_rate
    whole = Panel(clock, first.products, first.cuts, first.labels, first.segments, costs, rate)
    for part in parts:
        _add(whole.cells, part.cells)
        _add(whole.rolls, part.rolls)
        _add(whole.vintages, part.vintages)
        _add({"": whole.people}, {"": part.people})
        whole.spells += part.spells
        for name, counts in part.statuses.items():
            whole.statuses[name] = whole.statuses[name] + counts if name in whole.statuses else counts.copy()
    whole.statuses = {name: whole.statuses[name] for name in whole.products if name in whole.statuses}
    whole.economy, whole.weather = first.economy.copy(), first.weather.copy()
    names = dict.fromkeys(name for part in parts for name in part.lender)
    whole.lender = {name: _figure(name, parts) for name in names}
    whole.weights = {name: np.sum([part.weights[name] for part in parts], axis=0) for name in first.weights}
    causes = next((part.defaults.causes for part in parts if part.defaults.causes), ())
    whole.defaults = Defaults(causes, [table for part in parts for table in part.defaults.parts])
    whole.deeds = {name: _deeds([part.deeds[name] for part in parts]) for name in first.deeds}
    if any(part.written_off is not None for part in parts):
        fates = (part.written_off for part in parts)
        whole.written_off = WrittenOff([table for each in fates if each is not None for table in each.parts])
    return whole


def _add(whole: Tables, part: Tables) -> None:
    for product, tables in whole.items():
        for name, table in tables.items():
            table += part[product][name]


def _figure(name: str, parts: Sequence[Panel]) -> Floats:
    """A figure of the lender as a whole; shape (months,)."""
    nothing = np.zeros(len(parts[0].economy))
    figures = np.array([part.lender.get(name, nothing) for part in parts])
    if name in BY_ACCOUNTS:
        weights = np.array([sum(part.total(product, "accounts") for product in part.products) for part in parts])
    elif name in parts[0].weights:
        weights = np.array([part.weights.get(name, nothing) for part in parts])
    else:
        return np.asarray(figures.sum(axis=0))
    even = np.where(weights.sum(axis=0) > 0, weights, 1.0)
    return np.asarray((figures * even).sum(axis=0) / even.sum(axis=0))


def _deeds(parts: Sequence[Deeds]) -> Deeds:
    """What one policy did in all shards; it is in force in all of them or in none."""
    months: npt.NDArray[np.int64] = np.array([part.months for part in parts]).sum(axis=0)
    months[:, 0] = parts[0].months[:, 0]
    return Deeds(parts[0].kind, parts[0].state, months)
