"""The credit bureau: the score falls by depth of lateness and heals over months, and other lenders act on it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from simulator.block import Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.params import Frozen, param

LOW, HIGH = 680, 780  # the scores for which falls are published; between them in a straight line, outside as at the end
STAMP = 20_000  # a month is kept as itself plus this, so that nought means never

Flags = npt.NDArray[np.bool_]


def points(default: int, doc: str, source: str) -> int:
    """A parameter in points of score."""
    held: int = param(default, doc, unit="points", source=source, ge=0, le=1000)
    return held


def months(default: int, doc: str, source: str) -> int:
    """A parameter in months of healing."""
    held: int = param(default, doc, unit="months", source=source, ge=1, le=240)
    return held


class Bureau(Frozen):
    """What lateness does to a credit score, how long it takes to heal, and what a low score costs elsewhere.

    The falls are those of otherwise clean records as FICO published them; a charge-off lies within that of 90 days.
    Falls do not add up: the deepest counts. Being late again starts the healing anew and never shortens it. What a
    bankruptcy does to the score is not followed, since all that the person owes is written off with it.
    """

    own: ClassVar[dict[str, type[np.generic]]] = {
        "fall": np.int16,  # points of the last fall
        "since": np.int16,  # month (stamped) in which the person was last 30 days late
        "heal": np.int16,  # months from then until all is healed
        "default": np.int16,  # month (stamped) in which the person was last in default
    }
    fall_30_low: int = points(70, "points lost at 30 days late from 680", "FACTS us.fico.drop_30dpd_from680")
    fall_30_high: int = points(100, "points lost at 30 days late from 780", "FACTS us.fico.drop_30dpd_from780")
    fall_90_low: int = points(
        70,
        "points lost at 90 days late from 680",
        "FACTS us.fico.drop_90dpd_from780: from 680 to 600-620, as at 30 days",
    )
    fall_90_high: int = points(120, "points lost at 90 days late from 780", "FACTS us.fico.drop_90dpd_from780")
    heal_30_low: int = months(9, "months to heal, 30 days late from 680", "FACTS us.fico.drop_30dpd_from680")
    heal_30_high: int = months(36, "months to heal, 30 days late from 780", "FACTS us.fico.drop_30dpd_from780")
    heal_90_low: int = months(9, "months to heal, 90 days late from 680", "FACTS us.fico.drop_90dpd_from780")
    heal_90_high: int = months(84, "months to heal, 90 days late from 780", "FACTS us.fico.drop_90dpd_from780")
    exclusion: int = param(
        60,
        "months in which nobody lends again, from the last month in default on; 0 none",
        unit="months",
        source="FACTS cn.credit.record_years 5, counted from the cure (us.credit.record_years 7)",
        ge=0,
        le=240,
    )
    elsewhere: float = param(
        0.2,
        "how much more is to be paid each month on debts elsewhere for each 100 points lost",
        unit="share of the payments",
        source="a guess: FACTS us.price.apr_step_per_score_band twice, on debts of some two years of payments",
        ge=0,
        le=5,
    )

    def fall(self, score: npt.NDArray[np.int16], days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Points lost by a score at so many days late (30 or more), whole points; between 60 and 89 days the mean."""
        return self._between(score, days, (self.fall_30_low, self.fall_30_high), (self.fall_90_low, self.fall_90_high))

    def heals(self, score: npt.NDArray[np.int16], days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Months in which that heals."""
        return self._between(score, days, (self.heal_30_low, self.heal_30_high), (self.heal_90_low, self.heal_90_high))

    def _between(
        self,
        score: npt.NDArray[np.int16],
        days: npt.NDArray[np.int64],
        early: tuple[int, int],
        deep: tuple[int, int],
    ) -> npt.NDArray[np.int64]:
        along = np.clip((score.astype(np.float64) - LOW) / (HIGH - LOW), 0.0, 1.0)
        first = early[0] + (early[1] - early[0]) * along
        last = deep[0] + (deep[1] - deep[0]) * along
        share = np.where(days >= 90, 1.0, np.where(days >= 60, 0.5, 0.0))
        return np.rint(first + (last - first) * share).astype(np.int64)

    def report(self, block: Block, days: npt.NDArray[np.int64], defaulted: Rows, month: int) -> None:
        """A month's end: who is 30 days late or more (`days` by row) loses points, who is not heals.

        `defaulted` are the rows of those in default, new or old, until they are cured.
        """
        fall, since, heal = (block.own[f"bureau.{name}"] for name in ("fall", "since", "heal"))
        block.own["bureau.default"][defaulted] = month + STAMP
        late = rows_where(days >= 30)
        deep, score = days[late], block.score[late]
        left = np.where(fall[late] > 0, heal[late] - (month + STAMP - since[late].astype(np.int64)), 0)
        fall[late] = np.maximum(block.lost[late], self.fall(score, deep))
        since[late], heal[late] = month + STAMP, np.maximum(self.heals(score, deep), left)
        hurt = rows_where(fall > 0)
        gone = (month + STAMP - since[hurt].astype(np.int64)) / heal[hurt]
        block.lost[hurt] = np.rint(fall[hurt] * np.maximum(1.0 - gone, 0.0))
        fall[hurt[block.lost[hurt] == 0]] = 0

    def dearer(self, block: Block, cycle: Cycle) -> None:
        """Debts elsewhere are dearer, or cannot be rolled over, for those who have lost points."""
        rows = rows_where(block.lost > 0)
        cost: Floats = block.outside[rows] * (self.elsewhere * block.lost[rows] / 100.0)
        cycle.change[rows] -= np.rint(cost).astype(np.int64)

    def excluded(self, block: Block, rows: Rows, month: int) -> Flags:
        """Which of these rows are lent nothing, since they defaulted too short a time ago."""
        stamp = block.own["bureau.default"][rows].astype(np.int64)
        return np.asarray((stamp > 0) & (month + STAMP - stamp < self.exclusion))
