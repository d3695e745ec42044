"""Autopay: the bill is taken from the bank account; who moves to it forgets no due date any more."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.params import param
from simulator.policies.base import Offer, Tally

JOINED, REFUSED = 1, -1


class Autopay(Offer):
    """Those who pay by hand are asked to move to autopay; who does is not asked again, who does not neither."""

    own: ClassVar[dict[str, type[np.generic]]] = {"joined": np.int8}
    kind: Literal["autopay"] = "autopay"
    reach: float = param(
        0.35,
        "share of those who pay by hand who move to autopay",
        unit="share",
        source="FACTS us.card.autopay_share, of all; of those not yet on it a guess",
        ge=0,
        le=1,
    )
    cost_each: float = param(1.0, "what it costs to win one over", unit="currency", source="a guess", ge=0)

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """Whoever has not been asked yet is asked; no money moves."""
        joined = block.own[f"{name}.joined"]
        fresh = rows_where(block.here & (joined == 0) & (block.forgets > 0))
        if not fresh.size:
            return
        reached = self.reached(name, block, fresh, cycle)
        joined[fresh] = np.where(reached, JOINED, REFUSED)
        tally.note(int(np.count_nonzero(reached)), self.cost_each)

    def attention(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """Nobody on autopay forgets (FACTS uk.card.manual_late_prob_monthly: switchers drop to about nought)."""
        return np.where(block.own[f"{name}.joined"][rows] == JOINED, 0.0, 1.0)
