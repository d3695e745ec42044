"""Strategic default: people who could pay stop, when others have stopped or the lender looks weak."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from simulator.block import OPEN, UNWILLING, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.params import param
from simulator.shocks.base import Shock


class StrategicDefault(Shock):
    """Some who are not behind and have the money in hand stop paying on purpose, and never resume.

    The chance follows the news at the start of the month: defaults against quiet times, and trust in the lender.
    They pay on no account until everything they owe has been charged off or they have left.
    """

    writes: ClassVar[tuple[str, ...]] = ("spells",)
    kind: Literal["strategic_default"] = "strategic_default"
    base: float = param(
        0.0004,
        "chance a month in quiet times",
        unit="probability per month",
        source="a guess, set on FACTS us.default.strategic_share: .06 of defaults",
        ge=0,
        le=1,
    )
    contagion: float = param(
        0.1,
        "rise of the chance when defaults are twice the usual, and so on in proportion",
        unit="share of the chance",
        source="FACTS peer.forgiveness_contagion .109 a doubling; peer.local_bankruptcy_multiplier is above",
        ge=0,
        le=100,
    )
    weakness: float = param(
        20.0,
        "rise of the chance when trust in the lender is gone, and so on in proportion",
        unit="share of the chance",
        source="a guess; FACTS run.strategic_default_when_lender_fails says that it happens, not how often",
        ge=0,
        le=10000,
    )

    def bound(self, cycle: Cycle) -> float:
        """The chance of one who is free to choose, as the news stands."""
        news = cycle.weather.news
        more = self.contagion * max(news.defaults - 1.0, 0.0) + self.weakness * max(1.0 - news.trust, 0.0)
        return float(min(self.base * (1.0 + more), 1.0))

    def chance(self, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """Nought for those who owe nothing, are behind, or do not have the bills of this month in hand."""
        owing, free = np.zeros(rows.size, np.bool_), (block.spells[rows] & UNWILLING) == 0
        due = np.zeros(rows.size, np.int64)
        for accounts in block.accounts.values():
            is_open = accounts.status[rows] == OPEN
            owing |= is_open & (accounts.balance[rows] > 0)
            due += np.where(is_open, accounts.due[rows], 0)
            free &= accounts.missed[rows] == 0
        free &= owing & (block.savings[rows] >= due)
        return np.where(free, self.bound(cycle), 0.0)

    def go_on(self, name: str, block: Block, cycle: Cycle) -> None:
        """With nothing open any more there is nothing left to refuse."""
        rows = rows_where((block.spells & UNWILLING) != 0)
        for accounts in block.accounts.values():
            rows = rows[accounts.status[rows] != OPEN]
        block.spells[rows] &= ~UNWILLING

    def begin(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> None:
        """They pay no more."""
        block.spells[rows] |= UNWILLING
