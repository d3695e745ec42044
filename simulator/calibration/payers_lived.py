"""Payment habits corrected for what want of money does on top of them: the book is lived, and compared with the tape.

A tape shows payments as they were made, shocks and all. In a run the household's shocks act on top of the habits, so
the habits must stand for what would be paid with the money at hand: the chances of each step are moved, alike for
all kinds, until the run's roll rates are those of the accounts fitted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.calibration.payers import SIZE, Whole, centred
from simulator.habits import Table, states_of
from simulator.run import run
from simulator.scenario import Scenario

Floats = npt.NDArray[np.float64]
SEEDS = (11, 12, 13)
FEW = 10.0  # accounts' worth of belief that a month is as the others
LIMITS = (0.25, 4.0)  # by which a weight or factor is moved at most in a round


def lived_statuses(scenario: Scenario, seed: int, *, from_start: bool = False) -> Whole:
    """Accounts of a run by month, status before and status after; shape (months, from, to), places in STATES.

    Beyond them one more place: written off. `from_start` counts from the eve of the span instead of the last close.
    """
    result = run(scenario, seed, unshocked=False)
    (counts,) = result.record.statuses.values()
    steps = counts.sum(axis=2 if from_start else 1)
    place = np.append(states_of(np.arange(counts.shape[1] - 1, dtype=np.int8)), SIZE)
    into = np.eye(SIZE + 1, dtype=np.int64)[place[1:]]  # (labels, places)
    return np.asarray(np.einsum("mab,ac,bd->mcd", steps[:, 1:, 1:], into, into))


def through_the_engine(
    table: Table,
    starts: Sequence[Scenario],
    paths: Whole,
    months: Sequence[int],
    rounds: int = 4,
    seeds: tuple[int, ...] = SEEDS,
) -> Table:
    """Habits with which a month's run from each start has the accounts' roll rates.

    `starts` are the scenario begun from each month of `paths` but the last; `paths` are the statuses of its tape's
    accounts, shape (accounts, months), `months` their numbers. Each round is a run of a month for each start and seed.
    """
    seen = np.zeros((len(starts), SIZE, SIZE))
    for month in range(len(starts)):
        known = (paths[:, month] >= 0) & (paths[:, month + 1] >= 0)
        np.add.at(seen[month], (paths[known, month], paths[known, month + 1]), 1)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            file = Path(folder) / f"habits_{number}.csv"
            lived = [with_habits(start, table, file) for start in starts]
            counts = np.array([np.sum([lived_statuses(start, seed)[0] for seed in seeds], axis=0) for start in lived])
            table = moved(table, months[1 : len(starts) + 1], seen, counts[:, :SIZE, :SIZE] * 1.0)
    return table


def with_habits(scenario: Scenario, table: Table, file: Path) -> Scenario:
    """The scenario with these habits, written to a file."""
    file.write_text(table.written(), encoding="utf-8")
    behaviour = scenario.lender.behaviour
    assert behaviour.habits is not None, "the scenario follows no habits"
    habits = behaviour.habits.model_copy(update={"file": str(file)})
    lender = scenario.lender.model_copy(update={"behaviour": behaviour.model_copy(update={"habits": habits})})
    return scenario.model_copy(update={"lender": lender})


def moved(table: Table, months: Sequence[int], seen: Floats, lived: Floats) -> Table:
    """Weights and factors by observed over lived transitions; shapes (months, from, to).

    What all months together say moves the weights, what a month says beyond that its factors, the less the fewer the
    accounts.
    """
    rows = seen.sum(axis=2, keepdims=True)
    shares = np.divide(seen, rows, out=np.zeros_like(seen), where=rows > 0)
    wanted = shares * lived.sum(axis=2, keepdims=True)
    usual = _over(wanted.sum(axis=0), lived.sum(axis=0))
    single = _over(wanted + FEW * usual, lived + FEW) / usual
    factors = np.array([table.factors[month] for month in months]) * single
    weights = table.weights * usual
    weights, factors = centred(weights / weights.sum(axis=2, keepdims=True), factors)
    return Table(weights, table.shares, {**table.factors, **dict(zip(months, factors, strict=True))})


def _over(wanted: Floats, lived: Floats) -> Floats:
    """What is wanted over what is there, within limits; one where there is nothing of either."""
    there = (wanted > 0) & (lived > 0)
    return np.asarray(np.clip(np.divide(wanted, lived, out=np.ones_like(lived), where=there), *LIMITS))
