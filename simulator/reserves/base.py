"""What every reserve rule is: an allowance for each product and segment at each month close."""

from __future__ import annotations

from simulator.money import Cents
from simulator.params import Frozen

BUCKETS = ("current", "1_29", "30_59", "60_89", "90_plus")


class Reserve(Frozen):
    """A rule that says how much to set aside."""

    kind: str

    def allowance(self, balances: Cents) -> Cents:
        """The allowance for balances by bucket and segment; shape (5, segments) in, (segments,) out, cents."""
        raise NotImplementedError
