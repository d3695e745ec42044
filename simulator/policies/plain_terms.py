"""Plain terms: what a loan costs is said in money, on one page; fewer misread it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from simulator.block import Block
from simulator.draws import Floats, Rows
from simulator.params import param
from simulator.policies.base import Counter, Offer, Tally


class PlainTerms(Offer):
    """For accounts opened while it is in force; what was opened before stays as it was understood."""

    kind: Literal["plain_terms"] = "plain_terms"
    clears: float = param(
        0.5,
        "share of those who would misread the terms who now understand them",
        unit="share",
        source="a guess; what they borrow less is FACTS us.disclosure.payday_borrow_reduction",
        ge=0,
        le=1,
    )
    cost_each: float = param(0.5, "what it costs for each account opened", unit="currency", source="a guess", ge=0)

    def misreading(self, name: str, block: Block, rows: Rows, counter: Counter, tally: Tally) -> Floats:
        """Those reached misread the terms less often."""
        reached = self.reached(name, block, rows, counter)
        tally.note(int(np.count_nonzero(reached)), self.cost_each)
        return np.where(reached, 1.0 - self.clears, 1.0)
