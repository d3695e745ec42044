"""Payment statuses over many lives: the transitions to be expected, free of the luck of a single run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from simulator import tape as tapes
from simulator.clock import Clock
from simulator.ensemble.tasks import Parcel, Task, unpacked
from simulator.ensemble.workers import Told, pool
from simulator.errors import EnsembleError, ScenarioError
from simulator.money import Cents
from simulator.run import pay_order, run
from simulator.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

LIVES = 20  # where nobody says how many, and the book is not large or the span not long
CHEAP = 20_000 * 24  # accounts x months of which that many lives are lived unasked
AT_ONCE = 32  # lives whose transitions are held at a time


def payment_statuses(
    scenario: Scenario, lives: int | None = None, *, workers: int | None = None, progress: Told | None = None
) -> pd.DataFrame:
    """Accounts by payment status, as the mean over `lives` runs with the seeds from the scenario's own upward.

    The columns are those of a run's `payment_statuses` (see `panel.statuses`): `month`, `product`, `start_status`,
    `from_status`, `to_status`, `accounts` (the mean) and `lives`; paths that an account has taken in any life. The
    luck left in a mean is that of one run over the root of `lives`. Without `lives` as many as `usual_lives` says.
    The answer is the same to the last digit for any number of `workers`. Raises ScenarioError for a scenario that
    follows no payment habits, EnsembleError where fewer than one life is asked for.
    """
    from simulator.panel.statuses import mean_frame

    if not follows_habits(scenario):
        raise ScenarioError("lender.behaviour.habits: the scenario follows no payment habits, so there are no statuses")
    number = usual_lives(scenario) if lives is None else lives
    if number < 1:
        raise EnsembleError(f"lives: {number} given; at least 1 is wanted")
    summed = _lived_through(scenario, number, workers or os.cpu_count() or 1, progress)
    return mean_frame(Clock(scenario.span.start, scenario.span.months), summed, number)


def follows_habits(scenario: Scenario) -> bool:
    """Whether payment statuses are kept: habits are given, and there is a card to follow them."""
    cards = any(product.kind == "card" for product in scenario.lender.products.values())
    return cards and scenario.lender.behaviour.habits is not None


def usual_lives(scenario: Scenario) -> int:
    """How many lives are lived where nobody says: 20, fewer in proportion beyond 20,000 accounts over 24 months."""
    book, months = scenario.book, scenario.span.months
    accounts = book.borrowers if book.tape is None else tapes.read(book.tape).rows_used
    months += book.warm_up if book.tape is None else 0
    return max(min(LIVES, LIVES * CHEAP // max(accounts * months, 1)), 1)


def lived(parcel: Parcel, seed: int) -> dict[str, Cents]:
    """Transitions of one life by product, those of the span; shape (months, eve, before, now)."""
    record = run(unpacked(parcel), seed, unshocked=False).record
    return {name: counts[record.clock.warm_up :].astype(np.int64) for name, counts in record.statuses.items()}


def _lived_through(scenario: Scenario, lives: int, workers: int, told: Told | None) -> dict[str, Cents]:
    """Summed over lives; whole numbers, so that the order in which they are done is all one."""
    tell = told or (lambda what, done, total: None)
    what, parcel, found, done = "living the accounts again and again", Parcel.of(scenario), dict[str, Cents](), 0
    seeds = range(scenario.seed, scenario.seed + lives)
    tell(what, 0, lives)
    with pool(min(workers, lives)) as crew:
        for first in range(0, lives, AT_ONCE):
            tasks = [Task(0, seed) for seed in seeds[first : first + AT_ONCE]]
            for _, life in crew.live([parcel], tasks, lived):
                for name, counts in life.items():
                    found[name] = found[name] + counts if name in found else counts
                done += 1
                tell(what, done, lives)
    return {name: found[name] for name in pay_order(scenario) if name in found}
