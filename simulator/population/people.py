"""The people of a book: one row a borrower, one array a quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Money = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Shorts = npt.NDArray[np.int16]


@dataclass
class People:
    """Borrowers as they are on day 0; arrays of equal length. Money in whole cents, shares 0..1."""

    id: Ids
    age: Shorts  # years
    income: Money  # cents a month, take-home, of the household
    essential: Money  # cents a month: rent, food, power, transport, and debt service owed elsewhere
    savings: Money  # cents, liquid
    target: Money  # cents: the savings the household rebuilds to
    earner_share: Floats  # share of the household's income that goes when the job is lost
    sector: Codes  # number in the recipe's list of sectors
    region: Codes  # number in the recipe's list of regions
    education: Codes  # number in the recipe's list of educations
    income_quintile: Codes  # 0 the poorest fifth .. 4 the richest
    debt_service: Floats  # what is paid each month on debts elsewhere, as a share of income
    literacy: Floats  # financial literacy, 0..1
    score: Shorts  # credit score
    pay_share: Floats  # share of the card statement paid: 1 transactor, 0 minimum payer
    desired_use: Floats  # share of the card limit the borrower tends to use
    desired_loan: Floats  # loan wanted, in months of income
    forgets: Floats  # chance a month to forget a due date when not on autopay
    autopay: npt.NDArray[np.bool_]
    counted: list[dict[str, Any]] = field(default_factory=list)  # values clipped: what, number, money, why

    def __len__(self) -> int:
        return int(self.id.size)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Every column by its name."""
        return {name: getattr(self, name) for name in COLUMNS}

    def take(self, rows: npt.NDArray[Any]) -> People:
        """Some of the people, in the order given (numbers or a mask); the counts stay with the whole."""
        columns: dict[str, Any] = {name: column[rows] for name, column in self.arrays().items()}
        return People(**columns)

    @classmethod
    def join(cls, parts: Sequence[People]) -> People:
        """Several groups of people as one; what was counted adds up."""
        columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
        joined = cls(**columns)
        joined.counted = added([entry for part in parts for entry in part.counted])
        return joined


COLUMNS: tuple[str, ...] = tuple(entry.name for entry in fields(People) if entry.name != "counted")


def added(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counts of the same thing as one count: numbers and money added."""
    total: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        held = total.setdefault((entry["what"], entry["why"]), {**entry, "number": 0, "money": 0.0})
        held["number"] += entry["number"]
        held["money"] += entry["money"]
    return list(total.values())
