"""A tape's rows by the plan's scorecard and by its rule for granting loans."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.tape import cells
from simulator.tape.file import Table
from simulator.tape.rules import Rows


def scored(rows: Rows, table: Table) -> npt.NDArray[np.float64] | None:
    """How often blows strike each row's borrower, by the scorecard; what the tape does not say is counted."""
    card = rows.plan.scorecard
    if card is None:
        return None
    proneness, unknown = card.proneness(table.columns, table.rows.size)
    for name, where in unknown.items():
        why = "the tape does not say; points as the scorecard sets them for that"
        rows.note(f"scorecard: {name} unknown", where, why)
    return proneness


def granted(rows: Rows, table: Table) -> npt.NDArray[np.bool_]:
    """Rows whose loan is granted: every column of the rule holds one of its words."""
    fine = np.ones(table.rows.size, np.bool_)
    for column, words in rows.plan.lend_only.items():
        fine &= np.isin(cells.texts(table.columns[column]).astype(str), list(words))
    rows.note("loans declined by the rule lend_only", ~fine, "not lent; they stay quiet rows of the book")
    return fine
