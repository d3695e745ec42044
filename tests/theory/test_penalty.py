"""Penalty interest: where the legal cap binds by arithmetic, and how deep arrears must be for the spiral to matter."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.products import Instalment
from simulator.run import Setting, _begin, _live
from tests.small_worlds import BUSY, laid_over, scenario

CAP, MULTIPLE = 0.24, 1.5


@pytest.mark.parametrize(
    ("contract", "overdue"),
    [
        (0.15, 0.225),  # 15% x 1.5 = 22.5%, below the cap
        (0.16, 0.24),  # the contract rate above which the cap binds
        (0.18, 0.24),  # 27% without it
        (0.1825, 0.24),  # 0.05% a day x 365; x 1.5 = 0.075% a day = 27.375%
        (0.20, 0.24),  # 30% without it
        (0.2398, 0.24),  # the partner channel: 36% without it
        (0.26, 0.26),  # a contract above the cap keeps its own rate, and bears nothing on top
    ],
)
def test_the_cap_binds_where_arithmetic_says(contract: float, overdue: float) -> None:
    product = Instalment(penalty_multiple=MULTIPLE, legal_cap=CAP)
    assert product.dear(np.array([contract]))[0] == pytest.approx(overdue, abs=1e-12)
    free = Instalment(penalty_multiple=MULTIPLE, legal_cap=None)
    assert free.dear(np.array([contract]))[0] == pytest.approx(contract * MULTIPLE, abs=1e-12)


def test_penalty_on_one_missed_instalment_by_hand() -> None:
    """1,000 overdue, all of it principal, at 18%: 0.15 x 18% + nothing on interest; capped it is 6% a year on top."""
    overdue = np.array([100_000])
    capped = Instalment(penalty_multiple=MULTIPLE, legal_cap=CAP)
    assert capped.penalty_on(overdue, overdue, np.array([0.18])).tolist() == [500]  # (24% - 18%) / 12 of 1,000.00
    free = Instalment(penalty_multiple=MULTIPLE)
    assert free.penalty_on(overdue, overdue, np.array([0.18])).tolist() == [750]  # (27% - 18%) / 12


def shares(multiple: float, cap: float | None) -> dict[int, float]:
    """Penalty and fees as a share of all that is overdue on loans, by bills missed, after a hard year and a half."""
    loan = {
        "kind": "instalment",
        "terms": {36: 1.0},
        "penalty_multiple": multiple,
        "legal_cap": cap,
        "charge_off_days": 360,
    }
    world = scenario(laid_over(BUSY, {"lender.products": {"loan": loan}, "book.borrowers": 6000, "book.warm_up": 12}))
    setting = Setting.of(world, 1)
    state = _begin(setting, None)
    _live(setting, state, setting.paths(shocked=False), -12, 0, True, False, None)
    _live(setting, state, setting.paths(shocked=True), 0, 18, False, False, None)
    costs, owed = dict.fromkeys(range(1, 13), 0), dict.fromkeys(range(1, 13), 0)
    for block in state.book.blocks:
        accounts = block.accounts["loan"]
        arrears = accounts.arrears
        for missed, cost, bills in zip(
            accounts.missed[arrears.rows], arrears.penalty + arrears.fees, arrears.overdue, strict=True
        ):
            costs[int(missed)] = costs.get(int(missed), 0) + int(cost)
            owed[int(missed)] = owed.get(int(missed), 0) + int(cost + bills)
    return {missed: costs[missed] / owed[missed] for missed in costs if owed[missed]}


def test_the_spiral_is_small_for_few_missed_bills_and_grows_with_depth() -> None:
    capped, free = shares(MULTIPLE, CAP), shares(MULTIPLE, None)
    assert free[1] < 0.01
    deep = [missed for missed in free if missed >= 6]
    assert deep
    assert min(free[missed] for missed in deep) > 3 * free[2]
    assert all(free[missed] > capped[missed] for missed in deep if missed in capped)
    plain = shares(1.0, None)  # no multiple: unpaid interest alone bears interest
    assert all(plain[missed] < free[missed] / 2 for missed in deep if missed in plain)
