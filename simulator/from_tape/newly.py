"""New loans of a tape: what the lender has looked at before it lends, what of the money stays, who is at risk."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.book import Book, Persons
from simulator.from_tape.accounts import note
from simulator.money import rounded
from simulator.tape import Tape


def furnish_borrowers(tape: Tape, persons: Persons, book: Book, *, new: bool) -> None:
    """Proneness by the plan's scorecard; for `new` loans the budget that the lender has seen, and cash kept of them."""
    plan, columns = tape.plan, persons.columns
    owed = int(tape.accounts["balance"].sum())
    if tape.proneness is not None:
        columns["prone"] = (tape.proneness - 1.0).astype(np.float32)
        why = f"how often blows strike, by the scorecard: {np.median(tape.proneness):.2f} times as often as others"
        note(book, "borrowers scored", tape.rows_used, owed, f"{why} (median)")
    if not new:
        return
    if plan.affordable is not None:
        income, essential = _whole(columns["income"]), _whole(columns["essential"])
        bill = np.maximum(tape.accounts["instalment"], 0)
        most = np.maximum(rounded(plan.affordable * income) - bill, 0)
        cut = np.maximum(essential - most, 0)
        columns["essential"] = essential - cut
        why = f"essentials, other debts and the instalment came to more than {plan.affordable:g} of income; a month's"
        note(book, "essential spending cut to fit the loan", int((cut > 0).sum()), int(cut.sum()), why)
    if plan.cash_kept:
        kept = rounded(plan.cash_kept * tape.accounts["balance"])
        columns["savings"] = _whole(columns["savings"]) + kept
        note(book, "cash kept of new loans", tape.rows_used, int(kept.sum()), "put by, not spent at once")


def at_work(persons: Persons) -> None:
    """Everybody has a job."""
    for name in ("spells", "months_out", "out_since"):
        persons.columns[name] = np.zeros_like(persons.columns[name])


def _whole(column: Any) -> npt.NDArray[np.int64]:
    return np.asarray(column, dtype=np.int64)
