"""Constant hazards give the powers of a matrix: bucket shares after n months, and the transitions in between."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import ORDERLY, RICH, columns, live, loan

COUNT = 40_000
MISS, AGAIN = 1 / 16, 1 / 2  # both exact in sixteen bits
STATES = ("current", "1_29", "30_59", "60_89", "90_plus", "charged_off")


def matrix() -> np.ndarray:
    """Current: misses with MISS. Behind: misses again with AGAIN, else pays everything. The fifth bill is the last."""
    rows = np.zeros((6, 6))
    rows[0, :2] = 1 - MISS, MISS
    for state in range(1, 5):
        rows[state, 0], rows[state, state + 1] = 1 - AGAIN, AGAIN
    rows[5, 5] = 1.0
    return rows


@pytest.fixture(scope="module")
def lived() -> object:
    product = loan(charge_off_days=120)
    terms = {"balance": 10_000_000, "limit": 10_000_000, "rate": 0.12, "remaining": 400, "due": 110_000}
    forgetful = ORDERLY.model_copy(update={"forgets_again": AGAIN})
    persons = {**RICH, "income": 10**8, "forgets": int(MISS * 65536)}
    return live(product, columns(product, COUNT, **terms), 24, persons=persons, behaviour=forgetful, due_day=15)


@pytest.mark.parametrize("months", [1, 2, 3, 6, 12, 24])
def test_bucket_shares_are_powers_of_the_matrix(lived: object, months: int) -> None:
    expected = np.linalg.matrix_power(matrix(), months)[0]
    row = months - 1
    counts = [lived.total(f"accounts_{name}")[row] for name in STATES[:-1]]  # type: ignore[attr-defined]
    counts.append(lived.total("charge_off_accounts")[:months].sum())  # type: ignore[attr-defined]
    assert sum(counts) == COUNT
    error = np.sqrt(expected * (1 - expected) / COUNT)
    assert (np.abs(np.array(counts) / COUNT - expected) <= 4.5 * error + 1e-12).all()


def test_the_rolls_that_are_noted_are_the_matrix(lived: object) -> None:
    rolls = lived.panel.rolls["loan"]["accounts"].sum(axis=0).astype(float)  # type: ignore[attr-defined]
    for state in range(1, 5):
        share = rolls[state, state + 1] / rolls[state].sum()
        assert share == pytest.approx(AGAIN, abs=4.5 * np.sqrt(AGAIN * (1 - AGAIN) / rolls[state].sum()))
    current = sum(lived.total("accounts_current")[:-1]) + COUNT  # type: ignore[attr-defined]
    assert rolls[0, 1] / current == pytest.approx(MISS, abs=4.5 * np.sqrt(MISS / current))


def test_the_published_chain() -> None:
    """Current 900/100, then 400/200/400, 100/100/100/700, 50/0/50/100/800, 200/800: charge-offs of 10,000 accounts.

    The powers of that matrix, as other packages publish them, by our own arithmetic of powers.
    """
    rows = np.array(
        [
            [0.9, 0.1, 0, 0, 0, 0],
            [0.4, 0.2, 0.4, 0, 0, 0],
            [0.1, 0.1, 0.1, 0.7, 0, 0],
            [0.05, 0, 0.05, 0.1, 0.8, 0],
            [0, 0, 0, 0, 0.2, 0.8],
            [0, 0, 0, 0, 0, 1],
        ]
    )
    lost = [10_000 * np.linalg.matrix_power(rows, months)[0, 5] for months in (6, 12, 24)]
    assert lost == pytest.approx([448.0, 2234.59490016, 4916.770876663656], rel=1e-12)
    months = np.linalg.solve(np.eye(5) - rows[:5, :5], np.ones(5))
    assert months == pytest.approx([33.638393, 23.638393, 11.138393, 4.709821, 1.25], abs=1e-6)
