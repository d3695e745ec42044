"""One row for each loan of a tape: the probability of its charge-off, when, what it costs, and how sure that is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.loans.lives import HORIZONS, Fates, Told, live_through, tape_of
from simulator.loans.smooth import smoothed
from simulator.money import CENTS
from simulator.scenario import Scenario
from simulator.tape import Tape

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
LIVES = 100  # where neither the scenario nor the caller says how many


def accounts(
    scenario: Scenario, lives: int | None = None, *, workers: int | None = None, progress: Told | None = None
) -> pd.DataFrame:
    """Every loan of the scenario's tape lived through `lives` times, with the seeds from the scenario's own upward.

    One row a loan that is granted: `id` and `row` of the tape, `issue_month`, `grade`, `term`, `amount`, `rate`;
    `probability_of_charge_off` over its life with its `standard_error`; `charged_off_by_12`, `_24`, `_36`: the same
    within so many months on book; `expected_month`: months on book at charge-off, where it comes to that;
    `expected_loss` (currency) and `expected_loss_share` (of the amount): principal written off less what is recovered;
    `simulated_share`: the plain share of the lives in which it was written off; `lives`. The probabilities are
    smoothed over what is known of the loans (see `smooth`). Money in currency units. Raises TapeError for a scenario
    without a usable tape.
    """
    tape = tape_of(scenario)
    plan = scenario.book.tape
    number = lives or (plan.lives if plan is not None else 0) or LIVES
    seeds = range(scenario.seed, scenario.seed + number)
    found = live_through(scenario, seeds, workers or os.cpu_count() or 1, progress)
    recovered = scenario.lender.products[tape.product].recoveries.share
    return _table(tape, found, recovered)


def _table(tape: Tape, found: Fates, recovered: float) -> pd.DataFrame:
    import pandas as pd

    known = characteristics(tape)
    use = tape.granted
    ever = smoothed(found.times[use], found.lives, known[use])
    within = np.array([smoothed(row[use], found.lives, known[use]).share for row in found.by])
    within = np.minimum(np.maximum.accumulate(within, axis=0), ever.share)
    amount = np.where(tape.accounts["amount"] > 0, tape.accounts["amount"], tape.accounts["balance"])[use] / CENTS
    lost = _lost_share(found.principal[use] / CENTS, found.times[use], amount, known[use])
    month = _given(found.months[use].astype(np.float64), found.times[use], known[use])
    grade = tape.labels["grade"][use] if "grade" in tape.labels else np.full(int(use.sum()), "", dtype=object)
    columns = {
        "id": tape.accounts["id"][use],
        "row": tape.accounts["row"][use],
        "issue_month": pd.to_datetime(tape.accounts["opened"][use].astype("datetime64[M]").astype("datetime64[s]")),
        "grade": grade,
        "term": tape.accounts["term"][use],
        "amount": amount,
        "rate": tape.accounts["rate"][use],
        "probability_of_charge_off": ever.share,
        "standard_error": ever.standard_error,
        **{f"charged_off_by_{horizon}": row for horizon, row in zip(HORIZONS, within, strict=True)},
        "expected_month": np.where(np.isnan(month), np.nan, month),
        "expected_loss": ever.share * lost * (1.0 - recovered) * amount,
        "expected_loss_share": ever.share * lost * (1.0 - recovered),
        "simulated_share": found.times[use] / found.lives,
        "lives": found.lives,
    }
    return pd.DataFrame(columns)


def characteristics(tape: Tape) -> Floats:
    """What the simulation knows of each loan and borrower, as columns for a regression; shape (loans, columns)."""
    size, accounts = tape.rows_used, tape.accounts
    prone = np.log(np.ones(size) if tape.proneness is None else np.maximum(tape.proneness, 1e-6))
    income = _filled(tape.known.get("income", np.full(size, np.nan)))
    service = _filled(tape.known.get("debt_service", np.full(size, np.nan)))
    bill = np.maximum(accounts["instalment"].astype(np.float64), 1.0)
    burden = np.log(np.clip(bill / np.maximum(income, 1.0), 1e-3, 1.0))
    term = np.log(np.maximum(accounts["term"], 1) / 36.0)
    opened = accounts["opened"].astype("datetime64[M]").astype(np.float64)
    month = np.where(np.isnat(accounts["opened"]), np.nan, opened) - 37 * 12.0  # from January 2007
    month = _filled(month)
    knots = [np.maximum(month - knot, 0.0) for knot in range(0, 240, 6) if month.min() < knot < month.max()]
    earned = np.log(np.maximum(income, 1.0))
    size_of = np.log(np.maximum(accounts["balance"].astype(np.float64), 1.0))
    rate = _filled(accounts["rate"])
    columns = [prone, prone**2, prone**3, burden, burden**2, service, service**2, earned, earned**2]
    columns += [size_of, rate, term, *(np.maximum(earned - knot, 0.0) for knot in _bends(earned, 9))]
    columns += [prone * burden, prone * term, burden * term, service * burden, prone * month, month, *knots]
    return np.column_stack(columns)


def _bends(values: Floats, number: int) -> list[float]:
    """Where a line of this quantity may bend: at its inner quantiles."""
    inner = np.quantile(values, np.linspace(0.0, 1.0, number + 2)[1:-1])
    return sorted({float(knot) for knot in inner if values.min() < knot < values.max()})


def _filled(values: npt.ArrayLike) -> Floats:
    """Unknown values as the median."""
    found = np.asarray(values, dtype=np.float64)
    unknown = np.isnan(found)
    if unknown.all():
        return np.zeros(found.size)
    return np.where(unknown, np.nanmedian(found), found) if unknown.any() else found


def _lost_share(principal: Floats, times: npt.NDArray[np.int64], amount: Floats, known: Floats) -> Floats:
    """The share of the amount that is lost where it comes to a charge-off."""
    return np.clip(_given(principal / np.maximum(amount, 0.01), times, known), 0.0, 1.0)


def _given(total: Floats, times: npt.NDArray[np.int64], known: Floats) -> Floats:
    """The mean of something over the charge-offs of each loan, by a weighted linear regression on what is known."""
    if not times.any():
        return np.full(times.size, np.nan)
    spread = known.std(axis=0)
    columns = (known - known.mean(axis=0))[:, spread > 1e-12] / spread[spread > 1e-12]
    design = np.column_stack([np.ones(times.size), columns])
    weighted = design * times[:, None]
    square = weighted.T @ design + np.eye(design.shape[1]) * 1e-3 * times.sum() / 100.0
    return np.asarray(design @ np.linalg.solve(square, design.T @ total))
