"""What each policy did, month by month: whether it was in force, whom it reached, what it cost, what it gave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.money import Cents
from simulator.policies import Policy, Tally

DEEDS = ("in_force", "number", "cost", "given")


@dataclass
class Deeds:
    """One policy's months, the warm-up first; shape (months, 4): 1 if in force, people or accounts reached, cents of
    cost to whoever chose it, cents given to households."""

    kind: str
    state: bool  # whether the state bears the cost, not the lender
    months: Cents

    @classmethod
    def of(cls, policy: Policy, months: int) -> Deeds:
        """Nothing done yet."""
        return cls(policy.kind, policy.state, np.zeros((months, len(DEEDS)), np.int64))

    def note(self, row: int, tally: Tally, *, in_force: bool) -> None:
        """Write down a month."""
        self.months[row] = in_force, tally.number, tally.cost, tally.given
