"""Opacity: who has not understood what a loan costs, what that does to them, and who complains to the lender."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.block import MISREAD, OPEN, Block
from simulator.cycle import Cycle
from simulator.desk import HARSHLY
from simulator.draws import Draws, Floats, Rows, rows_where
from simulator.money import Cents, fixed, share_of
from simulator.params import Frozen, param

Flags = npt.NDArray[np.bool_]


class Opacity(Frozen):
    """Terms that are hard to read: some borrow more than they would, plan too little for the bill, and complain.

    Whether the terms are understood is settled when an account is opened, by literacy and by the person's own luck,
    which stays the same: who misreads once misreads again, unless the terms have become clearer.
    """

    clarity: float = param(
        0.6, "share of people of middling literacy who understand the true cost", source="a guess", ge=0, le=1
    )
    literacy_effect: float = param(
        0.5,
        "how much more often the least literate misread the terms, and how much less often the most literate",
        unit="share",
        source="a guess",
        ge=0,
        le=1,
    )
    borrows_more: float = param(
        0.11,
        "how much larger a loan or card balance those want who have misread the terms",
        unit="share",
        source="FACTS us.disclosure.payday_borrow_reduction",
        ge=0,
        le=2,
    )
    surprise: float = param(
        0.3,
        "share of the first bills that those who misread the terms had not planned for, and must find elsewhere",
        unit="share",
        source="a guess",
        ge=0,
        le=1,
    )
    months: int = param(
        3, "how many bills of a new account come as a surprise", unit="months", source="a guess", ge=0, le=60
    )
    forgets_more: float = param(
        0.25, "how much more often they forget a due date", unit="share", source="a guess", ge=0, le=5
    )
    complains_surprised: float = param(
        0.01, "chance of a complaint over a bill that surprised", source="a guess", ge=0, le=1
    )
    complains_charged: float = param(
        0.01, "chance of a complaint in a month in which lateness was charged for", source="a guess", ge=0, le=1
    )
    complains_called: float = param(
        0.002, "chance of a complaint after a collections call", source="a guess", ge=0, le=1
    )
    complains_harsh: float = param(0.1, "the same after a harsh one", source="a guess", ge=0, le=1)
    left_open: float = param(
        0.205,
        "share of complaints that are left open",
        unit="share",
        source="FACTS cn.card.complaints_open_share",
        ge=0,
        le=1,
    )

    def chance(self, literacy: npt.NDArray[np.uint8]) -> Floats:
        """The chance to misread the terms; `literacy` in 255ths."""
        usual = 1.0 - self.clarity
        return np.minimum(usual * (1.0 + self.literacy_effect * (1.0 - 2.0 * (literacy / 255.0))), 1.0)

    def misreads(
        self, literacy: npt.NDArray[np.uint8], mixed: npt.NDArray[np.uint64], draws: Draws, still: Floats | None
    ) -> Flags:
        """Who misreads the terms of an account opened now; `still` is the chance that they do in spite of policies."""
        chance = self.chance(literacy)
        return np.asarray(draws.uniform("opacity.misread", 0, mixed) < (chance if still is None else chance * still))

    def forgets(self, usual: npt.NDArray[np.uint16], misread: Flags, had: Flags) -> npt.NDArray[np.uint16]:
        """The chance to forget a due date, in 2^-16, of those who now misread the terms, or `had` before."""
        times = 1.0 + self.forgets_more
        changed = usual * np.where(misread & ~had, times, np.where(had & ~misread, 1.0 / times, 1.0))
        return np.minimum(np.rint(changed), 65535.0).astype(np.uint16)

    def surprised(self, block: Block, cycle: Cycle) -> Rows:
        """A part of the first bills was not planned for: it is missing in this cycle; returns whom that befell."""
        rows = rows_where((block.traits & MISREAD) != 0)
        hit = np.zeros(block.size, np.bool_)
        for accounts in block.accounts.values():
            fresh = (accounts.status[rows] == OPEN) & (cycle.month - accounts.opened[rows] < self.months)
            own = rows[fresh]
            missing = share_of(accounts.due[own], fixed(self.surprise))
            cycle.change[own] -= missing
            hit[own[missing > 0]] = True
        return rows_where(hit)

    def complaints(self, why: str, chance: float, block: Block, rows: Rows, cycle: Cycle) -> tuple[int, int]:
        """How many of these complain, and how many of the complaints are left open."""
        mixed = block.mixed[rows]
        mixed = mixed[cycle.draws.uniform(f"complaint.{why}", cycle.day, mixed) < chance]
        left = cycle.draws.uniform(f"complaint.{why}.open", cycle.day, mixed) < self.left_open
        return int(mixed.size), int(np.count_nonzero(left))

    def called(self, block: Block, cycle: Cycle) -> tuple[int, int]:
        """Complaints of those whom the desk has spoken to since the last due day."""
        spoken, harsh = np.zeros(block.size, np.bool_), np.zeros(block.size, np.bool_)
        for accounts in block.accounts.values():
            arrears = accounts.arrears
            spoken[arrears.rows[arrears.contact > 0]] = True
            harsh[arrears.rows[arrears.contact == HARSHLY]] = True
        calm = self.complaints("called", self.complains_called, block, rows_where(spoken & ~harsh), cycle)
        loud = self.complaints("harsh", self.complains_harsh, block, rows_where(harsh), cycle)
        return calm[0] + loud[0], calm[1] + loud[1]

    def charged(self, block: Block, cycle: Cycle, before: dict[str, Cents]) -> tuple[int, int]:
        """Complaints of those who are behind and were charged for it since `before` (see `costs`)."""
        hit = np.zeros(block.size, np.bool_)
        for name, accounts in block.accounts.items():
            rows = accounts.arrears.rows
            hit[rows[accounts.arrears.cost > before[name][rows]]] = True
        return self.complaints("charged", self.complains_charged, block, rows_where(hit), cycle)


def costs(block: Block) -> dict[str, Cents]:
    """What lateness has cost on each account so far, since the first missed bill; cents, one a row, by product."""
    found = {}
    for name, accounts in block.accounts.items():
        found[name] = np.zeros(block.size, np.int64)
        found[name][accounts.arrears.rows] = accounts.arrears.cost
    return found
