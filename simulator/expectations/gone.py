"""Each account charged off, one by one, by product: what a cohort tagged earlier has lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts, Block
from simulator.draws import Rows
from simulator.panel import WrittenOff

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lost:
    """Accounts of one product charged off in a month: whose, when they were opened, cents, rate a year, segment."""

    borrower: Whole
    opened: Whole
    amount: Whole
    rate: npt.NDArray[np.float64]
    segment: npt.NDArray[np.int16]


NOTHING = Lost(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int16))


@dataclass
class Gone(WrittenOff):
    """Takes the place of the panel's list of charge-offs; emptied at each month's end."""

    by_product: dict[str, list[Lost]] = field(default_factory=lambda: defaultdict(list))

    def note(self, block: Block, accounts: Accounts, rows: Rows, month: int) -> None:
        """Write down these rows before their accounts are closed."""
        if not rows.size:
            return
        name = next(name for name, own in block.accounts.items() if own is accounts)
        opened = accounts.opened[rows].astype(np.int64)
        lost = (block.id[rows], opened, accounts.balance[rows], accounts.rate[rows], block.segment[rows])
        self.by_product[name].append(Lost(*lost))

    def taken(self, product: str) -> Lost:
        """What was charged off since this was last asked."""
        parts = self.by_product.pop(product, [])
        if not parts:
            return NOTHING
        return Lost(
            np.concatenate([part.borrower for part in parts]),
            np.concatenate([part.opened for part in parts]),
            np.concatenate([part.amount for part in parts]),
            np.concatenate([part.rate for part in parts]),
            np.concatenate([part.segment for part in parts]),
        )
