"""Financial education: a course, once for each person; they forget less and overspend less, and that fades."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np

from simulator.block import DISABLED, UNEMPLOYED, Block
from simulator.cycle import Cycle
from simulator.draws import Floats, Rows, rows_where
from simulator.money import Cents
from simulator.params import param
from simulator.policies.base import Offer, Tally

REFUSED, LONGEST = -1, 1200
AT_WORK = UNEMPLOYED | DISABLED


@lru_cache(maxsize=16)
def fading(half_life: float) -> Floats:
    """What is left of the effect in the first month, the second and so on; shape (LONGEST,)."""
    return np.array([0.5 ** (month / half_life) for month in range(LONGEST)])


def to_spare(block: Block, rows: Rows) -> Cents:
    """What these households usually spend beyond essentials in a month, cents; nought while the wage is lost."""
    free = np.maximum(block.income[rows] - block.essential[rows], 0)
    free[(block.spells[rows] & AT_WORK) != 0] = 0
    return np.asarray(free)


class FinancialEducation(Offer):
    """A course about money, at its start or when somebody comes into the book.

    Its effect is small (FACTS meta.fined.behaviour_effect_sd .1, on debts .04) and halves within a year or two.
    """

    own: ClassVar[dict[str, type[np.generic]]] = {"months": np.int16}
    kind: Literal["financial_education"] = "financial_education"
    attention_gain: float = param(
        0.2,
        "share of the due dates otherwise forgotten that those taught remember, at first",
        unit="share",
        source="a guess, set on FACTS meta.fined.delinq_odds_mult .93 (.85 to 1)",
        ge=0,
        le=1,
    )
    spending_cut: float = param(
        0.05,
        "share of spending beyond essentials that those taught put by, at first",
        unit="share",
        source="a guess, set as above",
        ge=0,
        le=1,
    )
    half_life: float = param(
        18.0,
        "months after which half of the effect is left",
        unit="months",
        source="FACTS meta.fined.delinq_odds_mult: halve after 12 to 24 months",
        gt=0,
        le=600,
    )
    reach: float = param(0.3, "share of those meant who take the course", unit="share", source="a guess", ge=0, le=1)
    cost_each: float = param(30.0, "what the course costs for each", unit="currency", source="a guess", ge=0)

    def cash(self, name: str, block: Block, cycle: Cycle, tally: Tally) -> None:
        """Whoever has not been asked yet is; those taught put by a part of what they would have spent."""
        months = block.own[f"{name}.months"]
        fresh = rows_where(block.here & (months == 0))
        taught = rows_where(months > 0)
        months[taught] = np.minimum(months[taught] + 1, LONGEST)
        if fresh.size:
            reached = self.reached(name, block, fresh, cycle)
            months[fresh] = np.where(reached, 1, REFUSED)
            tally.note(int(np.count_nonzero(reached)), self.cost_each)
            taught = np.concatenate([taught, fresh[reached]])
        if self.spending_cut and taught.size:
            left = fading(self.half_life)[months[taught] - 1]
            cycle.change[taught] += np.rint(to_spare(block, taught) * (self.spending_cut * left)).astype(np.int64)

    def attention(self, name: str, block: Block, rows: Rows, cycle: Cycle) -> Floats:
        """Those taught forget less, by what is left of the effect."""
        months = block.own[f"{name}.months"][rows]
        left = np.where(months > 0, fading(self.half_life)[np.maximum(months, 1) - 1], 0.0)
        return np.asarray(1.0 - self.attention_gain * left)
