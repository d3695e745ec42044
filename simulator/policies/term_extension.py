"""A longer term: the same loan at the same rate, repaid over more months."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from simulator.block import Accounts, Block
from simulator.cycle import Cycle
from simulator.draws import Rows
from simulator.params import param
from simulator.policies.relief import Relief, lower_bill


class TermExtension(Relief):
    """Those in hardship who ask repay their loan over more months; a card has no term, and is left as it is."""

    kind: Literal["term_extension"] = "term_extension"
    months: int = param(
        6,
        "months by which the term is longer",
        unit="months",
        source="a guess; longer terms alone do little, FACTS us.relief.interest_writedown_beats_payment_cut",
        ge=0,
        le=120,
    )

    def agree(self, name: str, terms: Any, block: Block, accounts: Accounts, rows: Rows, cycle: Cycle) -> None:
        """More instalments, each smaller."""
        lower_bill(accounts, rows, cycle.month, 1.0)
        if "remaining" not in accounts.names or not self.months:
            return
        rows = rows[accounts.remaining[rows] > 0]
        accounts.remaining[rows] = np.minimum(accounts.remaining[rows].astype(np.int64) + self.months, 600)
        terms.reschedule(accounts, rows)
