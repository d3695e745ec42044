"""Each charge-off one by one, kept only where somebody asks for every account's fate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.block import Accounts, Block
from simulator.draws import Rows

Whole = npt.NDArray[np.int64]
FIELDS = ("borrower", "months", "principal", "written_off")  # months from opening to charge-off; cents


@dataclass
class WrittenOff:
    """Accounts charged off, in the order in which it happens."""

    parts: list[Whole] = field(default_factory=list)

    def note(self, block: Block, accounts: Accounts, rows: Rows, month: int) -> None:
        """Write down these rows before their accounts are closed; what is owed beyond the principal stands apart."""
        beyond = np.zeros(block.size, np.int64)
        arrears = accounts.arrears
        beyond[arrears.rows] = arrears.interest + arrears.penalty + arrears.fees
        balance = accounts.balance[rows]
        principal = np.maximum(balance - beyond[rows], 0)
        age = month - accounts.opened[rows].astype(np.int64)
        self.parts.append(np.array([block.id[rows], age, principal, balance], dtype=np.int64))

    def table(self) -> dict[str, Whole]:
        """All of them, by field."""
        whole = np.concatenate(self.parts, axis=1) if self.parts else np.zeros((len(FIELDS), 0), np.int64)
        return dict(zip(FIELDS, whole, strict=True))
