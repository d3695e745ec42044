"""Whom a shock or a policy is aimed at: a region, a trade, the poorest fifth, the young."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.block import Block
from simulator.draws import Rows
from simulator.params import Frozen, param


class Target(Frozen):
    """Whom a shock may strike or a policy may reach; what is left out does not matter."""

    region: list[str] | None = param(None, "only in these regions")
    sector: list[str] | None = param(None, "only those who work in these sectors")
    education: list[str] | None = param(None, "only with this education")
    income_quintile: list[int] | None = param(None, "only these fifths of income, 1 is the poorest")
    youngest: int | None = param(None, "at least this age", unit="years", ge=0, le=120)
    oldest: int | None = param(None, "at most this age", unit="years", ge=0, le=120)
    score_below: int | None = param(None, "only with a credit score below this", ge=0, le=1000)

    def groups(self, labels: dict[str, tuple[str, ...]]) -> npt.NDArray[np.bool_]:
        """The labour-market groups (sector x region x education) that are meant; shape (groups,)."""
        masks = []
        for name in ("sector", "region", "education"):
            wanted = getattr(self, name)
            masks.append(np.array([wanted is None or label in wanted for label in labels[name]]))
        sector, region, education = np.meshgrid(*masks, indexing="ij")
        return np.asarray((sector & region & education).ravel())

    def picks(self, block: Block, rows: Rows, labels: dict[str, tuple[str, ...]]) -> npt.NDArray[np.bool_]:
        """Which of these rows are meant."""
        meant = self.groups(labels)[block.group[rows]]
        if self.income_quintile is not None:
            meant &= np.isin(block.quintile[rows] + 1, self.income_quintile)
        if self.youngest is not None:
            meant &= block.age[rows] >= self.youngest
        if self.oldest is not None:
            meant &= block.age[rows] <= self.oldest
        if self.score_below is not None:
            meant &= block.score[rows] < self.score_below
        return np.asarray(meant)
