"""How often the stated 95% intervals of an ensemble hold: 1,000 small ensembles of real runs, whose truth is known.

`python -m tests.intervals` prints the table (`--runs N` for a smaller pool). A pool of tiny runs is lived once; each
ensemble draws its runs from the pool, with replacement, so that the pool itself is the distribution they estimate. The
rule that stops at a wanted precision is tried the same way, and so are crossed ensembles, which draw worlds and seeds.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.draws import Draws, mix
from simulator.ensemble import Estimated, World, distribution, expected_shortfall, mean, quantile, value_at_risk
from simulator.ensemble.crossed import design_of
from simulator.ensemble.order import quantile_of
from simulator.ensemble.precision import looked_at, next_seeds, precision_of
from simulator.scenario import Scenario, from_dict

Floats = npt.NDArray[np.float64]
ENSEMBLES, POOL = 1_000, 1_000
WORLDS, SEEDS = 30, 30  # of the crossed pool
METRIC = "net_loss"
UNEMPLOYMENT = "world.economy.unemployment"


@dataclass(frozen=True)
class Row:
    """One statistic: what an ensemble was made of, how many of the intervals held, and how many could be told."""

    statistic: str
    ensemble: str
    held: float
    told: float

    def __str__(self) -> str:
        return f"| {self.statistic} | {self.ensemble} | {100 * self.held:.1f}% | {100 * self.told:.0f}% |"


def scenario() -> Scenario:
    """A tiny book with cards and loans through a rise of unemployment: its losses lean to the right."""
    body: dict[str, Any] = {
        "name": "tiny",
        "span": {"start": "2026-01", "months": 6},
        "book": {"recipe": "us", "borrowers": 300, "warm_up": 6, "due_days": [5], "segments": []},
        "world": {"economy": {"unemployment": {"baseline": 5.0, "2026-02": 8.0}}, "shocks": {"expense": {}}},
        "lender": {"products": {"card": {}, "instalment": {}}},
    }
    return from_dict(body)


def picks(purpose: str, number: int, count: int, of: int) -> npt.NDArray[np.int64]:
    """So many places of a pool, with replacement, that belong to a purpose and a number."""
    luck = Draws(1).uniform(purpose, number, mix(np.arange(count, dtype=np.int64)))
    return np.minimum((luck * of).astype(np.int64), of - 1)


def truth_of(statistic: str, level: float, pool: Floats) -> float:
    """What a statistic is of the pool as a whole."""
    ordered = np.sort(pool.reshape(-1))
    if statistic == "mean":
        return float(ordered.mean())
    at_risk = quantile_of(ordered, np.full(ordered.size, 1.0 / ordered.size), level)
    if statistic == "quantile":
        return at_risk
    return at_risk + float(np.maximum(ordered - at_risk, 0.0).mean()) / (1.0 - level)


def counted(name: str, ensemble: str, truth: float, estimate: Callable[[int], Estimated]) -> Row:
    """How many of 1,000 intervals hold the truth, of those that can be told."""
    found = [estimate(number) for number in range(ENSEMBLES)]
    told = [each for each in found if math.isfinite(each.half_width)]
    held = sum(each.low <= truth <= each.high for each in told)
    return Row(name, ensemble, held / max(len(told), 1), len(told) / len(found))


def of_seeds(pool: Floats) -> list[Row]:
    """Ensembles of seeds alone."""
    rows = []
    for name, statistic, level, runs, what in (
        ("mean", "mean", 0.0, 20, mean),
        ("mean", "mean", 0.0, 100, mean),
        ("median", "quantile", 0.5, 50, lambda values: quantile(values, 0.5)),
        ("90% quantile", "quantile", 0.9, 100, lambda values: quantile(values, 0.9)),
        ("95% value at risk", "quantile", 0.95, 200, lambda values: value_at_risk(values, 0.95)),
        ("90% expected shortfall", "shortfall", 0.9, 150, lambda values: expected_shortfall(values, 0.9)),
        ("95% expected shortfall", "shortfall", 0.95, 300, lambda values: expected_shortfall(values, 0.95)),
    ):
        estimate = _drawing(pool, runs, what)
        rows.append(counted(name, f"{runs} seeds", truth_of(statistic, level, pool), estimate))
    return rows


def _drawing(pool: Floats, runs: int, what: Callable[[Floats], Estimated]) -> Callable[[int], Estimated]:
    return lambda number: what(pool[picks(f"runs {runs}", number, runs, pool.size)])


def stopped(pool: Floats) -> list[Row]:
    """Ensembles that end when a wanted precision is reached."""
    rows = []
    for text, name, first, truth in (
        (f"{METRIC} 10%", "mean", 20, truth_of("mean", 0.0, pool)),
        (f"{METRIC} 5%", "mean", 20, truth_of("mean", 0.0, pool)),
        (f"{METRIC} q90 10%", "90% quantile", 36, truth_of("quantile", 0.9, pool)),
    ):
        asked, seeds = precision_of(text), []

        def until_sure(number: int, asked: Any = asked, first: int = first, seeds: list[int] = seeds) -> Estimated:
            luck = pool[picks("stopped", number, 5_000, pool.size)]
            rounds, count, before = [], first, 0
            while count > before:
                found = asked.estimate(luck[:count])
                rounds.append(looked_at(asked, found, count))
                before, count = count, next_seeds(rounds, luck.size)
            seeds.append(count)
            return found

        row = counted(f"{name}, stopped at {text.split()[-1]}", "", truth, until_sure)
        rows.append(Row(row.statistic, f"{np.mean(seeds):.0f} seeds on average", row.held, row.told))
    return rows


def of_worlds(pool: Floats) -> list[Row]:
    """Ensembles of worlds and seeds, drawn from a table of all worlds with all seeds."""
    rows, crossed = [], design_of((10, 1, 20))

    def table(number: int) -> Floats:
        worlds = picks("worlds", number, 10, pool.shape[0])
        return pool[worlds][:, picks("seeds", number, 20, pool.shape[1])][:, None, :]

    for name, statistic, level, what in (
        ("mean", "mean", 0.0, lambda values: mean(values, crossed)),
        ("median", "quantile", 0.5, lambda values: quantile(values, 0.5, crossed)),
    ):
        estimate = _of_table(table, what)
        rows.append(counted(name, "10 worlds x 20 seeds", truth_of(statistic, level, pool), estimate))
    return rows


def _of_table(table: Callable[[int], Floats], what: Callable[[Floats], Estimated]) -> Callable[[int], Estimated]:
    return lambda number: what(table(number))


def main() -> None:
    """Live the pools and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=POOL, help="runs in the pool")
    runs, workers = parser.parse_args().runs, os.cpu_count() or 1
    pool = distribution(scenario(), seeds=runs, workers=workers).flat(METRIC)
    levels = [
        World(f"peak {peak:g}", 1.0, {f"{UNEMPLOYMENT}.2026-02": peak}) for peak in np.linspace(5.0, 16.0, WORLDS)
    ]
    crossed = distribution(scenario(), worlds=levels, seeds=SEEDS, workers=workers).figures[METRIC][:, 0, :]
    print("| statistic of the net loss | each ensemble | intervals that hold | could be told |")
    print("|---|---|--:|--:|")
    for row in (*of_seeds(pool), *stopped(pool), *of_worlds(crossed)):
        print(row)


if __name__ == "__main__":
    main()
