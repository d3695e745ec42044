"""Courses, advice, reminders and autopay: more of it does more, none does nothing, and no sooner than it starts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_worlds import BUSY, everybody, laid_over, ran

from simulator.policies.financial_education import fading

WORLD = laid_over(
    BUSY, {"book.borrowers": 2500, "book.segments": [], "book.warm_up": 9, "world.economy.unemployment": 5.0}
)
NOUGHT: dict[str, dict[str, Any]] = {
    "reminders": {"effect": 0.0},
    "autopay": {"reach": 0.0},
    "financial_education": {"attention_gain": 0.0, "spending_cut": 0.0},
    "budgeting_help": {"freed": 0.0, "card_cut": 0.0},
}
STRONGER: list[tuple[str, str, tuple[float, ...], str]] = [
    ("reminders", "effect", (0.0, 0.4, 1.0), "overdue_1_29"),
    ("reminders", "reach", (0.0, 0.5, 1.0), "fees"),
    ("autopay", "reach", (0.0, 0.4, 1.0), "overdue_1_29"),
    ("financial_education", "attention_gain", (0.0, 0.5, 1.0), "fees"),
    ("financial_education", "spending_cut", (0.0, 0.2, 0.8), "overdue_30_59"),
    ("financial_education", "reach", (0.0, 0.5, 1.0), "overdue_1_29"),
    ("budgeting_help", "freed", (0.0, 0.3, 0.9), "overdue_30_59"),
    ("budgeting_help", "card_cut", (0.0, 0.3, 0.9), "balance"),
]


def lived(policy: str | None = None, **values: Any) -> pd.DataFrame:
    changes = {} if policy is None else {"lender.policies.it": {"kind": policy, **values}}
    return everybody(ran(changes, WORLD))


def without_costs(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop(columns=["policy_cost", "profit"])


@pytest.mark.parametrize("policy", NOUGHT)
def test_strength_nought_changes_not_a_cent(policy: str) -> None:
    idle = lived(policy, starts="2026-03", **NOUGHT[policy])
    assert without_costs(idle).equals(without_costs(lived()))


@pytest.mark.parametrize("policy", NOUGHT)
def test_before_its_start_and_after_nothing(policy: str) -> None:
    dated, never = lived(policy, starts="2026-06", reach=1.0), lived()
    before = dated.index < "2026-06-01"
    assert dated[before].equals(never[before])
    assert not dated[~before].equals(never[~before])


@pytest.mark.parametrize(("policy", "lever", "values", "measure"), STRONGER)
def test_more_does_more(policy: str, lever: str, values: tuple[float, ...], measure: str) -> None:
    base = {"reach": 1.0} if lever != "reach" else {}
    base |= {"attention_gain": 0.8} if policy == "financial_education" and lever == "reach" else {}
    seen = [float(lived(policy, starts="2026-02", **{**base, lever: value})[measure].sum()) for value in values]
    assert seen[0] > seen[1] > seen[2]


def test_each_person_is_asked_once_and_paid_for_once() -> None:
    result = ran({"lender.policies.it": {"kind": "financial_education", "starts": "2026-03", "cost_each": 10.0}}, WORLD)
    deeds = result.policies[result.policies["policy"] == "it"].set_index("month")
    assert deeds["number"].iloc[2] > 500
    assert deeds["number"].iloc[3:].max() < 100  # newcomers only
    assert (deeds["cost"] == 10.0 * deeds["number"]).all()


def test_the_effect_of_a_course_halves() -> None:
    left = fading(18.0)
    assert left[0] == 1.0
    assert left[18] == pytest.approx(0.5)
    assert (np.diff(left) < 0.0).all()
