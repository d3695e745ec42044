"""How every open account stands at a month's end: what a reserve may know of it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from simulator.block import OPEN, UNEMPLOYED, Block
from simulator.clock import Clock
from simulator.draws import Rows, rows_where
from simulator.state import State

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """The open accounts of one product at a month's end, one entry an account; money in cents."""

    borrower: Whole
    segment: npt.NDArray[np.int16]  # reporting segment of the panel
    days: npt.NDArray[np.int16]  # past due
    defaulted: Flags  # in default, or caught up and still on probation
    opened: npt.NDArray[np.int16]  # month, 0 is the first of the span
    remaining: npt.NDArray[np.int16]  # instalments still to come; 0 for a card
    balance: Whole
    limit: Whole
    rate: npt.NDArray[np.float64]  # contract rate, share a year
    score: npt.NDArray[np.int16]  # now: at entry less what lateness has cost
    entry_score: npt.NDArray[np.int16]
    relief: Flags
    restructured: Flags
    out_of_work: Flags

    def __len__(self) -> int:
        return int(self.borrower.size)


def standing(state: State, clock: Clock, product: str, month: int) -> Standing:
    """Every open account of a product at the close of a month."""
    parts = [
        _of_block(block, clock, product, month, rows_where(block.accounts[product].status == OPEN))
        for block in state.book.blocks
    ]
    return Standing(
        **{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Standing)}
    )


def _of_block(block: Block, clock: Clock, product: str, month: int, rows: Rows) -> Standing:
    accounts = block.accounts[product]
    depth = int(accounts.missed.max(initial=0))
    days = np.array(clock.days_late_by_missed(month, block.due_day, depth), np.int16)
    relief = np.zeros(rows.size, np.bool_)
    restructured = np.zeros(rows.size, np.bool_)
    if accounts.relievable:
        relief = (accounts.relief[rows] != 0) & (accounts.relief_until[rows] > month)
        restructured = accounts.probation[rows] > 0
    return Standing(
        block.id[rows],
        block.segment[rows],
        days[accounts.missed[rows]],
        accounts.default[rows] != 0,
        accounts.opened[rows],
        accounts.remaining[rows] if "remaining" in accounts.names else np.zeros(rows.size, np.int16),
        accounts.balance[rows],
        accounts.limit[rows],
        accounts.rate[rows],
        block.score[rows] - block.lost[rows],
        block.score[rows],
        relief,
        restructured,
        (block.spells[rows] & UNEMPLOYED) != 0,
    )
