"""A provision matrix: a share of each bucket of days past due."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simulator.money import Cents, rounded
from simulator.params import param
from simulator.reserves.base import Reserve

_FROM_90 = "us.card.roll_90_120 .85 x us.card.roll_120_150 .90 x us.card.roll_150_chargeoff .95"


class DaysLate(Reserve):
    """So much of what is current, so much of what is 1 to 29 days late, and so on."""

    kind: Literal["days_late"] = "days_late"
    current: float = param(
        0.02,
        "of balances that are current",
        unit="share",
        source="a guess: a year's loss of an account that is current",
        ge=0,
        le=1,
    )
    late_1_29: float = param(0.08, "of balances 1 to 29 days late", unit="share", source="a guess", ge=0, le=1)
    late_30_59: float = param(
        0.29,
        "of balances 30 to 59 days late",
        unit="share",
        source=f"FACTS us.card.roll_30_60 .52 x us.card.roll_60_90 .75 x {_FROM_90}",
        ge=0,
        le=1,
    )
    late_60_89: float = param(
        0.55,
        "of balances 60 to 89 days late",
        unit="share",
        source=f"FACTS us.card.roll_60_90 .75 x {_FROM_90}",
        ge=0,
        le=1,
    )
    late_90_plus: float = param(
        0.80,
        "of balances 90 days late or more",
        unit="share",
        source=f"FACTS {_FROM_90}, more for those that are later",
        ge=0,
        le=1,
    )

    def allowance(self, balances: Cents) -> Cents:
        """Balances by bucket times the share of each bucket."""
        shares = np.array([self.current, self.late_1_29, self.late_30_59, self.late_60_89, self.late_90_plus])
        return rounded((balances * shares[:, None]).sum(axis=0))


class NoReserve(Reserve):
    """Nothing is set aside."""

    kind: Literal["none"] = "none"

    def allowance(self, balances: Cents) -> Cents:
        """Nought."""
        return np.zeros(balances.shape[1], np.int64)
